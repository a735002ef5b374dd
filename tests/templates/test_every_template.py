"""What is true of every template of the library, read from the committed YAML."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from templates.committed import (
    NAMES,
    PROJECT,
    TEMPLATES,
    document,
    resources,
    statements,
    text,
    walk,
)

from pipeline.library import find_entries, render
from pipeline.partitions import PARTITIONS
from pipeline.render import RESOURCE_ATTRIBUTES, SECTIONS
from review.check import check_rendered
from review.lint import lint

EVERY = pytest.mark.parametrize("name", NAMES)
EXPECTED = {
    "access-key-rotation",
    "artifact-store",
    "china-access",
    "codebuild-projects",
    "cross-account-role",
    "cross-region-deploy",
    "global-china-pipeline",
    "global-china-service-roles",
    "launch-bucket",
    "multi-region-pipeline",
    "service-roles",
}
LONGEST_INLINE_POLICIES = 10_240
KEEPS_DATA = {"AWS::S3::Bucket", "AWS::KMS::Key", "AWS::Logs::LogGroup"}
A_REASON = re.compile(r"No default: .+\.$")


def test_the_library_is_whole() -> None:
    assert set(NAMES) >= EXPECTED


@EVERY
def test_the_committed_file_is_what_its_sources_render(name: str) -> None:
    entries = {each.name: each for each in find_entries(PROJECT / "topologies")}
    assert name in entries, f"nothing renders {name}.yaml; mend: git rm templates/{name}.yaml"
    assert render(entries[name]) == text(name), f"{name}.yaml differs; mend: make templates"


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[pytest.mark.slow] if n.endswith("-pipeline") else []) for n in NAMES],
)
def test_cfn_lint_finds_nothing_in_any_region(name: str) -> None:
    report = lint(TEMPLATES / f"{name}.yaml")
    assert report.regions
    assert list(map(str, report.findings)) == []


def test_the_check_sees_what_cfn_lint_sees(tmp_path: Path) -> None:
    broken = text("artifact-store").replace("AWS::S3::BucketPolicy", "AWS::S3::BucketPolcy")
    path = tmp_path / "artifact-store.yaml"
    path.write_text(broken)
    (verdict,) = check_rendered({path: broken})
    assert "E3006" in {each.rule for each in verdict.findings}


@EVERY
def test_nothing_is_ignored_without_a_sentence(name: str) -> None:
    for path, node in walk(document(name)):
        if path.endswith(("/ignore_checks", "/cfn-lint")):
            pytest.fail(f"{path} ignores checks of cfn-lint")
        if path.endswith("/rules_to_suppress"):
            assert all(len(each["reason"]) > 20 for each in node), path
        if path.endswith("/checkov/skip"):
            assert all(len(each["comment"]) > 20 for each in node), path


@EVERY
def test_sections_and_attributes_stand_in_reading_order(name: str) -> None:
    content = document(name)
    assert list(content) == [each for each in SECTIONS if each in content]
    for title, resource in content["Resources"].items():
        assert list(resource) == [each for each in RESOURCE_ATTRIBUTES if each in resource], title


@EVERY
def test_code_stands_in_literal_blocks_and_nothing_is_anchored(name: str) -> None:
    assert not re.search(r"(?m)^[^#]*: [&*][A-Za-z0-9]+$", text(name))
    written = unindented(text(name))
    for path, node in walk(document(name)):
        if isinstance(node, str) and "\n" in node:
            assert unindented(node) in written, f"{path} is not a literal block"


def unindented(lines: str) -> str:
    """Return lines without their indentation, which is all that a literal block adds."""
    return "\n".join(line.strip() for line in lines.strip().splitlines())


@EVERY
def test_the_version_stands_in_metadata_and_output(name: str) -> None:
    content = document(name)
    version = content["Metadata"]["Meridian"]["Version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert content["Outputs"]["Version"]["Value"] == version


@EVERY
def test_it_says_for_which_partitions_it_is(name: str) -> None:
    named = document(name)["Metadata"]["Meridian"]["Partitions"]
    assert named
    assert set(named) <= {partition.name for partition in PARTITIONS}
    mapping = document(name).get("Mappings", {}).get("Partitions", {})
    assert set(mapping) in ({*named}, set())


@EVERY
def test_no_partition_is_written_down(name: str) -> None:
    suffixes = tuple(partition.dns_suffix for partition in PARTITIONS)
    for path, node in walk(document(name)["Resources"]):
        if not isinstance(node, str) or "/ZipFile" in path or "/BuildSpec" in path:
            continue
        assert not re.search(r"\barn:aws[a-z-]*:", node), path
        if any(suffix in node for suffix in suffixes):
            assert re.fullmatch(r"[a-z0-9.-]+\.amazonaws\.com", node) or (
                "role/aws-service-role/" in node
            ), f"{path}: {node}"


@EVERY
def test_every_parameter_is_fit_for_the_console(name: str) -> None:
    interface = document(name)["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [each for group in interface["ParameterGroups"] for each in group["Parameters"]]
    parameters = document(name)["Parameters"]
    assert sorted(grouped) == sorted(parameters)
    assert all(group["Label"]["default"] for group in interface["ParameterGroups"])
    for title, parameter in parameters.items():
        assert interface["ParameterLabels"][title]["default"], title
        description = parameter["Description"]
        assert "xample" in description or "AllowedValues" in parameter, f"{title}: no example"
        assert "Default" in parameter or A_REASON.search(description), f"{title}: no default"
        if "AllowedPattern" in parameter:
            assert parameter["ConstraintDescription"].endswith("."), title


@EVERY
def test_every_default_is_allowed(name: str) -> None:
    for title, parameter in document(name)["Parameters"].items():
        default = parameter.get("Default")
        if default is None:
            continue
        if "AllowedValues" in parameter:
            assert default in parameter["AllowedValues"], title
        if "AllowedPattern" in parameter:
            is_list = parameter["Type"] == "CommaDelimitedList"
            for each in default.split(",") if is_list else [str(default)]:
                assert re.fullmatch(parameter["AllowedPattern"], each), title


@EVERY
def test_every_output_is_described_and_one_opens_the_console(name: str) -> None:
    outputs = document(name)["Outputs"]
    assert all(output["Description"] for output in outputs.values())
    assert any("ConsoleDomain" in str(output["Value"]) for output in outputs.values())


@EVERY
def test_every_rule_says_what_to_do(name: str) -> None:
    for rule in document(name).get("Rules", {}).values():
        for assertion in rule["Assertions"]:
            sentence = assertion["AssertDescription"]
            assert sentence[0].isupper(), sentence
            assert sentence.endswith("."), sentence


@EVERY
def test_service_trusts_are_guarded_against_the_confused_deputy(name: str) -> None:
    for title, role in resources(name, "AWS::IAM::Role").items():
        for statement in _trust(role):
            if "Service" in statement["Principal"]:
                keys = {key for test in statement["Condition"].values() for key in test}
                assert keys & {"aws:SourceAccount", "aws:SourceArn"}, title


@EVERY
def test_whoever_else_is_trusted_is_one(name: str) -> None:
    """A role that no service assumes is assumed by one role that launching names, or by a token."""
    for title, role in resources(name, "AWS::IAM::Role").items():
        for statement in _trust(role):
            ((kind, who),) = statement["Principal"].items()
            if kind == "AWS":
                assert who["Ref"] in ("PipelineRoleArn", "ReviewerRoleArn"), title
            elif kind == "Federated":
                keys = {key.rpartition(":")[2] for key in statement["Condition"]["StringEquals"]}
                assert keys == {"aud", "sub"}, title


def _trust(role: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the statements of a trust policy, which is a text where its keys hold references."""
    document = role["Properties"]["AssumeRolePolicyDocument"]
    text = document.get("Fn::Sub")
    found: list[dict[str, Any]] = (json.loads(text[0]) if text else document)["Statement"]
    return found


@EVERY
def test_a_statement_about_everything_says_why(name: str) -> None:
    """The Sid is the comment that reaches the YAML: calls without resources, or a key's own."""
    for path, statement in statements(document(name)["Resources"]):
        if "*" in statement.get("Resource", []):
            # A key's policy speaks of the key, a boundary of what a role's own policy names.
            in_itself = "/KeyPolicy/" in path or "Boundary/Properties/PolicyDocument/" in path
            assert in_itself or statement["Sid"].endswith("TakeNoResource"), path
        assert statement.get("Sid") or "/AssumeRolePolicyDocument/" in path, path


@EVERY
def test_no_action_is_a_wildcard(name: str) -> None:
    for path, statement in statements(document(name)["Resources"]):
        allowed = statement["Effect"] == "Allow"
        owner = statement.get("Sid", "").startswith("Account") and "/KeyPolicy/" in path
        if allowed and not owner:
            assert not [each for each in statement["Action"] if "*" in each], path


@EVERY
def test_nobody_in_particular_is_allowed_nothing(name: str) -> None:
    """Unless whoever launches the launch bucket says that others may read."""
    for path, statement in statements(document(name)["Resources"]):
        if statement["Effect"] == "Allow" and "*" in json.dumps(statement.get("Principal")):
            assert name == "launch-bucket", path
            assert path.endswith("/Fn::If/1"), path
            assert statement["Action"] == ["s3:GetObject"], path


@EVERY
def test_inline_policies_fit_into_a_role(name: str) -> None:
    for title, role in resources(name, "AWS::IAM::Role").items():
        policies = role["Properties"].get("Policies", [])
        assert _characters(policies) <= LONGEST_INLINE_POLICIES, title


def _characters(node: Any) -> int:
    """Return about how many characters a policy has once resolved: pseudo names are long."""
    parts = []
    for _, each in walk(node):
        if isinstance(each, dict):
            parts += [key for key in each if not key.startswith(("Fn::", "Ref"))]
        elif isinstance(each, str):
            parts.append(each)
    return sum(len(part) + len('"",') for part in parts)


@EVERY
def test_what_keeps_data_says_what_becomes_of_it(name: str) -> None:
    for title, resource in resources(name).items():
        if resource["Type"] in KEEPS_DATA:
            assert resource["DeletionPolicy"], title
            assert resource["UpdateReplacePolicy"], title


@EVERY
def test_logs_are_kept_for_a_time(name: str) -> None:
    for title, group in resources(name, "AWS::Logs::LogGroup").items():
        assert group["Properties"]["RetentionInDays"], title


@EVERY
def test_it_fits_into_cloudformation(name: str) -> None:
    content = document(name)
    assert len(text(name).encode()) <= 1_000_000
    assert len(content["Description"].encode()) <= 1_024
    assert len(content["Parameters"]) <= 200
    assert len(content["Outputs"]) <= 200
    assert len(content["Resources"]) <= 500
