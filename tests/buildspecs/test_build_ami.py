"""The build of the image, with stand-ins for all that leaves this machine or takes long."""

from __future__ import annotations

import pytest
from buildspecs.stand_ins import KILLED, RECORDED, SILENT, script
from buildspecs.workshop import STACK, Workshop, properties, variables

from rehearsal.buildspec import Result, Status

PROJECT = "CodeBuildProject"
IMAGE = "ami-0123456789abcdef0"
OLD = "ami-00000000000000001"
COMMIT = "0f1e2d3c4b5a69788796a5b4c3d2e1f001234567"
NAME, VERSION, PACKER_FILE = (
    variables(PROJECT)[name] for name in ("AMI_PARAMETER_NAME", "PACKER_VERSION", "PACKER_TEMPLATE")
)
BUILT = (RECORDED / "packer-one-image.csv").read_text(encoding="utf-8")
ID_LINE = f"1763760301,amazon-ebs.web-app,artifact,0,id,us-east-1:{IMAGE}\n"
JUNIT = """<testsuite><testcase name="a"/><testcase name="b">{}</testcase></testsuite>"""
LOG = 'echo "${0##*/} $*" >>"$CALLS"\n'


def maven(failure: str = "", code: int = 0) -> str:
    """Return a Maven that leaves a report of two tests."""
    report = "module/target/surefire-reports"
    return script(
        f"{LOG}mkdir -p {report}; echo '{JUNIT.format(failure)}' >{report}/TEST-a.xml; exit {code}"
    )


def packer(built: str, code: int = 0) -> str:
    """Return a Packer that is there once dnf has installed it and prints what it was told."""
    return script(
        f"""{LOG}case $1 in
        version) grep -qs '^dnf install .*packer-' "$CALLS" && echo "Packer v{VERSION}";;
        build) cat <<'BUILT'\n{built}BUILT\nexit {code};;
        esac"""
    )


def aws(put: str = 'echo "$6" >"$STORE"') -> str:
    """Return a Parameter Store of one parameter."""
    return script(
        f"""{LOG}case $2 in
        put-parameter) {put};;
        get-parameter) cat "$STORE";;
        *) exit 252;;
        esac"""
    )


@pytest.fixture
def factory(workshop: Workshop) -> Workshop:
    """Return a workshop in which everything goes well."""
    (workshop.folder / "store").write_text(f"{OLD}\n")
    workshop.files = {"pom.xml": "<project/>", PACKER_FILE: "source {}"}
    workshop.stand_ins = {
        "mvn": maven(),
        "packer": packer(BUILT),
        "aws": aws(),
        "dnf": script(LOG),
        "sleep": script(LOG),
    }
    return workshop


def make(factory: Workshop, **changes: str) -> Result:
    """Run the build; the one path that it writes out is looked up instead."""
    spec = properties(PROJECT)["Source"]["BuildSpec"]
    written_out = "ln -s /usr/bin/packer "
    assert spec.count(written_out) == 1
    spec = spec.replace(written_out, 'ln -s "$(type -P packer || echo /nowhere/packer)" ')
    return factory.run(
        PROJECT,
        spec,
        CODEBUILD_RESOLVED_SOURCE_VERSION=changes.pop("commit", COMMIT),
        CALLS=str(factory.folder / "calls"),
        STORE=str(factory.folder / "store"),
        **changes,
    )


def calls(factory: Workshop, command: str) -> list[str]:
    log = factory.folder / "calls"
    lines = log.read_text().splitlines() if log.exists() else []
    return [line for line in lines if line.startswith(f"{command} ")]


def refused(factory: Workshop, result: Result, *words: str, phase: str = "build") -> None:
    """Hold that a build failed, said why, and left the parameter as it was."""
    for each in words:
        assert each in result.output, result.output
    assert result.phases[phase] is Status.FAILED
    assert (factory.folder / "store").read_text() == f"{OLD}\n"


def test_the_image_is_made_kept_and_exported(factory: Workshop) -> None:
    result = make(factory)
    assert result.succeeded, result.output
    assert result.exported == {"AMI_ID": IMAGE, "COMMIT": COMMIT}
    assert (factory.folder / "store").read_text() == f"{IMAGE}\n"
    assert f"{NAME} is {IMAGE} in us-east-1." in result.output
    assert [(each.tests, each.failures) for each in result.reports] == [(2, 0)]


def test_it_calls_what_the_roles_allow(factory: Workshop) -> None:
    make(factory)
    assert calls(factory, "mvn") == ["mvn --batch-mode --no-transfer-progress verify"]
    given = f"-var pipeline={STACK} {PACKER_FILE}"
    assert [line for line in calls(factory, "packer") if "version" not in line] == [
        f"packer init {PACKER_FILE}",
        f"packer validate {given}",
        f"packer build -machine-readable {given}",
    ]
    assert calls(factory, "aws") == [
        f"aws ssm put-parameter --name {NAME} --value {IMAGE} --type String"
        " --data-type aws:ec2:image --overwrite",
        f"aws ssm get-parameter --name {NAME} --query Parameter.Value --output text",
    ]
    assert calls(factory, "sleep") == []


def test_people_read_packers_words_without_its_code(factory: Workshop) -> None:
    lines = make(factory).output.splitlines()
    assert "    amazon-ebs.web-app: Tomcat, Corretto: installed" in lines
    assert "ready" in lines
    assert not any("artifact-count" in line for line in lines)


def test_without_a_commit_it_says_unknown(factory: Workshop) -> None:
    assert make(factory, commit="").exported["COMMIT"] == "unknown"


def test_the_commit_that_whoever_starts_it_names_is_taken(factory: Workshop) -> None:
    told = "a" * 40
    assert make(factory, commit="version-of-an-archive", COMMIT=told).exported["COMMIT"] == told


def test_failing_unit_tests_make_nothing_and_are_reported(factory: Workshop) -> None:
    factory.stand_ins["mvn"] = maven("<failure/>", code=1)
    result = make(factory)
    refused(factory, result, "Maven failed. Look at the first [ERROR] above")
    assert [(each.tests, each.failures) for each in result.reports] == [(2, 1)]
    assert calls(factory, "packer build") == calls(factory, "aws") == []
    assert "AMI_ID" not in result.exported


@pytest.mark.parametrize(
    ("built", "words"),
    [
        (BUILT.replace(ID_LINE, ""), "but made: none."),
        ("", "but made: none."),
        (BUILT + ID_LINE.replace(IMAGE, "ami-02"), f"but made: {IMAGE} ami-02."),
        (BUILT.replace("id,us-east-1:", "id,eu-west-1:"), "but made: none."),
        (BUILT.replace(f"1:{IMAGE}\n", "1:nothing\n"), "but made: none."),
    ],
    ids=["no artifact", "no word", "two images", "another region", "no image id"],
)
def test_anything_but_one_image_here_is_refused(factory: Workshop, built: str, words: str) -> None:
    factory.stand_ins["packer"] = packer(built)
    result = make(factory)
    refused(factory, result, f"Packer has to make exactly one image in us-east-1, {words}")
    assert calls(factory, "aws") == []
    assert "AMI_ID" not in result.exported


def test_a_copy_in_another_region_is_none_of_our_business(factory: Workshop) -> None:
    both = f"us-east-1:{IMAGE}%!(PACKER_COMMA)eu-west-1:ami-02\n"
    factory.stand_ins["packer"] = packer(BUILT.replace(f"us-east-1:{IMAGE}\n", both, 1))
    assert make(factory).exported["AMI_ID"] == IMAGE


def test_an_image_of_a_packer_that_failed_is_not_kept(factory: Workshop) -> None:
    factory.stand_ins["packer"] = packer(BUILT, code=1)
    refused(factory, make(factory), "Packer made no image. Look at its last words above. Unauth")
    assert calls(factory, "aws") == []


def test_a_parameter_that_keeps_its_old_value_is_waited_for_and_refused(factory: Workshop) -> None:
    factory.stand_ins["aws"] = aws(put="true")
    refused(factory, make(factory), f"{NAME} is {OLD} after 5 minutes, not {IMAGE}.")
    assert calls(factory, "sleep") == ["sleep 10"] * 30


def test_a_parameter_that_is_written_late_is_waited_for(factory: Workshop) -> None:
    late = '[ "$(grep -c ^sleep "$CALLS")" -lt 3 ] || echo ' + IMAGE + ' >"$STORE"'
    factory.stand_ins["aws"] = aws(put="true").replace("get-parameter)", f"get-parameter) {late};")
    assert make(factory).succeeded
    assert calls(factory, "sleep") == ["sleep 10"] * 3


def test_a_parameter_that_cannot_be_written_is_refused(factory: Workshop) -> None:
    factory.stand_ins["aws"] = aws(put="echo AccessDeniedException >&2; exit 254")
    refused(factory, make(factory), f"{IMAGE} exists, but {NAME} cannot be written", "AccessDenied")


@pytest.mark.parametrize("body", ["exit 1", KILLED, SILENT], ids=["refuses", "killed", "silent"])
def test_a_packer_that_cannot_be_installed_is_refused(factory: Workshop, body: str) -> None:
    factory.stand_ins |= {"dnf": script(body)}
    result = make(factory)
    refused(factory, result, f"Packer '{VERSION}' cannot be installed.", phase="install")
    assert list(result.phases) == ["install"]


def test_another_packer_than_the_one_asked_for_is_refused(factory: Workshop) -> None:
    result = make(factory, PACKER_VERSION="0.0.1")
    refused(factory, result, "Packer '0.0.1' cannot be installed.", phase="install")


@pytest.mark.parametrize("tool", ["mvn", "aws", "packer", "dnf"])
def test_a_missing_tool_is_no_pass(factory: Workshop, tool: str) -> None:
    del factory.stand_ins[tool]
    phase = "install" if tool in {"packer", "dnf"} else "build"
    words = "cannot be installed" if tool == "packer" else f"{tool}: command not found"
    refused(factory, make(factory), words, phase=phase)


@pytest.mark.parametrize("tool", ["mvn", "packer", "aws"])
def test_a_killed_tool_is_no_pass(factory: Workshop, tool: str) -> None:
    working = factory.stand_ins[tool]
    keeps = 'case "$1" in version) ;; *) kill -9 $$;; esac\n'
    factory.stand_ins[tool] = working.replace(LOG, LOG + keeps)
    refused(factory, make(factory))


@pytest.mark.parametrize("tool", ["packer", "aws"])
def test_a_silent_tool_is_no_pass(factory: Workshop, tool: str) -> None:
    keeps = 'case "$1" in version) ;; *) exit 0;; esac\n'
    factory.stand_ins[tool] = factory.stand_ins[tool].replace(LOG, LOG + keeps)
    refused(factory, make(factory))
