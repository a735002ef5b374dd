"""What a change does to the code within a template, by line: buildspecs, functions, user data."""

from __future__ import annotations

import difflib
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from review.diff.change import Bump, Change, NotJudged, Section
from review.diff.outcomes import CONDITIONS, conditional, said_of_outcomes, told
from review.diff.spelling import plain, text_of
from review.diff.tree import named_items, without_same
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


@dataclass(frozen=True)
class Script:
    """A script that is another: where it stands, and its lines before and after."""

    path: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def changes(before: Template, after: Template) -> Iterator[Change | NotJudged]:
    """Yield the scripts that came, went or changed, with the lines in which they differ."""
    both = written(before, after)
    renamed = both.renamed()
    is_as_it_was = before.document.get(CONDITIONS) == after.document.get(CONDITIONS)
    for name in both.names:
        if name in renamed or name in renamed.values():
            continue
        own = both.only([name])
        one, other = ([*conditional(each).values()] for each in (own.before, own.after))
        if is_as_it_was:
            one, other = without_same(one, other), without_same(other, one)
        yield from said_of_outcomes(
            name, (before, one), (after, other), _compared, partial(_change, name)
        )


def _compared(before: list[Any], after: list[Any]) -> Iterator[Script]:
    one, other = (dict(_scripts(each)) for each in (before, after))
    for path in dict.fromkeys([*one, *other]):
        was, now = _lines(one.get(path), other.get(path))
        if was != now:
            yield Script(".".join(path), was, now)


def _scripts(resources: list[Any]) -> Iterator[tuple[Path, Any]]:
    """Yield the scripts of a resource, by where they stand."""
    for node in resources:
        document = DOCUMENTS.get(str(below(node, "Type")))
        yield from _below((), below(node, "Properties"), document)
        yield from _below(("Metadata", INIT), below(node, "Metadata", INIT), None)


def _below(path: Path, node: Any, document: str | None) -> Iterator[tuple[Path, Any]]:
    match function_of(node):
        case "Fn::Base64", inner:
            yield from _below(path, inner, document)
            return
    key = path[-1] if path else ""
    if _is_text(node):
        if key in CODE or "\n" in text_of(node).strip():
            yield path, node
    elif key and (key == document or (key in CODE and isinstance(node, list))):
        yield path, node
    elif isinstance(node, Mapping):
        for each, inner in node.items():
            yield from _below((*path, str(each)), inner, document)
    elif isinstance(node, list):
        named = named_items(node) or dict(zip(map(str, itertools.count(1)), node, strict=False))
        for each, inner in named.items():
            yield from _below((*path, each), inner, document)


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


def _change(name: str, words: str, script: Script) -> Change:
    how = "changed" if script.before and script.after else "added" if script.after else "gone"
    # The first two lines would name the files.
    found = difflib.unified_diff(script.before, script.after, n=CONTEXT, lineterm="")
    lines = tuple(itertools.islice(found, 2, None))
    added, gone = (sum(each.startswith(sign) for each in lines) for sign in "+-")
    return Change(
        *(Section.SCRIPTS, f"script {how}", name, Bump.PATCH),
        property=script.path,
        after=f"+{added} -{gone} lines",
        why=told(words, ""),
        lines=lines,
    )
