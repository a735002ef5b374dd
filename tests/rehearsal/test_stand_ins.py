"""What stands in for the tools of a build, without any AWS."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from buildspecs.workshop import properties, variables
from templates.committed import PROJECT

from refusals import RefusalError
from rehearsal.buildspec import Build, Result, run
from rehearsal.stand_ins import maven, packer, scanners, stand_ins

EXAMPLE = PROJECT / "examples/web-app"
TEMPLATE = "packer.pkr.hcl"
GATE = "SecurityCodeAnalysisProject"
GOOD = (PROJECT / "templates/cross-region-deploy.yaml").read_text(encoding="utf-8")
TOOLS = f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin"
ENVIRONMENT = {"AWS_REGION": "us-east-1", "PACKER_VERSION": "1.2.3"}
_FOLDERS = itertools.count(1)


def build(folder: Path, command: str, **environment: str) -> Result:
    """Run one command with everything stood in for."""
    spec = {"version": 0.2, "env": {"shell": "bash"}, "phases": {"build": {"commands": [command]}}}
    scripts = {each.name: each.script for each in stand_ins()}
    given = {"PATH": TOOLS, "HOME": str(folder), **environment}
    return run(Build(json.dumps(spec), folder, given, stand_ins=scripts, seconds=60))


@pytest.fixture(name="app")
def _app(tmp_path: Path) -> Path:
    """Return a folder with the example's template, its archive made."""
    (tmp_path / "target").mkdir()
    (tmp_path / "target/ROOT.war").write_text("-")
    (tmp_path / TEMPLATE).write_text((EXAMPLE / TEMPLATE).read_text(encoding="utf-8"))
    return tmp_path


def test_each_says_what_it_does_instead() -> None:
    every = stand_ins()
    assert [each.says.partition(":")[0] for each in every] == [each.name for each in every]
    assert [each.name for each in stand_ins({"sleep", "mvn"})] == ["mvn", "sleep"]
    with pytest.raises(
        RefusalError, match=r"nothing stands in for packr \(did you mean packer\?\)"
    ):
        stand_ins(["packr"])


def test_what_waits_returns_and_what_installs_fails(tmp_path: Path) -> None:
    assert build(tmp_path, "sleep 1000").succeeded
    for each in ("dnf install packer", "gem install cfn-nag"):
        result = build(tmp_path, each)
        assert not result.succeeded
        assert "installs nothing: no build here should need it" in result.output


def test_a_link_to_a_tool_of_the_machine_leads_to_what_stands_in(tmp_path: Path) -> None:
    command = "ln -s /usr/bin/dnf tool && ln -s /usr/bin/env other && readlink tool other && ./tool"
    result = build(tmp_path, command)
    assert "dnf is stood in for" in result.output
    assert "/usr/bin/env" in result.output


def test_packer_tells_the_version_that_is_asked_for(tmp_path: Path) -> None:
    assert "Packer v1.2.3\n" in build(tmp_path, "packer version", PACKER_VERSION="1.2.3").output


def maven_says(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = maven.main(words, folder)
    return code, capsys.readouterr().out


def test_maven_wants_a_project_it_can_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert maven_says(tmp_path, capsys, "deploy")[0] == 1
    code, said = maven_says(tmp_path, capsys, "verify")
    assert (code, "there is no POM" in said) == (1, True)
    (tmp_path / "pom.xml").write_text("<project")
    code, said = maven_says(tmp_path, capsys, "verify")
    assert (code, "pom.xml cannot be read" in said) == (1, True)
    assert list(tmp_path.iterdir()) == [tmp_path / "pom.xml"]


def test_maven_leaves_a_report_and_an_archive(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pom.xml").write_text(
        "<project><artifactId>a</artifactId><version>1</version></project>"
    )
    tests = tmp_path / "src/test/java/b"
    tests.mkdir(parents=True)
    (tests / "OneTest.java").write_text("package b;\nclass X { @Test void one() {} void no() {} }")
    code, said = maven_says(tmp_path, capsys, "--batch-mode", "verify")
    assert (code, "no test was run" in said) == (0, True)
    report = (tmp_path / "target/surefire-reports/TEST-b.OneTest.xml").read_text()
    assert 'name="one"><skipped' in report
    assert report.count("<testcase") == 1
    assert (tmp_path / "target/a-1.war").is_file()


def gate(folder: Path, template: str) -> Result:
    """Run the committed security analysis over a template."""
    source = folder / f"source-{next(_FOLDERS)}"
    source.mkdir()
    given = variables(GATE)
    (source / given["TEMPLATE_PATH"]).write_text(template)
    scripts = {each.name: each.script for each in stand_ins({"cfn_nag_scan", "checkov", "gem"})}
    environment = {"PATH": TOOLS, "HOME": str(folder), "TMPDIR": str(folder), **given}
    spec = properties(GATE)["Source"]["BuildSpec"]
    return run(Build(spec, source, environment, stand_ins=scripts, seconds=60))


@pytest.mark.slow
def test_the_gate_takes_the_reports_and_still_sees_what_it_sees_itself(tmp_path: Path) -> None:
    result = gate(tmp_path, GOOD)
    assert result.succeeded, result.output
    for template, words in (
        (f"Transform: AWS::Include\n{GOOD}", "FAIL: TRANSFORM"),
        ("Parameters: {One: {Type: String}}", "It sees no resource that it knows"),
    ):
        result = gate(tmp_path, template)
        assert not result.succeeded
        assert words in result.output


@pytest.mark.parametrize("tool", ["cfn_nag_scan", "checkov"])
def test_a_scanner_says_loudly_that_it_judges_nothing(
    tool: str, capsys: pytest.CaptureFixture[str]
) -> None:
    version = {scanners.VERSIONS[tool]: "9.8.7"}
    assert scanners.main(tool, ["--version"], version) == 0
    assert capsys.readouterr().out == "9.8.7\n"
    assert scanners.main(tool, [scanners.FILES[tool], "a.yaml"], version) == 0
    said = capsys.readouterr()
    assert "JUDGES NOTHING: a.yaml has not been scanned" in said.err
    assert json.loads(said.out)
    assert scanners.main(tool, ["a.yaml"], version) == 1


def validate(folder: Path, capsys: pytest.CaptureFixture[str], **given: str) -> str:
    """Return what Packer says of the template in a folder; it is quiet if it is content."""
    words = [word for name, value in given.items() for word in ("-var", f"{name}={value}")]
    code = packer.main(["validate", *words, str(folder / TEMPLATE)], ENVIRONMENT)
    said = capsys.readouterr()
    assert (code, bool(said.err)) in ((0, False), (1, True))
    return said.err


@pytest.fixture(name="says")
def _says(
    app: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    monkeypatch.chdir(app)
    return lambda **given: validate(app, capsys, **given)


def test_the_examples_template_is_valid(says: Callable[..., str]) -> None:
    assert says(pipeline="web-app") == ""


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "variable pipeline has no value; give it -var pipeline=..."),
        ({"pipeline": "-"}, "variable pipeline: The variable pipeline is the name of a"),
        ({"pipeline": "a", "colour": "red"}, "there is no variable colour; declare it"),
        ({"pipeline": "a", "war": "b.war"}, "Bad source 'b.war': no such file"),
    ],
)
def test_a_variable_that_does_not_fit_is_refused(
    says: Callable[..., str], given: dict[str, str], words: str
) -> None:
    assert words in says(**given)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('ami_name        = "', 'name = "', "ami_name is missing; add it"),
        ("imds_support ", "ami_regions ", "what Packer calls for ami_regions is not known"),
        ('"source.amazon-ebs.web_app"', '"source.amazon-ebs.other"', "there is no source"),
        (
            "encrypted   ",
            "kms_key_id",
            "launch_block_device_mappings: what Packer calls for kms_key",
        ),
        ("owners      ", "owner", "source_ami_filter: owners is missing; add it"),
        ("source_ami_filter {", "source_ami_filter = {", "has to be one block; write it as one"),
        ("local.made", "local.unmade", "there is no local.unmade; declare it"),
        ("env(", "shell(", "one of the functions can, env"),
        ('"t3.small"', '"t3.small', "line "),
        ('provisioner "shell"', 'post-processor "shell"', "nothing stands in for post-processors"),
    ],
)
def test_a_template_it_does_not_know_how_to_build_is_refused(
    says: Callable[..., str], app: Path, old: str, new: str, words: str
) -> None:
    text = (app / TEMPLATE).read_text()
    assert old in text
    (app / TEMPLATE).write_text(text.replace(old, new))
    assert words in says(pipeline="web-app")


def test_it_builds_nowhere_but_in_an_embedded_aws(
    app: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(app)
    words = ["build", "-machine-readable", "-var", "pipeline=web-app", TEMPLATE]
    assert packer.main(words, ENVIRONMENT) == 1
    assert "it calls an embedded AWS only; set AWS_ENDPOINT_URL" in capsys.readouterr().err
    assert packer.main(["fmt"], ENVIRONMENT) == 1
    assert packer.main(["init", "none.hcl"], ENVIRONMENT) == 1
