"""Reading HCL as far as a Packer template needs it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from refusals import RefusalError
from rehearsal.stand_ins.hcl import Reader
from rehearsal.stand_ins.packer_template import functions

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KNOWN = {"var.name": "web", "var.empty": ""}


def value(written: str) -> Any:
    """Return what an expression comes to."""
    body = Reader("test", f"it = {written}\n", functions({"HOME": "/home"}, NOW)).read()
    return body.attributes["it"](KNOWN.__getitem__)


@pytest.mark.parametrize(
    ("written", "is_"),
    [
        ('"plain"', "plain"),
        ('"a ${var.name}-${var.name}"', "a web-web"),
        (r'"a \"b\" \\ $${c} \n"', 'a "b" \\ ${c} \n'),
        ('"^[a]{0,2}$"', "^[a]{0,2}$"),
        ("[1, true, null, -2,]", [1, True, None, -2]),
        ('{ a = 1, "b c" = [] # a comment\n }', {"a": 1, "b c": []}),
        ('var.empty == "" ? "none" : var.empty', "none"),
        ('"${var.name != "web" ? "no" : substr(var.name, 0, 2)}"', "we"),
        ('env("HOME")', "/home"),
        ('env("NONE")', ""),
        ('can(regex("^w", var.name))', True),
        ('can(regex("^b", var.name))', False),
        ("formatdate(\"YYYYMMDD'T'hhmmss'Z'\", timestamp())", "20260102T030405Z"),
    ],
)
def test_an_expression_comes_to_what_packer_makes_of_it(written: str, is_: object) -> None:
    assert value(written) == is_


def test_blocks_keep_their_labels_and_their_order() -> None:
    text = 'a "b" "c" { d = 1 }\n// between\na "e" {\n  f {}\n  f { g = 2 }\n} /* end */'
    body = Reader("test", text, {}).read()
    assert [labels for labels, _body in body.of("a")] == [("b", "c"), ("e",)]
    assert body.of("a")[1][1].value(KNOWN.__getitem__) == {"f": [{}, {"g": 2}]}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a = ", "line 1: .* a value has to come here"),
        ("a = 1\nb = [1 2]", r"line 2: .* '\]' has to come here"),
        ('\n\na "b', "line 3"),
        ('a = "b', "the end of a text"),
        ("a = b(1)", "one of the functions"),
        ("a { b = 1", "'}'"),
        ("}", "nothing more"),
    ],
)
def test_what_it_does_not_read_is_refused_with_its_line(text: str, words: str) -> None:
    with pytest.raises(RefusalError, match=words):
        Reader("test", text, {}).read()
