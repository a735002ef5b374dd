"""Files are whole, old or new, whenever the writing is cut short."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.write import write_all


def texts(folder: Path, text: str) -> dict[Path, str]:
    """Return the same text for each of three files."""
    return {folder / f"{name}.yaml": text for name in ("a", "b", "c")}


def test_a_folder_is_made_and_filled(tmp_path: Path) -> None:
    wanted = texts(tmp_path / "new" / "deep", "line\n")
    assert write_all(wanted) == list(wanted)
    assert {path: path.read_text() for path in wanted} == wanted


def test_what_does_not_change_is_left_alone(tmp_path: Path) -> None:
    wanted = texts(tmp_path, "line\n")
    write_all(wanted)
    before = {path: path.stat().st_ino for path in wanted}
    assert write_all({**wanted, tmp_path / "b.yaml": "new\n"}) == [tmp_path / "b.yaml"]
    assert (tmp_path / "a.yaml").stat().st_ino == before[tmp_path / "a.yaml"]


def test_lines_end_as_they_were_given(tmp_path: Path) -> None:
    write_all({tmp_path / "a.yaml": "für\nzwei\n"})
    assert (tmp_path / "a.yaml").read_bytes() == "für\nzwei\n".encode()


def test_whoever_may_read_is_decided_by_the_mask(tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        write_all({tmp_path / "a.yaml": "text\n"})
    finally:
        os.umask(mask)
    assert (tmp_path / "a.yaml").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("at", range(3))
@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_cut_short_while_renaming(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, stop: type[BaseException] | OSError
) -> None:
    write_all(texts(tmp_path, "old\n"))
    done = 0
    replace = os.replace

    def stopping(*arguments: str) -> None:
        nonlocal done
        if done == at:
            raise stop
        done += 1
        replace(*arguments)

    monkeypatch.setattr(os, "replace", stopping)
    with pytest.raises((KeyboardInterrupt, InputError)):
        write_all(texts(tmp_path, "new\n"))
    assert sorted(path.read_text() for path in tmp_path.iterdir()) == sorted(
        ["new\n"] * at + ["old\n"] * (3 - at)
    )


def test_cut_short_while_writing_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_all(texts(tmp_path, "old\n"))
    write_text = Path.write_text

    def full(path: Path, text: str, **more: str) -> int:
        if path.name == "c.yaml":
            raise OSError(28, "No space left on device", str(path))
        return write_text(path, text, **more)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(InputError, match=r"c\.yaml: cannot be written: No space left on device"):
        write_all(texts(tmp_path, "new\n"))
    assert [path.read_text() for path in sorted(tmp_path.iterdir())] == ["old\n"] * 3


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(InputError, match=r"out: cannot be written: .*; name a folder"):
        write_all(texts(tmp_path / "out", "new\n"))
