"""Single changes of the code in a template: what is said to have changed, line by line."""

from __future__ import annotations

import pytest
from changing import lines, seen

from review.diff.change import Change
from review.diff.scripts import changes

PROD = "{Conditions: {IsProd: {'Fn::Equals': [!Ref Stage, prod]}}}"
SCRIPT = '"import boto3\\ndef handler(event, _):\\n    return 1\\n"'
OTHER = SCRIPT.replace("1", "2")


def function(code: str) -> str:
    return f"F: {{Type: 'AWS::Lambda::Function', Properties: {{Code: {{ZipFile: {code}}}}}}}"


def project(buildspec: str) -> str:
    return f"Project: {{Properties: {{Source: {{BuildSpec: {buildspec}}}}}}}"


def instance(data: str) -> str:
    return f"Own: {{Type: 'AWS::EC2::Instance', Properties: {{UserData: {data}}}}}"


def machine(definition: str) -> str:
    return f"Own: {{Type: 'AWS::StepFunctions::StateMachine', Properties: {{{definition}}}}}"


def init(config: str) -> str:
    metadata = f"{{'AWS::CloudFormation::Init': {{config: {config}}}}}"
    return f"Own: {{Type: 'AWS::EC2::Instance', Metadata: {metadata}, Properties: {{}}}}"


def document(content: str) -> str:
    return f"Own: {{Type: 'AWS::SSM::Document', Properties: {{Content: {content}}}}}"


CASES = [
    pytest.param(
        function(SCRIPT),
        function(OTHER),
        ["script changed F: PATCH"],
        ["+1 -1 lines", "'-    return 1'", "'+    return 2'", "Code.ZipFile"],
        id="a function's code",
    ),
    pytest.param(function(SCRIPT), function(f"!Sub {SCRIPT}"), [], [], id="code wrapped in a Sub"),
    pytest.param(
        function('"a = ${B}\\nc"'),
        function('!Sub "a = ${!B}\\nc"'),
        [],
        [],
        id="code wrapped in a Sub, what it must not replace escaped",
    ),
    pytest.param(
        function('"a = ${B}\\nc"'),
        function('!Sub "a = ${B}\\nc"'),
        ["script changed F: PATCH"],
        ["'-a = ${!B}'", "'+a = ${B}'"],
        id="code of which a Sub replaces a part",
    ),
    pytest.param(
        function('"a = ${B}\\nc"'),
        function('"a = ${B}\\nd"'),
        ["script changed F: PATCH"],
        ["' a = ${B}'", "'+d'"],
        id="code that says what a Sub would replace",
    ),
    pytest.param(
        function('!Join ["\\n", [a, !Ref B, c]]'),
        function('!Sub "a\\n${B}\\nc"'),
        [],
        [],
        id="joined lines written as one text",
    ),
    pytest.param(
        project('"version: 0.2\\n"'),
        project('"version: 0.2\\nphases: {}\\n"'),
        ["script changed Project: PATCH"],
        ["+1 -0 lines", "'+phases: {}'"],
        id="a buildspec",
    ),
    pytest.param(
        project("build.yaml"),
        project("other.yaml"),
        ["script changed Project: PATCH"],
        ["'+other.yaml'"],
        id="the file of a buildspec",
    ),
    pytest.param(
        instance('{"Fn::Base64": !Sub "a\\nb ${C}"}'),
        instance('{"Fn::Base64": !Sub "a\\nd ${C}"}'),
        ["script changed Own: PATCH"],
        ["'-b ${C}'", "'+d ${C}'", "property='UserData'"],
        id="user data",
    ),
    pytest.param(
        init("{commands: {'01': {command: yum update}}}"),
        init("{commands: {'01': {command: dnf update}}}"),
        ["script changed Own: PATCH"],
        ["Metadata.AWS::CloudFormation::Init.config.commands.01.command", "'+dnf update'"],
        id="a command of cfn-init",
    ),
    pytest.param(
        init('{files: {/etc/a: {content: "x\\ny"}}}'),
        init('{files: {/etc/a: {content: "x\\nz"}}}'),
        ["script changed Own: PATCH"],
        ["'+z'"],
        id="a file of cfn-init",
    ),
    pytest.param(
        document("{mainSteps: [{action: a}]}"),
        document("{mainSteps: [{action: b}]}"),
        ["script changed Own: PATCH"],
        ['"action": "b"'],
        id="an SSM document",
    ),
    pytest.param(
        machine('DefinitionString: \'{"StartAt": "A", "States": {}}\''),
        machine('DefinitionString: \'{"StartAt": "B", "States": {}}\''),
        ["script changed Own: PATCH"],
        ["+1 -1 lines", '"StartAt": "B"'],
        id="a state machine in one line",
    ),
    pytest.param(
        machine('DefinitionString: \'{"StartAt": "A"}\''),
        machine('DefinitionString: \'{ "StartAt":"A" }\''),
        [],
        [],
        id="a state machine in another layout",
    ),
    pytest.param(
        "{}", function(SCRIPT), ["script added F: PATCH"], ["+3 -0 lines"], id="a new function"
    ),
    pytest.param(
        function(SCRIPT), "{}", ["script gone F: PATCH"], ["+0 -3 lines"], id="a function gone"
    ),
    pytest.param(
        function(SCRIPT), function(SCRIPT).replace("F:", "G:"), [], [], id="a function renamed"
    ),
    pytest.param(
        "Project: {Properties: {Description: a}}",
        "Project: {Properties: {Description: b}}",
        [],
        [],
        id="a text that is no script",
    ),
    pytest.param(
        function("null"), function("[1, {a: b}]"), ["script added F: PATCH"], [], id="odd"
    ),
]


@pytest.mark.parametrize(("before", "after", "verdicts", "words"), CASES)
def test_a_change_of_a_script(
    before: str, after: str, verdicts: list[str], words: list[str]
) -> None:
    found = seen(changes, before, after)
    assert lines(found) == verdicts
    assert [each for each in words if each not in str(found)] == []


def test_the_lines_are_those_of_a_unified_diff() -> None:
    (found,) = seen(changes, function(SCRIPT), function(OTHER))
    assert isinstance(found, Change)
    assert found.lines == (
        "@@ -1,3 +1,3 @@",
        " import boto3",
        " def handler(event, _):",
        "-    return 1",
        "+    return 2",
    )


def test_a_script_chosen_by_a_condition_is_told_with_it() -> None:
    after = function(f"!If [IsProd, {OTHER}, {SCRIPT}]")
    found = seen(changes, function(SCRIPT), after, (PROD, PROD))
    assert lines(found) == ["script changed F: PATCH"]
    assert "if IsProd" in str(found)


def test_a_line_chosen_by_a_condition_is_shown_as_it_is_chosen() -> None:
    one, other = (
        instance(f'{{"Fn::Base64": !Join ["\\n", [a, !If [IsProd, b, {each}]]]}}') for each in "cd"
    )
    found = seen(changes, one, other, (PROD, PROD))
    assert "'-${IsProd ? b : c}', '+${IsProd ? b : d}'" in str(found)
