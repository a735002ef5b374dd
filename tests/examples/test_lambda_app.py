"""The second sample application: one template for every partition, copies that stay copies."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from cfnlint.api import lint
from cfnlint.config import ManualArgs
from cfnlint.decode.decode import decode_str
from examples.readme import blocks, complaint, launches, unknown_options
from templates.committed import PROJECT

from templates import committed

EXAMPLE = PROJECT / "examples/lambda-app"
README = (EXAMPLE / "README.md").read_text(encoding="utf-8")
ONE, CHINA = "cloudformation_template.yaml", "cloudformation_template_china.yaml"
COPIES = {"buildspec.yml": "build.yml", "buildspec-china.yml": "deploy-china.yml"}
ONLY_UNPACKAGED = "W3002"  # says that Code: src waits for `package`


def regions(partition: str) -> list[str]:
    """Return the regions in which a partition offers Lambda."""
    found = botocore.session.get_session().get_available_regions("lambda", partition)
    return list(found)


def document(name: str) -> dict[str, Any]:
    decoded, errors = decode_str((EXAMPLE / name).read_text(encoding="utf-8"))
    assert decoded and not errors
    return dict(decoded)


def make(folder: Path, target: str) -> str:
    """Run a target of the example's Makefile in a copy of it and return what it says."""
    for each in EXAMPLE.rglob("*"):
        if each.is_file() and "__pycache__" not in each.parts:
            copy = folder / each.relative_to(EXAMPLE)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(each.read_bytes())
    done = subprocess.run(  # noqa: S603 - our own Makefile
        ["make", f"PYTHON={sys.executable}", target],  # noqa: S607 - whichever make there is
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_is_its_original(name: str) -> None:
    source = f"buildspecs/{COPIES[name]}"
    assert (EXAMPLE / name).read_bytes() == (PROJECT / source).read_bytes(), (
        f"examples/lambda-app/{name} differs; mend: cp {source} examples/lambda-app/{name}"
    )


def test_both_templates_come_from_one_source(tmp_path: Path) -> None:
    committed = (EXAMPLE / CHINA).read_bytes()
    (tmp_path / CHINA).write_text("stale")
    make(tmp_path, "template")
    assert (tmp_path / CHINA).read_bytes() == committed, (
        "mend: make -C examples/lambda-app template"
    )
    assert committed.partition(b"\n")[2] == (EXAMPLE / ONE).read_bytes()


def test_the_functions_own_tests_pass_and_leave_nothing(tmp_path: Path) -> None:
    assert re.search(r"Ran [1-9][0-9]* tests? in .*\n\nOK\n", make(tmp_path, "test"))
    assert list(tmp_path.rglob("__pycache__")) == []


@pytest.mark.parametrize(
    ("name", "partition"),
    [pytest.param(ONE, "aws", marks=pytest.mark.slow), (CHINA, "aws-cn")],
)
def test_a_template_is_clean_in_every_region_it_is_for(name: str, partition: str) -> None:
    where = regions(partition)
    assert len(where) >= 2
    settings = ManualArgs(include_checks=["I"], regions=where)
    found = lint((EXAMPLE / name).read_text(encoding="utf-8"), config=settings)
    assert [str(each) for each in found if each.rule.id != ONLY_UNPACKAGED] == []


def test_no_template_names_a_partition() -> None:
    words = r"arn:aws|amazonaws\.com(?!$)|\bcn-|China"
    body = (EXAMPLE / ONE).read_text(encoding="utf-8")
    assert [each for each in re.findall(rf".*(?:{words}).*", body) if "Service:" not in each] == []


def test_every_role_is_within_the_boundary_and_named_by_nobody() -> None:
    resources = document(ONE)["Resources"]
    roles = [each for each in resources.values() if each["Type"] == "AWS::IAM::Role"]
    assert roles
    for role in roles:
        arn = "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy"
        boundary = f"{arn}/${{ProjectName}}-${{StageName}}-boundary"
        assert role["Properties"]["PermissionsBoundary"] == {"Fn::Sub": boundary}
    names = {key for each in resources.values() for key in each["Properties"] if "Name" in key}
    assert names == {"PolicyName", "LogGroupName"}
    assert resources["FunctionLog"]["Properties"]["LogGroupName"] == {
        "Fn::Sub": "/aws/lambda/${Function}"
    }


def test_a_newcomers_files_are_those_that_are_there() -> None:
    rows = re.findall(r"(?m)^\| (`[^|]+) \|", README)
    names = {name.rstrip("/") for row in rows for name in re.findall(r"`([^`]+)`", row)}
    hidden = {"README.md", ".gitignore", "__pycache__"}
    assert names == {each.name for each in EXAMPLE.iterdir()} - hidden


def test_it_goes_in_the_seeds_order() -> None:
    parts = re.findall(r"(?m)^## (Part \d|Cleaning up)", README)
    assert parts == ["Part 1", "Part 2", "Part 3", "Part 4", "Cleaning up"]


@pytest.mark.parametrize("block", blocks(README))
def test_every_block_is_a_script_of_commands_that_exist(block: str) -> None:
    assert complaint(block) == ""
    assert unknown_options(block) == []


def test_every_launch_gives_what_the_template_asks_for() -> None:
    launched = [each for block in blocks(README) for each in launches(block)]
    assert len(launched) > 5
    for name, given in launched:
        parameters = committed.document(name)["Parameters"]
        needed = {title for title, each in parameters.items() if "Default" not in each}
        assert needed <= given <= set(parameters), name
