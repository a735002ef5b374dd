"""What the roles and users of launched stacks may do, statement by statement, as IAM holds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.clouds import Clouds
from rehearsal.outcome import Launch
from template_reader.file import Template, read_template

REASONS = "Unrehearsed"
ROLE, USER = "AWS::IAM::Role", "AWS::IAM::User"
EVERYTHING = "*"


@dataclass(frozen=True)
class Statement:
    """One statement that allows something; `because` says why what is unused of it stays.

    `sid` is 'statement 3' for the third of its holder's that allow something, if it has none.
    `because` maps an action as the statement writes it, or '*' for all of them, to the reason.
    `principals` are the ARNs of every role or user that stands for `holder`, a logical id.
    """

    template: str
    holder: str
    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    because: Mapping[str, str]
    principals: frozenset[str]


def read_statements(
    clouds: Clouds, launches: Iterable[Launch], templates: Path
) -> tuple[Statement, ...]:
    """Return every statement that allows something to a role or user of the stacks."""
    found: list[Statement] = []
    read: dict[str, Template] = {}
    for launch in launches:
        if launch.template not in read:
            read[launch.template] = read_template(templates / f"{launch.template}.yaml")
        found += _of_stack(clouds, launch, read[launch.template])
    return tuple(found)


def _of_stack(clouds: Clouds, launch: Launch, template: Template) -> Iterator[Statement]:
    iam = clouds.client("iam", launch.region, launch.account)
    for type_, read in ((ROLE, _of_role), (USER, _of_user)):
        for title, resource in template.resources(type_).items():
            if title not in launch.resources:
                continue
            arn, documents = read(iam, launch.resources[title])
            reasons = resource.get("Metadata", {}).get(REASONS, {})
            for number, each in enumerate(_statements(documents), start=1):
                yield Statement(
                    template=launch.template,
                    holder=title,
                    sid=each.get("Sid", f"statement {number}"),
                    actions=_listed(each.get("Action", [])),
                    resources=_listed(each.get("Resource", [])),
                    because=_reasons(reasons, each.get("Sid", "")),
                    principals=frozenset([arn]),
                )


def _of_role(iam: Any, name: str) -> tuple[str, list[Mapping[str, Any]]]:
    """Return a role's ARN, and its policies: its own and those attached."""
    role = {"RoleName": name}
    names = iam.list_role_policies(**role)["PolicyNames"]
    own = [iam.get_role_policy(**role, PolicyName=each)["PolicyDocument"] for each in names]
    attached = iam.list_attached_role_policies(**role)["AttachedPolicies"]
    return iam.get_role(**role)["Role"]["Arn"], [*own, *_documents(iam, attached)]


def _of_user(iam: Any, name: str) -> tuple[str, list[Mapping[str, Any]]]:
    """Return a user's ARN, and its policies: its own and those attached."""
    user = {"UserName": name}
    names = iam.list_user_policies(**user)["PolicyNames"]
    own = [iam.get_user_policy(**user, PolicyName=each)["PolicyDocument"] for each in names]
    attached = iam.list_attached_user_policies(**user)["AttachedPolicies"]
    return iam.get_user(**user)["User"]["Arn"], [*own, *_documents(iam, attached)]


def _documents(iam: Any, attached: Iterable[Mapping[str, str]]) -> Iterator[Mapping[str, Any]]:
    for each in (one for one in attached if one["PolicyArn"]):
        version = iam.get_policy(PolicyArn=each["PolicyArn"])["Policy"]["DefaultVersionId"]
        found = iam.get_policy_version(PolicyArn=each["PolicyArn"], VersionId=version)
        yield found["PolicyVersion"]["Document"]


def _statements(documents: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for document in documents:
        statements = document["Statement"]
        for each in [statements] if isinstance(statements, dict) else statements:
            if each["Effect"] == "Allow":
                yield each


def _reasons(reasons: Mapping[str, Any], sid: str) -> Mapping[str, str]:
    found = reasons.get(sid, {})
    return {EVERYTHING: found} if isinstance(found, str) else found


def _listed(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
