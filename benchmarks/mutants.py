"""Takes one thing away from a template: a statement, an action, an artifact, a rule, an output.

Both branches of an Fn::If are taken away in turn; what is rehearsed has to make the condition hold.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Step = str | int
NOTHING = {"Ref": "AWS::NoValue"}
REGION = "AWS::Region"
TRUST_POLICY = "AssumeRolePolicyDocument"
STATEMENT, TRUST, ACTION = "statement", "trust", "action"
INPUT, ARTIFACT, OUTPUT = "input", "output artifact", "output"
RULE, TARGET, PERMISSION = "rule", "target", "permission"
KINDS = (STATEMENT, TRUST, PERMISSION, ACTION, INPUT, ARTIFACT, RULE, TARGET, OUTPUT)
LISTS = {
    "Statement": STATEMENT,
    "Actions": ACTION,
    "InputArtifacts": INPUT,
    "OutputArtifacts": ARTIFACT,
    "Targets": TARGET,
}
RULES, PERMISSIONS = "AWS::Events::Rule", "AWS::Lambda::Permission"
WHOLE = {RULES: RULE, PERMISSIONS: PERMISSION}
REFERENCE = re.compile(r"\$\{([\w:]+)\}")


@dataclass(frozen=True)
class Mutant:
    """A template without one thing.

    `place` is where that stands in the document, `holder` the resource or output it is of, `label`
    what it is called there, `conditions` what has to hold for it to be there; `names` are what a
    message may call it: a statement by its actions, an action by its namespace
    and, if it is alone there, by its stage, too.
    """

    template: str
    kind: str
    place: tuple[Step, ...]
    holder: str
    label: str
    names: tuple[str, ...]
    conditions: tuple[tuple[str, bool], ...]
    denies: bool = False

    @property
    def name(self) -> str:
        """What people call it."""
        label = f".{self.label}" if self.label != self.holder else ""
        return f"{self.template}/{self.holder}{label} ({self.kind})"


@dataclass(frozen=True)
class _Spot:
    """A node of a document: where it stands, and on what conditions."""

    node: Any
    place: tuple[Step, ...]
    conditions: tuple[tuple[str, bool], ...] = ()

    def below(self, step: Step) -> _Spot:
        return _Spot(self.node[step], (*self.place, step), self.conditions)

    def branches(self) -> Iterator[_Spot]:
        """Yield what this is: itself, or what an Fn::If makes of it either way."""
        if not isinstance(self.node, Mapping) or "Fn::If" not in self.node:
            yield self
            return
        condition = str(self.node["Fn::If"][0])
        for at in (1, 2):
            spot = self.below("Fn::If").below(at)
            if spot.node != NOTHING:
                known = (*self.conditions, (condition, at == 1))
                yield from _Spot(spot.node, spot.place, known).branches()


def find_mutants(template: str, document: Mapping[str, Any], home: str) -> tuple[Mutant, ...]:
    """Return every mutant of a template that is launched at home, in the order of its text."""
    finder = _Finder(template, document, home)
    return (*finder.of_resources(), *finder.of_outputs())


def without(document: Mapping[str, Any], place: tuple[Step, ...]) -> dict[str, Any]:
    """Return a document without what stands at a place; the branch of an Fn::If becomes nothing."""
    changed: dict[str, Any] = copy.deepcopy(dict(document))
    parent: Any = changed
    for step in place[:-1]:
        parent = parent[step]
    if len(place) > 1 and place[-2] == "Fn::If":
        parent[place[-1]] = dict(NOTHING)
    else:
        del parent[place[-1]]
    return changed


@dataclass(frozen=True)
class _Finder:
    """Looks through one template."""

    template: str
    document: Mapping[str, Any]
    home: str

    def of_outputs(self) -> Iterator[Mutant]:
        for name in self.document.get("Outputs", {}):
            yield Mutant(self.template, OUTPUT, ("Outputs", name), name, name, (name,), ())

    def of_resources(self) -> Iterator[Mutant]:
        resources = _Spot(self.document, ()).below("Resources")
        for title, resource in resources.node.items():
            spot = resources.below(title)
            condition = resource.get("Condition")
            spot = _Spot(spot.node, spot.place, ((condition, True),) if condition else ())
            if kind := WHOLE.get(resource["Type"]):
                yield self._mutant(kind, spot, spot, title)
            yield from self._within(spot.below("Properties"), spot)

    def _within(self, spot: _Spot, owner: _Spot) -> Iterator[Mutant]:
        """Yield what can be taken away below a node; `owner` is what its names are from."""
        for each in spot.branches():
            is_action = isinstance(each.node, Mapping) and "ActionTypeId" in each.node
            yield from self._below(each, each if is_action else owner)

    def _below(self, spot: _Spot, owner: _Spot) -> Iterator[Mutant]:
        if isinstance(spot.node, list):
            for at in range(len(spot.node)):
                yield from self._within(spot.below(at), owner)
        elif isinstance(spot.node, Mapping):
            for key in spot.node:
                kind = LISTS.get(key, "")
                for at in range(len(spot.node[key])) if kind else ():
                    for each in spot.below(key).below(at).branches():
                        yield self._mutant(kind, each, owner, str(spot.place[1]))
                yield from self._within(spot.below(key), owner)

    def _mutant(self, kind: str, spot: _Spot, owner: _Spot, title: str) -> Mutant:
        if kind == STATEMENT and TRUST_POLICY in spot.place:
            kind = TRUST
        label, names = self._called(kind, spot, owner, title)
        return Mutant(
            template=self.template,
            kind=kind,
            place=spot.place,
            holder=title,
            label=label,
            names=names,
            conditions=spot.conditions,
            denies=spot.node.get("Effect") == "Deny",
        )

    def _called(
        self, kind: str, spot: _Spot, owner: _Spot, title: str
    ) -> tuple[str, tuple[str, ...]]:
        """Return the label of a thing, and what a message may call it."""
        if kind == STATEMENT:
            return str(spot.node.get("Sid", spot.place[-1])), self._actions(spot.node)
        if kind == ACTION:
            name, stage = self._plain(spot.node["Name"]), self._stage(spot)
            alone = len(stage["Actions"]) == 1
            more = [spot.node.get("Namespace", ""), stage["Name"] if alone else ""]
            return f"{stage['Name']}.{name}", (name, *filter(None, more))
        if kind in {INPUT, ARTIFACT}:
            action, name = self._plain(owner.node["Name"]), self._plain(spot.node["Name"])
            return f"{self._stage(spot)['Name']}.{action}.{name}", (name, action)
        if kind == TRUST:
            return _principal(spot.node), (title, *self._role_names(title))
        if kind == PERMISSION:
            return title, (title, PERMISSIONS)
        return str(spot.node.get("Id", title)), (title, *self._heeded(title))

    def _stage(self, spot: _Spot) -> Mapping[str, Any]:
        """Return the stage that a part of a pipeline is in."""
        node: Any = self.document
        for step in spot.place[: spot.place.index("Actions")]:
            node = node[step]
        stage: Mapping[str, Any] = node
        return stage

    def _heeded(self, title: str) -> tuple[str, ...]:
        """Return the kinds of events that a rule heeds, by which a lost one is known."""
        pattern = self.document["Resources"][title]["Properties"].get("EventPattern", {})
        return tuple(map(str, pattern.get("detail-type", ())))

    def _role_names(self, title: str) -> tuple[str, ...]:
        name = self.document["Resources"][title]["Properties"].get("RoleName")
        return (self._plain(name),) if name else ()

    def _actions(self, statement: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the actions of a statement, which may be asked of whoever launches."""
        listed = statement.get("Action", [])
        if isinstance(listed, Mapping):
            return tuple(each.strip() for each in self._plain(listed).split(","))
        return (listed,) if isinstance(listed, str) else tuple(listed)

    def _plain(self, node: Any) -> str:
        """Return a text with the defaults of parameters put in where it refers to them."""
        if not isinstance(node, Mapping):
            return str(node)
        if "Ref" in node:
            return self._default(str(node["Ref"]))
        text = node.get("Fn::Sub", "")
        return REFERENCE.sub(lambda found: self._default(found[1]), str(text))

    def _default(self, name: str) -> str:
        if name == REGION:
            return self.home
        known = self.document.get("Parameters", {}).get(name, {})
        return str(known.get("Default", "")) or f"${{{name}}}"


def _principal(statement: Mapping[str, Any]) -> str:
    """Return who a trust statement is for, in a word."""
    principal = statement.get("Principal", {})
    if not isinstance(principal, Mapping):
        return str(principal)
    known = (f"{kind} {who}" for kind, who in principal.items() if isinstance(who, str))
    return next(known, next(iter(principal), "nobody"))
