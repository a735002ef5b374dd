"""The accounts a pipeline deploys to: how a template asks for them, and the roles found there."""

from __future__ import annotations

from collections.abc import Iterator

from troposphere import Ref, Select, Split, Sub

from pipeline import names
from pipeline.parameters import Question, pattern, stored, text
from pipeline.topology import Account, Stage, Topology


def home_account(topology: Topology, stage: Stage) -> Account | None:
    """Return the account a stage deploys to in home's partition; None if it is the pipeline's."""
    here = stage.targets_in(topology.partition)
    return here[0].account if here else None


def own_account_stages(topology: Topology) -> list[Stage]:
    """Return the stages that deploy to the pipeline's own account."""
    return [
        stage
        for stage in topology.stages
        if stage.targets_in(topology.partition) and not home_account(topology, stage)
    ]


def cross_account_stages(topology: Topology) -> list[tuple[Stage, Account]]:
    """Return the stages that deploy to another account of home's partition, and to which."""
    found = [(stage, home_account(topology, stage)) for stage in topology.stages]
    return [(stage, account) for stage, account in found if account]


def questions(topology: Topology) -> tuple[Question, ...]:
    """Return one question for each account that is a parameter."""
    return tuple(_question(name, of) for name, of in dict(_asked(topology)).items())


def _asked(topology: Topology) -> Iterator[tuple[str, str]]:
    for stage in topology.stages:
        for to in stage.targets:
            if to.account and to.account.parameter:
                yield to.account.parameter, f"{stage.name} in {to.partition.name}"


def _question(name: str, of: str) -> Question:
    return text(
        name,
        f"Account of {of}",
        f"Account that {of} is deployed to, for example 111122223333. No default: it is yours.",
        default=None,
        **pattern("[0-9]{12}", "An account id of 12 digits."),
    )


def role_questions(topology: Topology) -> tuple[Question, ...]:
    """Return where a launch template finds the role that deploys each stage.

    In the pipeline's account that is CloudFormation's; in another, the one the pipeline assumes.
    """
    own = [
        _role_question(topology, stage, names.CLOUD_FORMATION_ROLE, "CloudFormation assumes")
        for stage in own_account_stages(topology)
    ]
    others = [
        _role_question(topology, stage, names.CROSS_ACCOUNT_ROLE, "the pipeline assumes")
        for stage, _ in cross_account_stages(topology)
    ]
    return (*own, *others)


def _role_question(topology: Topology, stage: Stage, role: str, who: str) -> Question:
    path = names.stored(topology.partition, stage.name, role)
    what = f"the ARN of the role {who} for {stage.name}"
    return stored(role_parameter(stage, role), f"Role of {stage.name}", what, path)


def role_parameter(stage: Stage, role: str) -> str:
    """Return the template parameter that holds the ARN of a role of a stage."""
    return f"{stage.name}{role}"


def role_arn(stage: Stage, account: Account) -> Sub:
    """Return the ARN that cross-account-role.yaml gives the role assumed for a stage."""
    name = names.of_stage(stage.name.lower(), names.CROSS_ACCOUNT)
    return Sub(f"arn:${{AWS::Partition}}:iam::{account.text}:role/{name}")


def deploy_role_arn(stage: Stage) -> Sub:
    """Return the ARN of CloudFormation's role in the account of the role assumed for a stage."""
    name = names.of_stage(stage.name.lower(), names.CLOUD_FORMATION)
    account = Select(4, Split(":", Ref(role_parameter(stage, names.CROSS_ACCOUNT_ROLE))))
    return Sub(f"arn:${{AWS::Partition}}:iam::${{Account}}:role/{name}", Account=account)
