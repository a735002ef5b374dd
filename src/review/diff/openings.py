"""The settings by which a resource can be reached from the internet, each with its safe side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from review.diff.change import Bump, Change, NotJudged, Section
from review.diff.outcomes import conditional, said_of_outcomes, told
from review.diff.spelling import text_of
from review.diff.written import Resources, Written, only
from template_reader.file import Template
from template_reader.nodes import below

PUBLIC_BLOCK = "PublicAccessBlockConfiguration"
TRUE, FALSE = "true", "false"


@dataclass(frozen=True)
class Setting:
    """A property below which items of lists are all looked at.

    It is `open` if it has one of these values; `default` is what it has where it is not written,
    '' where that depends on more than the template.
    """

    type: str
    path: tuple[str, ...]
    open: tuple[str, ...] = (TRUE,)
    default: str = FALSE


@dataclass(frozen=True)
class Opening:
    """A setting that came to be open, or is no longer."""

    path: str
    before: str
    after: str
    is_open: bool


def _public_blocks(type_: str) -> tuple[Setting, ...]:
    keys = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    return tuple(Setting(type_, (PUBLIC_BLOCK, key), (FALSE,), TRUE) for key in keys)


SETTINGS = (
    Setting("AWS::EC2::Subnet", ("MapPublicIpOnLaunch",)),
    Setting("AWS::EC2::Instance", ("NetworkInterfaces", "AssociatePublicIpAddress")),
    Setting(
        "AWS::EC2::LaunchTemplate",
        ("LaunchTemplateData", "NetworkInterfaces", "AssociatePublicIpAddress"),
    ),
    Setting("AWS::AutoScaling::LaunchConfiguration", ("AssociatePublicIpAddress",)),
    Setting(
        "AWS::ECS::Service",
        ("NetworkConfiguration", "AwsvpcConfiguration", "AssignPublicIp"),
        ("enabled",),
        "disabled",
    ),
    Setting(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        ("Scheme",),
        ("internet-facing",),
        "internet-facing",
    ),
    Setting(
        "AWS::ElasticLoadBalancing::LoadBalancer",
        ("Scheme",),
        ("internet-facing",),
        "internet-facing",
    ),
    Setting("AWS::RDS::DBInstance", ("PubliclyAccessible",), default=""),
    Setting("AWS::RDS::DBCluster", ("PubliclyAccessible",), default=""),
    Setting("AWS::Redshift::Cluster", ("PubliclyAccessible",)),
    Setting("AWS::DMS::ReplicationInstance", ("PubliclyAccessible",), default=TRUE),
    Setting("AWS::AmazonMQ::Broker", ("PubliclyAccessible",)),
    Setting("AWS::EKS::Cluster", ("ResourcesVpcConfig", "EndpointPublicAccess"), default=TRUE),
    Setting("AWS::Lambda::Url", ("AuthType",), ("none",), ""),
    Setting(
        "AWS::S3::Bucket",
        ("AccessControl",),
        ("publicread", "publicreadwrite", "authenticatedread"),
        "private",
    ),
    *_public_blocks("AWS::S3::Bucket"),
    *_public_blocks("AWS::S3::AccessPoint"),
)


def opening_changes(
    before: Template, after: Template, both: Written
) -> Iterator[Change | NotJudged]:
    """Yield the settings by which a resource is now open to the internet, or no longer is."""
    some = both.of_types(*{each.type for each in SETTINGS})
    renamed = some.renamed()
    for name in some.after:
        own = some.only({renamed.get(name, name), name})
        one, other = ([*conditional(_settings(each)).values()] for each in (own.before, own.after))
        yield from said_of_outcomes(
            name, (before, one), (after, other), _compared, partial(_change, name)
        )


def _settings(resources: Resources) -> dict[str, Any]:
    return {
        name: only(node, [each.path for each in SETTINGS if each.type == node["Type"]])
        for name, node in resources.items()
    }


def _compared(before: list[Any], after: list[Any]) -> Iterator[Opening]:
    """Yield the settings of a resource that opened or closed it; of a new one, what it opens."""
    for node in after:
        for setting in SETTINGS:
            if setting.type == below(node, "Type"):
                yield from _of_setting(setting, before, node)


def _of_setting(setting: Setting, before: list[Any], node: Any) -> Iterator[Opening]:
    now = _value(setting, below(node, "Properties"))
    was = [_value(setting, below(each, "Properties")) for each in before]
    is_new = not was
    one = was[0] if was else setting.default
    # To take the block off a bucket is not to go back to what a new bucket has.
    is_taken_off = PUBLIC_BLOCK in setting.path and one == TRUE and not now and not is_new
    value = FALSE if is_taken_off else now or setting.default
    known = one or setting.default
    if (value in setting.open) != (known in setting.open):
        yield Opening(".".join(setting.path), one, now, value in setting.open)


def _value(setting: Setting, properties: Any) -> str:
    """Return the value of a setting, an open one if it has several; '' where it is not written."""
    values = [text_of(each).lower() for each in _below(properties, setting.path)]
    return next((each for each in values if each in setting.open), values[0] if values else "")


def _below(node: Any, path: tuple[str, ...]) -> Iterator[Any]:
    if isinstance(node, list):
        for each in node:
            yield from _below(each, path)
    elif not path:
        yield node
    elif isinstance(node, Mapping) and path[0] in node:
        yield from _below(node[path[0]], path[1:])


def _change(name: str, words: str, opening: Opening) -> Change:
    is_block = PUBLIC_BLOCK in opening.path
    what = "opened to the internet" if opening.is_open else "closed to the internet"
    if is_block:
        what = f"public access block {'dropped' if opening.is_open else 'set'}"
    why = "everybody may reach it" if opening.is_open else "who reached it so no longer does"
    return Change(
        *(Section.NETWORK, what, name, Bump.MINOR, opening.is_open, opening.path),
        before=opening.before or "not said",
        after=opening.after or "not said",
        why=told(words, why),
    )
