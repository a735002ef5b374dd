"""The text an approval shows: real change sets in an embedded AWS, listed by the real `aws`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from embedded import HOME_REGION, Clouds
from launching import launch
from templates.committed import PROJECT, resources

from rehearsal.buildspec import Build, Result, run
from rehearsal.embedded_aws import EmbeddedAws, root

STACK = "lambda-app-app-stack-prod"
CHANGE_SET = "lambda-app-pipeline-change"
SPEC = resources("global-china-pipeline")["ReviewProject"]["Properties"]["Source"]["BuildSpec"]
QUEUE = "Queue{}:\n    Type: AWS::SQS::Queue\n    Properties: {{VisibilityTimeout: {}}}"


def template(queues: int, seconds: int = 30) -> str:
    """Return a template of some queues."""
    body = "\n  ".join(QUEUE.format(at, seconds) for at in range(queues))
    return f"Resources:\n  {body}\n"


@dataclass(frozen=True)
class Prod:
    """An account with a stack and a change set, and the build that may look at it."""

    aws: EmbeddedAws
    account: str
    review_role: str
    reviewer: str
    folder: Path

    @property
    def cloudformation(self) -> Any:
        """CloudFormation as the account's root sees it."""
        return self.aws.client("cloudformation", HOME_REGION, root(self.account))

    def propose(self, body: str, kind: str) -> None:
        """Make the change set anew."""
        self.cloudformation.create_change_set(
            StackName=STACK, ChangeSetName=CHANGE_SET, TemplateBody=body, ChangeSetType=kind
        )

    def review(self, **changes: str) -> Result:
        """Run the build."""
        source = self.folder / "source"
        source.mkdir(exist_ok=True)
        tools = os.pathsep.join([str(Path(sys.prefix) / "bin"), os.environ["PATH"]])
        environment = {
            "PATH": tools,
            "HOME": str(self.folder),
            "AWS_REGION": HOME_REGION,
            "AWS_DEFAULT_REGION": HOME_REGION,
            "AWS_ENDPOINT_URL": self.aws.url,
            "CHANGE_SET": CHANGE_SET,
            "STACK_NAME": STACK,
            "REGIONS": HOME_REGION,
            "REVIEW_ROLE": self.review_role,
            **self.aws.serve(self.reviewer, "codebuild", HOME_REGION).environment,
        }
        return run(Build(SPEC, source, environment | changes, seconds=60))


@pytest.fixture
def prod(clouds: Clouds, tmp_path: Path) -> Iterator[Prod]:
    """Launch what an approval needs: the roles on both sides."""
    pipeline, account, china = clouds.account(), clouds.account(), clouds.account()
    launch(clouds.home, HOME_REGION, pipeline, "artifact-store", ParameterPrefix="/US/Dev")
    asked = dict.fromkeys(("StageAccountId", "ProdAccountId"), account)
    asked |= {f"China{stage}AccountId": china for stage in ("Dev", "Stage", "Prod")}
    roles = launch(clouds.home, HOME_REGION, pipeline, "global-china-service-roles", **asked)
    launch(
        clouds.home,
        HOME_REGION,
        account,
        "cross-account-role",
        StageName="prod",
        PipelineRoleArn=roles["CodePipelineServiceRoleArn"],
        ReviewerRoleArn=roles["ReviewServiceRoleArn"],
        ArtifactArns="arn:aws:s3:::store/*",
        ArtifactKeyArns=f"arn:aws:kms:us-east-1:{pipeline}:key/1234abcd",
    )
    role = f"arn:aws:iam::{account}:role/lambda-app-prod-review"
    yield Prod(clouds.home, account, role, roles["ReviewServiceRoleArn"], tmp_path)


def test_it_says_what_changes_resource_by_resource(prod: Prod) -> None:
    prod.propose(template(2), "CREATE")
    result = prod.review()
    assert result.succeeded, result.output
    assert result.exported["CHANGES"] == (
        "In us-east-1: Add Queue0 (AWS::SQS::Queue), Add Queue1 (AWS::SQS::Queue)."
    )


@pytest.mark.slow
def test_it_says_that_nothing_changes(prod: Prod) -> None:
    prod.cloudformation.create_stack(StackName=STACK, TemplateBody=template(1))
    prod.propose(template(1), "UPDATE")
    result = prod.review()
    assert result.exported["CHANGES"] == "In us-east-1: nothing changes."


@pytest.mark.slow
def test_it_never_says_more_than_an_approval_shows(prod: Prod) -> None:
    prod.propose(template(40), "CREATE")
    result = prod.review()
    changes = result.exported["CHANGES"]
    assert 400 < len(changes) <= 500
    assert changes.endswith(" and more: the log of this build has all.")
    assert "Add Queue39 (AWS::SQS::Queue)" in result.output


@pytest.mark.slow
def test_a_change_set_that_is_not_there_says_how_to_make_it_anew(prod: Prod) -> None:
    result = prod.review()
    assert not result.succeeded
    assert f"{CHANGE_SET} of {STACK} in {HOME_REGION} cannot be described" in result.output
    assert "retry all actions of the stage" in result.output


@pytest.mark.slow
def test_a_role_that_does_not_trust_it_is_named_with_the_mend(prod: Prod) -> None:
    other = prod.review_role.replace("prod-review", "prod-cross-account")
    result = prod.review(REVIEW_ROLE=other)
    assert not result.succeeded
    assert f"{other} cannot be assumed" in result.output
    assert "ReviewerRoleArn = the role of this build" in result.output


@pytest.mark.slow
def test_the_keys_of_the_session_are_not_in_the_log(prod: Prod) -> None:
    prod.propose(template(1), "CREATE")
    result = prod.review()
    assert "ASIA" not in result.output
    assert PROJECT.name not in result.exported["CHANGES"]
