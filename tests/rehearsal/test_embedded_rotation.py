"""RotateAccessKey rotates a user's key between two embedded partitions, day by day.

Every role and the user are those of committed templates, and what lets them do it is asked of IAM;
the function runs when its schedule is due, as the rule and the function's policy say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError
from embedded import CHINA_REGION, HOME_REGION, Account, Clouds
from launching import key_of, launch

from operate.key_pair import KeyPair
from operate.parameters import Parameters
from rehearsal.embedded_aws import Credentials
from rehearsal.errors import RehearsalError
from rehearsal.schedules import fire, schedules_in

PREFIX = "/China/Dev"
USER = "lambda-app-dev-deploy"
DAY = 24 * 60 * 60
DUE = 31 * DAY
NOBODY = "InvalidClientTokenId"
ELSEWHERE = "sts:GetSessionToken"


@dataclass(frozen=True)
class Scene:
    """A user in China whose key is kept at home, the builds that read it, and its rotation."""

    home: Account
    china: Account
    builds: Credentials
    rule: str

    def run(self, later: int = 0) -> tuple[str, ...]:
        """Let time pass and the schedule be due; return how the function fails."""
        self.home.desk().pass_time(later)
        return fire(self.home.aws, self.home.account, HOME_REGION, self.rule)

    def read(self) -> Credentials:
        """Return the pair as a build reads it: the id, and the secret that bears it as label."""
        ssm = self.home.aws.client("ssm", HOME_REGION, self.builds)

        def value(name: str) -> str:
            given = ssm.get_parameter(Name=f"{PREFIX}/{name}", WithDecryption=True)
            return str(given["Parameter"]["Value"])

        access_key = value("UserAccessKey")
        return Credentials(access_key, value(f"UserSecretKey:{access_key}"))

    def works(self, pair: Credentials) -> bool:
        """Return whether China takes a pair for its user's."""
        try:
            caller = self.china.aws.client("sts", CHINA_REGION, pair).get_caller_identity()
        except ClientError as error:
            assert error.response["Error"]["Code"] == NOBODY
            return False
        return bool(caller["Arn"] == f"arn:aws-cn:iam::{self.china.account}:user/{USER}")

    def statuses(self) -> dict[str, str]:
        """Return the status of each of the user's keys."""
        iam = self.china.client("iam", CHINA_REGION)
        found = iam.list_access_keys(UserName=USER)["AccessKeyMetadata"]
        return {each["AccessKeyId"]: each["Status"] for each in found}

    def labels(self) -> set[str]:
        """Return the labels of all versions of the secret."""
        ssm = self.home.client("ssm")
        found = ssm.get_parameter_history(Name=f"{PREFIX}/UserSecretKey")["Parameters"]
        return {label for each in found for label in each["Labels"]}

    @contextmanager
    def function_without(self, action: str) -> Iterator[None]:
        """Take one action from what the function's role may do, for as long as the block runs."""
        iam = self.home.client("iam")
        (name,) = (
            each["RoleName"]
            for each in iam.list_roles()["Roles"]
            if "RotateAccessKeyServiceRole" in each["RoleName"]
        )
        which = {"RoleName": name, "PolicyName": "rotate-access-key"}
        whole = iam.get_role_policy(**which)["PolicyDocument"]
        iam.put_role_policy(**which, PolicyDocument=without(action, whole))
        yield
        iam.put_role_policy(**which, PolicyDocument=json.dumps(whole))

    @contextmanager
    def user_without(self, action: str) -> Iterator[None]:
        """Take one action from what the user may do, for as long as the block runs."""
        iam = self.china.client("iam", CHINA_REGION)
        which = {"UserName": USER, "PolicyName": "deploy"}
        whole = iam.get_user_policy(**which)["PolicyDocument"]
        iam.put_user_policy(**which, PolicyDocument=without(action, whole))
        yield
        iam.put_user_policy(**which, PolicyDocument=json.dumps(whole))


def without(action: str, document: Any) -> str:
    """Return a policy document with something harmless in an action's place."""
    whole = json.dumps(document)
    less = whole.replace(f'"{action}"', f'"{ELSEWHERE}"')
    assert less != whole
    return less


@pytest.fixture(name="scene")
def _scene(clouds: Clouds) -> Scene:
    home = Account(clouds.home, clouds.account())
    china = Account(clouds.china, clouds.account())
    others = dict.fromkeys(("StageAccountId", "ProdAccountId"), home.account)
    others |= {f"China{stage}AccountId": china.account for stage in ("Dev", "Stage", "Prod")}
    launch(clouds.home, HOME_REGION, home.account, "artifact-store", ParameterPrefix="/US/Dev")
    roles = launch(clouds.home, HOME_REGION, home.account, "global-china-service-roles", **others)
    launch(clouds.china, CHINA_REGION, china.account, "china-access")
    store(home, key_of(clouds.china, CHINA_REGION, china.account, USER))
    rotation = launch(clouds.home, HOME_REGION, home.account, "access-key-rotation")
    builds = clouds.home.serve(roles["ChinaDevCodeBuildServiceRoleArn"], "codebuild", HOME_REGION)
    (rule,) = schedules_in(clouds.home, home.account, HOME_REGION, rotation["Stack"])
    return Scene(home, china, builds, rule)


def store(home: Account, pair: Credentials) -> None:
    """Keep a pair as `store-access-key` does."""
    parameters = Parameters(home.client("ssm"), HOME_REGION, PREFIX)
    before = parameters.look()
    parameters.replace(before, KeyPair(pair.access_key, pair.secret_key), before.key)


@pytest.mark.slow
def test_a_key_is_rotated_day_by_day_and_builds_always_read_one_that_works(scene: Scene) -> None:
    old = scene.read()
    assert scene.run() == ()
    assert scene.statuses() == {old.access_key: "Active"}
    assert scene.run(later=DUE) == ()
    new = scene.read()
    assert scene.statuses() == {old.access_key: "Active", new.access_key: "Active"}
    assert scene.works(old)
    assert scene.works(new)
    assert scene.run(later=DAY) == ()
    assert scene.statuses() == {old.access_key: "Inactive", new.access_key: "Active"}
    assert not scene.works(old)
    assert scene.run(later=5 * DAY) == ()
    assert old.access_key in scene.statuses()
    assert scene.run(later=DAY) == ()
    assert scene.statuses() == {new.access_key: "Active"}
    assert scene.labels() == {old.access_key, new.access_key}
    assert scene.run(later=DAY) == ()
    assert scene.labels() == {new.access_key}
    assert scene.read() == new
    assert scene.works(new)


@pytest.mark.slow
def test_without_a_grant_the_function_fails_with_its_mend_and_ends_what_it_left_once_it_has_it(
    scene: Scene,
) -> None:
    old = scene.read()
    with scene.user_without("iam:CreateAccessKey"):
        (said,) = scene.run(later=DUE)
    assert "is not authorized to perform: iam:CreateAccessKey" in said
    assert said.endswith("mend: allow the user that call on itself, as china-access.yaml does")
    for action in ("ssm:PutParameter", "ssm:LabelParameterVersion"):
        with scene.function_without(action):
            (said,) = scene.run()
        assert f"is not authorized to perform: {action}" in said
        assert re.search("mend: grant it to the role of this function, on parameters", said)
        assert scene.read() == old
        assert scene.statuses() == {old.access_key: "Active"}
    assert scene.run() == ()
    assert scene.works(scene.read())
    assert scene.read() != old


def test_a_schedule_that_may_not_invoke_the_function_is_refused(scene: Scene) -> None:
    functions = scene.home.client("lambda")
    (name,) = (each["FunctionName"] for each in functions.list_functions()["Functions"])
    policy = json.loads(functions.get_policy(FunctionName=name)["Policy"])
    (statement,) = policy["Statement"]
    functions.remove_permission(FunctionName=name, StatementId=statement["Sid"])
    with pytest.raises(RehearsalError, match="AWS::Lambda::Permission of Principal events"):
        scene.run()
    functions.add_permission(
        FunctionName=name,
        StatementId="another",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=f"arn:aws:events:{HOME_REGION}:{scene.home.account}:rule/another",
    )
    with pytest.raises(RehearsalError, match=r"does not let .*DailySchedule.* invoke it"):
        scene.run()
    scene.home.client("events").disable_rule(Name=scene.rule)
    with pytest.raises(RehearsalError, match="is DISABLED"):
        scene.run()
