"""Makes cfn-lint say the same in less than half the time: it remembers what it asks for again.

Each function here stands in for one of cfn-lint's, of the version that setup.cfg pins, and
answers as that one does; tests/review/test_lint_speed.py holds them to it. Nothing else of ours
knows cfn-lint's insides. What each saves was measured on the templates of this library.
"""

from __future__ import annotations

import functools
import importlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cfnlint.conditions._errors import UnknownSatisfisfaction
from cfnlint.conditions._utils import get_hash
from cfnlint.conditions.conditions import Conditions
from cfnlint.context.context import Context, Path
from cfnlint.helpers import FUNCTIONS
from cfnlint.jsonschema import _keywords, _utils, validators
from cfnlint.jsonschema._filter import FunctionFilter
from cfnlint.jsonschema._utils import Unset
from cfnlint.rules._rules import Rules
from cfnlint.rules.jsonschema.Base import BaseJsonSchema
from cfnlint.schema.resolver import RefResolver

TRUTHS = ("true", "false")
MOST_REMEMBERED = 4096
_satisfiable = Conditions.satisfiable
_create = validators.create
_equal: Callable[[Any, Any], bool] = _utils.equal
_from_schema: Callable[..., RefResolver] = RefResolver.from_schema
_regex: Any = importlib.import_module("regex._main")
_compile = _regex._compile
_validators = validators.CfnTemplateValidator({}).validators
_dynamic = _validators["dynamicValidation"]
_classes: dict[Any, Any] = {}
_resolvers: dict[int, RefResolver] = {}


def hasten(rules: Rules) -> None:
    """Let cfn-lint work so from now on; `rules` are those it has loaded."""
    replaced: tuple[tuple[Any, str, Any], ...] = (
        (Conditions, "satisfiable", satisfiable),
        (Context, "evolve", evolve_context),
        (Path, "descend", descend),
        (FunctionFilter, "evolve", evolve),
        (validators, "create", create),
        (validators.CfnTemplateValidator, "evolve", evolve),
        (validators.StandardValidator, "evolve", evolve),
        (type(rules["E1101"]), "cfnLint", lint_by_keyword),
        (_keywords, "equal", equal),
        (_regex, "_compile", compile_pattern),
        (BaseJsonSchema, "extend_validator", extend_validator),
        (RefResolver, "from_schema", staticmethod(resolver_of)),
    )
    for owner, name, ours in replaced:
        getattr(owner, name)  # raises where another version has it no more
        setattr(owner, name, ours)
    _validators["dynamicValidation"] = validate_dynamically


def satisfiable(self: Any, conditions: dict[str, bool], values: dict[str, Any]) -> bool:
    """Remember whether conditions can come out so; a third of the time went into asking again."""
    known = self.__dict__.setdefault("_answers", {})
    compared = _compared(self)
    of_use = [(name, str(values[name])) for name in sorted(values) if _hash(name) in compared]
    key = (tuple(conditions.items()), tuple(of_use), bool(values))
    if key not in known:
        try:
            known[key] = _satisfiable(self, conditions, values)
        except UnknownSatisfisfaction as error:
            known[key] = error
    if isinstance(known[key], Exception):
        raise known[key]
    return bool(known[key])


def _compared(conditions: Any) -> frozenset[str]:
    """Return the hashes of what the conditions of a template compare."""
    if "_compared" not in conditions.__dict__:
        named = conditions._conditions.values()
        equals = [equal for condition in named for equal in condition.equals]
        hashes = frozenset(each.hash for equal in equals for each in equal.parameters)
        conditions.__dict__["_compared"] = hashes
    return conditions.__dict__["_compared"]  # type: ignore[no-any-return]


@functools.cache
def _hash(name: str) -> str:
    return str(get_hash({"Ref": name}))


def evolve(self: Any, **changes: Any) -> Any:
    """Return an object like this one but for the changes, without asking for its fields' names."""
    made = object.__new__(type(self))
    made.__dict__.update(self.__dict__, **changes)
    return made


def evolve_context(self: Context, **changes: Any) -> Any:
    """Return a context like this one but for the changes."""
    if "ref_values" in changes:
        changes["ref_values"] = {**self.ref_values, **changes["ref_values"]}
    made = evolve(self, **changes)
    made.__dict__.pop("module_names", None)  # computed once, of resources that may have changed
    return made


def descend(self: Path, **steps: Any) -> Any:
    """Return a path that goes on from this one."""
    generic = steps.get("cfn_path")
    if generic in FUNCTIONS or isinstance(generic, int):
        raise ValueError(f"{generic!r} cannot be in 'cfn_path'")
    longer = {}
    for name, step in steps.items():
        if step is not None:
            longer[name] = getattr(self, name).copy()
            longer[name].append(step)
    return evolve(self, **longer)


def create(*arguments: Any, **settings: Any) -> Any:
    """Return a class of validators as cfn-lint makes it, with our way to evolve them."""
    made: Any = _create(*arguments, **settings)
    made.evolve = evolve
    return made


def lint_by_keyword(
    self: Any, validator: Any, keywords: Any, instance: Any, schema: Any
) -> Iterator[Any]:
    """Ask the rules that are about a place, and not each of the 300 whether it is."""
    about = _rules_about(self, validator.cfn)
    asked = [(each, rule) for each in keywords for rule in about.get(each, ())]
    if not asked:
        return
    plain = validator.function_filter.evolve(add_cfn_lint_keyword=False)
    validator = validator.evolve(function_filter=plain)
    for keyword, rule in asked:
        for error in rule.validate(validator, keyword, instance, schema):
            if error.rule is None and isinstance(error.validator, Unset):
                error.rule = rule
            yield error


def _rules_about(self: Any, template: Any) -> Mapping[str, list[Any]]:
    """Return the rules about each place; they are put together anew for each template."""
    if getattr(self, "_template", None) is not template:
        self._template, self._about = template, defaultdict(list)
        for rule in self.child_rules.values():
            for keyword in rule.keywords if rule is not None and rule.id else ():
                self._about[keyword].append(rule)
    return self._about  # type: ignore[no-any-return]


def equal(one: Any, other: Any) -> bool:
    """Return whether two values are equal; texts, which most are, without further questions."""
    if not (isinstance(one, str) and isinstance(other, str)):
        return _equal(one, other)
    if one == other:
        return True
    return (one.lower() in TRUTHS or other.lower() in TRUTHS) and _equal(one, other)


def validate_dynamically(validator: Any, asked: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """Find what a Ref names where it is, before every name there is is compared with it."""
    if asked == {"context": "refs"} and isinstance(instance, str):
        known = validator.context
        names = (known.parameters, known.resources, known.pseudo_parameters, known.ref_values)
        if any(instance in each for each in names):
            return
    yield from _dynamic(validator, asked, instance, schema)


def compile_pattern(
    pattern: Any, flags: int, ignore_unused: bool, named: Mapping[str, Any], cache_it: bool
) -> Any:
    """Find a pattern that is compiled already, without asking for the machine's locale first."""
    if named or not cache_it:
        return _compile(pattern, flags, ignore_unused, named, cache_it)
    return _compiled(pattern, flags, ignore_unused)


@functools.lru_cache(MOST_REMEMBERED)
def _compiled(pattern: Any, flags: int, ignore_unused: bool) -> Any:
    return _compile(pattern, flags, ignore_unused, {}, True)


def extend_validator(
    self: Any, validator: Any, schema: Any, context: Any, validators: Any = None
) -> Any:
    """Make a class of validators once, and not for each place they are used in."""
    own = {**validator.validators, **self._get_validators(), **(validators or {})}
    key = (frozenset(own.items()), tuple(validator.fn_resolvers.items()))
    if key not in _classes:
        _classes[key] = validator.extend(validators=own)
    return _classes[key](
        schema=schema,
        cfn=validator.cfn,
        context=context,
        function_filter=validator.function_filter,
        resolver=RefResolver.from_schema(schema),
    )


def resolver_of(schema: Any, **settings: Any) -> Any:
    """Let all that resolve the references of one schema share what they have found."""
    if settings or not isinstance(schema, dict):
        return _from_schema(schema, **settings)
    if id(schema) not in _resolvers:
        if len(_resolvers) > MOST_REMEMBERED:  # some schemas are made for one place of a template
            _resolvers.clear()
        first: Any = _from_schema(schema)
        _resolvers[id(schema)] = first  # holds the schema, so that its id stays
        first._get_subschemas_cache()
    first = _resolvers[id(schema)]
    return evolve(first, _scopes_stack=[first.base_uri])
