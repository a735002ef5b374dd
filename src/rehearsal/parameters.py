"""The values a template's parameters have: given, else by default, else a placeholder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from refusals import nearest
from rehearsal.errors import RehearsalError
from rehearsal.placeholders import placeholder
from template_reader.file import Template
from template_reader.values import complaint, is_secret

Value = str | list[str]
STORED = re.compile(r"AWS::SSM::Parameter::Value<(.+)>")


def read_values(
    template: Template, given: Mapping[str, str], stored: Mapping[str, str]
) -> dict[str, Value]:
    """Return the value of each parameter.

    `stored` holds what Parameter Store holds, by name. Raises `RehearsalError` for a parameter
    that is given and not asked for, and for a value the template refuses.
    """
    parameters = template.section("Parameters")
    for name in sorted(given.keys() - parameters.keys()):
        near = nearest(name, parameters) or "; leave it out"
        raise RehearsalError(f"--param {name}: {template.path} has no such parameter{near}")
    asked = {name: _asked(name, each, template) for name, each in parameters.items()}
    for name, value in given.items():
        try:
            wrong = complaint(asked[name], value)
        except (TypeError, ValueError):
            why = "is not written as CloudFormation wants it; look it up there"
            raise RehearsalError(f"{template.path}: Parameters.{name}: {why}") from None
        if wrong:
            raise RehearsalError(f"--param {name}: {wrong}")
    return {name: _value(name, each, given.get(name), stored) for name, each in asked.items()}


def _asked(name: str, parameter: Any, template: Template) -> Mapping[str, Any]:
    if not isinstance(parameter, Mapping) or not isinstance(parameter.get("Type"), str):
        mend = "has no Type; write one, such as String"
        raise RehearsalError(f"{template.path}: Parameters.{name}: {mend}")
    return parameter


def _value(
    name: str, parameter: Mapping[str, Any], given: str | None, stored: Mapping[str, str]
) -> Value:
    text = given if given is not None else _default(parameter)
    if text is None or is_secret(parameter):
        return placeholder(name)
    type_ = parameter["Type"]
    if inner := STORED.fullmatch(type_):
        text, type_ = stored.get(text, placeholder(text)), inner[1]
    if type_ == "CommaDelimitedList" or type_.startswith("List<"):
        return [each.strip() for each in text.split(",")]
    return text


def _default(parameter: Mapping[str, Any]) -> str | None:
    default = parameter.get("Default")
    return None if default is None else str(default)
