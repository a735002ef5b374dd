"""How a stage gets into another partition: what is launched there, and a key brought home.

Where access is by token, nothing is brought home: whoever launches there is told whose token opens.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from botocore.exceptions import ClientError

from operate.key_pair import KeyPair
from operate.parameters import DEFAULT_KEY, Parameters
from rehearsal.embedded_aws import Credentials
from rehearsal.errors import RehearsalError
from rehearsal.estate_deployments import Deployment
from rehearsal.estate_ground import Ground
from rehearsal.estate_topology import BY_TOKEN
from rehearsal.issuers import issuer
from rehearsal.launching import MEND, Order, output
from rehearsal.outcome import Launch

ROTATION = "access-key-rotation"
ACCESS_KEY = "USER_ACCESS_KEY_SSM"
SECRET_KEY = "USER_SECRET_KEY_SSM"  # noqa: S105 - a variable's name
LAST_WORDS = ("/UserAccessKey", "/UserSecretKey")


@dataclass(frozen=True)
class StoredKey:
    """A pair of a user that is kept at home: whose it is, and under which two names."""

    stage: str
    user: str
    region: str
    access_key: str
    secret_key: str


@dataclass(frozen=True)
class Access:
    """What stands for one crossing; `key` is None where a token opens."""

    launches: tuple[Launch, ...]
    key: StoredKey | None


def open_all(ground: Ground, template: str, deployments: list[Deployment]) -> tuple[Access, ...]:
    """Open the other partitions to the builds that deploy there, side by side."""
    with ThreadPoolExecutor() as pool:
        return tuple(pool.map(partial(_open, ground, template), deployments))


def _open(ground: Ground, template: str, to: Deployment) -> Access:
    by_token = ground.site.access == BY_TOKEN
    stage = to.stage.lower()
    own = {"StageName": stage, "Access": ground.site.access}
    if by_token:
        own |= {"TokenIssuerUrl": issuer(ground.account), "TokenSubject": to.role}
    given = ground.launcher.taken(template, ground.known) | own
    stack = f"{ground.project}-{stage}-access"
    inside = ground.launcher.launch(Order(template, stack, to.account, to.region, given))
    if by_token:
        return Access((inside,), None)
    key = _bring_home(ground, to, inside)
    return Access((inside, ground.launcher.launch(_rotation(ground, key))), key)


def _bring_home(ground: Ground, to: Deployment, inside: Launch) -> StoredKey:
    """Make a key of the user and store it, as `meridian store-access-key` does."""
    access_key, secret_key = _names(ground, to)
    pair = _make_key(ground, inside)
    arn = _proven(ground, to.region, pair)
    ssm = ground.launcher.clouds.client("ssm", ground.site.home, ground.account)
    kept = Parameters(ssm, ground.site.home, access_key.removesuffix(LAST_WORDS[0]))
    kept.replace(kept.look(), pair, DEFAULT_KEY)
    return StoredKey(to.stage, arn, to.region, access_key, secret_key)


def _make_key(ground: Ground, inside: Launch) -> KeyPair:
    """Make a key of the user that stands in another partition, as a person does there."""
    kind, _, user = output(inside, "Deployer").partition("/")
    iam = ground.launcher.clouds.client("iam", inside.region, inside.account)
    try:
        made = iam.create_access_key(UserName=user)["AccessKey"]
    except ClientError as error:
        said = error.response["Error"]["Message"]
        raise RehearsalError(
            f"{inside.template}.yaml: stack {inside.stack} in account {inside.account}, "
            f"{inside.region}: no key can be made of {kind} {user}: {said}; {MEND}"
        ) from None
    return KeyPair(made["AccessKeyId"], made["SecretAccessKey"])


def _proven(ground: Ground, region: str, pair: KeyPair) -> str:
    """Return whose a pair is, having called with it."""
    who = Credentials(pair.access_key, pair.secret_key)
    sts = ground.launcher.clouds.of(region).client("sts", region, who)
    return str(sts.get_caller_identity()["Arn"])


def _names(ground: Ground, to: Deployment) -> tuple[str, str]:
    """Return where the build looks for its pair; a person is told a prefix, and no more."""
    named = tuple(to.variables.get(each, "") for each in (ACCESS_KEY, SECRET_KEY))
    prefix = named[0].removesuffix(LAST_WORDS[0])
    if named != tuple(f"{prefix}{word}" for word in LAST_WORDS):
        raise RehearsalError(
            f"{ground.template.path}: the build that deploys {to.stage} to {to.region} looks for "
            f"its key under {named[0]!r} and {named[1]!r}, where `meridian store-access-key` "
            f"stores PREFIX{LAST_WORDS[0]} and PREFIX{LAST_WORDS[1]}; name both so"
        )
    return named[0], named[1]


def _rotation(ground: Ground, key: StoredKey) -> Order:
    given = {
        "AccessKeyParameter": key.access_key,
        "SecretKeyParameter": key.secret_key,
        "TargetRegion": key.region,
    }
    stack = f"{ground.project}-{key.stage.lower()}-{key.region}-rotation"
    return Order(ROTATION, stack, ground.account, ground.site.home, given)
