#!/usr/bin/env python3
"""Renders this library's templates, checks, rehearses, publishes them; stores what they cannot."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

try:
    from launch import cli as launching
    from launch import links_cli
    from operate.key_pair import refuse_keys
    from refusals import RefusalError
    from rehearsal import cli as rehearsing
    from review import check_cli, diff_cli
except ModuleNotFoundError as error:
    sys.exit(f"generate.py: {error.name} is not installed; run `make templates`, which sets it up")
if TYPE_CHECKING:
    from pipeline.library import Entry

PROJECT = Path(__file__).resolve().parent
TOPOLOGIES = PROJECT / "topologies"
TEMPLATES = PROJECT / "templates"
DONE, FAILED = 0, 1
STORE = "store-access-key"
EXAMPLES = """\
examples:
  generate.py render                          render every template into templates/
  generate.py render artifact-store           render one
  generate.py render --out /tmp --format json render all as JSON, elsewhere
  generate.py check                           is what is committed rendered and sound?
  generate.py diff main --merge-base          what does this branch do to running stacks?
  generate.py rehearse                        run every pipeline in an embedded AWS
  generate.py rehearse --dry-run              say what they will do, running nothing
  generate.py publish --bucket launch-example put what is committed into a launch bucket
  generate.py store-access-key --prefix /China/Dev --region cn-north-1
                                              ask for an IAM user's access key, and store it

exit codes: 0 done, 1 failed, 2 something was found
A topology is a TOML file in topologies/: copy multi-region.toml, change it, run `make templates`.
"""
STORING = """\
Proves the access key of an IAM user by a call in another partition, then stores it at home as
two SecureStrings, which CloudFormation cannot make: PREFIX/UserAccessKey and PREFIX/UserSecretKey.

The key is asked for, and nothing typed is shown. Standard input may hold it instead: two lines,
the id and the secret, or the CSV file of the IAM console:

  generate.py store-access-key --prefix /China/Dev --region cn-north-1 < accessKeys.csv

The caller needs ssm:GetParameter, GetParameterHistory, PutParameter and LabelParameterVersion on
both, and may use the KMS key to encrypt and decrypt.
"""


class _Parser(argparse.ArgumentParser):
    """Answers a wrong call with one line and exit code 1, for 2 means that something was found."""

    def error(self, message: str) -> NoReturn:
        self.exit(FAILED, f"{self.prog}: {message}; `{self.prog} --help` shows how\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        if STORE in given:
            refuse_keys(given)
        options = _parser().parse_args(given)
        code: int = options.run(options)
    except RefusalError as error:
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
        "--format", choices=("yaml", "json"), default="yaml", help="yaml (default) or json"
    )
    rendering.set_defaults(run=_render)
    check_cli.add_parser(commands, PROJECT, _expected)
    listing = commands.add_parser("list", help="show the templates there are")
    _add_report_format(listing)
    listing.set_defaults(run=_list)
    diff_cli.add_parser(commands, launching.published)
    rehearsing.add_parser(commands, PROJECT)
    launching.add_parsers(commands, PROJECT)
    links_cli.add_parser(commands, PROJECT)
    _add_storing(commands)
    return parser


def _add_storing(commands: argparse._SubParsersAction[_Parser]) -> None:
    storing = commands.add_parser(
        STORE,
        help="prove an IAM user's access key and store it as SecureStrings",
        description=STORING,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for option, metavar, words in (
        ("--prefix", "NAME", "what the names of the two parameters begin with, as /China/Dev"),
        ("--region", "REGION", "region the key is for, in another partition, as cn-north-1"),
        ("--account", "DIGITS", "account the key must belong to; any if it is not said"),
        ("--profile", "NAME", "profile that may write the parameters at home"),
        ("--home-region", "REGION", "region the pipeline lives in; that of the profile"),
        ("--target-profile", "NAME", "profile whose endpoint_url leads to --region, no more"),
        ("--key-id", "KEY", "KMS key: alias/…, ARN or id; the one in use, else alias/aws/ssm"),
    ):
        storing.add_argument(
            option,
            metavar=metavar,
            help=words,
            default="",
            required=option in {"--prefix", "--region"},
        )
    storing.add_argument("--replace", action="store_true", help="replace another key stored there")
    _add_report_format(storing)
    storing.set_defaults(run=_store)


def _add_names(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="NAME", help="a template; all if none is named")


def _add_report_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text (default) or json"
    )


def _entries(names: Sequence[str]) -> list[Entry]:
    """Return the templates of these names, all if none; what makes them is loaded here alone."""
    from pipeline.library import choose, find_entries  # noqa: PLC0415

    return choose(find_entries(_shown(TOPOLOGIES)), names)


def _render(options: argparse.Namespace) -> int:
    from pipeline.library import render  # noqa: PLC0415
    from pipeline.write import write_all  # noqa: PLC0415

    texts = {
        options.out / f"{entry.name}.{options.format}": render(entry, options.format)
        for entry in _entries(options.names)
    }
    changed = set(write_all(texts))
    for path in texts:
        print(f"{'written  ' if path in changed else 'unchanged'} {_shown(path)}")
    return DONE


def _list(options: argparse.Namespace) -> int:
    entries = _entries(())
    if options.format == "json":
        rows = [{"name": e.name, "purpose": e.purpose, "sources": e.sources} for e in entries]
        print(json.dumps(rows, indent=2))
        return DONE
    width = max(len(entry.name) for entry in entries)
    for entry in entries:
        print(f"{entry.name:{width}}  {entry.purpose}\n{'':{width}}  from {entry.sources}")
    return DONE


def _expected(names: Sequence[str]) -> dict[Path, str]:
    from pipeline.library import render  # noqa: PLC0415

    return {_shown(TEMPLATES) / f"{entry.name}.yaml": render(entry) for entry in _entries(names)}


def _store(options: argparse.Namespace) -> int:
    from operate import report  # noqa: PLC0415 - boto3 takes its time, and render does without
    from operate.store_access_key import Order, store_access_key  # noqa: PLC0415

    order = Order(
        prefix=options.prefix,
        region=options.region,
        account=options.account,
        profile=options.profile,
        home_region=options.home_region,
        target_profile=options.target_profile,
        key=options.key_id,
        replace=options.replace,
    )
    outcome = store_access_key(order)
    print(report.as_json(outcome) if options.format == "json" else report.as_text(outcome))
    return DONE


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


if __name__ == "__main__":
    sys.exit(main())
