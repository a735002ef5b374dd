"""The command `check`: its options, and what is printed and returned.

What it needs takes a while to import, which no other command has to wait for.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from refusals import RefusalError, nearest, quoted

if TYPE_CHECKING:
    from review.check import Verdict

DONE, FOUND = 0, 2
FORMATS = ("text", "json", "sarif", "junit", "github")
# Makes the texts of the library's templates of those names, of all where none is named.
Render = Callable[[Sequence[str]], Mapping[Path, str]]
DESCRIPTION = """\
Says what is wrong with templates: what cfn-lint finds, in every region they are meant for, and what
it does not see. The library's own are compared with what their sources render as well.

  generate.py check                                the whole library
  generate.py check artifact-store                 one template of it
  generate.py check ./my-pipeline.yaml infra/      your own: files, and folders of them
  generate.py check ./my-pipeline.yaml --regions eu-west-1,cn-north-1
  generate.py check - < my-pipeline.yaml           from standard input

The regions are those of the partitions a template's Metadata names under Meridian, or us-east-1.
Nothing in your folder changes what is checked but the templates: no .cfnlintrc is read.

exit codes: 0 nothing found, 1 could not be done, 2 errors or warnings; notes do not count
"""


def add_parser(commands: Any, project: Path, render: Render) -> None:
    """Add the command to those of a program; `project` holds the templates."""
    parser = commands.add_parser(
        "check",
        help="say what is wrong with templates: the library's, or your own",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "templates",
        nargs="*",
        metavar="TEMPLATE",
        help="a template of the library by name, your own by file or folder; the whole library",
    )
    parser.add_argument("--regions", metavar="REGION,…", help="lint for these regions instead")
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="text",
        help=f"text (default), {', '.join(FORMATS[1:])}",
    )
    parser.set_defaults(run=lambda options: _run(options, project, render))


def _run(options: argparse.Namespace, project: Path, render: Render) -> int:
    from review.check import check  # noqa: PLC0415
    from review.check_sources import choose  # noqa: PLC0415

    chosen = choose(options.templates, _shown(project / "templates"))
    regions = _regions(options.regions)
    verdicts = check(chosen.sources, lambda: chosen.expected(render), regions)
    if shown := _report(verdicts, options.format):
        print(shown)
    return DONE if all(each.passes for each in verdicts) else FOUND


def _report(verdicts: Sequence[Verdict], format_: str) -> str:
    from importlib.metadata import version  # noqa: PLC0415

    from review.check_report.as_json import as_json  # noqa: PLC0415
    from review.check_report.github import as_github  # noqa: PLC0415
    from review.check_report.junit import as_junit  # noqa: PLC0415
    from review.check_report.sarif import as_sarif  # noqa: PLC0415
    from review.check_report.text import as_text  # noqa: PLC0415

    if format_ == "sarif":
        return as_sarif(verdicts, version("meridian"))
    how = {"text": as_text, "json": as_json, "junit": as_junit, "github": as_github}
    return how[format_](verdicts)


def _regions(written: str | None) -> tuple[str, ...]:
    from aws_reference.regions import partition_by_region  # noqa: PLC0415

    regions = tuple(dict.fromkeys(each.strip() for each in (written or "").split(",")))
    for region in regions if written is not None else ():
        if region not in partition_by_region():
            mend = nearest(region, partition_by_region()) or "; write them as us-east-1,eu-west-1"
            raise RefusalError(f"--regions: {quoted(region)} is not an AWS region{mend}")
    return regions if written is not None else ()


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
