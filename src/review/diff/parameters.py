"""What became of the parameters of a template, for who launches it and who updates a stack."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from refusals import quoted
from review.diff.change import Bump, Change, Section
from review.diff.constraints import Reach, is_refused, turns
from review.diff.pair import Pair
from review.diff.parameter_renames import parameter_renames
from template_reader.nodes import mapping
from template_reader.values import is_secret

TEXT = "String"
LIST = "CommaDelimitedList"
STORED = "AWS::SSM::Parameter::Value"
REACHES = {
    Reach.WIDER: ("parameter widened", Bump.MINOR, False),
    Reach.UNCLEAR: ("parameter may be narrower", Bump.MINOR, True),
    Reach.NARROWER: ("parameter narrowed", Bump.MAJOR, True),
}
_change = functools.partial(Change, Section.CALLERS)
KEEP = "stacks that run keep the value they have"


def parameters_changed(pair: Pair) -> Iterator[Change]:
    """Yield what became of each parameter."""
    olds, news = pair.before.section("Parameters"), pair.after.section("Parameters")
    renamed = parameter_renames(pair)
    for name in pair.names("Parameters"):
        before, after = mapping(olds.get(name)), mapping(news.get(name))
        if name in renamed:
            yield _renamed(name, renamed[name], mapping(news[renamed[name]]))
        elif name in olds and name not in news:
            why = "whoever passes it is refused; mend: leave it out"
            yield _change("parameter removed", name, Bump.MAJOR, True, why=why)
        elif name in olds:
            yield from _of_both(name, before, after)
        elif name not in renamed.values():
            yield _added(name, after)


def _added(name: str, after: Mapping[Any, Any]) -> Change:
    if "Default" in after:
        return _change("parameter added", name, Bump.MINOR, after=_value(after, "Default"))
    why = "every launch, and the next update of every stack, has to give it: it has no default"
    return _change("parameter added", name, Bump.MAJOR, True, why=why)


def _renamed(old: str, new: str, after: Mapping[Any, Any]) -> Change:
    loses = (
        "stacks that run get the default in place of the value they have"
        if "Default" in after
        else "the next update of every stack has to give it"
    )
    why = f"whoever passes {old} is refused, and {loses}; mend: pass {new}"
    return _change("parameter renamed", old, Bump.MAJOR, True, "", old, new, why)


def _of_both(name: str, before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Iterator[Change]:
    yield from _retyped(name, before, after)
    for turn in turns(before, after):
        what, bump, decide = REACHES[turn.reach]
        place = (turn.key, turn.before, turn.after, f"it {turn.why}")
        yield _change(what, name, bump, decide, *place)
    yield from _default(name, before, after)
    yield from _echoed(name, before, after)
    words = ("Description", "ConstraintDescription")
    changed = [key for key in words if before.get(key) != after.get(key)]
    if changed:
        yield _change("described", name, Bump.PATCH, False, ", ".join(changed))


def _retyped(name: str, before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Iterator[Change]:
    one, other = (str(each.get("Type", "")) for each in (before, after))
    if one == other:
        return
    place = ("Type", one, other)
    if _is_wider(one, other):
        why = "it takes what it took, and what it refused"
        yield _change("parameter retyped", name, Bump.MINOR, False, *place, why)
    else:
        why = "values that were taken may be refused, or mean something else"
        yield _change("parameter retyped", name, Bump.MAJOR, True, *place, why)


def _is_wider(before: str, after: str) -> bool:
    """Return whether a type takes all that another one does, and means the same by it."""
    if STORED in before + after:
        return False
    if before.startswith("List<"):
        return after in (LIST, "List<String>")
    return after == TEXT and before != LIST


def _default(name: str, before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Iterator[Change]:
    one, other = (_value(each, "Default") for each in (before, after))
    place = ("Default", one, other)
    if "Default" in before and "Default" not in after:
        why = f"every launch has to give it; {KEEP}, if whoever updates them says so"
        yield _change("default dropped", name, Bump.MAJOR, True, *place, why)
    elif "Default" in after and "Default" not in before:
        yield _change("default added", name, Bump.MINOR, False, *place, "a launch may leave it out")
    elif str(before.get("Default")) != str(after.get("Default")):
        why = f"it counts for new stacks only; {KEEP}, unless UpdateStack is called without it"
        yield _change("default changed", name, Bump.MINOR, False, *place, why)
    old = str(before.get("Default", ""))
    if "Default" in before and is_refused(after, old) and not is_refused(before, old):
        why = f"stacks that run with the old default {_shown(before, old)} cannot be updated"
        yield _change("old default refused", name, Bump.MAJOR, True, *place, why)


def _echoed(name: str, before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Iterator[Change]:
    if is_secret(before) and not is_secret(after):
        why = "its value is shown to whoever may describe the stack, the value it has included"
        yield _change("NoEcho dropped", name, Bump.MINOR, True, "NoEcho", why=why)
    elif is_secret(after) and not is_secret(before):
        why = "its value is shown no more, and links cannot preset it"
        yield _change("NoEcho added", name, Bump.MINOR, False, "NoEcho", why=why)


def _value(parameter: Mapping[Any, Any], key: str) -> str:
    return _shown(parameter, str(parameter[key])) if key in parameter else ""


def _shown(parameter: Mapping[Any, Any], value: str) -> str:
    """Return a value as it may be shown: nobody is shown a secret."""
    return "****" if is_secret(parameter) else quoted(value)
