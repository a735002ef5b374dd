"""The embedded AWS touches what MiniStack keeps to itself, so it is held to one version of it."""

from __future__ import annotations

import ast
import configparser
import functools
import importlib.metadata
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from templates.committed import PROJECT

OURS = sorted((PROJECT / "src/rehearsal").glob("embedded_*.py"))
LACKING = {
    "services/cloudformation/provisioners.py": [
        *('"AWS::CodePipeline::Pipeline"', '"AWS::IAM::OIDCProvider"'),
        *('"AWS::EC2::SecurityGroupIngress"', '"AWS::EC2::SecurityGroupEgress"'),
    ],
    "services/cloudformation/engine.py": ['"!Contains"'],
    "services/ec2.py": [
        *('"CopyImage"', '"CreateImage"', '"DescribeImageReferences"'),
        *("DeleteAssociatedSnapshots", "ImdsSupport"),
    ],
    "core/router.py": ['"codepipeline"'],
}


@functools.cache
def source(module: str) -> str:
    """Return the text of a module of MiniStack, given by its path below the package."""
    package = importlib.util.find_spec("ministack")
    assert package is not None
    assert package.origin is not None
    return (Path(package.origin).parent / module).read_text(encoding="utf-8")


def imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield each module of MiniStack that a module of ours imports: its name here, its path."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ministack"):
            folder = "/".join((node.module or "").split(".")[1:])
            for each in node.names:
                path = f"{folder}/{each.name}.py".lstrip("/")
                if each.name.islower() and path_exists(path):
                    yield each.asname or each.name, path


def path_exists(module: str) -> bool:
    """Return whether MiniStack has a module of this path."""
    try:
        return bool(source(module))
    except FileNotFoundError:
        return False


def touched(path: Path) -> Iterator[tuple[str, str]]:
    """Yield module and name for every name of MiniStack that a module of ours reads or sets."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules = dict(imported(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = modules.get(node.value.id)
            if module:
                yield module, node.attr


def test_the_version_is_the_one_that_is_pinned() -> None:
    settings = configparser.ConfigParser()
    settings.read(PROJECT / "setup.cfg")
    pinned = f"ministack=={importlib.metadata.version('ministack')}"
    assert pinned in settings["options.extras_require"]["rehearse"].split()


def test_every_name_we_touch_is_there() -> None:
    names = {each for path in OURS for each in touched(path)}
    assert len(names) > 40, "this looks at nothing"
    absent = [f"{module}: {name}" for module, name in sorted(names) if not has(module, name)]
    assert absent == []


def has(module: str, name: str) -> bool:
    """Return whether a module of MiniStack makes or imports a name at its top."""
    made = rf"(?:(?:async )?def |class )?{name}\b(?:[(:]|\s*=)"
    brought = rf"(?:from .* )?import .*\b{name}\b|    {name},$"
    return bool(re.search(f"^(?:{made}|{brought})", source(module), re.M))


@pytest.mark.parametrize("module", LACKING)
def test_what_we_add_is_lacking_still(module: str) -> None:
    """Else the next version of MiniStack has it, and ours can go."""
    assert [each for each in LACKING[module] if each in source(module)] == []
