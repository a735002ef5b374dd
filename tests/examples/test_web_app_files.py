"""The sample application's files: copies that stay copies, and a README that says what is so."""

from __future__ import annotations

import os
import re
import subprocess
import xml.etree.ElementTree as ET  # of our own file
from pathlib import Path

import pytest
from examples.maven import EXAMPLE
from examples.readme import blocks, complaint, unknown_options
from templates.committed import PROJECT, TEMPLATES, document

COPIES = {
    "cross-region-deploy.yaml": TEMPLATES / "cross-region-deploy.yaml",
    "buildspec.yml": PROJECT / "buildspecs/build-ami.yml",
}
TEXTS = {
    ".gitignore",
    ".css",
    ".hcl",
    ".html",
    ".java",
    ".md",
    ".properties",
    ".xml",
    ".yaml",
    ".yml",
}
README = (EXAMPLE / "README.md").read_text(encoding="utf-8")
SHELL = blocks(README)
POM = "{http://maven.apache.org/POM/4.0.0}"


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_is_its_original(name: str) -> None:
    source = COPIES[name].relative_to(PROJECT)
    assert (EXAMPLE / name).read_bytes() == COPIES[name].read_bytes(), (
        f"examples/web-app/{name} differs; mend: cp {source} examples/web-app/{name}"
    )


def test_nothing_but_sources_is_kept() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "examples/web-app"],  # noqa: S607 - whichever git there is
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    kept = [Path(line) for line in listed.stdout.splitlines()]
    assert kept and {each.suffix or each.name for each in kept} <= TEXTS


def test_the_pom_pins_every_version_and_none_that_changes() -> None:
    root = ET.parse(EXAMPLE / "pom.xml").getroot()  # noqa: S314
    found = root.find(f"{POM}properties")
    assert found is not None
    values = {each.tag.removeprefix(POM): each.text or "" for each in found}
    wanted = [*root.iter(f"{POM}plugin"), *root.iter(f"{POM}dependency")]
    assert wanted
    for each in wanted:
        name = (each.findtext(f"{POM}version") or "").removeprefix("${").removesuffix("}")
        assert re.fullmatch(r"\d+(\.\d+)+", values[name]), each.findtext(f"{POM}artifactId")


def test_a_newcomers_files_are_those_that_are_there() -> None:
    rows = re.findall(r"(?m)^\| (`[^|]+) \|", README)
    names = {name.rstrip("/") for row in rows for name in re.findall(r"`([^`]+)`", row)}
    there = {each.name for each in EXAMPLE.iterdir()} - {"README.md", ".gitignore", "target"}
    assert names == there
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert [each for each in links if not each.startswith("#")] == [], "it is read elsewhere, too"


def test_what_is_taken_from_a_clone_of_this_project_is_in_it() -> None:
    taken = set(re.findall(r"\bmeridian/(\S+)", README))
    assert len(taken) == 3 and all((PROJECT / each).exists() for each in taken)


def test_copying_and_committing_as_told_leaves_the_branch_that_is_deployed(tmp_path: Path) -> None:
    """Run the block's own commands, but for the push, on an empty repository."""
    (tmp_path / "meridian").symlink_to(PROJECT)
    (block,) = [each for each in SHELL if each.startswith("cp -R")]
    kept, _, pushed = block.partition("git -C web-app -c credential")
    assert pushed.rstrip().endswith("push -u origin main")
    (tmp_path / ".gitconfig").write_text("[user]\nname = A\nemail = a@example.com\n")
    subprocess.run(
        ["bash", "-eu"],  # noqa: S607 - whichever bash there is
        input=f"git init -q web-app\n{kept}",
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    heads = (tmp_path / "web-app/.git/refs/heads").iterdir()
    branch = document("multi-region-pipeline")["Parameters"]["RepositoryBranch"]["Default"]
    assert [each.name for each in heads] == [branch]
    assert (tmp_path / "web-app/.gitignore").exists()


def test_the_launch_gives_every_parameter_that_has_no_default() -> None:
    parameters = document("multi-region-pipeline")["Parameters"]
    launch = next(each for each in SHELL if "multi-region-pipeline.yaml" in each)
    others = re.findall(r"`([A-Z]\w+)=[^`]*`", README)
    assert {*others, *re.findall(r"\b([A-Z]\w+)=", launch)} <= set(parameters)
    missing = {name for name, each in parameters.items() if "Default" not in each}
    assert missing <= set(re.findall(r"\b([A-Z]\w+)=", launch))


def test_the_outputs_asked_for_exist() -> None:
    outputs = {
        name
        for template in ("artifact-store", "cross-region-deploy", "multi-region-pipeline")
        for name in document(template)["Outputs"]
    }
    asked = set(re.findall(r"OutputKey==`(\w+)`", README))
    assert asked and asked <= outputs


def test_the_steps_are_the_stages_and_the_stack_is_the_pipelines() -> None:
    stages = document("multi-region-pipeline")["Resources"]["AppPipeline"]["Properties"]["Stages"]
    assert re.findall(r"(?m)^\d\. \*\*(\w+)\.\*\*", README) == [each["Name"] for each in stages]
    deployed = {action["Configuration"]["StackName"]["Fn::Sub"] for action in stages[-1]["Actions"]}
    names = {each.replace("${AWS::StackName}", "web-app-pipeline") for each in deployed}
    assert names == set(re.findall(r"web-app-pipeline-deploy", README))


@pytest.mark.parametrize("block", SHELL)
def test_every_block_is_a_script(block: str) -> None:
    assert complaint(block) == ""


@pytest.mark.parametrize("block", SHELL)
def test_every_aws_command_and_option_exists(block: str) -> None:
    assert unknown_options(block) == []
