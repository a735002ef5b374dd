"""`python -m picture` prints the picture, or one line that says why there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from drawing import COMMITTED, committed
from templates.committed import PROJECT, TEMPLATES

from picture.__main__ import main
from picture.mermaid import as_mermaid
from picture.svg import as_svg


@pytest.mark.parametrize("name", COMMITTED)
def test_the_picture_is_printed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(TEMPLATES / f"{name}.yaml")
    assert main([path]) == 0
    assert capsys.readouterr().out == as_mermaid(committed(name))
    assert main([path, "--format", "svg", "--across", "3"]) == 0
    assert capsys.readouterr().out == as_svg(committed(name), 3)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "x.yaml: is not there; name a template, or its file"),
        ("a: [", "is no YAML"),
        ("a: 1", "is no template"),
        ("Resources: {}", "has no pipeline that can be drawn; name a template with stages"),
        ('{"Resources": {"P": {"Type": "AWS::CodePipeline::Pipeline"}}}', "has no pipeline"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_one_line(
    content: str | None, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.yaml"
    if content is not None:
        path.write_text(content)
    assert main([str(path)]) == 1
    said = capsys.readouterr()
    assert words in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "required: FILE"),
        (["x", "--format", "png"], "invalid choice: 'png'"),
        (["x", "--across", "0"], "'0' is no whole number from 1"),
        (["x", "--across", "two"], "'two' is no whole number from 1"),
    ],
)
def test_a_wrong_call_is_answered_in_one_line(
    given: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(given)
    assert left.value.code == 1
    assert words in capsys.readouterr().err


@pytest.mark.slow
def test_the_picture_is_utf_8_whatever_the_terminal_is_and_a_closed_pipe_is_no_traceback() -> None:
    program = f"{sys.executable} -m picture templates/{COMMITTED[0]}.yaml --format svg"
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    whole, cut = (
        subprocess.run(  # noqa: S602 - a pipe is what is tested
            f"{program} {rest}",
            shell=True,
            cwd=PROJECT,
            env=environment,
            capture_output=True,
            check=True,
        )
        for rest in ("", "| true")
    )
    assert " → " in whole.stdout.decode()
    assert (whole.stderr, cut.stderr) == (b"", b"")
