"""Reads a topology from its TOML file, and refuses one that AWS would refuse later.

Every error is one line that names the file, the key and the mend; stages and targets are counted
from 1. What is wrong with a topology as a whole, `topology_rules` says.

A target may lie in another partition, if it names an account there. A `multi-account` pipeline
deploys there what it has built. A `multi-region` one has the image made anew there, from the same
commit: no image crosses a partition. That costs a build (CodeBuild's minutes and the builder's
instance) for each stage and partition, and the image is not the same bytes; why it is not carried
over instead, `rebuilding` says.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from pipeline.errors import InputError
from pipeline.partitions import Partition, partition_of
from pipeline.toml_table import Table
from pipeline.topology import (
    Access,
    Account,
    ArtifactStores,
    Region,
    SourceType,
    Stage,
    Target,
    Topology,
)
from pipeline.topology_rules import refuse_what_aws_would
from refusals import quoted

HOME_REFERENCE = "AWS::Region"
MOST_BYTES_IN_A_DESCRIPTION = 900

KEYS = ("pipeline", "description", "home", "sources", "artifact_stores", "access", "stage")
STAGE_KEYS = ("name", "approval", "target")
TARGET_KEYS = ("region", "parameter", "account")

FILE_NAME = re.compile(r"(?=.{1,100}$)[a-z][a-z0-9]*(-[a-z0-9]+)*")
STAGE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,29}")
# One capitalised word, then Region: no parameter, resource or output of a template is named so.
PARAMETER_NAME = re.compile(r"[A-Z][a-z]{0,29}Region[0-9]{0,3}")
ASKED_FOR = "a name like ProdAccountId to be asked for it"
ACCOUNT_ID = re.compile(r"[0-9]{12}")
ACCOUNT = re.compile(ACCOUNT_ID.pattern + r"|[A-Z][A-Za-z]{0,29}AccountId")


def read_topology(path: Path) -> Topology:
    """Return the topology a TOML file describes.

    Raises `InputError` for a file that is missing, unreadable, not TOML or not a topology.
    """
    try:
        # A byte order mark, which Windows editors put there, is no part of the text.
        text = path.read_text(encoding="utf-8-sig")
        return parse_topology(text, name=path.stem)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file; write it or correct the name") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 ({error.reason}); save the file as UTF-8") from None
    except OSError as error:
        mend = "put a file there that you may read"
        raise InputError(f"{path}: cannot be read: {error.strerror}; {mend}") from None
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def parse_topology(text: str, name: str) -> Topology:
    """Return the topology a TOML text describes; `InputError` names the key, not the file."""
    if not FILE_NAME.fullmatch(name):
        mend = "rename the file: lower-case words joined by '-', like orders-eu.toml"
        raise InputError(f"{quoted(name)} cannot name a template; {mend}")
    top = Table("", _toml(text), KEYS)
    pipeline = top.text("pipeline")
    description = _description(top)
    home = _home(top)
    topology = Topology(
        name=name,
        pipeline=pipeline,
        description=description,
        home=home,
        stages=tuple(_stage(each, home) for each in top.tables("stage", STAGE_KEYS)),
        sources=top.choices("sources", SourceType),
        artifact_stores=top.choice("artifact_stores", ArtifactStores, ArtifactStores.NAMED),
        access=top.choice("access", Access, Access.ACCESS_KEYS),
    )
    refuse_what_aws_would(topology)
    return topology


def _toml(text: str) -> dict[str, object]:
    """Return what a TOML text holds. A number of thousands of digits is a bare `ValueError`."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not TOML: {error}; correct it there") from None


def _description(top: Table) -> str:
    text = top.text("description")
    short = len(text.encode()) <= MOST_BYTES_IN_A_DESCRIPTION
    if not text.strip() or not short or not text.isprintable():
        limit = f"1 to {MOST_BYTES_IN_A_DESCRIPTION} bytes on one line"
        top.fail("description", f"cannot be shown by CloudFormation; write {limit}")
    return text


def _home(top: Table) -> Region:
    name = top.text("home")
    partition = _partition_of(top, "home", name)
    if not partition.deploys_from_pipelines:
        why = f"{name} lies in {partition.name}, where CodePipeline is not known to deploy stacks"
        top.fail("home", f"{why}; choose a home in aws or aws-us-gov")
    return Region(name, HOME_REFERENCE)


def _stage(table: Table, home: Region) -> Stage:
    rule = "use 1 to 30 letters, digits and '-', beginning with a letter or digit"
    name = table.name("name", STAGE_NAME, rule)
    targets: list[Target] = []
    for each in table.tables("target", TARGET_KEYS):
        target = _target(each, home)
        if target.region.name in [to.region.name for to in targets]:
            each.fail("region", f"{target.region.name} is a target of this stage twice; remove one")
        _refuse_second_place(each, target, targets, home)
        targets.append(target)
    return Stage(name, tuple(targets), table.flag("approval", default=False))


def _refuse_second_place(table: Table, target: Target, before: list[Target], home: Region) -> None:
    """What a stage has in an account is named after the stage: one account of each partition.

    In another partition it is one region too, for the one bucket there lies in one.
    """
    for other in before:
        if other.partition != target.partition:
            continue
        if other.account != target.account:
            first = other.account.text if other.account else "the pipeline's own"
            why = f"{other.region.name} of this stage lies in another account, {first}"
            table.fail("account", f"{why}; write the same here, or make another stage of it")
        if other.partition != partition_of(home.name):
            why = f"{other.region.name} of {other.partition.name} is a target of this stage, too"
            table.fail("region", f"{why}; make another stage of one of them")


def _target(table: Table, home: Region) -> Target:
    name = table.text("region")
    partition = _partition_of(table, "region", name)
    parameter = table.optional_name("parameter", PARAMETER_NAME, "use a name like OtherRegion1")
    account = _account(table)
    if partition != partition_of(home.name) and not account:
        why = (
            f"is missing, and {name} lies in {partition.name}, where home's account does not exist"
        )
        table.fail("account", f'{why}; write account = "…", its 12 digits or {ASKED_FOR}')
    if name != home.name:
        return Target(Region(name, parameter), account)
    if parameter:
        table.fail("parameter", "home is where the stack is launched and not asked for; remove it")
    return Target(home, account)


def _account(table: Table) -> Account | None:
    text = table.optional_name(
        "account", ACCOUNT, f"write its 12 digits, in quotes, or {ASKED_FOR}"
    )
    if not text:
        return None
    return Account(text) if ACCOUNT_ID.fullmatch(text) else Account("", text)


def _partition_of(table: Table, key: str, region: str) -> Partition:
    try:
        return partition_of(region)
    except InputError as error:
        table.fail(key, str(error))
