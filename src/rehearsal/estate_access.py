"""How a stage gets into another partition: what is launched there, and a key brought home.

Where access is by token, nothing is brought home: whoever launches there is told whose token opens.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from operate.key_pair import KeyPair
from operate.parameters import DEFAULT_KEY, Parameters
from rehearsal.errors import RehearsalError
from rehearsal.estate_deployments import Deployment
from rehearsal.estate_ground import Ground
from rehearsal.estate_topology import BY_TOKEN
from rehearsal.issuers import issuer
from rehearsal.launching import Order
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
    kind, _, user = inside.outputs["Deployer"].partition("/")
    if kind != "user":
        raise RehearsalError(f"{inside.template}: made a {kind}, where a user is needed for a key")
    iam = ground.launcher.clouds.client("iam", to.region, to.account)
    made = iam.create_access_key(UserName=user)["AccessKey"]
    ssm = ground.launcher.clouds.client("ssm", ground.site.home, ground.account)
    kept = Parameters(ssm, ground.site.home, access_key.removesuffix(LAST_WORDS[0]))
    pair = KeyPair(made["AccessKeyId"], made["SecretAccessKey"])
    kept.replace(kept.look(), pair, DEFAULT_KEY)
    arn = iam.get_user(UserName=user)["User"]["Arn"]
    return StoredKey(to.stage, arn, to.region, access_key, secret_key)


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
    stack = f"{ground.project}-{key.stage.lower()}-rotation"
    return Order(ROTATION, stack, ground.account, ground.site.home, given)
