"""The capabilities a launch has to acknowledge, as CloudFormation asks for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from review.diff.change import Bump, Change, Section
from review.diff.meaning import Side
from review.diff.pair import Pair
from template_reader.nodes import below, mapping

IAM = "CAPABILITY_IAM"
NAMED_IAM = "CAPABILITY_NAMED_IAM"
AUTO_EXPAND = "CAPABILITY_AUTO_EXPAND"
# The types for which CloudFormation asks, each with the property that names the resource.
IAM_TYPES = {
    "AWS::IAM::AccessKey": "",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Policy": "",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::UserToGroupAddition": "",
}


def capabilities_changed(pair: Pair) -> Iterator[Change]:
    """Yield which capabilities a launch needs that it did not, and needs no more."""
    before, after = _capabilities(pair.before), _capabilities(pair.after)
    for name, reason in after.items():
        if name not in before and not (name == IAM and NAMED_IAM in before):
            why = f"a launch or update that does not acknowledge it fails: {reason}"
            yield Change(Section.CALLERS, "capability added", name, Bump.MAJOR, True, why=why)
    for name in before:
        if name not in after and not (name == IAM and NAMED_IAM in after):
            yield Change(Section.CALLERS, "capability dropped", name, Bump.PATCH)


def _capabilities(side: Side) -> Mapping[str, str]:
    """Return the capabilities a template needs, each with what asks for it."""
    return dict(reversed([*_needed(side)]))


def _needed(side: Side) -> Iterator[tuple[str, str]]:
    for logical_id, node in side.section("Resources").items():
        type_ = below(node, "Type")
        name = IAM_TYPES.get(type_) if isinstance(type_, str) else None
        if name is not None:
            is_named = name in mapping(below(node, "Properties"))
            yield (
                (NAMED_IAM, f"{logical_id} has a {name}")
                if is_named
                else (*(IAM, f"{logical_id} is a {type_}"),)
            )
    if side.document.get("Transform") or _has_macro(side.section("Resources")):
        yield AUTO_EXPAND, "a macro makes of the template what is launched"


def _has_macro(node: Any) -> bool:
    if isinstance(node, Mapping):
        return "Fn::Transform" in node or any(map(_has_macro, node.values()))
    return isinstance(node, list) and any(map(_has_macro, node))
