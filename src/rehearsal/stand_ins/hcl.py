"""Reads HCL as far as a Packer template needs it: blocks, attributes, expressions with functions.

An expression is read into a function of its scope, which gives what it refers to. Not read:
heredocs, arithmetic, comparisons but == and !=, indexes, splats and `for`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rehearsal.errors import RehearsalError

Scope = Callable[[str], Any]
Expression = Callable[[Scope], Any]
Function = Callable[..., Any]

BLANK = re.compile(r"(?:\s|#[^\n]*|//[^\n]*|/\*.*?\*/)*", re.S)
WORD = re.compile(r"[A-Za-z_][\w-]*")
PATH = re.compile(r"[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*")
NUMBER = re.compile(r"-?\d+")
LITERAL = re.compile(r'(?:[^"\\$]|\$\$\{|\$(?!\{)|\\.)+')
ESCAPES = {"n": "\n", "t": "\t"}
CONSTANTS = {"true": True, "false": False, "null": None}


@dataclass
class Body:
    """What stands between braces; `blocks` are in their order, each with its labels."""

    attributes: dict[str, Expression] = field(default_factory=dict)
    blocks: list[tuple[str, tuple[str, ...], Body]] = field(default_factory=list)

    def of(self, kind: str) -> list[tuple[tuple[str, ...], Body]]:
        """Return the blocks of a kind."""
        return [(labels, body) for name, labels, body in self.blocks if name == kind]

    def value(self, scope: Scope) -> dict[str, Any]:
        """Return all that is in it; blocks of a kind are a list."""
        made: dict[str, Any] = {name: each(scope) for name, each in self.attributes.items()}
        for kind, _labels, body in self.blocks:
            made.setdefault(kind, []).append(body.value(scope))
        return made


@dataclass
class Reader:
    """Reads a text from one place on; `functions` are those an expression may call."""

    name: str
    text: str
    functions: dict[str, Function]
    at: int = 0

    def read(self) -> Body:
        """Return the whole text. Raise `RehearsalError`."""
        body = self._body()
        if self.at < len(self.text):
            self._refuse("nothing more")
        return body

    def _refuse(self, wanted: str) -> None:
        line = self.text.count("\n", 0, self.at) + 1
        raise RehearsalError(
            f"{self.name}: line {line}: this is not as the stand-in for Packer reads HCL, "
            f"{wanted} has to come here; write it plainly"
        )

    def _take(self, pattern: re.Pattern[str]) -> str:
        """Return what comes next if it is like the pattern, else ''."""
        self._skip()
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found[0] if found else ""

    def _skip(self) -> None:
        blank = BLANK.match(self.text, self.at)
        self.at = blank.end() if blank else self.at

    def _sees(self, mark: str) -> bool:
        """Pass over a mark; return whether it was there."""
        self._skip()
        seen = self.text.startswith(mark, self.at)
        self.at += len(mark) if seen else 0
        return seen

    def _need(self, mark: str) -> None:
        if not self._sees(mark):
            self._refuse(repr(mark))

    def _body(self) -> Body:
        body = Body()
        while word := self._take(WORD):
            if self._sees("="):
                body.attributes[word] = self._expression()
                continue
            labels = []
            while not self._sees("{"):
                labels.append(self._label())
            body.blocks.append((word, tuple(labels), self._body()))
            self._need("}")
        return body

    def _label(self) -> str:
        self._need('"')
        label = self._take(LITERAL)
        self._need('"')
        return label

    def _expression(self) -> Expression:
        left = self._operand()
        for mark, holds in (("==", True), ("!=", False)):
            if self._sees(mark):
                left = _comparison(left, self._operand(), holds)
        if not self._sees("?"):
            return left
        yes = self._expression()
        self._need(":")
        no = self._expression()
        return lambda scope: yes(scope) if left(scope) else no(scope)

    def _operand(self) -> Expression:
        if self._sees('"'):
            return self._string()
        if self._sees("["):
            return self._list("]")
        if self._sees("{"):
            return self._map()
        number = self._take(NUMBER)
        return (lambda scope: int(number)) if number else self._word()

    def _word(self) -> Expression:
        path = self._take(PATH)
        if not path:
            self._refuse("a value")
        if self._sees("("):
            return self._call(path)
        if path in CONSTANTS:
            return lambda scope: CONSTANTS[path]
        return lambda scope: scope(path)

    def _call(self, name: str) -> Expression:
        if name not in self.functions:
            self._refuse(f"one of the functions {', '.join(self.functions)}")
        arguments, function = self._list(")"), self.functions[name]
        if name == "can":
            return lambda scope: _can(arguments, scope)
        return lambda scope: function(*arguments(scope))

    def _list(self, end: str) -> Expression:
        parts = []
        while not self._sees(end):
            parts.append(self._expression())
            if not self._sees(","):
                self._need(end)
                break
        return lambda scope: [each(scope) for each in parts]

    def _map(self) -> Expression:
        pairs = {}
        while not self._sees("}"):
            key = self._take(WORD) or self._label()
            self._need("=")
            pairs[key] = self._expression()
            self._sees(",")
        return lambda scope: {key: each(scope) for key, each in pairs.items()}

    def _string(self) -> Expression:
        parts: list[Expression] = []
        while not self.text.startswith('"', self.at):
            if self.text.startswith("${", self.at):
                self.at += 2
                parts.append(self._expression())
                self._need("}")
                continue
            found = LITERAL.match(self.text, self.at)
            if not found:
                self._refuse("the end of a text")
            parts.append(_text(found[0] if found else ""))
            self.at += len(found[0]) if found else 0
        self.at += 1
        return lambda scope: "".join(str(each(scope)) for each in parts)


def _text(written: str) -> Expression:
    plain = re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[1]), written)
    return lambda scope: plain.replace("$${", "${")


def _comparison(left: Expression, right: Expression, holds: bool) -> Expression:
    return lambda scope: (left(scope) == right(scope)) is holds


def _can(arguments: Expression, scope: Scope) -> bool:
    try:
        arguments(scope)
    except RehearsalError:
        return False
    return True
