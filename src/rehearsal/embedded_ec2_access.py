"""What IAM is asked about a call of EC2: every resource it touches, each with its condition keys.

MiniStack asks about one resource a call, the first it finds named, with the tags of all that is
made in one heap. Here `embedded_image_access` and `embedded_instance_access` say for some calls
what is asked, in order; a call they do not know MiniStack asks about as before, but a call that
only describes is one on `*`, as in AWS.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from ministack import app
from ministack.core import iam_actions
from ministack.core.responses import get_account_id, get_region
from ministack.services import ec2

from rehearsal.embedded_desk import Given

SERVICE = "ec2"
OF_NO_ACCOUNT = ("image", "snapshot")


@dataclass(frozen=True)
class Check:
    """One thing IAM looks at: an action on a resource, `*` for none, with condition keys."""

    action: str
    resource: str = "*"
    context: Given = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """A call as it came, in a partition."""

    partition: str
    given: Given

    @property
    def name(self) -> str:
        """The call's name, like RunInstances."""
        return self.one("Action")

    def one(self, name: str) -> str:
        """Return a parameter, '' if it is not given."""
        return str(ec2._p(self.given, name))

    def many(self, name: str) -> list[str]:
        """Return a parameter that is a list."""
        listed: list[str] = ec2._parse_member_list(self.given, name)
        return listed

    def arn(self, kind: str, id_: str = "*", region: str = "") -> str:
        """Return the ARN of a resource of the account; an image and a snapshot name no account."""
        account = "" if kind in OF_NO_ACCOUNT else get_account_id()
        place = f"{region or get_region()}:{account}"
        return f"arn:{self.partition}:{SERVICE}:{place}:{kind}/{id_}"

    def on(self, kind: str, id_: str, **context: Any) -> Check:
        """Return that the call is asked about a resource that is there, with its tags."""
        return Check(f"ec2:{self.name}", self.arn(kind, id_), {**tags(kind, id_), **context})

    def making(self, kind: str, id_: str = "*") -> Check:
        """Return that the call is asked about a resource it makes, with the tags it gets."""
        return Check(f"ec2:{self.name}", self.arn(kind, id_), self.tags_for(kind))

    def tagging(self, kind: str, id_: str = "*") -> Iterator[Check]:
        """Yield that what is made is tagged, if it is."""
        asked = self.tags_for(kind)
        if asked:
            context = {**asked, "ec2:CreateAction": self.name}
            yield Check("ec2:CreateTags", self.arn(kind, id_), context)

    def tags_for(self, kind: str) -> Given:
        """Return the condition keys for the tags that a call gives what it makes of a kind."""
        for at in range(1, len(self.given)):
            if self.one(f"TagSpecification.{at}.ResourceType") == kind:
                return asked_tags(self.given, f"TagSpecification.{at}.Tag")
        return {}


Finder = Callable[[Call], Iterator[Check]]


def tags(kind: str, id_: str) -> Given:
    """Return the condition keys for the tags of a resource; a key pair is named, not by its id."""
    named = ec2._key_pairs.get(id_, {}).get("KeyPairId", "") if kind == "key-pair" else id_
    return {f"aws:ResourceTag/{each['Key']}": each["Value"] for each in ec2._tags.get(named, [])}


def asked_tags(given: Given, prefix: str) -> Given:
    """Return the condition keys for tags that are listed in a call."""
    pairs = {}
    for at in range(1, len(given)):
        if ec2._p(given, f"{prefix}.{at}.Key"):
            pairs[ec2._p(given, f"{prefix}.{at}.Key")] = ec2._p(given, f"{prefix}.{at}.Value")
    keys: Given = {f"aws:RequestTag/{key}": value for key, value in pairs.items()}
    return {**keys, "aws:TagKeys": list(pairs)} if pairs else {}


def install(partition: str, finders: Mapping[str, Finder]) -> None:
    """Put into MiniStack what stands here; `finders` say for a call by its name what is asked."""

    def find(given: Given) -> list[Check]:
        call = Call(partition, given)
        finder = finders.get(call.name)
        return list(finder(call)) if finder else []

    _ask_first(find)
    _ask_further(find)


def _ask_first(find: Callable[[Given], list[Check]]) -> None:
    """Let MiniStack's own look be at the first of the resources."""
    resource: Callable[..., str] = iam_actions.extract_resource_arn
    context: Callable[..., Given] = iam_actions.request_tag_context

    def named(service: str, *request: Any) -> str:
        given = request[4]
        first = find(given)[:1] if service == SERVICE else []
        if not first and service == SERVICE and ec2._p(given, "Action").startswith("Describe"):
            return "*"
        return first[0].resource if first else resource(service, *request)

    def keys(service: str, action: str, body: bytes, given: Given) -> Given:
        first = find(given)[:1] if service == SERVICE else []
        return first[0].context if first else context(service, action, body, given)

    iam_actions.extract_resource_arn = named
    iam_actions.request_tag_context = keys


def _ask_further(find: Callable[[Given], list[Check]]) -> None:
    """Look at the other resources before the call is made."""
    inner: Callable[..., Awaitable[Any]] = app.SERVICE_HANDLERS[SERVICE]

    async def handle(method: str, path: str, headers: Given, body: bytes, query: Given) -> Any:
        given = {**query, **parse_qs(body.decode("utf-8", errors="replace"))}
        for each in find(given)[1:]:
            named = "" if each.resource == "*" else each.resource
            refused = app._enforce_data_plane(
                *(SERVICE, each.action, headers, query, "", each.resource, each.context),
                named_resource=named,
            )
            if refused:
                return refused
        return await inner(method, path, headers, body, query)

    app.SERVICE_HANDLERS[SERVICE] = handle
