"""What other tools find of the faults that our rules find, each planted alone."""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import pytest
from planting import GOOD, planted

from aws_reference.shipped import read_json
from review.lint import lint
from review.rules_page import SCORE, planted_rules

CHECKOV = Path(__file__).parents[2] / ".venv-checkov" / "bin" / "checkov"
Found = Mapping[str, set[tuple[str, str]]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of templates: the good one, and one for the failing case of each rule."""
    made = tmp_path_factory.mktemp("planted")
    cases = {GOOD.stem: "{}", **{rule.id: rule.fails for rule in planted_rules()}}
    for name, case in cases.items():
        (made / f"{name}.json").write_text(json.dumps(planted(case).document, indent=1))
    return made


@pytest.mark.slow
def test_the_page_says_what_cfn_lint_finds(folder: Path) -> None:
    reports = {each.stem: lint(each).findings for each in folder.iterdir()}
    found = {name: {(each.rule, each.message) for each in its} for name, its in reports.items()}
    hold_to_the_page(f"cfn-lint {version('cfn-lint')}", found)


@pytest.mark.slow
def test_the_page_says_what_checkov_finds(folder: Path) -> None:
    assert CHECKOV.is_file(), "mend: make .venv-checkov/ready"
    hold_to_the_page(f"checkov {checkov('--version').strip()}", scanned(folder))


def scanned(folder: Path) -> Found:
    """Return what checkov finds in each template of a folder."""
    report = json.loads(
        checkov(
            *("--directory", str(folder), "--framework", "cloudformation"),
            *("--output", "json", "--compact", "--skip-download", "--soft-fail"),
        )
    )
    found = defaultdict(set)
    for each in report["results"]["failed_checks"]:
        found[Path(each["file_path"]).stem].add((each["check_id"], each["resource"]))
    assert report["summary"]["parsing_errors"] == 0
    return found


def checkov(*arguments: str) -> str:
    """Return what checkov prints."""
    return subprocess.run(  # noqa: S603 - our own arguments
        [CHECKOV, *arguments], check=True, capture_output=True, text=True, cwd=CHECKOV.parent
    ).stdout


def hold_to_the_page(tool: str, found: Found) -> None:
    """Compare which faults a tool finds with what is written of it."""
    good = found.get(GOOD.stem, set())
    ids = [rule.id for rule in planted_rules() if set(found.get(rule.id, ())) - set(good)]
    assert read_json(SCORE).get(tool) == ids, f"write into {SCORE.name}: {json.dumps({tool: ids})}"
