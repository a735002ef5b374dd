"""An estate launched as people launch it: what stands where, what it was told, and what fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from embedded import CHINA_REGION, HOME_REGION, Clouds
from estates import Ear, Tree, committed, tree

from rehearsal.embedded_aws import Credentials, root
from rehearsal.estate import Estate, needed_partitions

pytestmark = pytest.mark.slow

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
