"""The values a template's parameters have: given, else by default, else a placeholder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from refusals import nearest, quoted
from rehearsal.errors import RehearsalError
from rehearsal.placeholders import placeholder
from template_reader.file import Template

Value = str | list[str]
PATTERN = "AllowedPattern"
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
            _check(name, asked[name], value)
        except (TypeError, ValueError):
            why = "is not written as CloudFormation wants it; look it up there"
            raise RehearsalError(f"{template.path}: Parameters.{name}: {why}") from None
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
    if text is None or str(parameter.get("NoEcho", "")).lower() == "true":
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


def _check(name: str, parameter: Mapping[str, Any], value: str) -> None:
    """Refuse a value as CloudFormation would."""
    shown = "the value given" if parameter.get("NoEcho") else quoted(value)
    allowed = [str(each) for each in parameter.get("AllowedValues", [])]
    if allowed and value not in allowed:
        mend = nearest(value, allowed) or f"; choose one of {', '.join(allowed)}"
        raise RehearsalError(f"--param {name}: {shown} is not allowed{mend}")
    if not _matches(name, str(parameter.get(PATTERN, "")), value):
        why = parameter.get("ConstraintDescription") or f"It must match {parameter[PATTERN]}"
        raise RehearsalError(f"--param {name}: {shown} is not allowed; wanted: {why}")
    if parameter["Type"] == "Number":
        _check_number(name, parameter, value)
    length = len(value)
    least, most = parameter.get("MinLength", 0), parameter.get("MaxLength", length)
    if not int(least) <= length <= int(most):
        wanted = f"{least} to {most}" if "MaxLength" in parameter else f"{least} or more"
        raise RehearsalError(f"--param {name}: has {length} characters; wanted: {wanted}")


def _matches(name: str, pattern: str, value: str) -> bool:
    try:
        return not pattern or re.fullmatch(pattern, value) is not None
    except re.error as error:
        raise RehearsalError(
            f"--param {name}: its {PATTERN} is no pattern: {error}; mend the template"
        ) from None


def _check_number(name: str, parameter: Mapping[str, Any], value: str) -> None:
    try:
        number = float(value)
    except ValueError:
        raise RehearsalError(f"--param {name}: {quoted(value)} is no number") from None
    least, most = (float(parameter.get(key, number)) for key in ("MinValue", "MaxValue"))
    if not least <= number <= most:
        bounds = [
            f"{words} {parameter[key]}"
            for key, words in (("MinValue", "at least"), ("MaxValue", "at most"))
            if key in parameter
        ]
        raise RehearsalError(f"--param {name}: {value} is not {' and '.join(bounds)}")
