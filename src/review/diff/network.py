"""What a change opens or closes in the network: groups, routes, public addresses, endpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from review.diff.change import Change, NotJudged, Section
from review.diff.openings import opening_changes
from review.diff.permissions import ENDPOINT, grant_changes
from review.diff.placements import placement_changes
from review.diff.routes import route_changes
from review.diff.security_groups import group_changes
from review.diff.written import Resources, Written, written
from template_reader.file import Template
from template_reader.nodes import below

POLICY = "PolicyDocument"
EVERYTHING = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}


def changes(before: Template, after: Template) -> Iterator[Change | NotJudged]:
    """Yield what is open, or leads elsewhere, in only one of two templates."""
    both = written(before, after)
    yield from group_changes(before, after, both)
    yield from opening_changes(before, after, both)
    yield from route_changes(before, after, both)
    yield from placement_changes(before, after, both)
    yield from _endpoint_changes(before, after, both.of_types(ENDPOINT))


def _endpoint_changes(
    before: Template, after: Template, both: Written
) -> Iterator[Change | NotJudged]:
    """Yield what endpoints of both templates let through; one without a policy, everything."""
    kept = set(both.before) & set(both.after)
    some = Written(_with_policies(both.before), _with_policies(both.after)).only(kept)
    for each in grant_changes(before, after, some):
        yield replace(each, section=Section.NETWORK) if isinstance(each, Change) else each


def _with_policies(endpoints: Resources) -> dict[str, Mapping[str, Any]]:
    return {name: _with_policy(node) for name, node in endpoints.items()}


def _with_policy(endpoint: Mapping[str, Any]) -> Mapping[str, Any]:
    properties = below(endpoint, "Properties")
    if not isinstance(properties, Mapping) or POLICY in properties:
        return endpoint
    return {**endpoint, "Properties": {**properties, POLICY: EVERYTHING}}
