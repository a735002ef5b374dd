"""The security gate: its verdict on recorded reports of cfn_nag and checkov, and checkov itself.

cfn_nag cannot be installed here. Its reports are shaped as its 0.8.10 prints them
(lib/cfn-nag/result_view/json_results.rb); those of checkov were printed by its 3.3.30.
"""

from __future__ import annotations

import json

import pytest
from buildspecs.stand_ins import KILLED, SILENT, record, replay, scanner, script
from buildspecs.workshop import CHECKOV, GOOD, TEMPLATE, Workshop, variables

from rehearsal.buildspec import Result, Status

PROJECT = "SecurityCodeAnalysisProject"
VERSIONS = {"cfn_nag_scan": "CFN_NAG_VERSION", "checkov": "CHECKOV_VERSION"}
FAULT = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Volume:
    Type: AWS::EC2::Volume
    Properties: {AvailabilityZone: us-east-1a, Size: 8}
"""
FAULTS = f"""\
{FAULT}
  Quiet:
    Type: AWS::EC2::Volume
    Metadata: {{checkov: {{skip: [{{id: CKV_AWS_3, comment: Nobody needs to know}}]}}}}
    Properties: {{AvailabilityZone: us-east-1a, Size: 8}}
"""
CRASH = """\
echo "<internal:psych>: in 'visit': Tried to load unspecified class: Date" >&2
echo "  from cfn_nag_scan" >&2; exit 1"""


def says(workshop: Workshop, tool: str, body: str) -> None:
    """Let a stand-in of a tool, in the version the pipeline asks for, do as told."""
    workshop.stand_ins[tool] = scanner(variables(PROJECT)[VERSIONS[tool]], body)


@pytest.fixture
def gate(workshop: Workshop) -> Workshop:
    """Return a workshop in which both tools find nothing."""
    says(workshop, "cfn_nag_scan", replay(record("cfn_nag", "nothing"), 0))
    says(workshop, "checkov", replay(record("checkov", "clean"), 0))
    return workshop


def passed(result: Result, *words: str) -> None:
    for each in words:
        assert each in result.output
    assert result.succeeded, result.output
    assert f"hold nothing against {TEMPLATE} that counts." in result.output


def refused(result: Result, *words: str, count: int = 1) -> None:
    for each in words:
        assert each in result.output, result.output
    assert result.phases["build"] is Status.FAILED
    assert f"{TEMPLATE} is refused; each FAIL above says why ({count} in all)" in result.output
    assert "hold nothing" not in result.output


def test_no_finding_passes(gate: Workshop) -> None:
    passed(gate.run(PROJECT))


def test_one_failure_is_refused_unless_its_owner_waives_it(gate: Workshop) -> None:
    says(gate, "cfn_nag_scan", replay(record("cfn_nag", "failure"), 1))
    refused(gate.run(PROJECT), "FAIL: F1000: Open: Missing egress rule")
    passed(gate.run(PROJECT, SKIPPED_CHECKS="W1, F1000"), "waived: F1000: Open")


def test_a_warning_counts_only_if_it_shall(gate: Workshop) -> None:
    says(gate, "cfn_nag_scan", replay(record("cfn_nag", "warning"), 0))
    passed(gate.run(PROJECT), "warning: W52: LoadBalancer: Elastic Load Balancer V2")
    refused(gate.run(PROJECT, FAIL_ON_WARNINGS="true"), "FAIL: W52: LoadBalancer")
    refused(gate.run(PROJECT, FAIL_ON_WARNINGS="no word it knows"), "FAIL: W52: LoadBalancer")


@pytest.mark.parametrize("violations", [1, 256])
def test_256_failures_exit_0_and_are_refused(gate: Workshop, violations: int) -> None:
    (report,) = json.loads(record("cfn_nag", "failure"))
    (violation,) = report["file_results"]["violations"]
    ids = [f"Open{at}" for at in range(256 // violations)]
    violation |= {"logical_resource_ids": ids, "line_numbers": [4] * len(ids)}
    report["file_results"] = {"failure_count": 256, "violations": [violation] * violations}
    says(gate, "cfn_nag_scan", replay(json.dumps([report], indent=2), 256 % 256))
    refused(gate.run(PROJECT), "FAIL: F1000: Open0", count=violations)


def test_what_cfn_nag_cannot_read_is_refused_and_not_to_be_waived(gate: Workshop) -> None:
    says(gate, "cfn_nag_scan", replay(record("cfn_nag", "fatal"), 1))
    result = gate.run(PROJECT, SKIPPED_CHECKS="FATAL")
    refused(result, "FAIL: FATAL: the whole template: Illegal cfn - no Resources")


def test_words_before_the_report_are_a_warning(gate: Workshop) -> None:
    words = "Experimental SPCM rule is failing. Please report it with the violating template"
    says(gate, "cfn_nag_scan", f"echo '{words}'\n" + replay(record("cfn_nag", "nothing"), 0))
    passed(gate.run(PROJECT), f"warning: W76: the whole template: {words}")
    refused(gate.run(PROJECT, FAIL_ON_WARNINGS="true"), "FAIL: W76")


@pytest.mark.slow
@pytest.mark.parametrize("tool", list(VERSIONS))
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (CRASH, "Tried to load unspecified class: Date"),
        (KILLED, "It broke down"),
        (SILENT, "It broke down"),
        ('echo \'[{"filename": "\'; exit 0', "It broke down"),
        ("echo '[]'", "has no verdict"),
        ("echo '{}'", "has no verdict"),
        ("echo 'null'", "It broke down"),
        ('rm -rf "$WORK"; exit 0', "has no verdict"),
    ],
    ids=["crash", "killed", "silent", "half", "empty list", "empty object", "null", "vandal"],
)
def test_a_tool_without_a_report_is_no_pass(
    gate: Workshop, tool: str, body: str, words: str
) -> None:
    says(gate, tool, body)
    name = tool.removesuffix("_scan")
    result = gate.run(PROJECT)
    assert f"FAIL: {name} has no verdict on {TEMPLATE}" in result.output
    assert words in result.output
    assert result.phases["build"] is Status.FAILED


@pytest.mark.parametrize(
    ("tool", "name"), [("cfn_nag_scan", "cfn_nag/nothing"), ("checkov", "checkov/clean")]
)
def test_a_report_on_another_file_is_no_pass(gate: Workshop, tool: str, name: str) -> None:
    report = record(*name.split("/")).replace("@TEMPLATE@", "/tmp/another.yaml")  # noqa: S108
    says(gate, tool, replay(report, 0))
    refused(gate.run(PROJECT), "Its report is not about this template")


def test_a_report_on_two_files_is_no_pass(gate: Workshop) -> None:
    (one,) = json.loads(record("cfn_nag", "nothing"))
    says(gate, "cfn_nag_scan", replay(json.dumps([one, one]), 0))
    refused(gate.run(PROJECT), "cfn_nag has no verdict")


def test_failures_that_are_counted_but_not_listed_are_no_pass(gate: Workshop) -> None:
    report = record("cfn_nag", "warning").replace('"failure_count": 0', '"failure_count": 1')
    says(gate, "cfn_nag_scan", replay(report, 1))
    refused(gate.run(PROJECT), "correct CFN_NAG_VERSION")


def test_a_suppression_in_the_template_does_not_reach_cfn_nag(gate: Workshop) -> None:
    """cfn_nag leaves a suppressed failure out of its report, unless it is told not to."""
    loud, quiet = replay(record("cfn_nag", "failure"), 1), replay(record("cfn_nag", "nothing"), 0)
    asked = 'case "$options" in *" --no-allow-suppression "*) asked=1;; *) asked=;; esac'
    says(gate, "cfn_nag_scan", f'{asked}\nif [ "$asked" ]; then\n{loud}\nelse\n{quiet}\nfi')
    refused(gate.run(PROJECT), "FAIL: F1000: Open")


def test_a_suppression_in_the_template_is_held_against_it(gate: Workshop) -> None:
    says(gate, "checkov", replay(record("checkov", "suppressed"), 0))
    result = gate.run(PROJECT)
    refused(result, "FAIL: CKV_AWS_3: AWS::EC2::Volume.Volume: Suppressed by the template itself")
    passed(gate.run(PROJECT, SKIPPED_CHECKS="CKV_AWS_3"), "waived: CKV_AWS_3")


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("failure", 1, "FAIL: CKV_AWS_3: AWS::EC2::Volume.Volume: Ensure all data stored"),
        ("nothing", 0, "checkov has no verdict on cross-region-deploy.yaml. It sees no resource"),
        ("doubled", 1, "checkov has no verdict on cross-region-deploy.yaml. It cannot read it"),
    ],
)
def test_what_checkov_reports_is_refused(gate: Workshop, name: str, code: int, words: str) -> None:
    says(gate, "checkov", replay(record("checkov", name), code))
    refused(gate.run(PROJECT), words)


def test_one_tool_does_not_hide_the_other(gate: Workshop) -> None:
    says(gate, "cfn_nag_scan", CRASH)
    says(gate, "checkov", replay(record("checkov", "failure"), 1))
    refused(gate.run(PROJECT), "cfn_nag has no verdict", "FAIL: CKV_AWS_3", count=2)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (f"Transform: AWS::Serverless-2016-10-31\n{FAULT}", "Transform"),
        (FAULT.replace("Size: 8", "Fn::Transform: {Name: AWS::Include}"), "Fn::Transform"),
        (FAULT.replace("Size: 8", "Size: !Transform {Name: AWS::Include}"), "!Transform"),
        (f"{FAULT}<<: {{Transform: AWS::Serverless-2016-10-31}}\n", "<<"),
        (json.dumps({"Transform": "x", "Resources": {"A": {}}}, indent="\t"), "Transform"),
    ],
)
def test_what_no_scanner_sees_is_refused(gate: Workshop, text: str, word: str) -> None:
    gate.files[TEMPLATE] = text
    refused(gate.run(PROJECT), f"FAIL: TRANSFORM: {word}")


def test_a_repository_cannot_weaken_the_gate(gate: Workshop) -> None:
    """Tools obey the files they are started among: this one finds nothing where there are any."""
    loud, quiet = replay(record("cfn_nag", "failure"), 1), replay(record("cfn_nag", "nothing"), 0)
    among_files = "compgen -G '*' >/dev/null"
    says(gate, "cfn_nag_scan", f"if {among_files}; then\n{quiet}\nelse\n{loud}\nfi")
    refused(gate.run(PROJECT), "FAIL: F1000: Open")
    gate.files |= dict.fromkeys(("json.py", "re.py", "shutil.py", "yaml.py"), "raise SystemExit\n")
    refused(gate.run(PROJECT), "FAIL: F1000: Open")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("../outside.yaml", "which is no file of the repository"),
        ("link.yaml", "which is no file of the repository"),
        ("", "which is no file of the repository"),
        ("empty.yaml", "empty.yaml is empty"),
    ],
)
def test_a_template_that_is_not_there_is_refused(gate: Workshop, path: str, words: str) -> None:
    gate.repository.mkdir()
    (gate.folder / "outside.yaml").write_text(GOOD)
    (gate.repository / "link.yaml").symlink_to("../outside.yaml")
    gate.files["empty.yaml"] = "\n"
    result = gate.run(PROJECT, TEMPLATE_PATH=path)
    assert words in result.output
    assert result.phases["build"] is Status.FAILED


def test_without_the_version_asked_for_nothing_is_scanned(gate: Workshop) -> None:
    result = gate.run(PROJECT, CFN_NAG_VERSION="0.0.1")
    assert result.phases == {"install": Status.FAILED}
    assert "There is no cfn_nag '0.0.1'. Correct the version" in result.output


def test_without_the_checkov_asked_for_nothing_is_scanned(gate: Workshop) -> None:
    gate.stand_ins["python3"] = script(SILENT)
    result = gate.run(PROJECT, CHECKOV_VERSION="0.0.1")
    assert result.phases == {"install": Status.FAILED}
    assert "There is no checkov '0.0.1'. Correct the version" in result.output


def test_an_installer_that_installs_nothing_is_no_pass(gate: Workshop) -> None:
    del gate.stand_ins["cfn_nag_scan"]
    gate.stand_ins["gem"] = script(SILENT)
    refused(gate.run(PROJECT), "cfn_nag has no verdict", "It is not on the PATH, though installed")


def test_without_python_nothing_is_scanned(gate: Workshop) -> None:
    gate.lose("python3")
    assert gate.run(PROJECT).phases["build"] is Status.FAILED


@pytest.fixture
def real_checkov(gate: Workshop) -> Workshop:
    """Return a gate with checkov itself, from the environment `make slow` sets up for it."""
    assert (CHECKOV / "bin" / "checkov").is_file(), "mend: make .venv-checkov/ready"
    del gate.stand_ins["checkov"]
    gate.use("checkov", CHECKOV / "bin" / "checkov")
    gate.use_python(CHECKOV)
    return gate


@pytest.mark.slow
def test_checkov_passes_what_the_library_deploys(real_checkov: Workshop) -> None:
    result = real_checkov.run(PROJECT)
    waived = variables(PROJECT)["SKIPPED_CHECKS"].split(",")
    passed(result, *(f"waived: {each}: " for each in waived))


@pytest.mark.slow
def test_checkov_refuses_a_fault_whatever_repository_and_template_say(
    real_checkov: Workshop,
) -> None:
    everything = "skip-check: [CKV_AWS_3]\nsoft-fail: true\n"
    real_checkov.files |= {TEMPLATE: FAULTS, ".checkov.yaml": everything, "json.py": "exit()\n"}
    refused(
        real_checkov.run(PROJECT),
        "FAIL: CKV_AWS_3: AWS::EC2::Volume.Volume: Ensure all data",
        "FAIL: CKV_AWS_3: AWS::EC2::Volume.Quiet: Suppressed by the template itself",
        count=2,
    )


def test_the_lock_holds_the_version_the_pipeline_asks_for() -> None:
    lock = (CHECKOV.parent / "requirements-checkov.lock").read_text(encoding="utf-8")
    wanted = f"checkov=={variables(PROJECT)['CHECKOV_VERSION']} "
    assert wanted in lock, f"mend: write {wanted}into requirements-checkov.in, then make lock"
