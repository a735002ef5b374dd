"""Launches all that the two seeds need in the embedded AWS, as a person would."""

from __future__ import annotations

from embedded import CHINA_REGION, HOME_REGION, Clouds
from launching import launch

from rehearsal.embedded_aws import root

OTHERS = ("us-east-2", "ap-south-1")


def first_seed(clouds: Clouds, account: str) -> dict[str, dict[str, str]]:
    """Launch what the first seed needs; return each stack's outputs by its template."""
    home = clouds.home
    stores = {r: launch(home, r, account, "artifact-store") for r in (HOME_REGION, *OTHERS)}
    buckets = {
        f"S3BucketName{suffix}": stores[region]["BucketName"]
        for region, suffix in zip(
            (HOME_REGION, *OTHERS),
            ("", "ForOtherRegion1", "ForOtherRegion2"),
            strict=True,
        )
    }
    keys = {
        name.replace("S3BucketName", "KmsKeyArn"): each["KeyArn"]
        for name, each in zip(buckets, stores.values(), strict=True)
    }
    image = home.client("ec2", OTHERS[0], root(account)).register_image(Name="an image")["ImageId"]
    home.client("ssm", OTHERS[0], root(account)).put_parameter(
        Name="AMI_VERSION", Value=image, Type="String", DataType="aws:ec2:image"
    )
    asked = {**buckets, **keys}
    return {
        "artifact-store": stores[HOME_REGION],
        "service-roles": launch(home, HOME_REGION, account, "service-roles", **asked),
        "codebuild-projects": launch(home, HOME_REGION, account, "codebuild-projects"),
        "multi-region-pipeline": launch(
            home, HOME_REGION, account, "multi-region-pipeline", **asked
        ),
        "cross-region-deploy": launch(home, OTHERS[0], account, "cross-region-deploy"),
    }


def second_seed(clouds: Clouds, account: str, china: str) -> dict[str, dict[str, str]]:
    """Launch what the second seed needs, its stages in accounts that are there in name alone."""
    home, there = clouds.home, clouds.china
    store = launch(home, HOME_REGION, account, "artifact-store", ParameterPrefix="/US/Dev")
    names = ("StageAccountId", "ProdAccountId", "ChinaStageAccountId", "ChinaProdAccountId")
    asked = {"ChinaDevAccountId": china, **{name: clouds.account() for name in names}}
    roles = launch(home, HOME_REGION, account, "global-china-service-roles", **asked)
    stage = launch(
        *(home, HOME_REGION, asked["StageAccountId"], "cross-account-role"),
        PipelineRoleArn=roles["CodePipelineServiceRoleArn"],
        ArtifactArns=store["ArtifactArns"],
        ArtifactKeyArns=store["KeyArn"],
    )
    return {
        "global-china-service-roles": roles,
        "cross-account-role": stage,
        "global-china-pipeline": launch(home, HOME_REGION, account, "global-china-pipeline"),
        "access-key-rotation": launch(home, HOME_REGION, account, "access-key-rotation"),
        "china-access": launch(there, CHINA_REGION, china, "china-access"),
        "china-image-access": launch(there, CHINA_REGION, china, "china-image-access"),
    }
