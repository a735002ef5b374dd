"""What people read of a comparison, and what programs do."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from comparing import ADDED, REPLACED, SCRIPT, comparison, with_changes

from review.acceptance import Accepted
from review.comparison import Comparison
from review.diff.change import Bump, Change, NotJudged, Section
from review.diff_report.as_json import as_json
from review.diff_report.changelog import as_changelog
from review.diff_report.markdown import MOST, as_markdown
from review.diff_report.text import as_text
from semantic_version import Version

SCHEMA = Path(__file__).parents[2] / "docs" / "diff.schema.json"
ACCEPTED = Accepted("store.yaml", "replace", "Bucket", "it is empty")
SECOND = Version((2, 0, 0))
COMPARISONS = {
    "nothing": comparison(),
    "to decide on": comparison(with_changes(REPLACED, ADDED, SCRIPT), after=SECOND),
    "forgotten": comparison(with_changes(REPLACED)),
    "accepted": comparison(with_changes(REPLACED, accepted=ACCEPTED), after=SECOND),
    "unreadable": comparison(store="store.yaml:3: is no YAML"),
    "not judged": comparison(not_judged=[NotJudged("a.yaml", "is no template")]),
}
VERDICTS = {
    "nothing": "No template differs.",
    "to decide on": "1 change to decide on.",
    "forgotten": "Failed: major changes since 1.0.0, and the version is 1.0.0; "
    "mend: set it to 2.0.0 or more.",
    "accepted": "Nothing to decide on.",
    "unreadable": "Failed: 1 file can no longer be read.",
    "not judged": "No template differs.",
}


@pytest.mark.parametrize("name", COMPARISONS)
def test_every_report_says_the_verdict(name: str) -> None:
    found, said = COMPARISONS[name], VERDICTS[name]
    assert as_text(found).splitlines()[-1] == said
    assert said.rstrip(".") in as_markdown(found).replace("&#96;", "`")
    assert json.loads(as_json(found))["verdict"] == said


@pytest.mark.parametrize("name", COMPARISONS)
def test_json_is_as_its_schema_says(name: str) -> None:
    jsonschema.validate(json.loads(as_json(COMPARISONS[name])), json.loads(SCHEMA.read_text()))


def test_the_schema_refuses_what_is_not_described() -> None:
    told = json.loads(as_json(COMPARISONS["to decide on"]))
    told["templates"][0]["changes"][0]["section"] = "elsewhere"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(told, json.loads(SCHEMA.read_text()))


def test_text_marks_what_is_to_be_decided_on() -> None:
    lines = as_text(COMPARISONS["to decide on"]).splitlines()
    assert "    ! replace: Bucket.BucketName: artifacts → artifacts-2" in lines
    assert "      add: Topic" in lines
    assert "        | -make" in lines


def test_markdown_folds_what_is_not_to_be_decided_on() -> None:
    shown, _, folded = as_markdown(COMPARISONS["to decide on"]).partition("<details>")
    assert "Bucket.BucketName" in shown
    assert "Topic" not in shown
    assert "Topic" in folded
    assert "```diff\n-make\n+mvn\n```" in folded


def test_a_reason_is_shown_where_a_change_is_accepted() -> None:
    for shown in (as_text(COMPARISONS["accepted"]), as_markdown(COMPARISONS["accepted"])):
        assert "accepted: it is empty" in shown


def test_markdown_lets_nobody_write_markup() -> None:
    named = replace(REPLACED, where="<img src=x>", why="@everybody **look** | here")
    shown = as_markdown(comparison(with_changes(named)))
    assert "<img" not in shown
    assert "@everybody" not in shown
    assert "**look**" not in shown


def many(templates: int, changes: int, lines: int) -> Comparison:
    script = replace(SCRIPT, lines=tuple(f"+{number} {'x' * 70}" for number in range(lines)))
    each = [replace(REPLACED, where=f"Bucket{number}") for number in range(changes)]
    return comparison(
        *(with_changes(*each, script, name=f"t{number}.yaml") for number in range(templates))
    )


@pytest.mark.parametrize(
    ("found", "left_out"),
    [
        (many(1, 3, 20), ""),
        (many(2, 3, 2000), "the lines of scripts are"),
        (many(20, 30, 1), "all but the verdicts is"),
        (many(3000, 1, 1), "everything but the verdicts"),
    ],
    ids=["short", "long scripts", "many changes", "many templates"],
)
def test_markdown_is_never_too_long_and_never_drops_a_verdict(
    found: Comparison, left_out: str
) -> None:
    shown = as_markdown(found, "https://example.com/report")
    assert len(shown) <= MOST
    assert ("Shortened" in shown) is bool(left_out)
    assert left_out in shown
    for each in found.templates:
        assert each.name in shown
    assert VERDICTS["forgotten"].rstrip(".") in shown
    assert ("https://example.com/report" in shown) is bool(left_out)


def test_a_changelog_is_drafted() -> None:
    grant = Change(Section.PERMISSIONS, "gained", "Role/Read", Bump.MINOR, why="s3:GetObject")
    found = comparison(with_changes(REPLACED, ADDED, SCRIPT, grant))
    assert as_changelog(found).splitlines() == [
        "## [2.0.0]",
        "",
        "<!-- A draft: say what it brings to those who launch it, and leave out what does not "
        "matter. -->",
        "",
        "### Changed",
        "",
        "- **Breaking:** `store.yaml`: replace `Bucket.BucketName`: another name means another "
        "bucket.",
        "",
        "### Added",
        "",
        "- `store.yaml`: add `Topic`.",
        "",
        "### Security",
        "",
        "- `store.yaml`: gained `Role/Read`: s3:GetObject.",
    ]
