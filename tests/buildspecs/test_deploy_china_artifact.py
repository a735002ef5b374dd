"""The artifact as data: what the deployment into another partition refuses before any AWS call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from buildspecs.partitions import build, refused, variables
from buildspecs.workshop import Workshop

from rehearsal.buildspec import Result, Status

TEMPLATE = "cloudformation_template_china.yaml"
PASSED = "ACCESS is 'nothing else is wrong'. Correct it: access-keys or web-identity."


def deploy(workshop: Workshop, bundle: Path, **changes: str) -> Result:
    """Run the build up to the point at which the artifact has been judged."""
    last = {"ACCESS": "nothing else is wrong"}
    return build("deploy-china", bundle, workshop, {**variables("1" * 12), **last, **changes})


OUTSIDE = "which is not in the artifact. Name a file of the repository"
FUNCTION = "Resources: {{A: {{Type: AWS::Lambda::Function, Properties: {{Code: {}}}}}}}"
INCLUDE = "{Name: 'AWS::Include', Parameters: {Location: /etc/hostname}}"


@pytest.mark.slow
@pytest.mark.parametrize(
    "template",
    [
        FUNCTION.format("/etc"),
        FUNCTION.format("/proc/self/environ"),
        FUNCTION.format("../outside.txt"),
        FUNCTION.format("src/../../outside.txt"),
        FUNCTION.format('"\\x2fetc"'),
        FUNCTION.format("/"),
        json.dumps(
            json.loads('{"Resources": {"A": {"Properties": {"Code": "\\/etc"}}}}'), indent="\t"
        ),
        "Base: &b {Type: AWS::Lambda::Function, Properties: {Code: /etc}}\nResources: {A: *b}",
        "<<: {Resources: {A: {Properties: {Code: /etc}}}}",
        "Resources: {AnyPath: {Properties: {CodeUri: /etc}}}",
        "Resources: {'Fn::Any': {Properties: {Code: /etc}}}",
        "Resources: {'Fn::ForEach::A': [I, [b], {'A${I}': {Properties: {Code: /etc}}}]}",
        "Resources: !ForEach::A [I, [b], {A: {Properties: {Code: /etc}}}]",
        "Resources: {A: {Type: AWS::Glue::Job, Properties: {Command: {ScriptLocation: /etc}}}}",
        "Resources: {A: {Properties: {Body: {'Fn::Transform': INCLUDE}}}}".replace(
            "INCLUDE", INCLUDE
        ),
        "Resources: {A: {Properties: {Body: !If [C, !Transform INCLUDE, '']}}}".replace(
            "INCLUDE", INCLUDE
        ),
        "Mappings: {'Fn::Transform': INCLUDE}\nResources: {A: {Type: AWS::SQS::Queue}}".replace(
            "INCLUDE", INCLUDE
        ),
        "Metadata: {'AWS::ServerlessRepo::Application': {ReadmeUrl: /etc/hostname}}",
        "Resources: {A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: n.yaml}}}",
        "Resources: {A: {Properties: {Location: below/by-its-own-folder.yaml}}}",
        "Resources: {A: {Properties: {Location: below/by-the-current-folder.yaml}}}",
    ],
)
def test_a_template_names_no_file_but_the_artifacts(
    workshop: Workshop, bundle: Path, template: str
) -> None:
    (bundle.parent / "outside.txt").write_text("outside")
    (bundle / "below").mkdir()
    for name, path in (
        ("n.yaml", "/etc"),
        ("below/by-its-own-folder.yaml", "../../outside.txt"),
        ("below/by-the-current-folder.yaml", "../outside.txt"),
    ):
        (bundle / name).write_text(FUNCTION.format(path))
    (bundle / TEMPLATE).write_text(template)
    refused(deploy(workshop, bundle), OUTSIDE)


def test_what_is_no_file_is_no_reason_to_refuse(workshop: Workshop, bundle: Path) -> None:
    (bundle / "nested.yaml").write_text("Resources: {A: {Properties: {Code: src}}}")
    (bundle / TEMPLATE).write_text(
        "Parameters: {P: {Type: String, Default: /etc}}\n"
        "Resources:\n"
        "  Role: {Type: AWS::IAM::Role, Properties: {Path: /, Description: !Sub /etc}}\n"
        "  Code: {Properties: {Code: ., Text: {'Fn::Join': [/, [/etc, x]]}, Log: /no/such/file}}\n"
        "  Nested: {Properties: {TemplateURL: nested.yaml, Url: https://example.com/etc}}\n"
        "Outputs: {O: {Value: /etc}}\n"
    )
    (bundle / "link").symlink_to("src/app.py")
    refused(deploy(workshop, bundle), PASSED)


@pytest.mark.parametrize("target", ["/etc/hostname", "../../outside.txt", "/etc"])
def test_a_link_out_of_the_artifact_is_refused(
    workshop: Workshop, bundle: Path, target: str
) -> None:
    (bundle.parent / "outside.txt").write_text("outside")
    (bundle / "src" / "link").symlink_to(target)
    words = "src/link is a link to what is not in the artifact."
    refused(deploy(workshop, bundle), words)


@pytest.mark.parametrize("name", ["", "/etc/hostname", "../outside.txt", "gone.yaml", "src"])
def test_a_template_that_is_no_file_of_the_artifact_is_refused(
    workshop: Workshop, bundle: Path, name: str
) -> None:
    (bundle.parent / "outside.txt").write_text("outside")
    refused(deploy(workshop, bundle, TEMPLATE=name), f"TEMPLATE is '{name}', which is no file")


@pytest.mark.parametrize("text", ["[", "only words", "", "a: 1\n--- {}\n", "Resources: &r {A: *r}"])
def test_what_is_no_template_is_refused(workshop: Workshop, bundle: Path, text: str) -> None:
    (bundle / TEMPLATE).write_text(text)
    result = deploy(workshop, bundle)
    assert f"{TEMPLATE} is no template: " in result.output
    assert result.phases == {"pre_build": Status.FAILED}


def test_nothing_of_the_artifact_is_run_or_read_as_a_setting(
    workshop: Workshop, bundle: Path
) -> None:
    for name in ("yaml.py", "os.py", "sitecustomize.py", ".python-version", "aws", "Makefile"):
        (bundle / name).write_text("#!/bin/sh\ntouch /nonexistent; exit 3\nraise SystemExit(3)\n")
        (bundle / name).chmod(0o755)
    (bundle / ".aws").mkdir()
    (bundle / ".aws/config").write_text("[profile china]\ncredential_process = false\n")
    refused(deploy(workshop, bundle), PASSED)
