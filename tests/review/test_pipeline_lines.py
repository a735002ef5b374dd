"""A finding names the line in which what is wrong with a pipeline stands."""

from __future__ import annotations

import pytest
from planting import GOOD

from review.judge import judge
from template_reader.file import decode_template

TEXT = GOOD.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("good", "bad", "rule"),
    [
        ("Region: eu-west-1\n          ActionTypeId", "Region: eu-west-9\n          X", "MP103"),
        ("      - Region: eu-west-1", "      - Region: eu-west-9", "MP103"),
        ("Name: Packaged\n      - Name: Deploy", "Name: P.1\n      - Name: Deploy", "MP114"),
        ("Name: Source\n          OutputArtifacts", "Name: S\n          OutputArtifacts", "MP111"),
        ("TemplateConfiguration: Packaged", "TemplateConfiguration: Source", "MP117"),
        ("ActionMode: CREATE_UPDATE\n", "ActionMode: CREATE\n", "MP125"),
        ("Capabilities: CAPABILITY_IAM", "Capabilities: CAPABILITY", "MP126"),
        ("CustomData: 'Commit #{Source", "CustomData: 'Commit #{Sorce", "MP141"),
        ("Namespace: Build", "Namespace: Source", "MP142"),
        ("Provider: Manual", "Provider: Manuell", "MP151"),
        ("- Name: Approve", "- Name: A b", "MP161"),
        ("RunOrder: 3", "RunOrder: 1000", "MP163"),
        ("SourceActionName: Source", "SourceActionName: Sorce", "MP173"),
        ("PipelineType: V2", "PipelineType: V3", "MP172"),
        ("Id: !Ref TwinKeyArn", "Id: alias/twin", "MP181"),
    ],
)  # fmt: skip
def test_the_line_is_that_of_what_is_wrong(good: str, bad: str, rule: str) -> None:
    assert good in TEXT
    before = TEXT[: TEXT.index(good)]
    found = judge(decode_template(GOOD, TEXT.replace(good, bad, 1).encode()))
    lines = {each.line for each in found if each.rule == rule}
    assert before.count("\n") + 1 in lines, list(map(str, found))
