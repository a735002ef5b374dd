"""The command `rehearse`: its options, and what is printed and returned.

What it needs takes half a second to import, which no other command has to wait for.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from refusals import RefusalError

DONE, FOUND = 0, 2
SOURCES = ("CodeCommit", "CodeConnections", "S3")
HOME = "us-east-1"
DESCRIPTION = """\
Runs rendered pipelines with no AWS account: launches their stacks in an embedded AWS on this
machine, pushes an example application, and carries out what the templates say, from the source to
every region, account and partition, under the templates' own roles. Three commits go through: one
creates everything, one updates it, one is refused by a place and rolled back. At the end it says
what was stood in for, what was not shown, and what roles are granted and never used.

  generate.py rehearse                                both pipelines, side by side
  generate.py rehearse multi-region-pipeline --fault copy:ap-south-1=failed
  generate.py rehearse --format html > rehearsal.html
  generate.py rehearse global-china-pipeline --dry-run --region eu-west-1
  generate.py rehearse ./my-pipeline.yaml --dry-run --param RepositoryName=orders --source S3

faults: copy:REGION=failed            copies of the image into the region fail
        throttle:ACTION=TIMES         so many calls of the action are throttled (ec2:CopyImage)
        approval:STAGE=rejected       who is asked in the stage says no
        region:REGION=refused         instances and functions are not made in the region
        function:NAME=killed          the function dies in the middle of its work

exit codes: 0 green, 1 could not be done, 2 red
"""


def add_parser(commands: Any, project: Path) -> None:
    """Add the command to those of a program; `project` holds templates, topologies, examples."""
    parser = commands.add_parser(
        "rehearse",
        help="run rendered pipelines in an embedded AWS, or with --dry-run say what they will do",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "names",
        nargs="*",
        metavar="PIPELINE",
        help="a pipeline's template by name (or, to plan, by file); all of them if none is named",
    )
    parser.add_argument("--dry-run", action="store_true", help="plan, and run nothing")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="KIND:WHERE=WHAT", help="see below"
    )
    parser.add_argument(
        "--application", type=Path, metavar="DIR", help="what to push instead of the example"
    )
    parser.add_argument(
        "--real",
        action="append",
        default=[],
        metavar="TOOL",
        help="run it, as mvn; do not stand in",
    )
    parser.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE", help="a parameter's value"
    )
    parser.add_argument("--source", choices=SOURCES, help="short for --param SourceType=…")
    parser.add_argument("--region", help=f"with --dry-run: where it is launched ({HOME})")
    parser.add_argument(
        "--format",
        choices=("text", "json", "md", "html"),
        default="text",
        help="text (default), json, md or html",
    )
    parser.set_defaults(run=lambda options: _run(options, project))


def _run(options: argparse.Namespace, project: Path) -> int:
    _refuse_mixtures(options)
    return _plan(options, project) if options.dry_run else _rehearse(options, project)


def _refuse_mixtures(options: argparse.Namespace) -> None:
    running = {
        "--fault": options.fault,
        "--application": options.application,
        "--real": options.real,
    }
    for option, given in running.items():
        if given and options.dry_run:
            raise RefusalError(f"{option}: nothing runs with --dry-run; leave one of them out")
    if options.dry_run and options.format == "html":
        raise RefusalError("--format html: is of what has run; use text, json or md for a plan")
    if options.region and not options.dry_run:
        raise RefusalError(
            "--region: a rehearsal goes on where the topology says; change `home` there, "
            "or add --dry-run"
        )


def _plan(options: argparse.Namespace, project: Path) -> int:
    from rehearsal import plan_report  # noqa: PLC0415
    from rehearsal.dry_run import Order, plan_all  # noqa: PLC0415

    folder = _shown(project / "templates")
    plans = plan_all(Order(folder, tuple(options.names), _given(options), options.region or HOME))
    if options.format == "text":
        print(plan_report.as_text(plans, _coloured()))
    else:
        shown = {"json": plan_report.as_json, "md": plan_report.as_markdown}[options.format]
        print(shown(plans))
    return DONE


def _rehearse(options: argparse.Namespace, project: Path) -> int:
    from rehearsal.faults import read_faults  # noqa: PLC0415
    from rehearsal.progress import progress_on  # noqa: PLC0415
    from rehearsal.rehearse import Request, choose, rehearse_all  # noqa: PLC0415
    from rehearsal.report import show  # noqa: PLC0415

    request = Request(
        names=tuple(options.names),
        templates=_shown(project / "templates"),
        topologies=_shown(project / "topologies"),
        examples=_shown(project / "examples"),
        application=options.application,
        faults=read_faults(options.fault),
        real=tuple(options.real),
        given=_given(options),
    )
    pipelines = [f"{each.stem}-pipeline" for each in choose(request)]
    with progress_on(sys.stderr, pipelines, os.environ) as progress:
        outcomes = rehearse_all(request, progress.listener)
    print(show(outcomes, options.format, _coloured()))
    return DONE if all(each.green for each in outcomes) else FOUND


def _given(options: argparse.Namespace) -> dict[str, str]:
    from template_reader.values import read_pairs  # noqa: PLC0415

    return read_pairs(
        [*options.param, *([f"SourceType={options.source}"] if options.source else [])]
    )


def _coloured() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
