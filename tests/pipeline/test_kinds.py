"""What one kind of pipeline refuses and another takes, and what a topology of accounts says."""

from __future__ import annotations

import copy
import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from templates.committed import PROJECT

from pipeline.errors import InputError
from pipeline.library import Entry, choose, find_entries, render
from pipeline.partitions import partition_of
from pipeline.stacks import multi_account_pipeline, multi_account_service_roles
from pipeline.topology import Account, Topology
from pipeline.topology_file import parse_topology
from pipeline.topology_rules import MOST_ASKED_REGIONS
from review.lint import lint
from topologies import REMOVED, changed, stages, toml

GLOBAL_CHINA = (PROJECT / "topologies" / "global-china.toml").read_text(encoding="utf-8")
NAMED = {"artifact_stores": "named"}
HOME_ALONE = {**NAMED, "stage": stages(["us-east-1"])}
ELSEWHERE = {"region": "eu-west-1", "account": "111122223333"}
REGION, ACCOUNTS = changed({}), tomllib.loads(GLOBAL_CHINA)
WRONG: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "nothing outside home": (
        REGION,
        HOME_ALONE,
        "stage: no target outside home; name at least one other region",
    ),
    "another account for an image": (
        REGION,
        {"stage": [{"name": "Live", "target": [ELSEWHERE]}]},
        "stage[1].target[1].account: images are not handed to other accounts of the partition; "
        "remove it, or use the kind multi-account",
    ),
    "stores by name where accounts need keys": (
        ACCOUNTS,
        NAMED,
        "artifact_stores: other accounts need the ids of the keys, which Parameter Store has; "
        'write artifact_stores = "stored"',
    ),
    "a stage that cannot name a role": (
        ACCOUNTS,
        {"stage": [{"name": "pre-prod", "target": [{"region": "us-east-1"}]}]},
        "stage[1].name: roles, buckets and parameters bear this name; use 1 to 16 letters and "
        "digits",
    ),
    "a stage too long to name a bucket": (
        ACCOUNTS,
        {"stage": [{"name": "x" * 17, "target": [{"region": "us-east-1"}]}]},
        "stage[1].name: roles, buckets and parameters bear this name; use 1 to 16 letters and "
        "digits",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_a_kind_cannot_draw_is_refused(tmp_path: Path, case: str) -> None:
    base, changes, line = WRONG[case]
    for needed in ("multi-region", "global-china"):
        text = (PROJECT / "topologies" / f"{needed}.toml").read_text(encoding="utf-8")
        (tmp_path / f"{needed}.toml").write_text(text, encoding="utf-8")
    (tmp_path / "orders.toml").write_text(toml(copy.deepcopy(base) | changes), encoding="utf-8")
    (entry,) = choose(find_entries(tmp_path), ["orders-pipeline"])
    with pytest.raises(InputError) as caught:
        render(entry)
    assert str(caught.value) == f"topologies/orders.toml: {line}"


def read(**changes: Any) -> Topology:
    """Return the committed topology of accounts, with other values at its top."""
    values = {k: v for k, v in (ACCOUNTS | changes).items() if v is not REMOVED}
    return parse_topology(toml(values), "orders")


def test_too_many_stores_for_other_accounts_are_named_in_a_second_topology() -> None:
    many = partition_of("us-east-1").regions[: MOST_ASKED_REGIONS + 1]
    with pytest.raises(InputError, match="10 fit; name the others in a second topology"):
        read(stage=stages(many))


def test_accounts_are_asked_for_or_written() -> None:
    written = [{"region": "cn-north-1", "account": "111122223333"}]
    topology = read(stage=[{"name": "Dev", "target": written}])
    (crossing,) = topology.crossings
    assert crossing.account == Account("111122223333")
    assert crossing.account.text == "111122223333"
    asked = [each.account.text for each in read().crossings]
    assert asked == [f"${{China{stage}AccountId}}" for stage in ("Dev", "Stage", "Prod")]


def test_what_lies_in_another_partition_needs_no_store_here() -> None:
    topology = read()
    assert [each.name for each in topology.regions] == ["us-east-1"]
    assert [each.name for each in topology.every_region] == ["us-east-1", "cn-north-1"]


@pytest.mark.parametrize(
    ("region", "area"), [("us-gov-west-1", "GovCloud"), ("eusc-de-east-1", "Eusc")]
)
def test_a_partition_is_a_row_and_not_a_case(region: str, area: str) -> None:
    """China's place is taken by any other partition, and nothing else of the topology changes."""
    text = GLOBAL_CHINA.replace("cn-north-1", region).replace("China", "Other")
    topology = parse_topology(text, "other")
    for module in (multi_account_pipeline, multi_account_service_roles):
        drawn = render(Entry("other", module, topology))
        assert "China" not in drawn
        assert f"/{area}/Dev/AccountId" in drawn
    assert f"/{area}/Dev/UserSecretKey" in drawn


def test_a_build_is_granted_packages_where_it_may_not_write_all_anyway() -> None:
    for regions in (["us-east-1"], ["us-east-1", "eu-west-1"]):
        document = multi_account_service_roles.build(read(stage=stages(regions))).to_dict()
        (build, *_) = document["Resources"]["CodeBuildServiceRole"]["Properties"]["Policies"]
        found = build["PolicyDocument"]["Statement"]
        kept = [each["Resource"] for each in found if each["Sid"] == "KeepPackages"]
        assert len(kept) == len(regions) - 1
        assert all(len(each) == 1 and "us-east-1" not in str(each) for each in kept)


def test_an_approval_of_as_many_regions_as_there_may_be_fits_into_an_action() -> None:
    """The parts known at launch only are as long as they may be: names, regions, the changes."""
    lengths = {"ProjectName": 16, "AWS::StackName": 100, "AWS::Region": 14, "ConsoleDomain": 40}
    others = [region for region in partition_of("us-east-1").regions if region != "us-east-1"]
    live = {"approval": True, **stages(["us-east-1", *others[: MOST_ASKED_REGIONS - 1]])[0]}
    live["target"].append({"region": "cn-northwest-1", "account": "111122223333"})
    document = multi_account_pipeline.build(read(stage=[live])).to_dict()
    (asked,) = [
        action
        for stage in document["Resources"]["AppPipeline"]["Properties"]["Stages"][2:]
        for action in stage["Actions"]
        if action["Name"] == "Approve"
    ]
    text = asked["Configuration"]["CustomData"]["Fn::Sub"]
    text = re.sub(r"#\{Build\.COMMIT\}", "x" * 40, text)
    text = re.sub(r"#\{Review\w+\.CHANGES\}", "x" * 500, text)
    assert len(re.sub(r"\$\{([^}]+)\}", lambda at: "x" * lengths[at[1]], text)) <= 1_000


SECOND_REGION = """[[stage.target]]
region = "eu-west-1"
account = "StageAccountId"

[[stage.target]]
region = "cn-north-1"
parameter = "ChinaRegion"
account = "ChinaStageAccountId"
"""
VARIANTS = {
    "by token": GLOBAL_CHINA.replace('access = "access-keys"', 'access = "web-identity"'),
    "from the government's partition": GLOBAL_CHINA.replace("us-east-1", "us-gov-west-1"),
    "to a second region": GLOBAL_CHINA.replace(SECOND_REGION.partition("\n\n")[2], SECOND_REGION),
    "to the own account alone": toml(ACCOUNTS | {"stage": stages(["us-east-1", "eu-west-1"])}),
}


@pytest.mark.slow
@pytest.mark.parametrize("module", [multi_account_pipeline, multi_account_service_roles])
@pytest.mark.parametrize("variant", VARIANTS)
def test_cfn_lint_finds_nothing_in_other_topologies_of_accounts(
    tmp_path: Path, variant: str, module: ModuleType
) -> None:
    assert VARIANTS[variant] != GLOBAL_CHINA
    path = tmp_path / "orders.yaml"
    topology = parse_topology(VARIANTS[variant], "orders")
    path.write_text(render(Entry("orders", module, topology)), encoding="utf-8")
    report = lint(path)
    assert report.regions
    assert list(map(str, report.findings)) == []
