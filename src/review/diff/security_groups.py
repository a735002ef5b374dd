"""Which traffic the rules of each security group let through, wherever the rules are written."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from review.diff.change import Bump, Change, NotJudged, Section
from review.diff.outcomes import both_sides, conditional, said_of_outcomes, told
from review.diff.spelling import logical_id, text_of, texts_of
from review.diff.written import Resources, Written
from template_reader.file import Template
from template_reader.nodes import below

GROUP = "AWS::EC2::SecurityGroup"
Direction = Literal["ingress", "egress"]
OWN_RULES: Mapping[str, Direction] = {
    "AWS::EC2::SecurityGroupIngress": "ingress",
    "AWS::EC2::SecurityGroupEgress": "egress",
}
INLINE: Mapping[str, Direction] = {
    "SecurityGroupIngress": "ingress",
    "SecurityGroupEgress": "egress",
}
PEERS = (
    *("CidrIp", "CidrIpv6", "SourceSecurityGroupId", "SourceSecurityGroupName"),
    *("SourcePrefixListId", "DestinationSecurityGroupId", "DestinationPrefixListId"),
)
EVERYWHERE = ("0.0.0.0/0", "::/0")
ALL = "-1"
PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": ALL}
FIRST_PORT, LAST_PORT = "0", "65535"


@dataclass(frozen=True)
class Traffic:
    """What one rule lets through; ports are texts, as they may be a parameter's."""

    direction: Direction
    protocol: str
    first: str
    last: str
    peer: str

    def __str__(self) -> str:
        towards = "from" if self.direction == "ingress" else "to"
        if self.protocol == ALL:
            return f"all traffic {towards} {self.peer}"
        ports = self.first if self.first == self.last else f"{self.first}-{self.last}"
        return f"{self.protocol} {ports} {towards} {self.peer}"

    def covers(self, other: Traffic) -> bool:
        """Return whether the other's traffic surely is let through, too."""
        return (
            self.direction == other.direction
            and self.protocol in (ALL, other.protocol)
            and (self.protocol == ALL or _spans(self, other))
            and (self.peer == other.peer or _is_part(other.peer, self.peer))
        )


# What a group lets out that says nothing of it, and what one that is not there yet would.
NOT_SAID = tuple(Traffic("egress", ALL, "", "", each) for each in EVERYWHERE)


def group_changes(before: Template, after: Template, both: Written) -> Iterator[Change | NotJudged]:
    """Yield the traffic that the groups of only one of two templates let through."""
    one, other = _parts_by_group(both.before), _parts_by_group(both.after)
    renamed = both.of_types(GROUP).renamed()
    for name in dict.fromkeys([*one, *other]):
        was = renamed.get(name, name)
        parts = both.only(one.get(was, set()) | other.get(name, set()))
        sides = (before, conditional(parts.before)), (after, conditional(parts.after))
        yield from said_of_outcomes(
            name, *sides, partial(_compared, was, name), partial(_change, name)
        )


def _parts_by_group(resources: Resources) -> dict[str, set[str]]:
    """Return the logical ids of the resources that say what passes each group."""
    found: dict[str, set[str]] = {}
    for name, node in resources.items():
        for group in _groups(name, node):
            found.setdefault(group, set()).add(name)
    return found


def _groups(name: str, node: Any) -> Iterator[str]:
    if below(node, "Type") == GROUP:
        yield name
    elif below(node, "Type") in OWN_RULES:
        for key in ("GroupId", "GroupName"):
            yield from map(logical_id, map(text_of, both_sides(below(node, "Properties", key))))


def _compared(was: str, name: str, before: Any, after: Any) -> Iterator[tuple[Traffic, bool]]:
    """Yield the traffic that only one side lets through, and whether it is the new one.

    Nothing passes a group that is gone: that is told of where resources are.
    """
    if was in before and name not in after:
        return
    one = [*_traffic(was, before)] if was in before or name not in after else NOT_SAID
    other = [*_traffic(name, after)]
    yield from ((each, True) for each in other if not any(known.covers(each) for known in one))
    yield from ((each, False) for each in one if not any(known.covers(each) for known in other))


def _traffic(group: str, parts: Mapping[str, Any]) -> Iterator[Traffic]:
    own = below(parts.get(group), "Properties")
    if group in parts and not texts_of(below(own, "SecurityGroupEgress")):
        yield from NOT_SAID
    for key, direction in INLINE.items():
        rules = below(own, key)
        for rule in rules if isinstance(rules, list) else [rules]:
            yield from _of_rule(direction, rule)
    for name, node in parts.items():
        if below(node, "Type") in OWN_RULES and group in _groups(name, node):
            yield from _of_rule(OWN_RULES[node["Type"]], node.get("Properties"))


def _of_rule(direction: Direction, rule: Any) -> Iterator[Traffic]:
    if not isinstance(rule, Mapping):
        return
    written = text_of(rule.get("IpProtocol", ALL)).lower()
    protocol = PROTOCOLS.get(written, written)
    first, last = _ports(rule) if protocol != ALL else ("", "")
    for key in PEERS:
        if key in rule:
            yield Traffic(direction, protocol, first, last, _peer(rule[key]))


def _ports(rule: Mapping[str, Any]) -> tuple[str, str]:
    first, last = (text_of(rule.get(key, ALL)) for key in ("FromPort", "ToPort"))
    return (FIRST_PORT, LAST_PORT) if first == ALL and last == ALL else (first, last)


def _peer(node: Any) -> str:
    text = text_of(node)
    name = logical_id(text)
    return f"${{{name}}}" if name != text else text


def _spans(one: Traffic, other: Traffic) -> bool:
    ports = (one.first, one.last, other.first, other.last)
    if not all(each.isdecimal() for each in ports):
        return ports[:2] == ports[2:]
    first, last, other_first, other_last = map(int, ports)
    return first <= other_first and other_last <= last


def _is_part(one: str, other: str) -> bool:
    """Return whether one range of addresses lies in the other."""
    try:
        inner, outer = (ipaddress.ip_network(each, strict=False) for each in (one, other))
    except ValueError:
        return False
    lowest, highest = int(outer.network_address), int(outer.broadcast_address)
    is_within = lowest <= int(inner.network_address) and int(inner.broadcast_address) <= highest
    return inner.version == outer.version and is_within


def _change(group: str, words: str, seen: tuple[Traffic, bool]) -> Change:
    """Return what is to be said; somebody has to accept what opens a group to everybody."""
    traffic, is_new = seen
    is_open = is_new and traffic.peer in EVERYWHERE
    what = f"{traffic.direction} {'gained' if is_new else 'lost'}"
    if is_open:
        whom = "from" if traffic.direction == "ingress" else "to"
        what = f"opened {whom} the internet"
    why = "what passed is refused" if not is_new else "everybody may pass" if is_open else ""
    return Change(
        *(Section.NETWORK, what, group, Bump.MINOR, is_open),
        before="" if is_new else str(traffic),
        after=str(traffic) if is_new else "",
        why=told(words, why),
    )
