"""Shows plans to people, in the terminal or in Markdown, and to programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from markdown_writer import parts as markdown
from rehearsal.layout import BOLD, DIM, count, paint, wrap
from rehearsal.plan import Plan, Step

NOTHING_RAN = "This is a plan: nothing has run, and nothing was asked of AWS."
UNKNOWN = "In braces, for only a launch can tell"
COLUMNS = ("stage", "order", "action", "region", "account", "does")
LISTS = (
    ("A rehearsal stands in for", "stood_in"),
    ("and cannot show", "not_shown"),
)


def as_text(plans: Sequence[Plan], colour: bool = False) -> str:
    """Return lines of 100 columns at most, as far as names let them be broken."""
    lines = [line for plan in plans for line in (*_plan_lines(plan, colour), "")]
    return "\n".join([*lines, NOTHING_RAN])


def as_json(plans: Sequence[Plan]) -> str:
    """Return the same facts for programs."""
    return json.dumps([_plan_data(plan) for plan in plans], indent=2)


def as_markdown(plans: Sequence[Plan]) -> str:
    """Return a table for each stage, and lists."""
    return "\n".join([*(line for plan in plans for line in _plan_markdown(plan)), NOTHING_RAN])


def _plan_lines(plan: Plan, colour: bool) -> Iterator[str]:
    yield paint(plan.place.stack, BOLD, colour) + f"  {plan.path}, {plan.pipeline}"
    yield from wrap(plan.description, "  ")
    yield from wrap(_launched(plan), "  ")
    for store in plan.stores:
        key = f", key {store.key}" if store.key else ""
        yield from wrap(f"artifacts in {store.region}: {store.bucket}{key}", "  ")
    names = max(len(step.action.name) for step in plan.steps)
    regions = max(len(step.action.region) for step in plan.steps)
    for stage in plan.stages:
        yield ""
        yield paint(stage.name, BOLD, colour)
        for group in stage.groups:
            for at, step in enumerate(group.steps):
                order = "" if at else str(group.run_order)
                where = f"{step.action.name:{names}}  {step.action.region:{regions}}"
                yield f"{order:>3}  {where}  {_account(step, plan)}"
                for words in _details(step, plan):
                    wrapped = wrap(words, "       ")
                    yield from (paint(line, DIM, colour) for line in wrapped)
    yield ""
    yield _summary(plan)
    for title, name in LISTS:
        yield paint(title, BOLD, colour)
        yield from (line for item in getattr(plan, name) for line in wrap(item, "  - "))
    if plan.unknown:
        yield paint(UNKNOWN, BOLD, colour)
        yield from wrap(", ".join(plan.unknown), "  ")


def _launched(plan: Plan) -> str:
    place = plan.place
    return (
        f"Launched in {place.region} as stack {place.stack}; "
        f"its role is {plan.role}; executions are {plan.mode}"
    )


def _account(step: Step, plan: Plan) -> str:
    own = step.account == plan.place.account
    return "this account" if own else step.account


def _details(step: Step, plan: Plan) -> Iterator[str]:
    """Yield what a step does, and what it has from others and others have from it."""
    yield step.what
    if step.reaches:
        yield f"reaches {', account '.join(step.reaches)}"
    read = {name for each in plan.steps for name in each.reads}
    given = [each for each in step.gives if each in read or each.endswith(".*")]
    handed = (
        ("takes", step.action.inputs),
        ("reads", step.reads),
        ("makes", step.action.outputs),
        ("gives", given),
    )
    if words := "; ".join(f"{verb} {', '.join(names)}" for verb, names in handed if names):
        yield words


def _summary(plan: Plan) -> str:
    steps = plan.steps
    regions = {step.action.region for step in steps} | {s.reaches[0] for s in steps if s.reaches}
    accounts = {step.account for step in steps} | {s.reaches[-1] for s in steps if s.reaches[1:]}
    return (
        f"{count(len(plan.stages), 'stage')}, {count(len(steps), 'action')}, "
        f"{count(len(regions), 'region')} and {count(len(accounts), 'account')}"
    )


def _plan_data(plan: Plan) -> dict[str, object]:
    return {
        "pipeline": plan.pipeline,
        "template": plan.path,
        "stack": plan.place.stack,
        "region": plan.place.region,
        "account": plan.place.account,
        "role": plan.role,
        "execution_mode": plan.mode,
        "stores": [
            {"region": each.region, "bucket": each.bucket, "key": each.key or None}
            for each in plan.stores
        ],
        "stages": [
            {
                "name": stage.name,
                "groups": [[_step_data(step) for step in group.steps] for group in stage.groups],
            }
            for stage in plan.stages
        ],
        "stood_in": list(plan.stood_in),
        "not_shown": list(plan.not_shown),
        "unknown": list(plan.unknown),
    }


def _step_data(step: Step) -> dict[str, object]:
    action = step.action
    return {
        "action": action.name,
        "run_order": action.run_order,
        "category": action.category,
        "provider": action.provider,
        "region": action.region,
        "account": step.account,
        "role": action.role_arn or None,
        "does": step.what,
        "reaches": list(step.reaches),
        "inputs": list(action.inputs),
        "outputs": list(action.outputs),
        "reads": list(step.reads),
        "gives": list(step.gives),
    }


def _plan_markdown(plan: Plan) -> Iterator[str]:
    yield from (f"## {plan.place.stack}", "", plan.description, "", f"{_launched(plan)}.", "")
    yield from markdown.table(COLUMNS, _rows(plan))
    yield from ("", f"{_summary(plan)}.", "")
    for title, name in LISTS:
        yield from (f"{title}:", "", *(f"- {each}" for each in getattr(plan, name)), "")
    if plan.unknown:
        yield from (f"{UNKNOWN}: {', '.join(plan.unknown)}.", "")


def _rows(plan: Plan) -> Iterator[list[str]]:
    for stage in plan.stages:
        for group in stage.groups:
            for step in group.steps:
                does = "; ".join(_details(step, plan))
                cells = (
                    *(stage.name, str(group.run_order), step.action.name),
                    *(step.action.region, _account(step, plan), does),
                )
                yield [markdown.text(each) for each in cells]
