"""What a template tells of a CodeBuild project or a function that an action calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from picture.branches import choice
from picture.words import Words
from template_reader.nodes import below, function_of

KEYS = {
    "CodeBuild": ("AWS::CodeBuild::Project", "ProjectName", "Name"),
    "Lambda": ("AWS::Lambda::Function", "FunctionName", "FunctionName"),
}


@dataclass(frozen=True)
class Called:
    """What an action calls: its name in words, and its properties, if the template makes it."""

    name: str = ""
    properties: Any = ()

    def variable(self, name: str) -> Any:
        """Return the value of a variable in a build's environment, if it has that one."""
        listed = below(self.properties, "Environment", "EnvironmentVariables")
        given = listed if isinstance(listed, list) else []
        return next((below(each, "Value") for each in given if below(each, "Name") == name), None)


def read_called(action: Any, provider: str, words: Words) -> Called:
    """Return what an action calls, by reference or by the name it is given."""
    if provider not in KEYS:
        return Called()
    type_, key, own_name = KEYS[provider]
    node = below(action, "Configuration", key)
    made = {title: below(each, "Properties") for title, each in _resources(type_, words)}
    _name, title = function_of(node) or ("", None)
    if isinstance(title, str) and title in made:
        return Called(title, made[title])
    same = (each for each in made.values() if node and below(each, own_name) == node)
    return Called(choice(node, words), next(same, ()))


def _resources(type_: str, words: Words) -> list[tuple[str, Any]]:
    made = below(words.document, "Resources")
    found = made.items() if isinstance(made, Mapping) else ()
    return [(str(title), each) for title, each in found if below(each, "Type") == type_]
