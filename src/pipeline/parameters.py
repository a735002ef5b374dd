"""What the console asks at launch: parameters with their labels and groups, and rules over them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from troposphere import AWSHelperFn, Condition, Equals, Join, Not, Or, Parameter, Ref, Template

MOST_OF_OR = 10
LOG_RETENTION_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827)


@dataclass(frozen=True)
class Question:
    """A parameter and the label the console shows above it."""

    label: str
    parameter: Parameter


@dataclass(frozen=True)
class Group:
    """Questions that stand together on the page, in the order people read."""

    title: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Assertion:
    """Something a form cannot check, and the sentence shown when it does not hold."""

    holds: AWSHelperFn
    sentence: str


def ask(template: Template, groups: Sequence[Group]) -> None:
    """Add the groups' parameters to a template, with the metadata the console reads."""
    for group in groups:
        for question in group.questions:
            template.add_parameter(question.parameter)
            template.add_parameter_to_group(question.parameter, group.title)
    for group in groups:
        for question in group.questions:
            template.set_parameter_label(question.parameter, question.label)


def add_rule(
    template: Template,
    name: str,
    assertions: Sequence[Assertion],
    when: AWSHelperFn | None = None,
) -> None:
    """Add a rule of all the assertions, checked always or `when` something holds.

    Adds none where there is nothing to assert.
    """
    if assertions:
        written = [
            {"Assert": each.holds, "AssertDescription": each.sentence} for each in assertions
        ]
        condition = {"RuleCondition": when} if when else {}
        template.add_rule(name, {**condition, "Assertions": written})


def all_differ(values: Sequence[tuple[str, str | AWSHelperFn]], mend: str) -> list[Assertion]:
    """Return one assertion a pair, so that the sentence can name the two that are equal."""
    return [
        Assertion(Not(Equals(one, other)), f"{name} and {other_name} are the same: {mend}")
        for (name, one), (other_name, other) in combinations(values, 2)
    ]


class _Contains(AWSHelperFn):
    """A function of rules alone, which troposphere lacks."""

    def __init__(self, words: Sequence[str], value: str | AWSHelperFn) -> None:
        self.data = {"Fn::Contains": [list(words), value]}


def none_of(value: tuple[str, str | AWSHelperFn], words: Sequence[str], mend: str) -> Assertion:
    """Return that a value is none of the words; one assertion, however many words there are."""
    name, chosen = value
    known = ", ".join(words)
    return Assertion(Not(_Contains(words, chosen)), f"{name} is one of {known}: {mend}")


def is_one_of(value: str | AWSHelperFn, words: Sequence[str]) -> AWSHelperFn:
    """Return the condition, for rules alone, that a value is one of the words."""
    return _Contains(words, value)


def given(parameter: str) -> AWSHelperFn:
    """Return the condition that a parameter with an empty default was filled in."""
    return Not(Equals(Ref(parameter), ""))


def given_list(parameter: str) -> AWSHelperFn:
    """Return the condition that a list with an empty default was filled in."""
    return Not(Equals(Join("", Ref(parameter)), ""))


def any_of(names: Sequence[str]) -> AWSHelperFn:
    """Return the condition that one of the named conditions holds; `Fn::Or` takes ten at most."""
    if len(names) == 1:
        return Condition(names[0])
    if len(names) <= MOST_OF_OR:
        return Or(*(Condition(name) for name in names))
    tens = [names[at : at + MOST_OF_OR] for at in range(0, len(names), MOST_OF_OR)]
    return Or(*(any_of(ten) for ten in tens))


def text(
    name: str, label: str, description: str, default: str | None, **checks: object
) -> Question:
    """Return a question whose answer is a text; `default=None` means it must be answered."""
    settings = {} if default is None else {"Default": default}
    parameter = Parameter(name, Type="String", Description=description, **settings, **checks)
    return Question(label, parameter)


def stored(name: str, label: str, what: str, path: str) -> Question:
    """Return a question whose answer names the parameter of Parameter Store that holds a text."""
    parameter = Parameter(
        name,
        Type="AWS::SSM::Parameter::Value<String>",
        Description=f"Parameter Store name of {what}, for example {path}.",
        Default=path,
    )
    return Question(label, parameter)


def whole_number(name: str, label: str, description: str, default: int, most: int) -> Question:
    """Return a question whose answer is a whole number from 1 on."""
    parameter = Parameter(
        name,
        Type="Number",
        Description=description,
        Default=default,
        MinValue=1,
        MaxValue=most,
        ConstraintDescription=f"A whole number from 1 to {most}.",
    )
    return Question(label, parameter)


def pattern(expression: str, sentence: str) -> dict[str, str]:
    """Return the check of a text against a pattern, with the sentence shown when it fails."""
    return {"AllowedPattern": expression, "ConstraintDescription": sentence}


def one_of(words: Iterable[object]) -> dict[str, list[object]]:
    """Return the check that makes the console show a drop-down list."""
    return {"AllowedValues": list(words)}


def log_retention() -> Question:
    """Return the question how long logs are kept, in days."""
    return Question(
        "Log retention",
        Parameter(
            "LogRetentionInDays",
            Type="Number",
            Description="Days to keep the logs of builds and functions, for example 90.",
            Default=90,
            **one_of(LOG_RETENTION_DAYS),
        ),
    )
