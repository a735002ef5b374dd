"""What is wrong with a pipeline's definition, rule by rule: each yields one line for each fault."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from aws_reference.deploy_action_types import ACTION_MODES, CAPABILITIES
from refusals import nearest
from rehearsal.artifact_rules import ARTIFACT_RULES
from rehearsal.definition import Action, Definition
from rehearsal.errors import RehearsalError
from rehearsal.providers import PROVIDERS

LONGEST_VALUE = 1000
LAST_RUN_ORDER = 999
VARIABLE = re.compile(r"#\{([^{}.]+)\.([^{}]+)\}")
OF_PIPELINE = "codepipeline"
DECLARED = "variables"
MODES = ("QUEUED", "SUPERSEDED", "PARALLEL")
ON_FAILURE = ("FAIL", "RETRY", "ROLLBACK")
RETRY_MODES = ("FAILED_ACTIONS", "ALL_ACTIONS")


def problems(definition: Definition) -> list[str]:
    """Return everything that is wrong; rules that look further hold for known actions only."""
    unknown = [*unknown_actions(definition)]
    return unknown or [line for rule in RULES for line in rule(definition)]


def refuse_problems(definition: Definition) -> None:
    """Raise `RehearsalError` with the first problem, if there is one, and the number of others."""
    if found := problems(definition):
        more = f" (and {len(found) - 1} more)" if found[1:] else ""
        raise RehearsalError(found[0] + more)


def variables_read(action: Action) -> list[tuple[str, str]]:
    """Return namespace and name of each variable an action's configuration reads."""
    found = (pair for text in action.configuration.values() for pair in VARIABLE.findall(text))
    return list(dict.fromkeys(found))


def unknown_actions(definition: Definition) -> Iterator[str]:
    """Actions of which nothing is known here are refused, not passed over."""
    for action in definition.actions:
        kind = f"{action.category}/{action.owner}/{action.provider}/{action.version}"
        known = PROVIDERS.get(action.provider)
        if not known:
            near = nearest(action.provider, PROVIDERS)
            mend = near or f"; use one of {', '.join(PROVIDERS)}"
            yield f"{action.place}: {kind} is no action that is known here{mend}"
        elif (action.owner, action.version) != ("AWS", "1"):
            yield f"{action.place}: {kind} is not known here; write Owner: AWS and Version: '1'"
        elif action.category not in known.categories:
            yield f"{action.place}: {kind} is not known here; {action.provider} is of category " + (
                " or ".join(known.categories)
            )


def too_few_stages(definition: Definition) -> Iterator[str]:
    """CodePipeline wants two stages at least, and an action in each."""
    if len(definition.stages) < len(("source", "another")):
        yield "Stages: fewer than two; a pipeline has a source and something to do with it"
    for stage in definition.stages:
        if not stage.actions:
            yield f"{stage.name}: has no actions; give it one, or leave it out"


def sources_elsewhere(definition: Definition) -> Iterator[str]:
    """The first stage fetches, and no other does."""
    for stage in definition.stages:
        is_first = stage is definition.stages[0]
        for action in stage.actions:
            if is_first != (action.category == "Source"):
                words = "begins, so it holds sources only" if is_first else "holds no sources"
                yield f"{action.place}: is of category {action.category}; this stage {words}"


def doubled_names(definition: Definition) -> Iterator[str]:
    """Stages, the actions of a stage, output artifacts, namespaces and stores are named once."""
    actions = definition.actions
    yield from _twice("stages", (stage.name for stage in definition.stages))
    yield from _twice("actions", (action.place for action in actions))
    yield from _twice("output artifacts", (name for each in actions for name in each.outputs))
    yield from _twice("namespaces", (each.namespace for each in actions if each.namespace))
    yield from _twice("artifact stores", (store.region for store in definition.stores))


def _twice(what: str, names: Iterable[str]) -> Iterator[str]:
    for name, times in Counter(names).items():
        if times > 1:
            yield f"{name}: {times} {what} bear this name; give each its own"


def bad_run_orders(definition: Definition) -> Iterator[str]:
    """A run order is a number from 1 to 999."""
    for action in definition.actions:
        if not 1 <= action.run_order <= LAST_RUN_ORDER:
            yield f"{action.place}.RunOrder: {action.run_order} is not from 1 to {LAST_RUN_ORDER}"


def regions_without_store(definition: Definition) -> Iterator[str]:
    """Artifacts go through a store in the region of the action."""
    there = {store.region for store in definition.stores}
    needed = {definition.region: "the pipeline"}
    needed |= {action.region: action.place for action in reversed(definition.actions)}
    for region, who in needed.items():
        if region not in there:
            yield f"ArtifactStores: none in {region}, where {who} is; add one"


def actions_out_of_place(definition: Definition) -> Iterator[str]:
    """Sources and approvals happen in the pipeline's own region."""
    for action in definition.actions:
        if action.region != definition.region and not PROVIDERS[action.provider].elsewhere:
            yield (
                f"{action.place}.Region: {action.provider} acts in the pipeline's region only, "
                f"{definition.region}; leave Region out"
            )


def undefined_variables(definition: Definition) -> Iterator[str]:
    """A variable is of a namespace that an action done before has, or of the pipeline itself."""
    spaces = {action.namespace: action for action in definition.actions if action.namespace}
    for action in definition.actions:
        for space, name in variables_read(action):
            written = f"{action.place}: #{{{space}.{name}}}"
            if space == DECLARED and name not in definition.variables:
                near = nearest(name, definition.variables)
                yield f"{written}: the pipeline declares no variable {name}{near}; declare it"
            if space in {DECLARED, OF_PIPELINE}:
                continue
            if space not in spaces:
                near = nearest(space, spaces) or "; give it to the action that is meant"
                yield f"{written}: no action has the namespace {space}{near}"
            elif not definition.is_before(spaces[space], action):
                yield f"{written}: {spaces[space].place} is not done before; run it earlier"


def wrong_keys(definition: Definition) -> Iterator[str]:
    """Each provider must be told some things and may be told others."""
    for action in definition.actions:
        known = PROVIDERS[action.provider]
        required = (*known.required, *ACTION_MODES.get(_mode(action), ()))
        for key in required:
            if key not in action.configuration:
                yield f"{action.place}.Configuration.{key}: is missing; add it"
        for key in sorted(action.configuration.keys() - {*known.required, *known.optional}):
            near = nearest(key, (*known.required, *known.optional)) or "; leave it out"
            yield f"{action.place}.Configuration.{key}: {action.provider} knows no such key{near}"


def bad_values(definition: Definition) -> Iterator[str]:
    """A configuration's value has 1 to 1,000 characters."""
    for action in definition.actions:
        for key, value in action.configuration.items():
            if not 1 <= len(value) <= LONGEST_VALUE:
                yield (
                    f"{action.place}.Configuration.{key}: has {len(value):,} characters; "
                    f"CodePipeline takes 1 to {LONGEST_VALUE:,}"
                )


def unknown_modes(definition: Definition) -> Iterator[str]:
    """Modes, of executions and of CloudFormation, and capabilities are known words."""
    yield from _unknown("ExecutionMode", definition.mode, MODES)
    for stage in definition.stages:
        yield from _unknown(f"{stage.name}.OnFailure.Result", stage.on_failure, ON_FAILURE)
        yield from _unknown(f"{stage.name}.OnFailure.RetryMode", stage.retry_mode, RETRY_MODES)
    for action in definition.actions:
        there = action.configuration
        if action.provider == "CloudFormation" and "ActionMode" in there:
            yield from _unknown(f"{action.place}.ActionMode", there["ActionMode"], ACTION_MODES)
        for word in filter(None, there.get("Capabilities", "").split(",")):
            yield from _unknown(f"{action.place}.Capabilities", word.strip(), CAPABILITIES)


def _unknown(place: str, word: str, known: Iterable[str] | Mapping[str, object]) -> Iterator[str]:
    if word not in known:
        yield f"{place}: '{word}' is not known{nearest(word, known)}; use {', '.join(known)}"


def triggers_of_nothing(definition: Definition) -> Iterator[str]:
    """A trigger names a source action that comes from a connection, in a pipeline of type V2."""
    beyond = any(stage.on_failure != "FAIL" for stage in definition.stages)
    if definition.type != "V2" and (definition.triggers or definition.variables or beyond):
        yield f"PipelineType: {definition.type} has no triggers, variables, OnFailure; write V2"
    sources = {
        each.name for each in definition.actions if each.provider == "CodeStarSourceConnection"
    }
    for trigger in definition.triggers:
        if trigger.source not in sources:
            near = nearest(trigger.source, sources) or "; name one that comes from a connection"
            yield f"Triggers.{trigger.source}: there is no such source action{near}"


def _mode(action: Action) -> str:
    return action.configuration.get("ActionMode", "")


RULES: tuple[Callable[[Definition], Iterator[str]], ...] = (
    too_few_stages,
    sources_elsewhere,
    doubled_names,
    bad_run_orders,
    regions_without_store,
    actions_out_of_place,
    undefined_variables,
    wrong_keys,
    bad_values,
    unknown_modes,
    triggers_of_nothing,
    *ARTIFACT_RULES,
)
