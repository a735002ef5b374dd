#!/usr/bin/env python3
"""Renders the templates of this library, checks them, and lists them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

try:
    from pipeline.errors import InputError
    from pipeline.library import FORMATS, Entry, choose, find_entries, render
    from pipeline.write import write_all
except ModuleNotFoundError as error:
    sys.exit(f"generate.py: {error.name} is not installed; run `make templates`, which sets it up")

PROJECT = Path(__file__).resolve().parent
TOPOLOGIES = PROJECT / "topologies"
TEMPLATES = PROJECT / "templates"
DONE, FAILED, FOUND = 0, 1, 2
EXAMPLES = """\
examples:
  generate.py render                          render every template into templates/
  generate.py render artifact-store           render one
  generate.py render --out /tmp --format json render all as JSON, elsewhere
  generate.py check                           is what is committed rendered and sound?

exit codes: 0 done, 1 failed, 2 something was found
A topology is a TOML file in topologies/: copy multi-region.toml, change it, run `make templates`.
"""


class _Parser(argparse.ArgumentParser):
    """Answers a wrong call with one line and exit code 1, for 2 means that something was found."""

    def error(self, message: str) -> NoReturn:
        self.exit(FAILED, f"{self.prog}: {message}; `{self.prog} --help` shows how\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except InputError as error:
        print(f"generate.py: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("generate.py: interrupted; every file is whole, old or new", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        sys.stderr.close()
        return FAILED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="generate.py",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    rendering = commands.add_parser("render", help="write templates from their sources")
    _add_names(rendering)
    rendering.add_argument(
        "--out", type=Path, default=TEMPLATES, metavar="DIR", help="folder to write to (templates/)"
    )
    rendering.add_argument(
        "--format", choices=FORMATS, default="yaml", help="yaml (default) or json"
    )
    rendering.set_defaults(run=_render)
    checking = commands.add_parser(
        "check", help="compare templates/ with its sources and lint it for every region"
    )
    _add_names(checking)
    _add_report_format(checking)
    checking.set_defaults(run=_check)
    listing = commands.add_parser("list", help="show the templates there are")
    _add_report_format(listing)
    listing.set_defaults(run=_list)
    return parser


def _add_names(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="NAME", help="a template; all if none is named")


def _add_report_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text (default) or json"
    )


def _entries(options: argparse.Namespace) -> list[Entry]:
    return choose(find_entries(_shown(TOPOLOGIES)), options.names)


def _render(options: argparse.Namespace) -> int:
    texts = {
        options.out / f"{entry.name}.{options.format}": render(entry, options.format)
        for entry in _entries(options)
    }
    changed = set(write_all(texts))
    for path in texts:
        print(f"{'written  ' if path in changed else 'unchanged'} {_shown(path)}")
    return DONE


def _list(options: argparse.Namespace) -> int:
    entries = find_entries(_shown(TOPOLOGIES))
    if options.format == "json":
        rows = [{"name": e.name, "purpose": e.purpose, "sources": e.sources} for e in entries]
        print(json.dumps(rows, indent=2))
        return DONE
    width = max(len(entry.name) for entry in entries)
    for entry in entries:
        print(f"{entry.name:{width}}  {entry.purpose}\n{'':{width}}  from {entry.sources}")
    return DONE


def _check(options: argparse.Namespace) -> int:
    from review.check import check, stale  # noqa: PLC0415 - a second to import, and render does without

    entries = _entries(options)
    expected = {_shown(TEMPLATES) / f"{entry.name}.yaml": render(entry) for entry in entries}
    verdicts = check(expected)
    if not options.names:
        verdicts += stale(_shown(TEMPLATES), expected)
    if options.format == "json":
        rows = [
            {"path": str(each.path), "summary": each.summary, "findings": each.findings}
            for each in verdicts
        ]
        print(json.dumps(rows, indent=2))
    else:
        for each in verdicts:
            print(f"{'found' if each.findings else 'ok   '} {each.path}: {each.summary}")
            print("".join(f"      {line}\n" for line in each.findings), end="")
    return FOUND if any(each.findings for each in verdicts) else DONE


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


if __name__ == "__main__":
    sys.exit(main())
