"""The commands that publish a version and say what is to be said of it: options, output, codes.

What they need takes a second to import, which no other command has to wait for.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from launch.errors import LaunchError

if TYPE_CHECKING:
    from launch.bucket import LaunchBucket, Where
    from launch.manifest import Bucket
    from launch.report import Report

DONE, FOUND = 0, 2
PUBLISH = """\
Publishes what is committed under its version, once: every template, a manifest with the SHA-256 of
each, the launch page and its button. Nothing that is there is ever overwritten. A run that is cut
short is completed by the next; until then no list names the version.

  generate.py publish --bucket launch-example --region eu-west-1
  generate.py publish --bucket launch-example --also launch-example-cn@cn-north-1

The caller needs s3:ListBucket on the bucket, s3:GetObject and s3:PutObject on what is in it.
"""
PROMOTE = """\
Makes a version the latest: latest/index.html becomes its page, by one write. The version is stable,
whole and not yanked. An older one may be promoted again.

  generate.py promote 1.4.0 --bucket launch-example --region eu-west-1
"""
YANK = """\
Marks a version in index.json as one that nobody should launch any more. Nothing is deleted: stacks
that were made of it keep their templates.

  generate.py yank 1.3.0 --reason 'deletes the image it has just copied' --bucket launch-example
"""
VERIFY = """\
Downloads a version and compares it, byte for byte, with what its commit renders: the commit's tree
is taken from this clone, and its own generator run. Code of that commit runs on this machine.

  generate.py verify 1.4.0 --bucket launch-example --region eu-west-1

exit codes: 0 the same, 1 could not be compared, 2 something differs
"""
RELEASE = """\
Publishes the version that setup.cfg names and, if it is stable, makes it the latest. It refuses to
go on if something is not committed, `make test` fails, the bucket has the version, CHANGELOG.md
does not tell of it, or templates/ is not what its sources render.

  generate.py release --bucket launch-example --region eu-west-1
"""
Run = Callable[["LaunchBucket", argparse.Namespace, Path], tuple["Report", int]]


def add_parsers(commands: Any, project: Path) -> None:
    """Add the commands to those of a program; `project` is the clone that is published from."""
    publishing = _add(commands, project, "publish", "put a version into a launch bucket", PUBLISH)
    publishing.add_argument("--dry-run", action="store_true", help="say what it would write")
    promoting = _add(commands, project, "promote", "make a published version the latest", PROMOTE)
    yanking = _add(commands, project, "yank", "mark a published version as not to be used", YANK)
    yanking.add_argument("--reason", required=True, help="why, in a line for everybody to read")
    verifying = _add(commands, project, "verify", "compare a version with its commit", VERIFY)
    for each in (promoting, yanking, verifying):
        each.add_argument("version", metavar="VERSION", help="a published version, as 1.4.0")
    releasing = _add(commands, project, "release", "test, publish and promote a version", RELEASE)
    releasing.add_argument("--no-promote", action="store_true", help="leave the latest as it is")
    for each in (publishing, releasing):
        each.add_argument(
            "--also",
            action="append",
            default=[],
            metavar="BUCKET@REGION",
            help="launch bucket of another partition, for the buttons of the page",
        )


def published(options: argparse.Namespace) -> dict[str, bytes]:
    """Return the templates of the version that is the base of a comparison, by their files.

    Raises `RefusalError` if the bucket, or the version in it, is not there or not as published.
    """
    from launch.bucket import open_bucket  # noqa: PLC0415
    from launch.published import read_published  # noqa: PLC0415
    from semantic_version import read_version  # noqa: PLC0415

    return read_published(open_bucket(_where(options)), read_version(options.base, "BASE"))


def _where(options: argparse.Namespace) -> Where:
    from launch.bucket import Where  # noqa: PLC0415

    return Where(options.bucket, options.profile, options.region, options.account)


def _add(commands: Any, project: Path, name: str, words: str, description: str) -> Any:
    parser = commands.add_parser(
        name,
        help=words,
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for option, metavar, help_ in (
        ("--bucket", "NAME", "the launch bucket"),
        ("--profile", "NAME", "profile whose credentials are used"),
        ("--region", "REGION", "region the bucket lies in; that of the profile"),
        ("--account", "DIGITS", "account the bucket must belong to; any if it is not said"),
    ):
        required = option == "--bucket"
        parser.add_argument(option, metavar=metavar, help=help_, default="", required=required)
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text (default) or json"
    )
    parser.set_defaults(run=partial(_told, RUNS[name], project))
    return parser


def _told(run: Run, project: Path, options: argparse.Namespace) -> int:
    """Carry a command out and print what came of it."""
    from launch.bucket import open_bucket  # noqa: PLC0415

    try:
        report, code = run(open_bucket(_where(options)), options, project)
    except KeyboardInterrupt:
        raise LaunchError(
            "interrupted; no list names a version that is not whole; mend: run it again, which "
            "completes it"
        ) from None
    if options.format == "json":
        print(json.dumps(report.facts, indent=2))
    else:
        print("\n".join(report.lines))
    return code


def _buckets(own: Bucket, options: argparse.Namespace) -> tuple[Bucket, ...]:
    from launch.buckets import one_to_a_partition, read_bucket  # noqa: PLC0415

    others = [read_bucket(each, "--also") for each in options.also]
    return one_to_a_partition([own, *others], "--also")


def _publish(
    bucket: LaunchBucket, options: argparse.Namespace, project: Path
) -> tuple[Report, int]:
    from launch.progress import bar_on  # noqa: PLC0415
    from launch.publish import make_plan, publish  # noqa: PLC0415
    from launch.releasing import prepare  # noqa: PLC0415
    from launch.report import of_plan  # noqa: PLC0415

    ready = prepare(project, _buckets(bucket.at, options))
    if options.dry_run:
        plan = make_plan(bucket, ready.manifest, ready.sources)
    else:
        with bar_on(sys.stderr, os.environ) as tell:
            plan = publish(bucket, ready.manifest, ready.sources, tell)
    return of_plan(bucket, plan, carried_out=not options.dry_run), DONE


def _promote(
    bucket: LaunchBucket, options: argparse.Namespace, project: Path
) -> tuple[Report, int]:
    from launch.promote import promote  # noqa: PLC0415
    from launch.report import of_promotion  # noqa: PLC0415
    from semantic_version import read_version  # noqa: PLC0415

    return of_promotion(bucket, promote(bucket, read_version(options.version, "VERSION"))), DONE


def _yank(bucket: LaunchBucket, options: argparse.Namespace, project: Path) -> tuple[Report, int]:
    from launch.report import of_yank  # noqa: PLC0415
    from launch.yank import yank  # noqa: PLC0415
    from semantic_version import read_version  # noqa: PLC0415

    version = read_version(options.version, "VERSION")
    changed = yank(bucket, version, options.reason)
    return of_yank(bucket, version, options.reason, changed=changed), DONE


def _verify(bucket: LaunchBucket, options: argparse.Namespace, project: Path) -> tuple[Report, int]:
    from launch.report import of_verification  # noqa: PLC0415
    from launch.verify import verify  # noqa: PLC0415
    from semantic_version import read_version  # noqa: PLC0415

    verified = verify(bucket, read_version(options.version, "VERSION"), project)
    return of_verification(bucket, verified), DONE if verified.same else FOUND


def _release(
    bucket: LaunchBucket, options: argparse.Namespace, project: Path
) -> tuple[Report, int]:
    from launch.progress import bar_on  # noqa: PLC0415
    from launch.promote import promote  # noqa: PLC0415
    from launch.publish import publish  # noqa: PLC0415
    from launch.releasing import inspect  # noqa: PLC0415
    from launch.report import Report, of_plan, of_promotion  # noqa: PLC0415

    buckets = _buckets(bucket.at, options)
    ready = inspect(project, bucket, buckets, partial(print, file=sys.stderr))
    with bar_on(sys.stderr, os.environ) as tell:
        plan = publish(bucket, ready.manifest, ready.sources, tell)
    told = of_plan(bucket, plan, carried_out=True)
    version = plan.manifest.version
    if options.no_promote or not version.stable:
        return Report(told.lines, {**told.facts, "promoted": False}), DONE
    promoted = of_promotion(bucket, promote(bucket, version))
    return Report((*told.lines, *promoted.lines), {**told.facts, "promoted": True}), DONE


RUNS: dict[str, Run] = {
    "publish": _publish,
    "promote": _promote,
    "yank": _yank,
    "verify": _verify,
    "release": _release,
}
