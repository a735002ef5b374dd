"""What a version consists of, as the committed files say; and files that do not say it."""

from __future__ import annotations

from pathlib import Path

import pytest
from templates.committed import NAMES, PROJECT

from launch.changelog import notes
from launch.describe import LARGEST, describe, digest, read_sources
from launch.manifest import Bucket, read_manifest, write_manifest
from launch.release import objects
from refusals import RefusalError
from semantic_version import read_version

BUCKETS = (Bucket("launch-example", "eu-west-1"),)
COMMIT = "0" * 40
HEAD = "Metadata:\n  Meridian:\n    Version: 1.0.0\n    Partitions: [aws, aws-cn]\n"
BODY = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n"
GROUPED = """\
Metadata:
  Meridian:
    Version: 1.0.0
    Partitions: [aws-cn]
  AWS::CloudFormation::Interface:
    ParameterGroups:
    - Label: {default: Second}
      Parameters: [B, Missing, C]
    - Parameters: [A]
    ParameterLabels:
      B: {default: The B}
Parameters:
  A: {Type: Number, Default: 2, Description: How many.}
  B: {Type: String, NoEcho: true}
  C: {Type: String, Default: ''}
  D: {Type: String, Default: true, NoEcho: 'false'}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of a template and a changelog that tells of it."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "topic.yaml").write_text(HEAD + BODY)
    (tmp_path / "CHANGELOG.md").write_text("## [1.0.0] - 2026-11-22\n\n- All of it.\n")
    return tmp_path


def test_every_committed_template_can_be_published(tmp_path: Path) -> None:
    sources = read_sources(PROJECT / "templates")
    version = next(iter(sources.documents.values())).document["Metadata"]["Meridian"]["Version"]
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text(f"## [{version}] - 2026-11-22\n\n- All of it.\n")
    manifest = describe(sources, changelog, COMMIT, BUCKETS)
    assert [each.name for each in manifest.templates] == NAMES
    for each in manifest.templates:
        content = (PROJECT / "templates" / each.file).read_bytes()
        assert (each.sha256, each.size) == (digest(content), len(content))
        assert each.regions
        assert set(each.unproven) < set(each.regions)
        assert each.description
        assert {one.name for one in each.parameters} == set(
            sources.documents[each.name].section("Parameters")
        )
        assert all(one.group and one.label and one.description for one in each.parameters)
    assert read_manifest(write_manifest(manifest), "here") == manifest


def test_parameters_stand_as_the_console_shows_them(folder: Path) -> None:
    (folder / "templates" / "topic.yaml").write_text(GROUPED + BODY)
    manifest = describe(
        read_sources(folder / "templates"), folder / "CHANGELOG.md", COMMIT, BUCKETS
    )
    (topic,) = manifest.templates
    assert topic.regions == ("cn-north-1", "cn-northwest-1")
    assert [(one.name, one.group, one.label) for one in topic.parameters] == [
        ("B", "Second", "The B"),
        ("C", "Second", ""),
        ("A", "", ""),
        ("D", "", ""),
    ]
    assert [one.default for one in topic.parameters] == [None, "", "2", "true"]
    assert [one.no_echo for one in topic.parameters] == [True, False, False, False]


def test_the_same_files_make_the_same_bytes(folder: Path) -> None:
    sources = read_sources(folder / "templates")
    one, other = (
        objects(describe(sources, folder / "CHANGELOG.md", COMMIT, BUCKETS), sources)
        for _ in range(2)
    )
    assert one == other
    assert next(iter(one)) == "1.0.0/manifest.json"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "topic.yaml: is no template: it has no Resources"),
        ("a: [", "topic.yaml:2: is no YAML"),
        (BODY, "topic.yaml: Metadata.Meridian.Version: is not written; mend: make templates"),
        (HEAD.replace("1.0.0", "1.0") + BODY, "Meridian.Version: is not written"),
        (HEAD.replace("1.0.0", "v1.0.0") + BODY, "Meridian.Version: 'v1.0.0' is no version"),
        (HEAD.replace("1.0.0", "1.0.0+5") + BODY, "Meridian.Version: '1.0.0+5' is no version"),
        (
            HEAD.replace("    Partitions: [aws, aws-cn]\n", "") + BODY,
            "topic.yaml: does not say for which partitions it is meant; mend: write Metadata",
        ),
        (f"Parameters: [a]\n{HEAD}{BODY}", "topic.yaml: Parameters is no mapping"),
    ],
)
def test_a_file_that_cannot_be_launched_is_named(folder: Path, text: str, words: str) -> None:
    (folder / "templates" / "topic.yaml").write_text(text)
    with pytest.raises(RefusalError) as refused:
        describe(read_sources(folder / "templates"), folder / "CHANGELOG.md", COMMIT, BUCKETS)
    assert words in str(refused.value)


def test_a_template_over_one_megabyte_is_refused(folder: Path) -> None:
    path = folder / "templates" / "topic.yaml"
    path.write_text((HEAD + BODY).ljust(LARGEST, "\n"))
    read_sources(folder / "templates")
    path.write_text((HEAD + BODY).ljust(LARGEST + 1, "\n"))
    with pytest.raises(RefusalError, match=r"has 1,048,577 bytes, and CloudFormation takes 1,048"):
        read_sources(folder / "templates")


def test_templates_of_two_versions_are_refused(folder: Path) -> None:
    (folder / "templates" / "other.yaml").write_text(HEAD.replace("1.0.0", "1.0.1") + BODY)
    with pytest.raises(RefusalError, match=r"topic.yaml: is of version 1.0.0, other.yaml of 1.0.1"):
        describe(read_sources(folder / "templates"), folder / "CHANGELOG.md", COMMIT, BUCKETS)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusalError, match="holds no template; mend: make templates"):
        read_sources(tmp_path)


@pytest.mark.parametrize(
    ("version", "text", "found"),
    [
        ("1.0.0", "# All\n\n## [1.0.0] - 2026-11-22\n\n- One.\n\n## [0.9.0] - x\n", "- One."),
        ("1.0.0", "## 1.0.0 - 2026-11-22 [YANKED]\n- One.\n### Two\n- Two.", "- One.\n### Two\n"),
        ("1.0.0", "## [1.0.0] - 2026-11-22\n- One.\n\n[1.0.0]: https://example.com/\n", "- One."),
        ("1.0.0-rc.1", "## [Unreleased]\n- Next.\n## [0.9.0] - 2026-11-22\n- Old.", "- Next."),
        ("1.0.0-rc.1", "## [Unreleased]\n- A\n## [1.0.0-rc.1] - 2026-11-22\n- Its own", "- Its"),
    ],
)
def test_the_notes_are_the_section_of_the_version(
    tmp_path: Path, version: str, text: str, found: str
) -> None:
    path = tmp_path / "CHANGELOG.md"
    path.write_text(text)
    told = notes(path, read_version(version, "here"))
    assert told.startswith(found)
    assert "Old" not in told
    assert "example.com" not in told


@pytest.mark.parametrize(
    ("version", "text", "words"),
    [
        ("1.0.0", None, "CHANGELOG.md: cannot be read: No such file"),
        ("1.0.0", b"\xff", "CHANGELOG.md: cannot be read: it is no text in UTF-8"),
        ("1.0.0", b"## [Unreleased]\n- Next.", "has no section for 1.0.0; mend: write '## [1.0.0]"),
        ("1.0.0", b"## [1.0.0]\n- One.", "1.0.0 has no date; mend: write '## [1.0.0] - YYYY"),
        ("1.0.0", b"## [1.0.0] - soon\n- One.", "1.0.0 has no date"),
        ("1.0.0", b"## [1.0.0] - 2026-11-22\n\n", "nothing stands under 1.0.0; mend: say what"),
        (
            "1.0.0",
            b"## [1.0.0] - 2026-11-22\n- A\n## [1.0.0] - 2026-11-21\n- B\n",
            "1.0.0 has two sections; mend: make them one",
        ),
        ("1.0.0-rc.1", b"## [1.0.0] - 2026-11-22\n- A", "has no section for 1.0.0-rc.1"),
        ("1.0.0-rc.1", b"## [Unreleased]\n", "nothing stands under Unreleased; mend: say what"),
    ],
)
def test_a_changelog_that_does_not_tell_is_refused(
    tmp_path: Path, version: str, text: bytes | None, words: str
) -> None:
    path = tmp_path / "CHANGELOG.md"
    if text is not None:
        path.write_bytes(text)
    with pytest.raises(RefusalError) as refused:
        notes(path, read_version(version, "here"))
    assert words in str(refused.value)
