"""Prints the picture of a template's pipeline: `python -m picture templates/NAME.yaml`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from picture.diagram import Diagram, read_diagram
from picture.errors import PictureError
from picture.mermaid import as_mermaid
from picture.svg import as_svg
from refusals import RefusalError
from template_reader.file import read_template

DONE, FAILED = 0, 1
FORMATS = ("mermaid", "svg")


class _Parser(argparse.ArgumentParser):
    """Answers a wrong call with one line and exit code 1."""

    def error(self, message: str) -> NoReturn:
        self.exit(FAILED, f"{self.prog}: {message}; `{self.prog} --help` shows how\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a picture; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        drawn = _draw(_diagram(options.template), options)
        sys.stdout.write(drawn)
        sys.stdout.flush()
    except RefusalError as error:
        print(f"picture: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        # What is left in the buffer has nowhere to go, and Python would complain of it at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="picture", description=__doc__)
    parser.add_argument("template", type=Path, metavar="FILE", help="a template with a pipeline")
    parser.add_argument(
        "--format", choices=FORMATS, default=FORMATS[0], help="mermaid (default) or svg"
    )
    parser.add_argument(
        "--across", type=int, default=1, metavar="N", help="stages of an SVG side by side (1)"
    )
    return parser


def _diagram(path: Path) -> Diagram:
    diagram = read_diagram(read_template(path))
    if diagram is None:
        words = "has no pipeline that can be drawn; name a template with stages that have names"
        raise PictureError(f"{path}: {words}")
    return diagram


def _draw(diagram: Diagram, options: argparse.Namespace) -> str:
    return as_svg(diagram, options.across) if options.format == "svg" else as_mermaid(diagram)


if __name__ == "__main__":
    sys.exit(main())
