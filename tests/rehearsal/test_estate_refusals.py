"""What a launch ends with when an estate cannot be launched: one line that names place and mend."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from embedded import Clouds
from estates import Tree, tree

from rehearsal.errors import RehearsalError

pytestmark = pytest.mark.slow

FIRST, SECOND = "multi-region", "global-china"
ELSEWHERE = '\n[[stage.target]]\nregion = "eu-west-1"\n'
MADE = " Type: AWS::CodePipeline::Pipeline"


@pytest.fixture(name="tree")
def _tree(tmp_path: Path) -> Tree:
    return tree(tmp_path)


def said(tree: Tree, name: str, clouds: Clouds) -> str:
    """Return the one line with which a launch ends, the folder taken out."""
    with pytest.raises(RehearsalError) as raised:
        tree.launch(name, clouds)
    (line,) = str(raised.value).splitlines()
    return line.replace(f"{tree.folder}/", "")


def test_what_fails_is_named_with_stack_account_and_region(clouds: Clouds, tree: Tree) -> None:
    tree.change_template("multi-region-pipeline", {"PipelineType: V2": "PipelineTyp: V2"})
    assert re.fullmatch(
        r"templates/multi-region-pipeline\.yaml: stack web-app-pipeline in account [0-9]{12}, "
        r"us-east-1: AppPipeline failed: .*\[PipelineTyp\] is not permitted.*; "
        r"mend it there, or in what it is rendered from, and `make templates`",
        said(tree, FIRST, clouds),
    )


def test_what_cloudformation_refuses_is_told_in_its_words(clouds: Clouds, tree: Tree) -> None:
    tree.change_template("artifact-store", {"|[0-9]{12}": "[a-z]+"})
    line = said(tree, SECOND, clouds)
    assert line.startswith("templates/artifact-store.yaml: stack artifact-store in account ")
    assert "is refused: " in line


def put_a_folder_there(path: Path) -> None:
    path.unlink()
    path.mkdir()


Break = Callable[[Tree], object]
BROKEN: dict[str, tuple[str, Break, str]] = {
    "no topology": (
        FIRST,
        lambda t: t.topology(FIRST).unlink(),
        "topologies/multi-region.toml: is not there; name a topology of topologies/, or write it",
    ),
    "no TOML": (
        FIRST,
        lambda t: t.change(FIRST, {}, "["),
        r"topologies/multi-region.toml: is not TOML: .*; correct it there",
    ),
    "no stage": (
        FIRST,
        lambda t: t.change(FIRST, {"[[stage]]": "[[place]]", "stage.target": "place.target"}),
        "topologies/multi-region.toml: is no topology: .*; `make templates` says what is missing",
    ),
    "no such region": (
        FIRST,
        lambda t: t.change(FIRST, {"ap-south-1": "ap-suoth-1"}),
        r"topologies/multi-region.toml: .*\(did you mean ap-south-1\?\)",
    ),
    "no such kind": (
        FIRST,
        lambda t: t.change(FIRST, {'"multi-region"': '"multi-regon"'}),
        r"topologies/multi-region.toml: pipeline: 'multi-regon' .*\(did you mean multi-region\?\)",
    ),
    "a folder": (
        FIRST,
        lambda t: put_a_folder_there(t.topology(FIRST)),
        "topologies/multi-region.toml: cannot be read: .*; name a file",
    ),
    "not drawn": (
        FIRST,
        lambda t: (t.templates / "multi-region-pipeline.yaml").unlink(),
        "templates/multi-region-pipeline.yaml: is not there; `make templates` renders it",
    ),
    "no store beside it": (
        FIRST,
        lambda t: (t.templates / "artifact-store.yaml").unlink(),
        "templates/artifact-store.yaml: is not there; `make templates` renders it",
    ),
    "no pipeline": (
        FIRST,
        lambda t: t.change_template(f"{FIRST}-pipeline", {"CodePipeline::Pipeline": "SNS::Topic"}),
        "templates/multi-region-pipeline.yaml: has 0 pipelines; have one in it",
    ),
    "no stores": (
        FIRST,
        lambda t: t.change_template(f"{FIRST}-pipeline", {" ArtifactStores:": " Stores:"}),
        "templates/multi-region-pipeline.yaml: its pipeline has no ArtifactStores; list them",
    ),
    "drawn before the change": (
        FIRST,
        lambda t: t.change(FIRST, {}, ELSEWHERE),
        "templates/multi-region-pipeline.yaml: no action of stage Deploy deploys to eu-west-1, "
        "account [0-9]{12}, as topologies/multi-region.toml says; `make templates` .*",
    ),
    "a parameter that is not asked for": (
        SECOND,
        lambda t: t.change_template("artifact-store", {"TargetAccountIds": "TargetAccountId"}),
        r"templates/artifact-store.yaml: has no parameter TargetAccountIds, and is told one "
        r"\(did you mean TargetAccountId\?\)",
    ),
    "a question nobody answers": (
        FIRST,
        lambda t: t.change_template("artifact-store", {"    Default: artifact-store\n": ""}),
        "templates/artifact-store.yaml: asks for StoreName, and nothing that is launched before "
        "says what that is; give it a Default",
    ),
    "an output that another stack is told": (
        FIRST,
        lambda t: t.change_template("artifact-store", {"  KeyArn:\n": "  KeyArns:\n"}),
        r"artifact-store.yaml: stack artifact-store has no output KeyArn, which is needed next "
        r"\(did you mean KeyArns\?\)",
    ),
    "a store without a bucket": (
        FIRST,
        lambda t: t.change_template(f"{FIRST}-pipeline", {" Location: !Ref": " Loc: !Ref"}),
        "templates/multi-region-pipeline.yaml: ArtifactStores of its pipeline: each needs .*",
    ),
    "no user": (
        SECOND,
        lambda t: t.change_template(
            "china-access", {"!Sub user/${ProjectName}": "!Sub user/a-${ProjectName}"}
        ),
        r"china-access.yaml: stack lambda-app-[a-z]+-access in account [0-9]{12}, cn-north-1: "
        r"no key can be made of user a-lambda-app-[a-z]+-deploy: .*; mend it there, .*",
    ),
    "a pipeline that nobody makes": (
        FIRST,
        lambda t: t.change_template(
            f"{FIRST}-pipeline",
            {" Type: AWS::CodePipeline": " Condition: SourceIsS3\n    Type: AWS::CodePipeline"},
        ),
        "templates/multi-region-pipeline.yaml: AppPipeline is not made by a launch .*",
    ),
    "keys under a name of their own": (
        SECOND,
        lambda t: t.change_template(
            f"{SECOND}-pipeline", {"/China/Dev/UserAccessKey": "/China/Dev/Key"}
        ),
        "templates/global-china-pipeline.yaml: the build that deploys Dev to cn-north-1 looks for "
        "its key under '/China/Dev/Key' and '/China/Dev/UserSecretKey', .*; name both so",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_cannot_be_launched_is_said_in_a_line(what: str, clouds: Clouds, tree: Tree) -> None:
    name, damage, line = BROKEN[what]
    damage(tree)
    assert re.fullmatch(line, said(tree, name, clouds))


def test_a_partition_that_does_not_run_is_named(clouds: Clouds, tree: Tree) -> None:
    tree.change(SECOND, {"cn-north-1": "us-gov-west-1", "ChinaRegion": "GovRegion"})
    tree.draw(SECOND)
    assert said(tree, SECOND, clouds) == (
        "us-gov-west-1: lies in aws-us-gov, and what runs is aws, aws-cn; start that one, too"
    )
