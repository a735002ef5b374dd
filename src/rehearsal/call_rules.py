"""How the calls are written without which CloudFormation cannot handle resources of a type.

A resource is written as `SERVICE:REST`, which stands for an ARN, or as an ARN. In it `{own}` is the
resource itself, `{id}` its physical id, `{name}` its name, `{each}` each value of the rule's
property, and another word the values of that property: a call is on each of them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One call. `when` has c and d for what is made and removed, u and r for updates.

    With a `property`, u is a new value of it, r an old one that goes; with `but`, u is a change of
    any property but these; else it is any change. A property that is `given` must be there, changed
    or not. What is `optional` may be refused.
    """

    when: str
    action: str
    on: str = "{own}"
    property: str = ""
    given: str = ""
    but: tuple[str, ...] = ()
    context: tuple[tuple[str, str], ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class Kind:
    """The calls for a type; `new` and `known` are its resource before and after it is made.

    `name` is the property that gives it a name.
    """

    new: str
    known: str
    rules: tuple[Rule, ...]
    name: str = ""


def tagged(action: str = "ec2:CreateTags", remove: str = "ec2:DeleteTags") -> tuple[Rule, ...]:
    """Return how a type is tagged."""
    return (Rule("cu", action, property="Tags"), Rule("r", remove, property="Tags"))


def on(when: str, action: str, *resources: str, **more: str) -> tuple[Rule, ...]:
    """Return a call that is asked about on several resources."""
    return tuple(Rule(when, action, each, more.get("property", "")) for each in resources)
