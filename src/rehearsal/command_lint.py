"""cfn-lint, loaded: its modules, its rules, and the schemas that a template has made it read."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cfnlint
import cfnlint.helpers
import cfnlint.runner
from cfnlint.config import ConfigMixIn

READ_WHEN_LOADED = ("PYTHON", "MPMATH_", "NETWORKX_", "SAGE_ROOT", "SYMPY_")
RULES = str(Path(cfnlint.__file__).parent / "rules")
REGION = "us-east-1"
TEMPLATE = """\
Resources:
  Topic: {Type: 'AWS::SNS::Topic', Properties: {TopicName: !Sub '${AWS::StackName}-topic'}}
"""


def equip(endpoints: Mapping[str, str]) -> None:
    """Do nothing: cfn-lint calls nobody."""


def load(_urls: Sequence[str]) -> Callable[[list[str]], bool]:
    """Load what every call needs; return what says whether it is as the environment has it."""
    with TemporaryDirectory() as folder:
        template = Path(folder, "template.yaml")
        template.write_text(TEMPLATE, encoding="utf-8")
        config = ConfigMixIn(["--template", str(template), "--regions", REGION])
        list(cfnlint.runner.Runner(config).run())
    _prime()
    return settle


def settle(arguments: list[str]) -> bool:
    """Return whether the environment would have loaded the same, schemas of its own included."""
    if any(name.startswith(READ_WHEN_LOADED) for name in os.environ):
        return False
    return not os.path.exists(cfnlint.helpers.get_cache_dir())  # noqa: PTH110 - a str


def _prime() -> None:
    """Make the rules; the first that asks for those of cfn-lint itself gets them, still unused."""
    find: Any = cfnlint.helpers.load_plugins
    made = [find(RULES)]

    def load_plugins(directory: str, *rest: Any, **named: Any) -> Any:
        return made.pop() if made and directory == RULES else find(directory, *rest, **named)

    cfnlint.helpers.load_plugins = load_plugins
