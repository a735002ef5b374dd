"""Refuses what cannot be rehearsed while nothing has been started yet."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace

from refusals import nearest
from rehearsal.actions.build import SYSTEM_PATH
from rehearsal.commands import refuse_missing
from rehearsal.commits import refuse_no_application
from rehearsal.course import Order
from rehearsal.errors import RehearsalError
from rehearsal.estate_topology import read_site
from rehearsal.faults import refuse_misplaced
from rehearsal.stand_ins import ALL
from template_reader.file import PIPELINE, Template, read_template

EMULATOR = "ministack"


def checked(orders: Sequence[Order], real: Iterable[str]) -> tuple[Order, ...]:
    """Return the orders, each with those values that its own pipeline's template asks for.

    Raises `RehearsalError` for the first thing in them that cannot be rehearsed.
    """
    refuse_missing()
    _refuse_no_emulator()
    _refuse_unknown_tools(real)
    templates = [_template(order) for order in orders]
    for order in orders:
        refuse_no_application(order.application)
    for order, template in zip(orders, templates, strict=True):
        refuse_misplaced(order.faults, read_site(order.topology), template)
    return tuple(_given(orders, templates))


def _template(order: Order) -> Template:
    """Return the template of the one pipeline that is rendered from a topology."""
    path = order.templates / f"{order.topology.stem}-pipeline.yaml"
    if not path.is_file():
        raise RehearsalError(f"{path}: is not there; `make templates` renders it")
    template = read_template(path)
    if not template.resources(PIPELINE):
        raise RehearsalError(f"{path}: has no pipeline in it; `make templates` renders it anew")
    return template


def _given(orders: Sequence[Order], templates: Sequence[Template]) -> Iterable[Order]:
    known = {name for each in templates for name in each.section("Parameters")}
    for order, template in zip(orders, templates, strict=True):
        for name in sorted(order.given.keys() - known):
            where = " or ".join(str(each.path) for each in templates)
            mend = nearest(name, known) or "; leave it out"
            raise RehearsalError(f"--param {name}: is no parameter of {where}{mend}")
        asked = template.section("Parameters")
        given = {name: value for name, value in order.given.items() if name in asked}
        yield replace(order, given=given)


def _refuse_no_emulator() -> None:
    if importlib.util.find_spec(EMULATOR) is None:
        raise RehearsalError(f"{EMULATOR} is not installed in {sys.prefix}; mend: make templates")


def _refuse_unknown_tools(real: Iterable[str]) -> None:
    known = [each.name for each in ALL]
    for name in real:
        if name not in known:
            mend = nearest(name, known) or f"; there are {', '.join(known)}"
            raise RehearsalError(f"--real {name}: nothing stands in for it{mend}")
        if shutil.which(name, path=SYSTEM_PATH) is None:
            raise RehearsalError(f"--real {name}: is not installed; install it, or leave that out")
