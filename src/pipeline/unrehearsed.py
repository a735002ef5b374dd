"""Says why a grant stays though no rehearsal uses it: beside the statement, and so in the template.

A rehearsal measures what roles are granted and never use, and takes such a grant for a mistake. The
reason is written where the statement is; the role's Metadata carries it into the YAML, by Sid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from awacs.aws import Action, Statement
from troposphere import AWSHelperFn, Template, iam

METADATA = "Unrehearsed"
RESOURCES = "*"  # stands among actions for a resource on which nothing is called
IN_PLACE = "CloudFormation changes a resource in place with it; no commit of a rehearsal does."
NONE_FAILS = "It says which resource of a stack failed; in this account none does."
WITH_VERSION = "AWS asks for it where an object is read by its version; a rehearsal reads none so."

Reasons = str | Mapping[str, Sequence[Action | str]]


class ReasonedStatement(Statement):
    """A statement of which a rehearsal uses nothing, or not all; `reasons` says why it stays."""

    def __init__(self, reasons: Reasons, **properties: Any) -> None:
        self.reasons: Mapping[str, str] | str = (
            reasons
            if isinstance(reasons, str)
            else {_written(each): why for why, some in reasons.items() for each in some}
        )
        super().__init__(**properties)


def _written(action: Action | str) -> str:
    return action if isinstance(action, str) else str(action.JSONrepr())


def note(template: Template) -> None:
    """Write into the Metadata of each role and user of a template why its grants stay."""
    for resource in template.resources.values():
        if isinstance(resource, iam.Role | iam.User):
            found = {each.Sid: each.reasons for each in _reasoned(resource.properties)}
            if found:
                before = resource.resource.get("Metadata", {})
                resource.resource["Metadata"] = {**before, METADATA: found}


def _reasoned(node: Any) -> Iterator[ReasonedStatement]:
    """Yield the statements of a part of a template that have reasons."""
    if isinstance(node, ReasonedStatement):
        yield node
    elif isinstance(node, Mapping):
        yield from (each for value in node.values() for each in _reasoned(value))
    elif isinstance(node, list | tuple):
        yield from (each for value in node for each in _reasoned(value))
    elif isinstance(node, AWSHelperFn):
        yield from _reasoned(getattr(node, "data", None))
    elif hasattr(node, "properties"):
        yield from _reasoned(node.properties)
