"""What IAM takes of a role: so many characters of inline policies, all of them together.

How long a policy is once its references are resolved is known at launch only. The lengths below
are guesses for what may be longer and bounds for what may not, so a template that passes here fits
unless its stack's name or an answer is unusually long.

Source: IAM and STS quotas, "Role policy size"; blanks do not count.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from troposphere import Template
from troposphere.iam import Role

from pipeline.errors import InputError

MOST_CHARACTERS = 10_240
LENGTHS = {"AWS::AccountId": 12, "AWS::Region": 14, "AWS::StackName": 40}
AN_ANSWER = 75  # between a bucket's name, at most 63, and the ARN of a key, at most 80
AN_ARN = 120

_REFERENCE = re.compile(r"\$\{([^}]+)\}")


def refuse_long_policies(template: Template, partition: str) -> None:
    """Raise `InputError` if a role's inline policies are longer than IAM takes."""
    lengths = {**LENGTHS, "AWS::Partition": len(partition)}
    for name, parameter in template.parameters.items():
        choices = parameter.to_dict().get("AllowedValues", [])
        lengths[name] = max((len(str(each)) for each in choices), default=AN_ANSWER)
    for title, resource in template.resources.items():
        if isinstance(resource, Role):
            length = _length(resource.to_dict()["Properties"]["Policies"], lengths)
            if length > MOST_CHARACTERS:
                takes = f"IAM takes {MOST_CHARACTERS:,} characters of policies in a role"
                mend = "name fewer regions or stages here, and the others in a second topology"
                raise InputError(f"stage: {takes}, and {title} would have {length:,}; {mend}")


def _length(policies: list[dict[str, Any]], lengths: Mapping[str, int]) -> int:
    documents = [each["PolicyDocument"] for each in _resolved(policies, lengths)]
    return sum(len(json.dumps(each, separators=(",", ":"))) for each in documents)


def _resolved(node: Any, lengths: Mapping[str, int]) -> Any:
    """Return a node with a text of the right length in place of each function."""
    if isinstance(node, list):
        return [_resolved(each, lengths) for each in node]
    if not isinstance(node, dict):
        return node
    match node:
        case {"Ref": name}:
            result: Any = _filler(name, lengths)
        case {"Fn::Sub": str(text)}:
            result = _REFERENCE.sub(lambda match: _filler(match[1], lengths), text)
        case {"Fn::GetAtt": _}:
            result = "x" * AN_ARN
        case {"Fn::Join": [separator, parts]}:
            result = separator.join(_resolved(parts, lengths))
        case {"Fn::If": [_, then, _]}:
            result = _resolved(then, lengths)
        case _:
            result = {key: _resolved(value, lengths) for key, value in node.items()}
    return result


def _filler(name: str, lengths: Mapping[str, int]) -> str:
    return "x" * lengths.get(name, AN_ANSWER)
