"""An estate launched as people launch it: what stands where, what it was told, and what fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from embedded import CHINA_REGION, HOME_REGION, Clouds
from estates import Ear, Tree, committed, tree

from rehearsal.embedded_aws import Credentials, root
from rehearsal.errors import RehearsalError
from rehearsal.estate import Estate, needed_partitions

FIRST, SECOND = "multi-region", "global-china"
ELSEWHERE = '\n[[stage.target]]\nregion = "eu-west-1"\n'
IN_CHINA = '\n[[stage.target]]\nregion = "cn-north-1"\naccount = "ChinaAccountId"\n'
BY_TOKEN = {'access = "access-keys"': 'access = "web-identity"'}


@pytest.fixture(name="tree")
def _tree(tmp_path: Path) -> Tree:
    return tree(tmp_path)


def client(clouds: Clouds, estate: Estate, service: str) -> Any:
    """Return a client of the root of the pipeline's account."""
    return clouds.both.client(service, estate.region, estate.account)


def stores(clouds: Clouds, estate: Estate) -> dict[str, tuple[str, str]]:
    """Return bucket and key of each region as the pipeline that stands has them."""
    found = client(clouds, estate, "codepipeline").get_pipeline(name=estate.pipeline)["pipeline"]
    return {
        region: (each["location"], each["encryptionKey"]["id"])
        for region, each in found["artifactStores"].items()
    }


def made(estate: Estate) -> dict[str, tuple[str, str]]:
    """Return bucket and key of each region as the stacks of the stores have them."""
    return {
        each.region: (each.outputs["BucketName"], each.outputs["KeyArn"])
        for each in estate.launches
        if each.template == "artifact-store"
    }


def test_the_first_seed_stands_with_a_store_in_each_region(clouds: Clouds) -> None:
    ear = Ear()
    estate = committed().launch(FIRST, clouds, ear)
    assert stores(clouds, estate) == made(estate)
    assert {(to.stage, to.region, to.account, to.stack) for to in estate.targets} == {
        ("Deploy", region, estate.account, "web-app-pipeline-deploy")
        for region in (HOME_REGION, "us-east-2", "ap-south-1")
    }
    assert (estate.repository, estate.keys) == ("web-app", ())
    assert sorted(map(str, ear.heard)) == sorted(map(str, estate.launches))
    last = estate.launches[-1]
    assert last.resources["AppPipeline"] == last.outputs["PipelineName"] == estate.pipeline


def test_the_second_seed_stands_in_six_accounts_of_two_partitions(clouds: Clouds) -> None:
    estate = committed().launch(SECOND, clouds)
    own = {name.removesuffix("AccountId"): id_ for name, id_ in estate.accounts.items()}
    assert len(set(own.values())) == 6
    assert stores(clouds, estate) == made(estate)
    launched = {(each.template, each.account, each.region) for each in estate.launches}
    assert launched == {
        ("artifact-store", own[""], HOME_REGION),
        ("global-china-service-roles", own[""], HOME_REGION),
        ("global-china-pipeline", own[""], HOME_REGION),
        ("access-key-rotation", own[""], HOME_REGION),
        *(("cross-account-role", own[each], HOME_REGION) for each in ("Stage", "Prod")),
        *(("china-access", own[f"China{each}"], CHINA_REGION) for each in ("Dev", "Stage", "Prod")),
    }
    assert [(to.stage, to.region, to.account) for to in estate.targets] == [
        *(("Dev", HOME_REGION, own[""]), ("Dev", CHINA_REGION, own["ChinaDev"])),
        *(("Stage", HOME_REGION, own["Stage"]), ("Stage", CHINA_REGION, own["ChinaStage"])),
        *(("Prod", HOME_REGION, own["Prod"]), ("Prod", CHINA_REGION, own["ChinaProd"])),
    ]
    the_accounts_of_stages_open_to_the_pipeline(clouds, estate)
    a_pair_of_each_stage_is_kept_at_home(clouds, estate)


def the_accounts_of_stages_open_to_the_pipeline(clouds: Clouds, estate: Estate) -> None:
    outputs = {each.template: each.outputs for each in estate.launches}
    role = outputs["global-china-service-roles"]["CodePipelineServiceRoleArn"]
    pipeline = clouds.home.serve(role, "codepipeline", HOME_REGION)
    inside = [each for each in estate.launches if each.template == "cross-account-role"]
    for each in inside:
        who = clouds.home.assume(each.outputs["CrossAccountStageRoleArn"], pipeline, HOME_REGION)
        assert who.access_key
    reviewer = outputs["global-china-service-roles"]["ReviewServiceRoleArn"]
    review = clouds.home.serve(reviewer, "codebuild", HOME_REGION)
    prod = f"arn:aws:iam::{estate.accounts['ProdAccountId']}:role/lambda-app-prod-review"
    assert clouds.home.assume(prod, review, HOME_REGION).access_key
    owner = client(clouds, estate, "s3")
    owner.put_object(
        Bucket=outputs["artifact-store"]["BucketName"], Key="lambda-app-pipeline/Bundle/1"
    )
    s3 = clouds.home.client("s3", HOME_REGION, who)
    bucket = outputs["artifact-store"]["BucketName"]
    assert s3.get_object(Bucket=bucket, Key="lambda-app-pipeline/Bundle/1")


def a_pair_of_each_stage_is_kept_at_home(clouds: Clouds, estate: Estate) -> None:
    ssm = client(clouds, estate, "ssm")
    for stage, key in zip(("Dev", "Stage", "Prod"), estate.keys, strict=True):
        names = (key.access_key, key.secret_key)
        assert names == (f"/China/{stage}/UserAccessKey", f"/China/{stage}/UserSecretKey")
        read = [ssm.get_parameter(Name=each, WithDecryption=True)["Parameter"] for each in names]
        assert [each["Type"] for each in read] == ["SecureString"] * 2
        who = Credentials(read[0]["Value"], read[1]["Value"])
        sts = clouds.china.client("sts", CHINA_REGION, who)
        assert sts.get_caller_identity()["Arn"] == key.user
        (version,) = ssm.get_parameter_history(Name=key.secret_key)["Parameters"]
        assert version["Labels"] == [who.access_key]


def test_a_region_more_has_a_store_and_a_target(clouds: Clouds, tree: Tree) -> None:
    tree.change(FIRST, {}, ELSEWHERE)
    tree.draw(FIRST)
    estate = tree.launch(FIRST, clouds)
    assert "eu-west-1" in [to.region for to in estate.targets]
    assert "eu-west-1" in made(estate)
    assert stores(clouds, estate) == made(estate)


def test_a_store_is_written_down_where_a_pipeline_of_accounts_looks(
    clouds: Clouds, tree: Tree
) -> None:
    there = 'region = "us-east-1"\naccount = "StageAccountId"\n'
    tree.change(SECOND, {there: f"{there}{ELSEWHERE}account = 'StageAccountId'\n"})
    tree.draw(SECOND)
    estate = tree.launch(SECOND, clouds)
    assert sorted(made(estate)) == ["eu-west-1", HOME_REGION]
    assert stores(clouds, estate) == made(estate)
    keys = {each.account: each for each in estate.launches if each.template == "cross-account-role"}
    assert sorted(keys) == sorted(estate.accounts[f"{each}AccountId"] for each in ("Stage", "Prod"))


def test_a_token_opens_where_the_topology_says_so(clouds: Clouds, tree: Tree) -> None:
    tree.change(SECOND, BY_TOKEN)
    tree.draw(SECOND)
    estate = tree.launch(SECOND, clouds)
    assert estate.keys == ()
    assert "access-key-rotation" not in {each.template for each in estate.launches}
    for stage in ("Dev", "Stage", "Prod"):
        a_token_of_its_build_opens(stage, clouds, estate)


def a_token_of_its_build_opens(stage: str, clouds: Clouds, estate: Estate) -> None:
    (roles,) = [each for each in estate.launches if each.template.endswith("service-roles")]
    role = roles.outputs[f"China{stage}CodeBuildServiceRoleArn"]
    sts = clouds.home.client("sts", HOME_REGION, clouds.home.serve(role, "codebuild", HOME_REGION))
    name = f"lambda-app-{stage.lower()}"
    token = sts.get_web_identity_token(
        Audience=[name], SigningAlgorithm="ES384", DurationSeconds=300
    )["WebIdentityToken"]
    account = estate.accounts[f"China{stage}AccountId"]
    there = clouds.china.client("sts", CHINA_REGION, root(account))
    assert there.assume_role_with_web_identity(
        RoleArn=f"arn:aws-cn:iam::{account}:role/{name}-deploy",
        RoleSessionName="test",
        WebIdentityToken=token,
    )["Credentials"]


def test_a_pipeline_of_images_has_them_made_in_china(clouds: Clouds, tree: Tree) -> None:
    tree.change(FIRST, {}, IN_CHINA)
    tree.draw(FIRST)
    estate = tree.launch(FIRST, clouds)
    (access,) = [each for each in estate.launches if each.template == "china-image-access"]
    assert (access.account, access.region) == (estate.accounts["ChinaAccountId"], CHINA_REGION)
    assert access.outputs["ImageProjectName"] == "web-app-deploy-image"
    (key,) = estate.keys
    assert key.user == f"arn:aws-cn:iam::{access.account}:user/web-app-deploy-deploy"
    assert key.access_key == "/China/Deploy/UserAccessKey"


@pytest.mark.parametrize("source", ["CodeConnections", "S3"])
def test_a_pipeline_of_another_source_and_another_home_stands(
    clouds: Clouds, tree: Tree, source: str
) -> None:
    all_three = 'sources = ["CodeCommit", "CodeConnections", "S3"]'
    tree.change(FIRST, {all_three: f'sources = ["{source}"]', "us-east-1": "eu-central-1"})
    tree.draw(FIRST)
    estate = tree.launch(FIRST, clouds)
    assert estate.region == "eu-central-1"
    assert stores(clouds, estate) == made(estate)


def test_an_account_named_by_its_digits_has_those(clouds: Clouds, tree: Tree) -> None:
    prod = clouds.account()
    tree.change(SECOND, {'"ProdAccountId"': f'"{prod}"'})
    tree.draw(SECOND)
    estate = tree.launch(SECOND, clouds)
    assert ("Prod", HOME_REGION, prod) in [(t.stage, t.region, t.account) for t in estate.targets]


def test_only_partitions_that_are_deployed_to_are_needed() -> None:
    assert needed_partitions(committed().topology(FIRST)) == ("aws",)
    assert needed_partitions(committed().topology(SECOND)) == ("aws", "aws-cn")


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
