"""The committed CopyImage function copies images in the embedded AWS, as its template has it.

The function runs as its template says, under the role of its template, on events such as
CodePipeline's; Lambda's part is MiniStack's, which runs the function in a process of its own.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from embedded import HOME_REGION, Account, Clouds
from launching import launch

from rehearsal.desk import JobAnswer
from rehearsal.embedded_aws import root

FIRST, SECOND = OTHERS = ("us-east-2", "ap-south-1")
NAME = "multi-region-pipeline"
PARAMETER = "AMI_VERSION"
OTHER_GRANTS = ("ec2:CreateTags", "ec2:DescribeImages", "ssm:GetParameter", "ssm:PutParameter")
MOST_ROUNDS = 10
AN_HOUR = 3600
_JOBS = (f"job-{number}" for number in itertools.count(1))


@dataclass(frozen=True)
class Home(Account):
    """An account in which the first seed's pipeline stands."""

    pipeline: dict[str, Any]

    def act(self, image: str, age: int = 0) -> JobAnswer:
        """Let CodePipeline's Invoke action copy an image; return the job's last answer.

        Between two rounds so many seconds pass as far as the function's memory goes.
        """
        (stage,) = (each for each in self.pipeline["stages"] if each["name"] == "CopyImage")
        configuration = dict(stage["actions"][0]["configuration"])
        known = {"Build.AMI_ID": image, "Build.COMMIT": "c0ffee"}
        configuration["UserParameters"] = re.sub(
            r"#\{(.*?)\}",
            lambda found: known.get(found[1], "known"),
            configuration["UserParameters"],
        )
        token = ""
        for _ in range(MOST_ROUNDS):
            answer = self._round(configuration, token)
            token = answer.given.get("continuationToken", "")
            if not token:
                return answer
            token = older(token, age)
        raise AssertionError(f"no end after {MOST_ROUNDS} rounds: {answer}")

    def _round(self, configuration: dict[str, str], token: str) -> JobAnswer:
        job = next(_JOBS)
        self.desk().open_job(job)
        data: dict[str, Any] = {"actionConfiguration": {"configuration": configuration}}
        if token:
            data["continuationToken"] = token
        event = {"CodePipeline.job": {"id": job, "accountId": self.account, "data": data}}
        role = self.aws.serve(self.pipeline["roleArn"], "codepipeline", HOME_REGION)
        function = self.aws.client("lambda", HOME_REGION, role)
        said = function.invoke(
            FunctionName=configuration["FunctionName"], Payload=json.dumps(event)
        )
        answer = self.desk().read_job(job)
        assert answer is not None, said["Payload"].read()
        return answer

    @contextmanager
    def without(self, action: str) -> Iterator[None]:
        """Take one action from what the function's role may do, for as long as the block runs."""
        iam = self.client("iam")
        name = next(
            each["RoleName"]
            for each in iam.list_roles()["Roles"]
            if "LambdaServiceRole" in each["RoleName"]
        )
        which = {"RoleName": name, "PolicyName": "copy-image"}
        whole = iam.get_role_policy(**which)["PolicyDocument"]
        less = json.loads(json.dumps(whole).replace(f'"{action}"', '"ec2:DescribeTags"'))
        assert less != whole
        iam.put_role_policy(**which, PolicyDocument=json.dumps(less))
        yield
        iam.put_role_policy(**which, PolicyDocument=json.dumps(whole))


def older(token: str, age: int) -> str:
    """Return a continuation token as if so many seconds had passed since."""
    memory = json.loads(token)
    memory["started"] -= age
    memory["troubled"] = {region: since - age for region, since in memory["troubled"].items()}
    return json.dumps(memory)


@pytest.fixture(name="home", scope="module")
def _home(_clouds: Clouds) -> Home:
    account = _clouds.account()
    names = ("S3BucketName", "S3BucketNameForOtherRegion1", "S3BucketNameForOtherRegion2")
    buckets = {name: f"artifacts-{at}" for at, name in enumerate(names)}
    made = launch(_clouds.home, HOME_REGION, account, NAME, ImagesToKeep="1", **buckets)
    codepipeline = _clouds.home.client("codepipeline", HOME_REGION, root(account))
    pipeline = codepipeline.get_pipeline(name=made["PipelineName"])["pipeline"]
    return Home(_clouds.home, account, pipeline=pipeline)


@pytest.fixture(name="_said", autouse=True)
def _says_what_stands_in(clouds: Clouds) -> Clouds:
    return clouds


def test_the_function_copies_an_image_to_every_region_and_names_it_there(home: Home) -> None:
    image = home.build()
    home.desk(SECOND).plan_copies(pending=3)
    answer = home.act(image)
    assert answer.succeeded, answer
    copies = answer.given["outputVariables"]
    assert sorted(copies) == sorted(OTHERS)
    for region, copy in copies.items():
        parameter = home.client("ssm", region).get_parameter(Name=PARAMETER)["Parameter"]
        assert (parameter["Value"], parameter["DataType"]) == (copy, "aws:ec2:image")
        (found,) = home.client("ec2", region).describe_images(ImageIds=[copy])["Images"]
        assert {"Key": "SourceImage", "Value": image} in found["Tags"]


def removes(home: Home) -> bool:
    """Copy two images where one is to be kept; return whether only the second is there then."""
    first, second = (home.act(home.build()).given["outputVariables"][FIRST] for _ in range(2))
    ec2 = home.client("ec2", FIRST)
    left = {each["ImageId"] for each in ec2.describe_images(Owners=["self"])["Images"]}
    snapshots = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    assert second in left
    assert len(snapshots) == len(left)
    return first not in left


@pytest.mark.slow
def test_the_function_removes_an_image_that_nothing_names(home: Home) -> None:
    assert removes(home)


@pytest.mark.slow
def test_the_function_keeps_an_image_that_a_launch_template_names(home: Home) -> None:
    first = home.act(home.build()).given["outputVariables"][FIRST]
    ec2 = home.client("ec2", FIRST)
    data = {"ImageId": first}
    ec2.create_launch_template(LaunchTemplateName="holds", LaunchTemplateData=data)
    assert removes(home)
    assert ec2.describe_images(ImageIds=[first])["Images"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "action",
    [
        "ec2:DeleteSnapshot",
        "ec2:DeregisterImage",
        "ec2:DescribeImageReferences",
        "ec2:DescribeInstances",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:DescribeLaunchTemplates",
        "ssm:DescribeParameters",
        "ssm:GetParameters",
    ],
)
def test_without_a_grant_to_remove_images_they_stay(home: Home, action: str) -> None:
    with home.without(action):
        assert not removes(home)


def test_a_copy_that_fails_fails_the_job_with_its_reason_and_a_retry_replaces_it(
    home: Home,
) -> None:
    image = home.build()
    home.desk(FIRST).plan_copies(pending=1, failure="no space there")
    answer = home.act(image)
    message = answer.given["failureDetails"]["message"]
    assert not answer.succeeded
    assert re.search(r"us-east-2: ami-\w+ is failed \(no space there\)", message)
    assert "ap-south-1 done" in message
    home.desk(FIRST).plan_copies(pending=1)
    assert home.act(image).succeeded


@pytest.mark.parametrize(
    "action",
    [
        "ec2:CopyImage",
        *(pytest.param(each, marks=pytest.mark.slow) for each in OTHER_GRANTS),
    ],
)
def test_the_function_fails_for_each_grant_that_is_taken_from_its_role(
    home: Home, action: str
) -> None:
    image = home.build()
    with home.without(action):
        answer = home.act(image, age=AN_HOUR)
    message = answer.given["failureDetails"]["message"]
    assert f"is not authorized to perform: {action}" in message
    assert "grant it to LambdaServiceRole" in message


def test_an_image_or_a_region_that_is_not_there_fails_at_once(home: Home) -> None:
    answer = home.act("ami-00000000")
    assert "image ami-00000000 is absent in us-east-1" in str(answer.given)
