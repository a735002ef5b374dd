"""Reads the text of a template, YAML or JSON, and remembers the line each part stands in.

Functions in their short form become the long one, as in CloudFormation. cfn-lint reads templates,
too, but takes 50 MB and most of a second to import, which whoever rehearses has to wait for.
"""

from __future__ import annotations

import json
from typing import Any

import yaml

WITHOUT_PREFIX = ("Ref", "Condition")
GET_ATT = "GetAtt"
NO_MARK = 1


class TextError(Exception):
    """A text is no template; `line` is where, counted from 1."""

    def __init__(self, line: int, words: str) -> None:
        super().__init__(words)
        self.line = line


class MarkedMapping(dict[str | int | float, Any]):
    """A mapping that knows where it stands."""

    start_mark: Any = None


class MarkedText(str):
    """A text that knows where it stands."""

    start_mark: Any = None


def line_of(node: Any, default: int = NO_MARK) -> int:
    """Return the line a mapping or a text stands in, counted from 1; `default` for other nodes.

    A mapping stands where its first key does.
    """
    mark = getattr(node, "start_mark", None)
    return mark.line + 1 if mark else default


def line_of_key(mapping: Any, key: str) -> int:
    """Return the line a key of a mapping stands in; the mapping's own if it has no such key."""
    written = (each for each in mapping if each == key)
    return line_of(next(written, None), line_of(mapping))


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Makes of each node the plain value, with its mark; libyaml does it where it is there."""


def read_text(text: str) -> Any:
    """Return the content of a template. Raise `TextError`."""
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - a safe loader, as its base is
    except RecursionError:
        raise TextError(1, "its parts are nested too deep") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise TextError(mark.line + 1 if mark else 1, str(error.problem)) from None
    except yaml.YAMLError as error:
        return _read_json(text, " ".join(str(error).split()))


def _read_json(text: str, words: str) -> Any:
    """Return what YAML does not take and JSON does, as a text with tabs; else raise for YAML."""
    try:
        return json.loads(text)
    except ValueError:
        raise TextError(1, words) from None


def _mapping(loader: Any, node: Any) -> MarkedMapping:
    made = MarkedMapping()
    made.start_mark = node.start_mark
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        is_text = isinstance(key, str | int | float)
        if not is_text or key in made:
            words = f"{key} is written twice" if is_text else "a key is no text"
            raise yaml.MarkedYAMLError(problem=words, problem_mark=key_node.start_mark)
        made[key] = loader.construct_object(value_node, deep=True)
    return made


def _text(loader: Any, node: Any) -> MarkedText:
    made = MarkedText(loader.construct_scalar(node))
    made.start_mark = node.start_mark
    return made


def _function(loader: Any, suffix: str, node: Any) -> MarkedMapping:
    """Return the long form of a function."""
    if isinstance(node, yaml.ScalarNode):
        value: Any = _text(loader, node)
        value = value.split(".", 1) if suffix == GET_ATT else value
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = _mapping(loader, node)
    made = MarkedMapping({suffix if suffix in WITHOUT_PREFIX else f"Fn::{suffix}": value})
    made.start_mark = node.start_mark
    return made


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:str", _text)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _text)
_Loader.add_multi_constructor("!", _function)
