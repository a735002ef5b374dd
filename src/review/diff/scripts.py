"""What a change does to the code within a template, by line: buildspecs, functions, user data."""

from __future__ import annotations

import difflib
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from review.diff.change import Bump, Change, Section
from review.diff.spelling import plain, text_of
from review.diff.tree import named_items
from review.diff.written import written
from template_reader.file import Template
from template_reader.nodes import below, function_of

# Keys whose texts are code even where they have one line.
CODE = (
    *("BuildSpec", "ZipFile", "InlineCode", "UserData", "DefinitionString", "FunctionCode"),
    *("Script", "Commands", "command"),
)
# Keys whose mappings are code; as JSON they have lines of their own.
DOCUMENTS = {"AWS::SSM::Document": "Content", "AWS::StepFunctions::StateMachine": "Definition"}
INIT = "AWS::CloudFormation::Init"
CONTEXT = 2
Path = tuple[str, ...]
# Where a script stands, and the words for the conditions under which it does.
Place = tuple[Path, str]
Scripts = Mapping[Place, Any]


@dataclass(frozen=True)
class Script:
    """A script that is another: where it stands, under which conditions, and its lines."""

    path: str
    words: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def changes(before: Template, after: Template) -> Iterator[Change]:
    """Yield the scripts that came, went or changed, with the lines in which they differ."""
    both = written(before, after)
    renamed = both.renamed()
    for name in both.names:
        one, other = both.before.get(name), both.after.get(name)
        if one != other and name not in renamed and name not in renamed.values():
            for script in _compared(dict(_scripts(one)), dict(_scripts(other))):
                yield _change(name, script)


def _compared(before: Scripts, after: Scripts) -> Iterator[Script]:
    """Yield the scripts that differ; what is always so with each that is so under a condition."""
    for path, words in dict.fromkeys([*before, *after]):
        always = (path, "")
        if words == "" and _others(path, before, after):
            continue
        one, other = (each.get((path, words), each.get(always)) for each in (before, after))
        was, now = _lines(one, other)
        if was != now:
            yield Script(".".join(path), words, was, now)


def _others(path: Path, before: Scripts, after: Scripts) -> bool:
    """Return whether scripts stand in a place under conditions, in either version."""
    return any(each == path and words for each, words in (*before, *after))


def _scripts(node: Any) -> Iterator[tuple[Place, Any]]:
    """Yield the scripts of a resource, by where they stand and under which conditions."""
    document = DOCUMENTS.get(str(below(node, "Type")))
    yield from _below((), "", below(node, "Properties"), document)
    yield from _below(("Metadata", INIT), "", below(node, "Metadata", INIT), None)


def _below(path: Path, words: str, node: Any, document: str | None) -> Iterator[tuple[Place, Any]]:
    match function_of(node):
        case "Fn::Base64", inner:
            yield from _below(path, words, inner, document)
            return
        case "Fn::If", [str() as name, then, otherwise]:
            yield from _below(path, _both(words, name), then, document)
            yield from _below(path, _both(words, f"not {name}"), otherwise, document)
            return
    key = path[-1] if path else ""
    if _is_text(node):
        if key in CODE or "\n" in text_of(node).strip():
            yield (path, words), node
    elif key and (key == document or (key in CODE and isinstance(node, list))):
        yield (path, words), node
    elif isinstance(node, Mapping):
        for each, inner in node.items():
            yield from _below((*path, str(each)), words, inner, document)
    elif isinstance(node, list):
        named = named_items(node) or dict(zip(map(str, itertools.count(1)), node, strict=False))
        for each, inner in named.items():
            yield from _below((*path, each), words, inner, document)


def _both(words: str, name: str) -> str:
    return f"{words} and {name}" if words else f"if {name}"


def _is_text(node: Any) -> bool:
    function = function_of(node)
    return isinstance(node, str) or bool(function and function[0] in ("Fn::Sub", "Fn::Join"))


def _lines(before: Any, after: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the lines of both, in one spelling if a function makes either of them."""
    is_made = any(each is not None and not isinstance(each, str) for each in (before, after))
    one, other = (_text(each, text_of if is_made else str) for each in (before, after))
    return tuple(one.splitlines()), tuple(other.splitlines())


def _text(node: Any, spell: Callable[[Any], str]) -> str:
    """Return a script, with lines of its own where it is data; '' where there is none."""
    if node is None:
        return ""
    if isinstance(node, list):
        return "\n".join(map(spell, node))
    if isinstance(node, Mapping) and not _is_text(node):
        return json.dumps(plain(node), indent=2, default=str, ensure_ascii=False)
    text = spell(node)
    try:
        data = json.loads(text) if text.lstrip().startswith("{") else None
    except ValueError:
        return text
    return json.dumps(data, indent=2, ensure_ascii=False) if data else text


def _change(name: str, script: Script) -> Change:
    how = "changed" if script.before and script.after else "added" if script.after else "gone"
    # The first two lines would name the files.
    found = difflib.unified_diff(script.before, script.after, n=CONTEXT, lineterm="")
    lines = tuple(itertools.islice(found, 2, None))
    added, gone = (sum(each.startswith(sign) for each in lines) for sign in "+-")
    return Change(
        *(Section.SCRIPTS, f"script {how}", name, Bump.PATCH),
        property=script.path,
        after=f"+{added} -{gone} lines",
        why=script.words,
        lines=lines,
    )
