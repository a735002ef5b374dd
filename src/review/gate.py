"""What the gate itself says of a template's file: whether it can be judged, and is in step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from review.finding import Finding
from template_reader.file import Template
from template_reader.nodes import below
from template_reader.text import line_of, line_of_key

RENDER = "make templates"
MOST_BYTES = 1_000_000
MOST_NODES = 1_000_000
DEEPEST = 1_000
BRACKETS = re.compile(rb"[][{}]")
DASHES = re.compile(rb"(?:[-?] ){%d}" % DEEPEST)
# Of what AWS's own macros make, this is not judged.
OF_MACROS = {
    "AWS::Serverless-2016-10-31": "the resources SAM makes: it is read as it is written",
    "AWS::LanguageExtensions": "what Fn::ForEach makes, by our rules: cfn-lint alone expands it",
}
# The rules of the gate itself: each with its sentence and its reason.
RULES: Mapping[str, tuple[str, str]] = {
    "MG001": (
        "A committed template is what its sources render.",
        "What is reviewed, rehearsed and launched are the same bytes.",
    ),
    "MG002": (
        "A template is YAML or JSON in UTF-8, and no larger than CloudFormation takes.",
        "What cannot be read cannot be judged, nor launched.",
    ),
    "MG003": (
        "What a template asks cfn-lint to ignore is known to whoever reviews it.",
        "A check that is switched off in the template it judges finds nothing.",
    ),
}


def drift(
    path: Path, content: bytes | None, expected: Mapping[Path, str | None]
) -> Iterator[Finding]:
    """Yield that a file is not what is expected: a text, or (None) that there is no file."""
    if path not in expected:
        return
    text = expected[path]
    if text is None:
        yield Finding(str(path), 1, "MG001", "nothing renders it", f"git rm {path}")
    elif content is None:
        yield Finding(str(path), 1, "MG001", "is not there", RENDER)
    elif content != text.encode():
        yield Finding(str(path), 1, "MG001", "differs from what its sources render", RENDER)


def unreadable(path: Path, content: bytes) -> Finding | None:
    """Return why a file is not even parsed, None where nothing speaks against it."""
    if len(content) > MOST_BYTES:
        words = f"has {len(content):,} bytes, and CloudFormation takes {MOST_BYTES:,}"
        return Finding(str(path), 1, "MG002", words, "split it into stacks of their own")
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        words = "is no text in UTF-8"
        return Finding(str(path), line, "MG002", words, "save it as UTF-8, or name a template")
    if _is_deep(content):
        words = f"is nested over {DEEPEST:,} levels deep"
        return Finding(str(path), 1, "MG002", words, "write it flatter, or name a template")
    return None


def _is_deep(content: bytes) -> bool:
    """Return whether brackets or dashes may nest so deep that reading them ends the process."""
    if DASHES.search(content):
        return True
    depth = deepest = 0
    for bracket in BRACKETS.findall(content):
        depth = max(depth + (1 if bracket in b"[{" else -1), 0)
        deepest = max(deepest, depth)
    return deepest > DEEPEST


def is_endless(document: Any) -> bool:
    """Return whether aliases of aliases make more of a document than anybody can walk through."""
    return _nodes(document, {}) > MOST_NODES


def _nodes(node: Any, known: dict[int, int]) -> int:
    """Return how many nodes there are below one, counting what aliases repeat as often."""
    if not isinstance(node, Mapping | list):
        return 1
    if id(node) not in known:
        parts = node.values() if isinstance(node, Mapping) else node
        known[id(node)] = 1 + sum(_nodes(each, known) for each in parts)
    return known[id(node)]


def endless(path: str) -> Finding:
    """Return that a document is endless."""
    words = f"has aliases that make over {MOST_NODES:,} parts of it"
    return Finding(path, 1, "MG002", words, "write out what is meant, without aliases")


def ignored(template: Template) -> Iterator[Finding]:
    """Yield what a template's Metadata asks cfn-lint to ignore: it does, and people are told."""
    for name, node in (("", template.document), *template.section("Resources").items()):
        config = below(node, "Metadata", "cfn-lint", "config")
        asked = below(config, "ignore_checks")
        if isinstance(asked, list) and asked:
            yield Finding(
                path=str(template.path),
                line=line_of_key(config, "ignore_checks"),
                rule="MG003",
                message=f"asks cfn-lint to ignore {', '.join(map(str, asked))}, and it does",
                resource=str(name),
                level="note",
            )


def not_judged(template: Template) -> Iterator[str]:
    """Yield what in a template is not judged, and the reason."""
    for name in _transforms(template.document.get("Transform")):
        yield OF_MACROS.get(name, f"what the macro {name} makes of it: AWS runs macros, not we")
    for line in sorted(set(_included(template.document))):
        yield f"what Fn::Transform puts into line {line}: AWS runs macros, not we"


def _transforms(node: Any) -> list[str]:
    """Return the names of the macros that a template names at its top."""
    found = node if isinstance(node, list) else [node]
    names = (each.get("Name") if isinstance(each, Mapping) else each for each in found)
    return [str(each) for each in names if each is not None]


def _included(node: Any) -> Iterator[int]:
    """Yield the lines in which macros are used below a node."""
    if isinstance(node, Mapping):
        if "Fn::Transform" in node:
            yield line_of(node)
        for each in node.values():
            yield from _included(each)
    elif isinstance(node, list):
        for each in node:
            yield from _included(each)
