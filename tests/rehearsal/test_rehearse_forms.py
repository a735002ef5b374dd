"""What `generate.py rehearse` prints of what came of a rehearsal, and the code it ends with."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from outcomes import GREEN, RED

import generate
from rehearsal import rehearse
from rehearsal.outcome import Listener, Outcome, Seen
from rehearsal.rehearse import Request

Come = Callable[[Outcome], list[Request]]


@pytest.fixture
def comes(monkeypatch: pytest.MonkeyPatch) -> Come:
    """Let an outcome come of what is asked for, which is noted."""
    asked: list[Request] = []

    def come(outcome: Outcome) -> list[Request]:
        def rehearsed(request: Request, listener: Callable[[str], Listener]) -> tuple[Outcome, ...]:
            asked.append(request)
            listener(outcome.pipeline).saw(Seen(holds=True, sentence="it went on"))
            return (outcome,)

        monkeypatch.setattr(rehearse, "rehearse_all", rehearsed)
        return asked

    return come


@pytest.mark.parametrize(("outcome", "code"), [(GREEN, 0), (RED, 2)])
def test_green_is_0_and_red_is_2(
    comes: Come, capsys: pytest.CaptureFixture[str], outcome: Outcome, code: int
) -> None:
    comes(outcome)
    assert generate.main(["rehearse", "multi-region-pipeline"]) == code
    shown = capsys.readouterr()
    assert shown.out.splitlines()[-1].startswith("Green: " if code == 0 else "Red: ")
    assert shown.err == "ok              looked: it went on\n"


@pytest.mark.parametrize(
    ("form", "beginning"), [("md", "#"), ("html", "<!doctype html>"), ("json", "{")]
)
def test_a_report_is_written_as_it_is_asked_for(
    comes: Come, capsys: pytest.CaptureFixture[str], form: str, beginning: str
) -> None:
    comes(RED)
    assert generate.main(["rehearse", "--format", form]) == 2
    shown = capsys.readouterr().out
    assert shown.lower().startswith(beginning)
    assert "ec2:RunInstances" in shown
    if form == "json":
        assert json.loads(shown)["green"] is False


@pytest.mark.parametrize(("no_color", "painted"), [("", True), ("1", False)])
def test_a_terminal_is_painted_unless_no_color_forbids(
    comes: Come, monkeypatch: pytest.MonkeyPatch, no_color: str, painted: bool
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    comes(GREEN)
    out = Terminal()
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setattr("sys.stdout", out)
    assert generate.main(["rehearse"]) == 0
    assert ("\033[" in out.getvalue()) is painted


def test_what_is_asked_for_arrives(comes: Come, tmp_path: object) -> None:
    asked = comes(GREEN)
    words = ("--application", str(tmp_path), "--param", "A=b", "--source", "S3", "--real", "mvn")
    fault = ("--fault", "region:us-east-2=refused")
    generate.main(["rehearse", "multi-region-pipeline", *words, *fault])
    (request,) = asked
    assert request.names == ("multi-region-pipeline",)
    assert str(request.application) == str(tmp_path)
    assert request.given == {"A": "b", "SourceType": "S3"}
    assert request.real == ("mvn",)
    assert [each.words for each in request.faults] == ["region:us-east-2=refused"]
