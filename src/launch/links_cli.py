"""The command `links`: its options, and what is printed and returned.

What it needs takes a second to import, which no other command has to wait for.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from refusals import RefusalError

DONE = 0
DESCRIPTION = """\
Makes the links that open AWS's console with a published template and its parameters filled in:
whoever follows one reads them over and presses one button.

  generate.py links artifact-store --bucket launch-111122223333@us-east-1
  generate.py links artifact-store --region eu-west-1 --region cn-north-1 \\
      --bucket launch-111122223333@us-east-1 --bucket launch-444455556666@cn-north-1
  generate.py links artifact-store --bucket launch-111122223333@us-east-1 --region eu-west-1 \\
      --param StoreName=orders --format md

A link needs a launch bucket of its region's partition. Whoever follows it must be allowed to read
that bucket; with --expires, the link itself allows it until then. S3 honours such a link for 7 days
at most, and one signed with temporary credentials (a role's, or those of a sign-in) ends with them.

exit codes: 0 done, 1 could not be done
"""


def add_parser(commands: Any, project: Path) -> None:
    """Add the command to those of a program; `project` holds the templates."""
    parser = commands.add_parser(
        "links",
        help="make the links that launch published templates in the console",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="TEMPLATE", help="a template's name; all")
    for option, metavar, words in (
        ("--bucket", "BUCKET@REGION", "a launch bucket and its region; one of each partition"),
        ("--region", "REGION", "where to launch; every region the template is fit for"),
        ("--param", "NAME=VALUE", "a parameter's value, filled in"),
    ):
        needed = option == "--bucket"
        parser.add_argument(
            option, action="append", default=[], metavar=metavar, help=words, required=needed
        )
    parser.add_argument("--version", help="the published version; that of the templates here")
    parser.add_argument("--stack-name", metavar="NAME", help="filled in; the template's name")
    parser.add_argument("--expires", type=int, metavar="SECONDS", help="sign the templates' URLs")
    parser.add_argument("--profile", default="", metavar="NAME", help="whose credentials sign them")
    parser.add_argument(
        "--format", choices=("text", "json", "md"), default="text", help="text (default), json, md"
    )
    parser.set_defaults(run=lambda options: _run(options, project))


def _run(options: argparse.Namespace, project: Path) -> int:
    from launch import link_report  # noqa: PLC0415
    from launch.linking import Request, make_links  # noqa: PLC0415
    from template_reader.values import read_pairs  # noqa: PLC0415

    if options.profile and options.expires is None:
        raise RefusalError("--profile: signs links that expire; add --expires, or leave it out")
    request = Request(
        names=tuple(options.names),
        folder=_shown(project / "templates"),
        buckets=tuple(options.bucket),
        regions=tuple(dict.fromkeys(options.region)),
        given=read_pairs(options.param),
        version=options.version,
        stack_name=options.stack_name,
        expires=options.expires,
        profile=options.profile,
    )
    shown = make_links(request)
    how = {
        "text": link_report.as_text,
        "json": link_report.as_json,
        "md": link_report.as_markdown,
    }
    for each in shown.left_out:
        print(f"left out: {each}", file=sys.stderr)
    print(how[options.format](shown))
    return DONE


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
