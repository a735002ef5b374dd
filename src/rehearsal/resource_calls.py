"""Which calls CloudFormation makes for a resource, and what IAM is asked about each.

Without some of them a resource cannot be made, changed or removed: those that `call_rules_*` list
by its properties; for another type, those of its registry schema whose name is a verb of change
with the type's own noun; and where the schema lists it, the Describe of that noun, by which a
handler sees that what it makes is there. The rest of what the schema lists may be refused, as the
schemas list more than is called. Names and patterns in resources are those of policies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from aws_reference import registry
from rehearsal.call_rules import Kind, Rule
from rehearsal.call_rules_functions import FUNCTIONS
from rehearsal.call_rules_network import NETWORK
from rehearsal.call_rules_servers import SERVERS

KINDS: dict[str, Kind] = {**NETWORK, **SERVERS, **FUNCTIONS}
CREATE, UPDATE, DELETE = "create", "update", "delete"
CHANGING = ("Create", "Put", "Run", "Register", "Delete", "Update", "Modify", "Attach")
NOT_IN_REGIONS = ("iam",)
WORD = re.compile(r"\{([A-Za-z0-9.]+)\}")
# What passes a role is asked about where it is passed.
PASSES = "iam:PassRole"

Properties = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """Where a stack is."""

    partition: str
    region: str
    account: str

    def arn(self, short: str) -> str:
        """Return the ARN for `SERVICE:REST`; an ARN as it is."""
        if short.startswith("arn:"):
            return short
        service, _, rest = short.partition(":")
        region = "" if service in NOT_IN_REGIONS else self.region
        return f"arn:{self.partition}:{service}:{region}:{self.account}:{rest}"


@dataclass(frozen=True)
class Resource:
    """A resource of a stack, with the properties it has or shall have; `id` is '' before it is."""

    type: str
    stack: str
    logical_id: str
    properties: Properties
    id: str = ""


@dataclass(frozen=True)
class Needed:
    """A call that IAM is asked about, and whether it may be refused."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)
    optional: bool = False


def calls(
    place: Place, resource: Resource, operation: str, old: Properties | None = None
) -> list[Needed]:
    """Return the calls of an operation; an update is from `old` properties.

    An update that no resource of the type survives makes another one and removes what was there.
    """
    if operation == UPDATE and _another(place, resource, old or {}):
        was = replace(resource, properties=old or {})
        made = calls(place, replace(resource, id=""), CREATE)
        return [*made, *calls(place, was, DELETE)]
    kind = KINDS.get(resource.type)
    if kind:
        own = _own(place, resource, kind)
        found = list(_listed(place, resource, kind, operation, old or {}))
    else:
        own = _unlisted_own(place, resource, operation)
        found = [Needed(each, own) for each in _changing(place, resource.type, operation)]
    return [*found, *_rest(place, resource.type, operation, own, found)]


def _another(place: Place, resource: Resource, old: Properties) -> bool:
    fixed = registry.fixed_properties(place.region, resource.type)
    return any(resource.properties.get(each) != old.get(each) for each in fixed)


def _listed(
    place: Place, resource: Resource, kind: Kind, operation: str, old: Properties
) -> Iterator[Needed]:
    for rule in kind.rules:
        properties = _meant(rule, operation, resource.properties, old)
        if properties is None:
            continue
        seen = replace(resource, properties=properties)
        for word in _values(properties, rule.property) if "{each}" in str(rule.context) else [""]:
            context = {key: _filled(place, seen, kind, value, word)[0]
                       for key, value in rule.context}  # fmt: skip
            known = {key: value for key, value in context.items() if value != registry.ANY}
            for arn in _filled(place, seen, kind, rule.on, word):
                yield Needed(rule.action, place.arn(arn), known, rule.optional)


def _meant(rule: Rule, operation: str, new: Properties, old: Properties) -> Properties | None:
    """Return the properties a call is made for, the old ones if they go; None if it is not made."""
    if rule.given and not _values(new, rule.given):
        return None
    if operation != UPDATE:
        there = not rule.property or _values(new, rule.property)
        return new if there and operation[0] in rule.when else None
    before, after = _values(old, rule.property), _values(new, rule.property)
    if rule.property and before == after:
        return None
    if not rule.property and not _changed(rule, new, old):
        return None
    if "r" in rule.when and before:
        return old
    return new if "u" in rule.when and (after or not rule.property) else None


def _changed(rule: Rule, new: Properties, old: Properties) -> bool:
    keys = (new.keys() | old.keys()) - set(rule.but)
    return any(new.get(each) != old.get(each) for each in keys)


def _own(place: Place, resource: Resource, kind: Kind) -> str:
    short = kind.known if resource.id else kind.new
    return place.arn(_filled(place, resource, kind, short, "")[0])


def _filled(place: Place, resource: Resource, kind: Kind, text: str, each: str) -> list[str]:
    """Return a text with its first word as each of its values, and so on."""
    word = WORD.search(text)
    if not word:
        return [text]
    name = word[1]
    given = {
        "partition": place.partition,
        "region": place.region,
        "id": resource.id or registry.ANY,
        "name": _name(resource, kind.name),
        "path": str(resource.properties.get("Path", "/")),
        "each": each,
    }
    if name == "own":
        values = [_own(place, resource, kind)]
    else:
        values = [given[name]] if name in given else _strings(resource.properties, name)
    before, after = text[: word.start()], text[word.end() :]
    rest = _filled(place, resource, kind, after, each)
    return [f"{before}{value}{other}" for value in values for other in rest]


def _name(resource: Resource, property_: str) -> str:
    """Return the name of a resource; CloudFormation's begins with the stack and the logical id."""
    given = resource.properties.get(property_) or resource.properties.get("Name")
    return str(given or resource.id or f"{resource.stack}-{resource.logical_id}-{registry.ANY}")


def _strings(properties: Properties, path: str) -> list[str]:
    found = [each for each in _values(properties, path) if isinstance(each, str)]
    return found or [registry.ANY]


def _values(properties: Properties, path: str) -> list[Any]:
    """Return the values of a property as a list, [] if there are none."""
    found: Any = properties
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    if found in (None, "", [], {}, False):
        return []
    return found if isinstance(found, list) else [found]


def _noun(type_: str) -> str:
    return type_.rpartition(":")[2]


def _changing(place: Place, type_: str, operation: str) -> list[str]:
    """Return the calls of a schema that must be those which make, change or remove the type."""
    found = []
    for each in registry.permissions(place.region, type_, operation):
        name = each.partition(":")[2]
        verb = next((verb for verb in CHANGING if name.startswith(verb)), "")
        noun = name.removeprefix(verb)
        if verb and noun and (noun.endswith(_noun(type_)) or _noun(type_).endswith(noun)):
            found.append(each)
    return found


def _unlisted_own(place: Place, resource: Resource, operation: str) -> str:
    """Return the ARN of a resource by its type's first kind in the reference, and its name."""
    actions = _changing(place, resource.type, operation)
    if resource.id.startswith("arn:") or not actions:
        return resource.id or place.arn(f"{registry.ANY}:{registry.ANY}")
    service = actions[0].partition(":")[0]
    arn = registry.resource_of(actions[0], place.arn(f"{service}:{registry.ANY}"))
    name = _name(resource, f"{_noun(resource.type)}Name").lstrip("/")
    return arn.removesuffix(registry.ANY) + name if arn.endswith(registry.ANY) else arn


def _rest(
    place: Place, type_: str, operation: str, own: str, found: list[Needed]
) -> Iterator[Needed]:
    asked = {each.action for each in found} | {PASSES}
    for action in registry.permissions(place.region, type_, operation):
        if action not in asked:
            needed = operation == CREATE and _describes(action, type_)
            yield Needed(action, registry.resource_of(action, own), optional=not needed)


def _describes(action: str, type_: str) -> bool:
    return action.partition(":")[2].lower() == f"describe{_noun(type_)}s".lower()
