"""Reads one action of a pipeline as people speak of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from picture.branches import Branch, choice, in_words
from picture.called import Called, read_called
from picture.places import Place, place_of
from picture.words import Words, either
from template_reader.nodes import below

IN_THE_FIELD = {
    "CloudFormationStackSet": "CloudFormation StackSets",
    "CodeDeployToECS": "CodeDeploy to ECS",
    "CodeStarSourceConnection": "CodeConnections",
    "Manual": "manual approval",
    "StepFunctions": "Step Functions",
}
OF_STACKS = {
    "CREATE_UPDATE": "create or update stack",
    "REPLACE_ON_FAILURE": "create or update stack",
    "CHANGE_SET_REPLACE": "make change set",
    "CHANGE_SET_EXECUTE": "execute change set",
    "DELETE_ONLY": "delete stack",
}
DEPLOY = "deploy"
KINDS = ("source", "build", "test", "approval", DEPLOY, "invoke", "compute")
LAST_ORDER = 999
NOT_ALWAYS = "not at every launch"


@dataclass(frozen=True)
class Action:
    """An action; `kind` is its category in lower case, or 'deploy' for a build that deploys.

    `provider` is what carries it out, `says` what it does there, '' where the template does not
    tell. `when` is '' where every launch has it.
    """

    name: str
    kind: str
    provider: str
    says: str
    place: Place
    order: int
    when: str = ""

    @property
    def placed(self) -> bool:
        """Whether it matters where it acts: it deploys, or acts where the pipeline is not."""
        return self.kind == DEPLOY or self.place != Place()

    @property
    def what(self) -> str:
        """Provider and what it does, in one line."""
        return ": ".join(filter(None, [self.provider, self.says]))


def read_actions(alternatives: Sequence[Branch], words: Words) -> list[Action]:
    """Return what stands in one place of a list: one action, or those a launch chooses from."""
    read = [(branch.when, _action(branch.node, words)) for branch in alternatives]
    there = [(when, action) for when, action in read if action]
    if len(there) == 1 or len({(action.name, action.order) for _when, action in there}) > 1:
        return [dataclasses.replace(action, when=in_words(when)) for when, action in there]
    always = in_words(_shared([when for when, _action in read]))
    merged = _merged([action for _when, action in there])
    when = always if len(there) == len(read) else NOT_ALWAYS
    return [dataclasses.replace(each, when=when) for each in merged]


def _shared(conditions: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the conditions that all begin with."""
    shared = [each for each, *others in zip(*conditions, strict=False) if {each} >= set(others)]
    return tuple(shared)


def _merged(actions: Sequence[Action]) -> list[Action]:
    """Return actions of one name as one, if there are any; where they differ, it is a choice."""
    return [
        dataclasses.replace(
            each,
            provider=either(other.provider for other in actions),
            says=either(other.says for other in actions),
            place=Place(
                region=either(other.place.region for other in actions),
                account=either(other.place.account for other in actions),
                partition=either(other.place.partition for other in actions),
            ),
        )
        for each in actions[:1]
    ]


def _action(node: Any, words: Words) -> Action | None:
    """Return an action, None if what stands there has no name."""
    name = choice(below(node, "Name"), words)
    kind = words.text(below(node, "ActionTypeId", "Category")).lower()
    provider = words.text(below(node, "ActionTypeId", "Provider"))
    called = read_called(node, provider, words)
    target = called.variable("TARGET_REGION")
    if not name:
        return None
    return Action(
        name=name,
        kind=DEPLOY if target else kind if kind in KINDS else "",
        provider=IN_THE_FIELD.get(provider, provider),
        says=_says(node, provider, called, words),
        place=place_of(node, target, called.variable("TARGET_ACCOUNT"), words),
        order=_order(below(node, "RunOrder"), words),
    )


def _says(node: Any, provider: str, called: Called, words: Words) -> str:
    """Return what an action does: what is made of a stack, or what it calls says of itself."""
    if provider == "CloudFormation":
        modes = words.values(below(node, "Configuration", "ActionMode"))
        return either(OF_STACKS.get(each, each) for each in modes)
    return words.text(below(called.properties, "Description")).removesuffix(".") or called.name


def _order(node: Any, words: Words) -> int:
    text = words.text(node)
    return min(int(text), LAST_ORDER) if text.isascii() and text.isdigit() else 1
