"""Says why CloudFormation would refuse a value for a parameter, and takes NAME=VALUE apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from refusals import nearest, quoted
from template_reader.errors import TemplateError

PATTERN = "AllowedPattern"
NUMBERS = ("Number", "List<Number>")
LIST = "CommaDelimitedList"


def read_pairs(written: Iterable[str]) -> dict[str, str]:
    """Return what NAME=VALUE arguments say. Raise `TemplateError`."""
    pairs: dict[str, str] = {}
    for each in written:
        name, separator, value = each.partition("=")
        if not (name and separator):
            raise TemplateError(f"--param {name}: is not NAME=VALUE; write it so")
        if name in pairs:
            raise TemplateError(f"--param {name}: is given twice; give it once")
        pairs[name] = value
    return pairs


def is_secret(parameter: Mapping[str, Any]) -> bool:
    """Return whether nobody is shown the parameter's value: it is NoEcho."""
    return str(parameter.get("NoEcho", "")).lower() == "true"


def complaint(parameter: Mapping[str, Any], value: str) -> str:
    """Return why a value would be refused and the mend, '' if it would not.

    A secret is not quoted. Raises `TypeError` or `ValueError` for a parameter that is not written
    as CloudFormation wants it.
    """
    is_list = parameter["Type"] == LIST or parameter["Type"].startswith("List<")
    items = [each.strip() for each in value.split(",")] if is_list else [value]
    found = (why for each in items if (why := _complaint(parameter, each)))
    return next(found, "")


def _complaint(parameter: Mapping[str, Any], value: str) -> str:
    shown = "the value given" if is_secret(parameter) else quoted(value)
    allowed = [str(each) for each in parameter.get("AllowedValues", [])]
    if allowed and value not in allowed:
        mend = nearest(value, allowed) or f"; choose one of {', '.join(allowed)}"
        return f"{shown} is not allowed{mend}"
    if why := _unlike(parameter, shown, value):
        return why
    if parameter["Type"] in NUMBERS and (why := _beyond(parameter, shown, value)):
        return why
    return _length(parameter, len(value))


def _unlike(parameter: Mapping[str, Any], shown: str, value: str) -> str:
    pattern = str(parameter.get(PATTERN, ""))
    try:
        if not pattern or re.fullmatch(pattern, value):
            return ""
    except re.error as error:
        return f"its {PATTERN} is no pattern: {error}; mend the template"
    why = parameter.get("ConstraintDescription") or f"It must match {pattern}"
    return f"{shown} is not allowed; wanted: {why}"


def _beyond(parameter: Mapping[str, Any], shown: str, value: str) -> str:
    try:
        number = float(value)
    except ValueError:
        return f"{shown} is no number"
    least, most = (float(parameter.get(key, number)) for key in ("MinValue", "MaxValue"))
    if least <= number <= most:
        return ""
    bounds = [
        f"{words} {parameter[key]}"
        for key, words in (("MinValue", "at least"), ("MaxValue", "at most"))
        if key in parameter
    ]
    return f"{shown} is not {' and '.join(bounds)}"


def _length(parameter: Mapping[str, Any], length: int) -> str:
    least, most = parameter.get("MinLength", 0), parameter.get("MaxLength", length)
    if int(least) <= length <= int(most):
        return ""
    wanted = f"{least} to {most}" if "MaxLength" in parameter else f"{least} or more"
    return f"has {length} characters; wanted: {wanted}"
