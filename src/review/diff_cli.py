"""The command that compares two versions of templates: options, output, exit codes."""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from review.comparison import Comparison
    from review.side import Side

DONE, FAILED, FOUND = 0, 1, 2
ACCEPTED = "accepted-changes.toml"
FORMATS = ("text", "markdown", "json", "changelog")
WORK_TREE = "the work tree"
DESCRIPTION = """\
Says what a change of templates does to people who launch them and to stacks that run. It reads the
templates and nothing else: no AWS account is asked.

  generate.py diff main --merge-base          what this branch changes
  generate.py diff v1.3.0 v1.4.0              two releases
  generate.py diff 1.3.0 --bucket launch-example --region eu-west-1
                                              what has changed since a published version
  generate.py diff old/ new/                  two folders
  generate.py diff old.yaml new.yaml          two files
  generate.py diff v1.3.0 --format changelog  entries of a changelog, drafted

exit codes: 0 nothing to decide on, 1 failed (a major version forgotten), 2 something to decide on
"""
# Returns the files of the published version that the options name.
Published = Callable[[argparse.Namespace], Mapping[str, bytes]]


def add_parser(commands: Any, published: Published) -> None:
    """Add the command to those of a program; `published` reads a launch bucket."""
    parser = commands.add_parser(
        "diff",
        help="say what a change of templates does to callers and to running stacks",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("base", metavar="BASE", help="commit, tag, version, folder or file")
    parser.add_argument(
        "head", nargs="?", default="", metavar="HEAD", help="likewise; what is in the work tree"
    )
    parser.add_argument(
        "--merge-base", action="store_true", help="compare with where HEAD left BASE, as git does"
    )
    for option, metavar, default, words in (
        ("--templates", "DIR", "templates", "folder of the templates, in commits, too (templates)"),
        ("--accept", "FILE", "", f"changes that are accepted ({ACCEPTED} among the templates)"),
        ("--link", "URL", "", "where the whole report is, if Markdown has to be shortened"),
        ("--bucket", "NAME", "", "launch bucket that BASE is a published version of"),
        ("--profile", "NAME", "", "profile whose credentials are used for the bucket"),
        ("--region", "REGION", "", "region the bucket lies in; that of the profile"),
        ("--account", "DIGITS", "", "account the bucket must belong to; any if it is not said"),
    ):
        parser.add_argument(option, metavar=metavar, default=default, help=words)
    words = "text (default), a comment, for programs, or a draft of entries"
    parser.add_argument("--format", choices=FORMATS, default="text", help=words)
    parser.set_defaults(run=partial(_diff, published))


def _diff(published: Published, options: argparse.Namespace) -> int:
    from review.comparison import compare  # noqa: PLC0415 - other commands do without

    before, after = _sides(published, options)
    with _without_collecting():
        comparison = compare(before, after, _acceptances(options))
    print(_shown(comparison, options))
    if comparison.failed:
        return FAILED
    return FOUND if comparison.open else DONE


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Let nothing look for garbage: there is none in so short a process, and it takes a sixth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _shown(comparison: Comparison, options: argparse.Namespace) -> str:
    from review.diff_report import as_json, changelog, markdown, text  # noqa: PLC0415

    if options.format == "markdown":
        return markdown.as_markdown(comparison, options.link)
    shown = {
        "text": text.as_text,
        "json": as_json.as_json,
        "changelog": changelog.as_changelog,
    }
    return shown[options.format](comparison)


def _sides(published: Published, options: argparse.Namespace) -> tuple[Side, Side]:
    from review.side import Side, SideError, of_file  # noqa: PLC0415

    if not options.base:
        raise SideError("BASE: is empty; mend: name a commit, a version, a folder or a file")
    base, head = Path(options.base), Path(options.head)
    if options.bucket:
        return Side(options.base, published(options)), _side(options.head, options)
    if base.is_file() or (options.head and head.is_file()):
        for each in (base, head):
            if not options.head or not each.is_file():
                raise SideError(f"{each}: is no file; mend: name two files to compare")
        return of_file(base, head.name), of_file(head, head.name)
    if options.merge_base:
        return _left(options), _side(options.head, options)
    return _side(options.base, options), _side(options.head, options)


def _side(word: str, options: argparse.Namespace) -> Side:
    """Return what a word names: a folder, a commit, or the work tree if it is ''."""
    from review.side import of_commit, of_folder, resolve_commit  # noqa: PLC0415

    if not word:
        return of_folder(Path(options.templates), WORK_TREE)
    if Path(word).is_dir():
        return of_folder(Path(word), word)
    commit = resolve_commit(Path(), word)
    return of_commit(Path(), commit, options.templates, _name(word, commit))


def _left(options: argparse.Namespace) -> Side:
    """Return the commit at which the second side left the first."""
    from review.side import merge_base, of_commit, resolve_commit  # noqa: PLC0415

    head = resolve_commit(Path(), options.head or "HEAD")
    commit = merge_base(Path(), resolve_commit(Path(), options.base), head)
    return of_commit(Path(), commit, options.templates, _name(options.base, commit))


def _name(word: str, commit: str) -> str:
    """Return what people call a commit: as it was named, unless by its id."""
    short = commit[:9]
    return short if commit.startswith(word) else f"{word} ({short})"


def _acceptances(options: argparse.Namespace) -> Any:
    from review.acceptance import read_acceptances  # noqa: PLC0415

    usual = Path(options.templates, ACCEPTED)
    if options.accept:
        return read_acceptances(Path(options.accept))
    return read_acceptances(usual) if usual.is_file() else ()
