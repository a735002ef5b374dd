"""The buildspec runner, semantic by semantic, on small specs."""

from __future__ import annotations

import re
import textwrap
import time
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

import pytest

from rehearsal.build_files import pack
from rehearsal.buildspec import Build, Result, Status, run
from rehearsal.buildspec_file import SpecError, read_spec

PATH = "/usr/bin:/bin"
HEAD = "version: 0.2\nenv: {shell: bash}\n"


def build(tmp_path: Path, spec: str, **environment: str) -> Result:
    text = textwrap.dedent(spec)
    text = text if "env:" in text else HEAD + text
    return run(Build(text, tmp_path, {"PATH": PATH, **environment}))


def commands(tmp_path: Path, *lines: str, **environment: str) -> Result:
    body = "\n".join(f"      - |\n        {line}" for line in lines)
    return build(tmp_path, f"phases:\n  build:\n    commands:\n{body}\n", **environment)


def printed(result: Result) -> list[str]:
    return [line for line in result.output.splitlines() if not line.startswith("[build]")]


def test_directory_and_variables_go_on_from_command_to_command_and_phase_to_phase(
    tmp_path: Path,
) -> None:
    (tmp_path / "below").mkdir()
    result = build(
        tmp_path,
        """\
        phases:
          install: {commands: [cd below, export A=1, "B='2  x'"]}
          build: {commands: ['echo "$A $B ${PWD##*/}"']}
        """,
    )
    assert printed(result) == ["1 2  x below"]
    assert result.succeeded


def test_what_codebuild_loses_between_commands_is_lost(tmp_path: Path) -> None:
    lines = ("said() { echo said; }; list=(1 2); set -u", 'echo "${list[1]:-}${unset:-}"', "said")
    result = commands(tmp_path, *lines)
    assert printed(result)[0] == ""
    assert "said: command not found" in result.output
    assert not result.succeeded


def test_a_command_that_says_exit_ends_itself_only(tmp_path: Path) -> None:
    assert printed(commands(tmp_path, "A=1; exit 0", "echo ${A:-lost}")) == ["lost"]
    failed = commands(tmp_path, "exit 3", "echo never")
    assert printed(failed) == []
    assert "exit code 3: exit 3" in failed.output


def test_a_command_is_a_script_with_here_documents_and_braces(tmp_path: Path) -> None:
    result = commands(tmp_path, "cat <<'END'\n        {a} $b\n        END")
    assert printed(result) == ["{a} $b"]


PHASES = """\
    phases:
      install: {commands: ["echo install", "$INSTALL"], finally: [echo install finally]}
      pre_build: {commands: ["echo pre_build", "$PRE_BUILD"], finally: [echo pre_build finally]}
      build: {commands: ["echo build", "$BUILD", echo after], finally: ["$LAST"]}
      post_build: {commands: ["echo post_build $CODEBUILD_BUILD_SUCCEEDING"]}
    """
GOOD = {"INSTALL": "true", "PRE_BUILD": "true", "BUILD": "true", "LAST": "echo build finally"}
EARLY = ["install", "install finally", "pre_build", "pre_build finally"]


@pytest.mark.parametrize(
    ("broken", "lines", "failed"),
    [
        ({}, [*EARLY, "build", "after", "build finally", "post_build 1"], []),
        ({"BUILD": "false"}, [*EARLY, "build", "build finally", "post_build 0"], ["build"]),
        ({"LAST": "false"}, [*EARLY, "build", "after", "post_build 0"], ["build"]),
        ({"PRE_BUILD": "false"}, EARLY, ["pre_build"]),
        ({"INSTALL": "false"}, EARLY[:2], ["install"]),
    ],
)
def test_a_failing_command_ends_its_phase_and_what_follows_is_codebuilds_way(
    tmp_path: Path, broken: Mapping[str, str], lines: list[str], failed: list[str]
) -> None:
    result = build(tmp_path, PHASES, **{**GOOD, **broken})
    assert printed(result) == lines
    assert [name for name, status in result.phases.items() if status is Status.FAILED] == failed
    assert result.succeeded is not bool(failed)


@pytest.mark.parametrize(
    ("phase", "way", "ran"),
    [
        ("build", "ABORT", ["build"]),
        ("build", "CONTINUE", ["build", "post_build"]),
        ("pre_build", "CONTINUE", ["pre_build", "post_build"]),
        ("pre_build", "ABORT", ["pre_build"]),
    ],
)
def test_on_failure_says_whether_it_goes_on_but_a_failure_stays_one(
    tmp_path: Path, phase: str, way: str, ran: list[str]
) -> None:
    spec = f"""\
        phases:
          {phase}: {{on-failure: {way}, commands: ["false"]}}
          post_build: {{commands: ["true"]}}
        """
    result = build(tmp_path, spec)
    assert list(result.phases) == ran
    assert not result.succeeded


def test_the_build_sees_nothing_but_what_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_MACHINE", "1")
    names = {line.split("=")[0] for line in printed(commands(tmp_path, "env", GIVEN="1"))}
    shells_own = {"PWD", "OLDPWD", "SHLVL", "_"}
    codebuilds = {"CODEBUILD_SRC_DIR", "CODEBUILD_BUILD_SUCCEEDING"}
    assert names - shells_own == {"GIVEN", "PATH"} | codebuilds


VARIABLES = """\
    version: 0.2
    env:
      shell: bash
      variables: {PLAIN: 3.10, BEATEN: spec}
      parameter-store: {STORED: /a/name}
      secrets-manager: {KEPT: "id:key"}
      exported-variables: [PLAIN, MADE, NEVER_SET]
    phases:
      build: {commands: ['MADE="$PLAIN $BEATEN $STORED $KEPT"']}
    """


def test_variables_come_from_everywhere_and_those_named_are_exported(tmp_path: Path) -> None:
    spec, environment = textwrap.dedent(VARIABLES), {"PATH": PATH, "BEATEN": "project"}
    fetched = Build(spec, tmp_path, environment, fetch=lambda kind, name: f"<{kind} {name}>")
    made = "3.10 project <parameter-store /a/name> <secrets-manager id:key>"
    assert run(fetched).exported == {"PLAIN": "3.10", "MADE": made}


def test_what_cannot_be_fetched_is_no_empty_value(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"env.parameter-store: /a/name is asked for"):
        run(Build(textwrap.dedent(VARIABLES), tmp_path, {"PATH": PATH}))


@pytest.mark.parametrize(
    ("artifacts", "kept"),
    [
        ("files: ['**/*']", {".hidden", "a/x.txt", "a/b/x.war"}),
        ("files: ['**/*'], base-directory: a", {"x.txt", "b/x.war"}),
        ("files: [./a/b/x.war, a/x.txt], discard-paths: yes", {"x.war", "x.txt"}),
        ("files: [a/*]", {"a/x.txt"}),
        ("secondary-artifacts: {one: {files: [a/*]}}", {"a/x.txt"}),
        ("files: ['**/*'], exclude-paths: [a/b/**/*, .h*]", {"a/x.txt"}),
        ("files: ['**/*'], base-directory: a, exclude-paths: ['*.txt']", {"b/x.war"}),
        ("secondary-artifacts: {one: {files: ['**/*'], exclude-paths: [a/**/*]}}", {".hidden"}),
    ],
)
def test_artifacts_are_found_by_pattern(tmp_path: Path, artifacts: str, kept: set[str]) -> None:
    spec = f"""\
        phases: {{build: {{commands: [mkdir -p a/b, touch .hidden a/x.txt a/b/x.war]}}}}
        artifacts: {{{artifacts}}}
        """
    result = build(tmp_path, spec)
    assert set(result.artifacts[0].files) == kept
    assert result.phases["upload_artifacts"] is Status.SUCCEEDED


def test_an_artifact_is_packed_as_it_is_handed_on(tmp_path: Path) -> None:
    spec = """\
        phases: {build: {commands: [mkdir -p a/b, echo x >a/b/x, ln -s b/x a/y]}}
        artifacts:
          secondary-artifacts: {One: {files: [a/**/*]}, Two: {files: [a/y], discard-paths: yes}}
        """
    one, two = build(tmp_path, spec).artifacts
    assert (one.name, two.name) == ("One", "Two")
    for artifact, names in ((one, ["a/b/x", "a/y"]), (two, ["y"])):
        pack(artifact, tmp_path / "packed.zip")
        with ZipFile(tmp_path / "packed.zip") as packed:
            assert packed.namelist() == names
            assert {packed.read(name) for name in names} == {b"x\n"}


def test_an_artifact_without_files_fails_the_build(tmp_path: Path) -> None:
    result = build(
        tmp_path,
        """\
        phases: {build: {commands: ["true"]}}
        artifacts: {files: ["*.war"]}
        """,
    )
    assert result.phases["upload_artifacts"] is Status.FAILED
    assert "no matching artifact paths found: *.war" in result.output


def test_reports_are_counted_also_after_a_failure(tmp_path: Path) -> None:
    (tmp_path / "one.xml").write_text(
        "<testsuites><testsuite><testcase/><testcase><failure/></testcase></testsuite>"
        "<testsuite><testcase><error/></testcase><testcase><skipped/></testcase></testsuite>"
        "</testsuites>"
    )
    (tmp_path / "half.xml").write_text("<testsuite><testcase/>")
    result = build(
        tmp_path,
        """\
        phases: {build: {commands: ["false"]}}
        reports: {unit: {files: ["*.xml"], file-format: JunitXml}, none: {files: [no.xml]}}
        """,
    )
    unit, none = result.reports
    assert (unit.tests, unit.failures, unit.errors, unit.skipped) == (4, 1, 1, 1)
    assert unit.files == ("half.xml", "one.xml")
    assert unit.unreadable == ("half.xml",)
    assert (none.files, none.tests) == ((), 0)


def test_what_is_not_done_is_said(tmp_path: Path) -> None:
    result = build(
        tmp_path,
        """\
        version: 0.2
        env: {shell: bash, git-credential-helper: yes}
        run-as: builder
        phases: {install: {runtime-versions: {python: 3.10}, run-as: other}}
        cache: {paths: [a]}
        """,
    )
    for words in (
        "git-credential-helper",
        "run-as: builder",
        "phases.install.run-as: other",
        "runtime python 3.10",
        "cache",
    ):
        assert any(sentence.startswith(words) for sentence in result.unchecked), words
        assert f"not checked here: {words}" in result.output


def test_what_stands_in_for_a_command_is_run_first_and_named(tmp_path: Path) -> None:
    spec = HEAD + "phases: {build: {commands: [mvn verify, env]}}"
    stand_ins = {"mvn": "#!/bin/bash\necho stand-in $1\n"}
    result = run(Build(spec, tmp_path, {"PATH": PATH}, stand_ins=stand_ins))
    assert result.stood_in == ("mvn",)
    assert printed(result)[0] == "stand-in verify"
    assert "stood in for: mvn" in result.output


def test_a_build_that_takes_too_long_ends_with_all_that_it_started(tmp_path: Path) -> None:
    spec = HEAD + "phases: {build: {commands: [sleep 60 & sleep 60]}, post_build: {commands: [w]}}"
    started = time.monotonic()
    result = run(Build(spec, tmp_path, {"PATH": PATH}, seconds=0.2))
    assert result.phases == {"build": Status.TIMED_OUT}
    assert not result.succeeded
    assert time.monotonic() - started < 5


def test_what_is_left_running_ends_with_the_build(tmp_path: Path) -> None:
    result = commands(tmp_path, "sleep 60 & echo $!", "kill -0 $(jobs -p) 2>/dev/null; true")
    (pid,) = printed(result)
    state = Path(f"/proc/{pid}/stat")
    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_killed_shell_is_a_failure_and_output_comes_line_by_line(tmp_path: Path) -> None:
    heard: list[str] = []
    spec = HEAD + "phases: {build: {commands: [echo one, kill -9 $$]}}"
    result = run(Build(spec, tmp_path, {"PATH": PATH}, say=heard.append))
    assert result.phases == {"build": Status.FAILED}
    assert "command failed, exit code -9: kill -9 $$" in result.output
    assert heard == result.output.splitlines()


def test_a_directory_that_is_gone_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    result = commands(tmp_path, "cd below; rm -r ../below; true", "", "echo never")
    assert not result.succeeded
    assert printed(result)[-1].endswith("No such file or directory")


def test_no_bash_is_said(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"^build: no bash on the PATH given, '/nowhere'; add"):
        run(Build(HEAD + "phases: {build: {commands: [w]}}", tmp_path, {"PATH": "/nowhere"}))


OK = "phases: {build: {commands: [w]}}"
BAD = [
    ("[", "is no YAML"),
    ("- a", "is no mapping; begin with version: 0.2"),
    ("", "is no mapping"),
    ("version: 0.1\nphases: {}", "version: is not 0.2"),
    ("version: [0.2]", "version: is not one word"),
    (f"version: 0.2\n{OK}", "env.shell: is not bash"),
    ("version: 0.2\nenv: {shell: /bin/sh}", "env.shell: is not bash"),
    (f"{HEAD}fases: {{}}", "fases: is not a key (did you mean phases?); known here: version"),
    (f'{HEAD}"a\\nb": 1', r"a\nb: is not a key"),
    (f"{HEAD}? [a]\n: b", "is no YAML"),
    (f"{HEAD}<<: {{a: 1}}", "<<: is not a key"),
    (f"{HEAD}\x00", "is no YAML"),
    (f"{HEAD}phases: &p {{build: *p}}", "phases.build.build: is not a key"),
    (f"{HEAD}batch: {{}}", "batch: is CodeBuild's, but is not done here"),
    (f"{HEAD}", "phases: is missing"),
    (f"{HEAD}phases: []", "phases: is missing"),
    (f"{HEAD}phases: word", "phases: is not a mapping"),
    (f"{HEAD}phases: {{deploy: {{commands: [w]}}}}", "phases.deploy: is not a key; known here"),
    (f"{HEAD}phases: {{build: {{comands: [w]}}}}", "did you mean commands?"),
    (f"{HEAD}phases: {{build: {{runtime-versions: {{a: 1}}}}}}", "runtime-versions: is not a key"),
    (f"{HEAD}phases: {{build: {{finally: [w]}}}}", "phases.build.commands: is missing"),
    (f"{HEAD}phases: {{build: {{commands: w}}}}", "phases.build.commands: is not a list of texts"),
    (f"{HEAD}phases: {{build: {{commands: [a: b]}}}}", "quoted if it has ': '"),
    (f"{HEAD}phases: {{build: {{commands: [w], on-failure: RETRY}}}}", "use ABORT or CONTINUE"),
    (f"{HEAD}{OK}\nreports: {{a: {{files: [x], file-format: TRX}}}}", "is not JUNITXML"),
    (f"{HEAD}{OK}\nreports: {{a: {{}}}}", "reports.a.files: is missing"),
    (f"{HEAD}{OK}\nartifacts: {{name: x}}", "artifacts.files: is missing"),
    (f"{HEAD}{OK}\nartifacts: {{files: [x], discard-paths: maybe}}", "use no or yes"),
    (f"{HEAD}{OK}\nartifacts: {{files: [x], s3-prefix: p}}", "s3-prefix: is CodeBuild's, but"),
    (f"version: 0.2\nenv: {{shell: bash, variables: {{CODEBUILD_X: 1}}}}\n{OK}", "is no name for"),
    (f"version: 0.2\nenv: {{shell: bash, variables: {{A: [1]}}}}\n{OK}", "variables.A: is not one"),
    (f"version: 0.2\nenv: {{shell: bash, exported-variables: [AWS_X]}}\n{OK}", "begins so"),
]


@pytest.mark.parametrize(("text", "words"), BAD, ids=[words for _text, words in BAD])
def test_a_wrong_buildspec_is_refused_in_one_line(text: str, words: str) -> None:
    with pytest.raises(SpecError, match=re.escape(words)) as raised:
        read_spec(text)
    assert str(raised.value).startswith("buildspec: ")
    assert "\n" not in str(raised.value)
