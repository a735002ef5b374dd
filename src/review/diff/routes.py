"""Where the route tables of a template lead, and which of them its subnets follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from review.diff.change import Bump, Change, NotJudged, Section
from review.diff.outcomes import both_sides, conditional, said_of_outcomes, told
from review.diff.spelling import logical_id, text_of
from review.diff.written import Resources, Written
from template_reader.file import Template
from template_reader.nodes import below

ROUTE = "AWS::EC2::Route"
ASSOCIATION = "AWS::EC2::SubnetRouteTableAssociation"
INTERNET_GATEWAY = "AWS::EC2::InternetGateway"
DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
TARGETS = (
    *("GatewayId", "NatGatewayId", "EgressOnlyInternetGatewayId", "TransitGatewayId"),
    *("VpcPeeringConnectionId", "InstanceId", "NetworkInterfaceId", "VpcEndpointId"),
    *("LocalGatewayId", "CarrierGatewayId", "CoreNetworkArn"),
)


@dataclass(frozen=True)
class Lead:
    """By what a table leads to a destination; of a subnet, '', by which table. '' is by nothing."""

    destination: str
    before: str
    after: str
    is_to_internet: bool


def route_changes(before: Template, after: Template, both: Written) -> Iterator[Change | NotJudged]:
    """Yield where route tables, and the subnets that follow them, lead in one template only."""
    gateways = frozenset(both.of_types(INTERNET_GATEWAY).names)
    some = both.of_types(ROUTE, ASSOCIATION)
    one, other = _by_owner(some.before), _by_owner(some.after)
    for owner in dict.fromkeys([*one, *other]):
        parts = some.only(one.get(owner, set()) | other.get(owner, set()))
        sides = (before, conditional(parts.before)), (after, conditional(parts.after))
        is_new = owner in both.after and owner not in both.before
        is_gone = owner in both.before and owner not in both.after
        if not is_gone:
            yield from said_of_outcomes(
                owner,
                *sides,
                partial(_compared, owner, gateways, is_new),
                partial(_change, owner),
            )


def _by_owner(resources: Resources) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, node in resources.items():
        for owner in _owners(node):
            found.setdefault(owner, set()).add(name)
    return found


def _owners(node: Any) -> Iterator[str]:
    """Yield the route table of a route, or the subnet that an association is of."""
    key = "RouteTableId" if below(node, "Type") == ROUTE else "SubnetId"
    yield from map(logical_id, map(text_of, both_sides(below(node, "Properties", key))))


def _compared(
    owner: str,
    gateways: frozenset[str],
    is_new: bool,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> Iterator[Lead]:
    """Yield what leads elsewhere; of a table that is new only what leads to the internet."""
    one, other = _leads(owner, before), _leads(owner, after)
    for destination in dict.fromkeys([*one, *other]):
        was, now = one.get(destination, ""), other.get(destination, "")
        is_to_internet = now in gateways or now.startswith("igw-")
        if was != now and (is_to_internet or not is_new):
            yield Lead(destination, was, now, is_to_internet)


def _leads(owner: str, parts: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in parts.values():
        properties = below(node, "Properties")
        if owner in _owners(node):
            is_route = below(node, "Type") == ROUTE
            destination = _first(properties, DESTINATIONS) if is_route else ""
            found[destination] = _first(properties, TARGETS if is_route else ("RouteTableId",))
    return found


def _first(properties: Any, keys: tuple[str, ...]) -> str:
    """Return the first of several properties that is there."""
    there = (below(properties, key) for key in keys)
    return next((logical_id(text_of(each)) for each in there if each != ()), "nowhere")


def _change(owner: str, words: str, lead: Lead) -> Change:
    """Return what is to be said; somebody has to accept a way to the internet."""
    kind = "route" if lead.destination else "route table"
    if lead.is_to_internet:
        kind = "route to the internet"
    how = "lost" if not lead.after else "changed" if lead.before else "gained"
    why = "what follows it reaches the internet" if lead.is_to_internet else ""
    return Change(
        *(Section.NETWORK, f"{kind} {how}", owner, Bump.MINOR),
        decide=lead.is_to_internet or not lead.destination,
        property=lead.destination,
        before=lead.before,
        after=lead.after,
        why=told(words, why or "its traffic takes another way, or none"),
    )
