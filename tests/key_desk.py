"""A desk to store access keys from: a home, a user in China, both embedded, and the wire between.

The command runs as people run it; only the network below botocore is looked at, and bent where a
test says so. After every run the desk holds that nothing printed has the id or the secret in it.
"""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session
from embedded import CHINA_REGION, HOME_REGION, Clouds

from generate import main
from rehearsal.embedded_aws import Credentials, root

SEND = URLLib3Session.send
NUMBERS = itertools.count(1)
CALLS = ("GetParameter", "GetParameterHistory", "PutParameter", "LabelParameterVersion")
NO_PAIR = ("", "")
# In the form of real ones; they are the examples of the AWS documentation.
ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

Perform = Callable[[], AWSResponse]
Plan = Callable[[str, AWSPreparedRequest, Perform], AWSResponse]


def obey(operation: str, request: AWSPreparedRequest, perform: Perform) -> AWSResponse:
    """Let AWS do as asked: the plan without a fault."""
    return perform()


@dataclass(frozen=True)
class Offices:
    """Two accounts in two partitions, and who works there; `config` holds a profile for each."""

    clouds: Clouds
    home_account: str
    china_account: str
    config: Path
    at_home: Any
    at_iam: Any
    pool: list[Credentials] = field(default_factory=list)

    @property
    def iam_at_home(self) -> Any:
        """A client of IAM at home."""
        return self.clouds.home.client("iam", HOME_REGION, root(self.home_account))

    def add_profile(self, name: str, **settings: str) -> None:
        """Add a profile that tries once, with settings of its own."""
        lines = [f"{key} = {value}" for key, value in {"max_attempts": "1", **settings}.items()]
        with self.config.open("a", encoding="utf-8") as config:
            config.write("\n".join([f"[profile {name}]", *lines, ""]))

    def add_clerk(self, profile: str, calls: Sequence[str]) -> None:
        """Add a profile of a user at home who may make these calls to Parameter Store."""
        iam = self.iam_at_home
        clerk = make_key(iam, profile)
        iam.put_user_policy(
            UserName=profile,
            PolicyName="store",
            PolicyDocument=policy(self.home_account, calls),
        )
        self.add_profile(
            profile,
            region=HOME_REGION,
            endpoint_url=self.clouds.home.url,
            aws_access_key_id=clerk.access_key,
            aws_secret_access_key=clerk.secret_key,
        )


@dataclass(frozen=True)
class Answer:
    """What a person sees of a run."""

    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line of an error, having seen that it is one and that the run failed."""
        assert (self.code, self.out) == (1, ""), self
        (line,) = self.err.splitlines()
        return line


@dataclass
class Desk:
    """One test's place: a prefix, keys of its own, and the wire."""

    offices: Offices
    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]
    prefix: str
    keys: list[Credentials] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    plan: Plan = obey
    watch: Callable[[], object] = tuple
    looking: bool = False

    def key(self) -> Credentials:
        """Return another key of a user in China, which other tests use as well."""
        unused = [each for each in self.offices.pool if each not in self.keys]
        if not unused:
            unused = [make_key(self.offices.at_iam)]
            self.offices.pool.extend(unused)
        self.keys.append(unused[0])
        return unused[0]

    def own_key(self, iam: Any) -> Credentials:
        """Return a key nobody else has, made by a client of IAM."""
        self.keys.append(make_key(iam))
        return self.keys[-1]

    def run(self, given: bytes | None, *arguments: str) -> Answer:
        """Run the command with standard input, or with none; an option may be given again."""

        def send(session: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
            return self._send(request, lambda: SEND(session, request))

        with self.patch.context() as patch:
            stdin = None if given is None else io.TextIOWrapper(io.BytesIO(given))
            patch.setattr("sys.stdin", stdin)
            patch.setattr(URLLib3Session, "send", send)
            try:
                code = main([*self.words, *arguments])
            finally:
                seen = self.capture.readouterr()
                self.forgive_nothing(seen.out + seen.err)
        return Answer(code, seen.out, seen.err)

    @property
    def words(self) -> list[str]:
        """The command and the options every run of it has."""
        where = ["--prefix", self.prefix, "--region", CHINA_REGION]
        return ["store-access-key", *where, "--profile", "home", "--target-profile", "china"]

    def forgive_nothing(self, text: str) -> None:
        """See that no key of the desk, id or secret, is in what was printed."""
        for each in self.keys:
            assert each.access_key not in text
            assert each.secret_key not in text

    def store(self, who: Credentials, *arguments: str) -> Answer:
        """Run the command with a key on two lines."""
        return self.run(f"{who.access_key}\n{who.secret_key}\n".encode(), *arguments)

    def stored(self, name: str) -> dict[str, Any]:
        """Return a parameter of the prefix as root sees it, {} if there is none."""
        try:
            found = self.offices.at_home.get_parameter(
                Name=f"{self.prefix}/{name}", WithDecryption=True
            )
        except ClientError:
            return {}
        parameter: dict[str, Any] = found["Parameter"]
        return parameter

    def put(self, name: str, value: str, kind: str = "SecureString") -> None:
        """Store a parameter by hand, as the seed says."""
        self.offices.at_home.put_parameter(
            Name=f"{self.prefix}/{name}", Value=value, Type=kind, Overwrite=True
        )

    def put_pair(self, who: Credentials) -> None:
        """Store a pair by hand: no label."""
        self.put("UserAccessKey", who.access_key)
        self.put("UserSecretKey", who.secret_key)

    def read(self) -> tuple[str, str]:
        """Return the pair a build reads now: the id, then the secret by label, or the newest."""
        access_key = self.stored("UserAccessKey").get("Value", "").rstrip("\n")
        if not access_key:
            return NO_PAIR
        secret = self.stored(f"UserSecretKey:{access_key}") or self.stored("UserSecretKey")
        return access_key, secret.get("Value", "")

    def history(self, name: str) -> list[dict[str, Any]]:
        """Return all versions of a parameter."""
        found = self.offices.at_home.get_parameter_history(Name=f"{self.prefix}/{name}")
        versions: list[dict[str, Any]] = found["Parameters"]
        return versions

    def _send(self, request: AWSPreparedRequest, perform: Perform) -> AWSResponse:
        """Let a request through, or do to it what is planned; then look, unseen."""
        if self.looking:
            return perform()
        operation = operation_of(request)
        self.calls.append(operation)
        try:
            return self.plan(operation, request, perform)
        finally:
            self.looking = True
            self.watch()
            self.looking = False


def make_key(iam: Any, user: str = "") -> Credentials:
    """Make a user by a client of IAM, and a key of it."""
    name = user or f"deploy-{next(NUMBERS)}"
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


def open_offices(clouds: Clouds, folder: Path) -> Offices:
    """Make the accounts; the one who stores keys at home may do the four calls and no more."""
    home_account, china_account = clouds.account(), clouds.account()
    offices = Offices(
        clouds,
        home_account,
        china_account,
        folder / "config",
        clouds.home.client("ssm", HOME_REGION, root(home_account)),
        clouds.china.client("iam", CHINA_REGION, root(china_account)),
    )
    offices.add_clerk("home", CALLS)
    offices.add_profile("china", endpoint_url=clouds.china.url)
    return offices


def policy(account: str, calls: Sequence[str]) -> str:
    """Return a policy that allows calls on the two parameters of every prefix below /China.

    It lets Parameter Store use the account's own keys, too, by which some are encrypted.
    """
    below = f"arn:aws:ssm:{HOME_REGION}:{account}:parameter/China/*"
    statement = {
        "Effect": "Allow",
        "Action": [f"ssm:{call}" for call in calls],
        "Resource": [f"{below}/UserAccessKey", f"{below}/UserSecretKey"],
    }
    by_way = {"StringEquals": {"kms:ViaService": f"ssm.{HOME_REGION}.amazonaws.com"}}
    keys = {
        "Effect": "Allow",
        "Action": ["kms:Decrypt", "kms:Encrypt"],
        "Resource": f"arn:aws:kms:{HOME_REGION}:{account}:key/*",
        "Condition": by_way,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement, keys]})


def operation_of(request: AWSPreparedRequest) -> str:
    """Return the name of the call a request makes."""
    target = request.headers.get("X-Amz-Target", b"")
    if target:
        return str(target.decode() if isinstance(target, bytes) else target).rpartition(".")[2]
    body = request.body.decode() if isinstance(request.body, bytes) else str(request.body)
    return parse_qs(body)["Action"][0]


def answer(at: str, status: int, text: str, number: int = 1) -> Plan:
    """Return a plan that answers the nth call of an operation in the place of AWS."""
    left = itertools.count(1)

    def plan(operation: str, request: AWSPreparedRequest, perform: Perform) -> AWSResponse:
        if operation != at or next(left) != number:
            return perform()
        return AWSResponse(request.url, status, {}, Raw(text.encode()))

    return plan


def refuse(at: str, code: str, message: str, number: int = 1) -> Plan:
    """Return a plan that answers the nth call of an operation with an error."""
    if at == "GetCallerIdentity":
        error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        return answer(at, 400, f"<ErrorResponse>{error}</ErrorResponse>", number)
    return answer(at, 400, json.dumps({"__type": code, "message": message}), number)


def call_from(arn: str, number: int = 2) -> Plan:
    """Return a plan by which STS says, at its nth call, that this is who calls."""
    result = f"<Account>{arn.split(':')[4]}</Account><Arn>{arn}</Arn><UserId>1</UserId>"
    text = f"<R><GetCallerIdentityResult>{result}</GetCallerIdentityResult></R>"
    return answer("GetCallerIdentity", 200, text, number)


class Raw:
    """The body of an answer, as the SDK reads one."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self, **_: object) -> Iterator[bytes]:
        """Yield it in one piece."""
        yield self.body
