"""What a person is told while a rehearsal runs."""

from __future__ import annotations

import io
import itertools
import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from outcomes import BUILD, DENIED, DEPLOYED, LAUNCHES, SECRET, SOURCE

from rehearsal.outcome import ActionResult, Listener, Seen
from rehearsal.progress import Progress, progress_on

NAMES = ("multi-region-pipeline", "global-china-pipeline")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def screen(text: str) -> list[str]:
    """Return the lines that stand on a terminal once everything is written."""
    lines: list[str] = [""]
    for piece in re.split(r"(\033\[\d*[A-Zm]|\r|\n)", text):
        if piece == "\n":
            lines.append("")
        elif found := re.fullmatch(r"\033\[(\d+)A", piece):
            gone = int(found[1])
            assert gone < len(lines), "the cursor leaves the screen"
            at = len(lines) - 1 - gone
        elif piece == "\033[J":
            del lines[at:]
            lines.append("")
        elif piece and piece != "\r" and not re.fullmatch(r"\033\[\d*m", piece):
            lines[-1] += piece
    return lines[:-1]


def begin(listener: Listener, action: ActionResult) -> None:
    listener.action_began(action.stage, action.name, action.account, action.region)


def make(
    stream: io.StringIO,
    pipelines: tuple[str, ...] = NAMES[:1],
    live: bool = True,
    columns: int = 120,
) -> Progress:
    ticks = itertools.count()
    size = os.terminal_size((columns, 10))
    return Progress(stream, pipelines, live, False, lambda: float(next(ticks)), lambda: size)


def test_what_runs_stands_on_the_board_until_it_has_ended() -> None:
    stream = Terminal()
    progress = make(stream)
    heard = progress.listener(NAMES[0])
    heard.execution_began("first push")
    for action in DEPLOYED:
        begin(heard, action)
    first, *board = screen(stream.getvalue())
    assert first.split() == ["begins", "first", "push"]
    assert [(line.split()[0], line.split()[3:]) for line in board] == [
        ("runs", [f"Deploy.{each.region}", each.region, each.account]) for each in DEPLOYED
    ]
    heard.action_ended(DEPLOYED[1])
    after = screen(stream.getvalue())
    assert [line.split()[0] for line in after] == ["begins", "ok", "runs", "runs"]
    assert after[1].split()[1:6] == ["1.2", "s", "Deploy.us-east-2", "us-east-2", "111122223333"]
    assert DEPLOYED[1].said[:40] in after[1]


def test_the_seconds_of_what_runs_are_shown_anew() -> None:
    stream = Terminal()
    progress = make(stream)
    begin(progress.listener(NAMES[0]), BUILD)
    before = screen(stream.getvalue())
    progress.redraw()
    after = screen(stream.getvalue())
    assert len(before) == len(after) == 1
    assert before != after


def test_an_end_leaves_no_board_even_after_an_error() -> None:
    stream = Terminal()
    progress = make(stream)
    with pytest.raises(KeyboardInterrupt), progress:
        begin(progress.listener(NAMES[0]), SOURCE)
        raise KeyboardInterrupt
    assert screen(stream.getvalue()) == []
    assert progress._ticker and not progress._ticker.is_alive()


def test_a_board_is_never_higher_or_wider_than_the_terminal() -> None:
    stream = Terminal()
    progress = make(stream, columns=40)
    heard = progress.listener(NAMES[0])
    for at in range(20):
        begin(heard, replace(BUILD, name=f"Build{at}"))
        heard.saw(Seen(True, "words " * 20))
        assert len(progress._board()) < 10
    heard.action_ended(replace(BUILD, name="Build7"))
    assert max(map(len, screen(stream.getvalue()))) < 40
    assert screen(stream.getvalue())[-1].split() == ["and", "11", "more"]


def test_elsewhere_there_is_one_plain_line_for_each_thing_that_has_ended() -> None:
    stream = io.StringIO()
    with progress_on(stream, NAMES[:1], {}) as progress:
        heard = progress.listener(NAMES[0])
        heard.launched(LAUNCHES[0])
        heard.execution_began("first push")
        begin(heard, SOURCE)
        heard.action_ended(SOURCE)
        heard.action_ended(replace(DENIED, attempt=2, why=f"{DENIED.why}\n\033[31m{SECRET}"))
        heard.saw(Seen(False, "nothing was changed"))
    text = stream.getvalue()
    assert all(each.isprintable() for line in text.splitlines() for each in line)
    assert [line.split()[0] for line in text.splitlines()] == [
        "ok",
        "begins",
        "ok",
        "FAILED",
        "WRONG",
    ]
    assert NAMES[0] not in text
    assert "attempt 2: CREATE_FAILED" in text
    assert SECRET not in text
    assert SOURCE.said in text


def test_threads_of_two_pipelines_write_whole_lines_that_name_their_pipeline() -> None:
    stream = Terminal()
    with make(stream, NAMES, columns=200) as progress, ThreadPoolExecutor(8) as pool:

        def act(at: int) -> None:
            heard = progress.listener(NAMES[at % 2])
            action = replace(BUILD, name=f"Build{at}", said=NAMES[at % 2])
            begin(heard, action)
            heard.action_ended(action)

        list(pool.map(act, range(100)))
    lines = screen(stream.getvalue())
    assert len(lines) == 100
    for line in lines:
        mark, _took, _unit, pipeline, *_rest, said = line.split()
        assert mark == "ok"
        assert pipeline == said


@pytest.mark.parametrize(
    ("environ", "live", "colour"),
    [
        ({"TERM": "xterm"}, True, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, False, False),
    ],
)
def test_a_terminal_gets_what_it_can_show(
    environ: dict[str, str], live: bool, colour: bool
) -> None:
    stream = Terminal()
    with progress_on(stream, NAMES[:1], environ) as progress:
        progress.listener(NAMES[0]).action_ended(DENIED)
    assert progress.live is live
    assert ("\033[31m" in stream.getvalue()) is colour
