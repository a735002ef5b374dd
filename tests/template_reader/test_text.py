"""Templates are read as cfn-lint reads them, and what is no template is placed by its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cfnlint.decode.decode import decode_str
from templates.committed import PROJECT, TEMPLATES

from template_reader.text import TextError, read_text

COMMITTED = sorted([*TEMPLATES.glob("*.yaml"), *(PROJECT / "examples").rglob("*.yaml")])


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.name)
def test_a_template_is_read_as_cfn_lint_reads_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert read_text(text) == decode_str(text)[0]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("A: !Ref B", {"A": {"Ref": "B"}}),
        ("A: !Condition B", {"A": {"Condition": "B"}}),
        ("A: !GetAtt B.C.D", {"A": {"Fn::GetAtt": ["B", "C.D"]}}),
        ("A: !GetAtt [B, !Ref C]", {"A": {"Fn::GetAtt": ["B", {"Ref": "C"}]}}),
        ("A: !Sub\n- x${B}\n- B: !Ref C", {"A": {"Fn::Sub": ["x${B}", {"B": {"Ref": "C"}}]}}),
        ("A: !Transform {Name: B}", {"A": {"Fn::Transform": {"Name": "B"}}}),
        ("Version: 2012-10-17", {"Version": "2012-10-17"}),
        ("A: 08\nB: 1\nC: yes", {"A": "08", "B": 1, "C": True}),
        ('{"A":\t{"Ref": "B"}}', {"A": {"Ref": "B"}}),
    ],
)
def test_functions_take_their_long_form(written: str, read: object) -> None:
    assert json.loads(json.dumps(read_text(written))) == read


def test_a_part_knows_its_line() -> None:
    template = read_text("A:\n  B: !Ref C\n  D: text\n")
    assert template["A"].start_mark.line == 1
    assert template["A"]["B"].start_mark.line == 1
    assert template["A"]["D"].start_mark.line == 2


@pytest.mark.parametrize(
    ("written", "line", "words"),
    [
        ("A: 1\nB: [\n", 3, "did not find expected node content"),
        ("A: 1\nB: 2\nA: 3", 3, "A is written twice"),
        ("A: 1\n? [B]\n: C", 2, "a key is no text"),
        ("A: *b", 1, "found undefined alias"),
        ("A: \x00", 1, "control characters are not allowed"),
    ],
)
def test_what_is_no_template_is_placed(written: str, line: int, words: str) -> None:
    with pytest.raises(TextError, match=words) as refused:
        read_text(written)
    assert refused.value.line == line
