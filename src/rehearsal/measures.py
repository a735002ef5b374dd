"""What is measured of a rehearsal when it has run: unused grants, limits, and where time went."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from operate.regions import dns_suffix
from rehearsal.calls import Call, read_calls
from rehearsal.clouds import Clouds
from rehearsal.estate import Estate
from rehearsal.grants import read_statements
from rehearsal.outcome import ExecutionResult, Grant, Shares
from rehearsal.parameters import STORED, read_values
from rehearsal.place import Place
from rehearsal.plan import Plan, make_plans
from rehearsal.privileges import unused
from rehearsal.resolve import Scope
from rehearsal.rules import obey_rules
from template_reader.file import Template, read_template

BUILD = "CodeBuild"
SESSION_OF_BUILDS = "codebuild.amazonaws.com"


def unused_grants(clouds: Clouds, estate: Estate, templates: Path) -> tuple[Grant, ...]:
    """Return what the roles and users of an estate may do and nobody did."""
    return unused(read_statements(clouds, estate.launches, templates), _calls(clouds, estate))


def plan_of(clouds: Clouds, estate: Estate) -> Plan:
    """Return the plan of a pipeline that stands, with the values it was launched with."""
    template = read_template(estate.template)
    partition = clouds.of(estate.region).partition
    suffix = dns_suffix(partition)
    place = Place(estate.region, partition, suffix, estate.stack, estate.account)
    values = read_values(template, estate.given, _stored(template, clouds, estate))
    (plan,) = make_plans(obey_rules(Scope(template, place, values), estate.given))
    return plan


def shares(
    clouds: Clouds, estate: Estate, executions: Iterable[ExecutionResult], whole: float
) -> Shares:
    """Return where the time went; what a build waits for the embedded AWS is not its own."""
    calls = _calls(clouds, estate)
    waited = sum(call.seconds for call in calls if call.session == SESSION_OF_BUILDS)
    actions = [action for each in executions for action in each.actions]
    built = sum(action.seconds for action in actions if action.provider == BUILD)
    return Shares(
        embedded=sum(call.seconds for call in calls),
        commands=max(0.0, built - waited),
        whole=whole,
    )


def _calls(clouds: Clouds, estate: Estate) -> list[Call]:
    """Return the calls of whoever is of the estate's accounts."""
    accounts = {launch.account for launch in estate.launches}
    found = (call for aws in clouds.by_partition.values() for call in read_calls(aws))
    return [call for call in found if accounts & {call.account, *call.principal.split(":")[4:5]}]


def _stored(template: Template, clouds: Clouds, estate: Estate) -> dict[str, str]:
    """Return what Parameter Store holds under the names that a template looks up by default."""
    ssm = clouds.client("ssm", estate.region, estate.account)
    looked_up = [
        str(each["Default"])
        for each in template.section("Parameters").values()
        if STORED.fullmatch(str(each["Type"])) and each.get("Default")
    ]
    pages = [looked_up[at : at + 10] for at in range(0, len(looked_up), 10)]
    found = (each for names in pages for each in ssm.get_parameters(Names=names)["Parameters"])
    return {each["Name"]: each["Value"] for each in found}
