"""An AWS in memory: the keys of an IAM user in one partition, the parameters in another.

The real botocore clients reach it by `wire`, and each call to IAM and STS must be signed with the
secret of an active key. Stood in for are the services themselves. They behave as AWS documents it,
at its least convenient: a new key is listed late, and known to one server after another; a user
has two keys at most; a parameter keeps so many versions, and not one more while the oldest bears
a label; and a version without KeyId is encrypted with the key of the service.

After every single call it asks what a reader would find, and notes what would not work.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse
from botocore.credentials import Credentials
from lambdas.wire import Call, Clock, RefusalError, Services

HOME, THERE = "eu-west-1", "cn-north-1"
ID_NAME, SECRET_NAME = "/China/Dev/UserAccessKey", "/China/Dev/UserSecretKey"
USER = "arn:aws-cn:iam::444455556666:user/pipeline"
SERVICE_KEY, KEY = "aws/ssm", "alias/pairs"
HOUR, DAY = 60 * 60, 24 * 60 * 60
BETWEEN_TWO_READS = 10

LISTED_AFTER, KNOWN_TO_SOME_AFTER, KNOWN_TO_ALL_AFTER = 3, 5, 12
KEYS_OF_A_USER, LABELS_OF_A_VERSION, VERSIONS_OF_A_PARAMETER, VERSIONS_OF_A_PAGE = 2, 10, 100, 2
A_LABEL = re.compile(r"(?!\d|aws|ssm)[\w.-]{1,100}", re.IGNORECASE)


@dataclass
class UserKey:
    """An access key. A foreign one was not made by the function."""

    id: str
    secret: str
    created: int
    user: str = USER
    active: bool = True
    used: int = 0
    foreign: bool = False


@dataclass
class Version:
    """One version of a parameter."""

    number: int
    value: str
    written: int
    type: str = "SecureString"
    key: str = KEY
    labels: list[str] = field(default_factory=list)


@dataclass
class World(Services):
    """The keys, the parameters, and what readers have read so far, with the time."""

    clock: Clock
    keys: dict[str, UserKey] = field(default_factory=dict)
    parameters: dict[str, list[Version]] = field(default_factory=dict)
    read: dict[tuple[str, str], int] = field(default_factory=dict)
    unlabelled: dict[str, int] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    tries: int = 3  # that Lambda makes
    versions_kept: int = VERSIONS_OF_A_PARAMETER

    def __post_init__(self) -> None:
        self.operations: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "GetParameter": self.get_parameter,
            "GetParameterHistory": self.get_parameter_history,
            "LabelParameterVersion": self.label_parameter_version,
            "PutParameter": self.put_parameter,
            "UnlabelParameterVersion": self.unlabel_parameter_version,
        }
        self.operations_of_user: dict[str, Callable[[UserKey, dict[str, Any]], dict[str, Any]]] = {
            "CreateAccessKey": self.create_access_key,
            "DeleteAccessKey": self.delete_access_key,
            "GetAccessKeyLastUsed": self.get_access_key_last_used,
            "GetCallerIdentity": self.get_caller_identity,
            "ListAccessKeys": self.list_access_keys,
            "UpdateAccessKey": self.update_access_key,
        }

    def answer(self, request: AWSPreparedRequest) -> AWSResponse:
        """Answer a request; then look as a reader would."""
        self.clock.now += 1
        try:
            return super().answer(request)
        finally:
            self.look()

    def do(self, call: Call) -> dict[str, Any]:
        """Return the answer to a call, in the region where it belongs."""
        if call.operation in self.operations:
            assert call.region == HOME
            return self.operations[call.operation](call.given)
        assert call.region == THERE
        return self.operations_of_user[call.operation](self.caller(call.request), call.given)

    # Readers

    def look(self) -> None:
        """Note a pair that fails, of those a reader holds.

        Readers read the pair now, have read it within a day, or have read the id within a day and
        read its secret now: the newest, if they have just found none with its label.
        """
        now = self.clock.now
        if self.parameters.get(ID_NAME) and self.parameters.get(SECRET_NAME):
            key, secret = self.pair()
            self.read[key, secret] = now
            if not self.versions_with(key):
                self.unlabelled[key] = now
        held = {pair for pair, when in self.read.items() if now - when < DAY}
        held |= {(key, self.secret_of(key)) for key, _ in held}
        slow = [key for key, when in self.unlabelled.items() if now - when < BETWEEN_TWO_READS]
        for key, secret in sorted(held | {(key, self.secret_of("none")) for key in slow}):
            if not self.works(key, secret):
                self.wrongs.append(f"a reader holds ...{key[-4:]}, and it does not work")

    def pair(self) -> tuple[str, str]:
        """Return what a reader reads: the id, then its secret."""
        key = self.parameters[ID_NAME][-1].value.strip()
        return key, self.secret_of(key)

    def secret_of(self, key: str) -> str:
        """Return the secret that bears a key's id as label, or else the newest one."""
        versions = self.parameters.get(SECRET_NAME) or [Version(0, "", 0)]
        return (self.versions_with(key) or versions)[-1].value.strip()

    def versions_with(self, key: str) -> list[Version]:
        """Return the version of the secret that bears a key's id as label, or none."""
        return [each for each in self.parameters.get(SECRET_NAME, []) if key in each.labels]

    def works(self, key: str, secret: str) -> bool:
        """Return whether a pair works, whichever server is asked."""
        found = self.keys.get(key)
        return (
            found is not None
            and found.active
            and found.secret == secret
            and self.clock.now - found.created >= KNOWN_TO_ALL_AFTER
        )

    # What a person does

    def add_key(self, age: int, **more: Any) -> UserKey:
        """Make a key as the console does; age in seconds."""
        number = len(self.secrets) + 1
        secret = f"very/Secret+{number}=" + "x" * 26
        key = UserKey(f"AKIA{number:016d}", secret, self.clock.now - age, **more)
        self.keys[key.id] = key
        self.secrets.append(secret)
        return key

    def store(self, name: str, value: str, **more: Any) -> Version:
        """Write a parameter."""
        versions = self.parameters.setdefault(name, [])
        number = versions[-1].number + 1 if versions else 1
        version = Version(number, value, self.clock.now, **more)
        versions.append(version)
        return version

    # IAM and STS

    def caller(self, request: AWSPreparedRequest) -> UserKey:
        """Return the key that signed a request, known by its signature."""
        key = self.keys.get(signer(request))
        if key is None or not key.active or not self.is_known(key):
            raise RefusalError("InvalidClientTokenId", "The security token is invalid.")
        if not is_signed(request, key):
            raise RefusalError("SignatureDoesNotMatch", "The signature does not match.")
        key.used = self.clock.now
        return key

    def is_known(self, key: UserKey) -> bool:
        """Return whether the server that is asked, each in turn, has heard of a key."""
        age = self.clock.now - key.created
        late = len(self.calls) % 2
        return age >= (KNOWN_TO_ALL_AFTER if late else KNOWN_TO_SOME_AFTER)

    def get_caller_identity(self, caller: UserKey, given: dict[str, Any]) -> dict[str, Any]:
        return {"Arn": caller.user, "UserId": "AIDA", "Account": "444455556666"}

    def list_access_keys(self, caller: UserKey, given: dict[str, Any]) -> dict[str, Any]:
        shown = [
            {
                "UserName": "pipeline",
                "AccessKeyId": key.id,
                "Status": "Active" if key.active else "Inactive",
                "CreateDate": as_text(key.created),
            }
            for key in self.keys_of(caller)
            if self.clock.now - key.created >= LISTED_AFTER
        ]
        return {"AccessKeyMetadata": shown, "IsTruncated": "false"}

    def keys_of(self, caller: UserKey) -> list[UserKey]:
        """Return the keys of the user who calls."""
        return [each for each in self.keys.values() if each.user == caller.user]

    def create_access_key(self, caller: UserKey, given: dict[str, Any]) -> dict[str, Any]:
        if len(self.keys_of(caller)) >= KEYS_OF_A_USER:
            raise RefusalError("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2")
        key = self.add_key(age=0, user=caller.user)
        shown = {"UserName": "pipeline", "AccessKeyId": key.id, "Status": "Active"}
        return {"AccessKey": {**shown, "SecretAccessKey": key.secret}}

    def get_access_key_last_used(self, caller: UserKey, given: dict[str, Any]) -> dict[str, Any]:
        key = self.own(caller, given)
        used = {"LastUsedDate": as_text(key.used)} if key.used else {}
        return {
            "UserName": "pipeline",
            "AccessKeyLastUsed": {**used, "ServiceName": "N/A", "Region": "N/A"},
        }

    def update_access_key(self, caller: UserKey, given: dict[str, Any]) -> dict[str, Any]:
        self.own(caller, given).active = given["Status"] == "Active"
        return {}

    def delete_access_key(self, caller: UserKey, given: dict[str, Any]) -> dict[str, Any]:
        key = self.own(caller, given)
        if key.foreign and key.used:
            self.wrongs.append("a key was deleted that somebody else uses")
        del self.keys[key.id]
        return {}

    def own(self, caller: UserKey, given: dict[str, Any]) -> UserKey:
        """Return the key of the caller's user that a request names."""
        assert "UserName" not in given
        key = self.keys.get(given["AccessKeyId"])
        if key is None or key.user != caller.user:
            id = given["AccessKeyId"]
            raise RefusalError("NoSuchEntity", f"The Access Key with id {id} cannot be found.")
        return key

    # Systems Manager

    def versions_of(self, name: str) -> list[Version]:
        """Return the versions of a parameter."""
        if not self.parameters.get(name):
            raise RefusalError("ParameterNotFound")
        return self.parameters[name]

    def version_of(self, name: str, selector: int | str) -> Version:
        """Return one version of a parameter, by its number or its label."""
        for version in self.versions_of(name):
            if str(selector) in (str(version.number), *version.labels):
                return version
        raise RefusalError("ParameterVersionNotFound")

    def get_parameter(self, given: dict[str, Any]) -> dict[str, Any]:
        name, _, selector = given["Name"].partition(":")
        version = self.version_of(name, selector) if selector else self.versions_of(name)[-1]
        value = version.value if given.get("WithDecryption") else "encrypted"
        return {"Parameter": {**show(name, version), "Value": value}}

    def get_parameter_history(self, given: dict[str, Any]) -> dict[str, Any]:
        assert not given.get("WithDecryption"), "no secret is needed to see the labels"
        versions, at = self.versions_of(given["Name"]), int(given.get("NextToken") or 0)
        following = at + VERSIONS_OF_A_PAGE
        shown = [
            {**show(given["Name"], each), "Value": "encrypted", "Labels": each.labels}
            for each in versions[at:following]
        ]
        more = {"NextToken": str(following)} if following < len(versions) else {}
        return {"Parameters": shown, **more}

    def put_parameter(self, given: dict[str, Any]) -> dict[str, Any]:
        versions = self.versions_of(given["Name"])
        assert given["Overwrite"]
        if len(versions) >= self.versions_kept:
            if versions[0].labels:
                raise RefusalError("ParameterMaxVersionLimitExceeded")
            del versions[0]
        key = given.get("KeyId", SERVICE_KEY) if given["Type"] == "SecureString" else ""
        version = self.store(given["Name"], given["Value"], type=given["Type"], key=key)
        return {"Version": version.number, "Tier": "Standard"}

    def label_parameter_version(self, given: dict[str, Any]) -> dict[str, Any]:
        version = self.version_of(given["Name"], given["ParameterVersion"])
        refused = [each for each in given["Labels"] if not A_LABEL.fullmatch(each)]
        for label in set(given["Labels"]) - set(refused):
            for each in self.versions_of(given["Name"]):
                each.labels = [kept for kept in each.labels if kept != label]
            version.labels.append(label)
        if len(version.labels) > LABELS_OF_A_VERSION:
            raise RefusalError("ParameterVersionLabelLimitExceeded")
        return {"InvalidLabels": refused, "ParameterVersion": version.number}

    def unlabel_parameter_version(self, given: dict[str, Any]) -> dict[str, Any]:
        version = self.version_of(given["Name"], given["ParameterVersion"])
        version.labels = [each for each in version.labels if each not in given["Labels"]]
        return {"RemovedLabels": given["Labels"], "InvalidLabels": []}


def show(name: str, version: Version) -> dict[str, Any]:
    """Return what Parameter Store shows of a version beside its value."""
    return {
        "Name": name,
        "Type": version.type,
        "Version": version.number,
        "LastModifiedDate": version.written,
    }


def as_text(time: int) -> str:
    """Return a time as IAM writes it."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def signer(request: AWSPreparedRequest) -> str:
    """Return the id of the key that a request says it is signed with."""
    found = re.search(r"Credential=(\w+)/", header(request, "Authorization"))
    return found[1] if found else ""


def is_signed(request: AWSPreparedRequest, key: UserKey) -> bool:
    """Return whether a request is signed with the key's secret, by signing it again."""
    authorization = header(request, "Authorization")
    found = re.search(r"Credential=\w+/\d+/([\w-]+)/(\w+)/.*SignedHeaders=([\w;-]+)", authorization)
    assert found
    names = [name for name in found[3].split(";") if name != "host"]
    headers = {name: header(request, name) for name in names}
    again = AWSRequest(request.method, request.url, headers, request.body)
    again.context["timestamp"] = header(request, "X-Amz-Date")
    auth = SigV4Auth(Credentials(key.id, key.secret), found[2], found[1])
    to_sign = auth.string_to_sign(again, auth.canonical_request(again))
    return authorization.endswith(f"Signature={auth.signature(to_sign, again)}")


def header(request: AWSPreparedRequest, name: str) -> str:
    """Return a header as text."""
    value = request.headers[name]
    return value.decode() if isinstance(value, bytes) else str(value)
