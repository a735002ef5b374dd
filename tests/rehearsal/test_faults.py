"""Faults on demand: how they are written, and every wrong way to write one."""

from __future__ import annotations

from pathlib import Path

import pytest

from refusals import RefusalError
from rehearsal.clouds import Clouds
from rehearsal.estate import Estate, Target
from rehearsal.faults import KINDS, Fault, Place, approver, arm, read_faults
from rehearsal.outcome import Launch

ESTATE = Estate(
    name="orders",
    account="111111111111",
    region="us-west-2",
    stack="orders",
    pipeline="orders",
    template=Path("orders-pipeline.yaml"),
    repository="orders",
    accounts={},
    launches=(Launch("orders", "orders", "111111111111", "us-west-2", {}, {"CopyImage": "copy"}),),
    targets=(Target("Prod", "us-west-2", "111111111111", "app"),),
    keys=(),
    given={},
)


def test_faults_are_read_as_they_are_written() -> None:
    written = [each.example for each in KINDS.values()]
    faults = read_faults(written)
    assert [each.words for each in faults] == written
    assert faults[1] == Fault("throttle", "ec2:CopyImage", "3")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "--fault : is not KIND:WHERE=WHAT; write one like copy:ap-south-1=failed, "),
        ("copy", "--fault copy: is not KIND:WHERE=WHAT; write one like copy:ap-south-1=failed"),
        ("copy:ap-south-1", "is not KIND:WHERE=WHAT"),
        ("copy=failed", "is not KIND:WHERE=WHAT"),
        ("copy:=failed", "is not KIND:WHERE=WHAT"),
        ("copy:ap-south-1=", "is not KIND:WHERE=WHAT"),
        ("copy:ap-south-1=failed ", "is not KIND:WHERE=WHAT"),
        ("copi:ap-south-1=failed", "there is no fault copi (did you mean copy?)"),
        ("quota:ap-south-1=full", "there is no fault quota; there are copy, throttle, approval"),
        ("copy:ap-south-1=slow", "is not written so; write it like copy:ap-south-1=failed"),
        ("copy:ap_south=failed", "is not written so; write it like copy:ap-south-1=failed"),
        ("copy:ap-south-9=failed", "'ap-south-9' is not an AWS region (did you mean ap-south-"),
        ("region:mars=refused", "'mars' is not an AWS region; write one as AWS does"),
        ("region:us-east-2=failed", "write it like region:us-east-2=refused"),
        ("throttle:ec2:CopyImage=0", "write it like throttle:ec2:CopyImage=3"),
        ("throttle:ec2:CopyImage=-1", "is not KIND:WHERE=WHAT"),
        ("throttle:ec2:CopyImage=often", "write it like throttle:ec2:CopyImage=3"),
        ("throttle:CopyImage=3", "write it like throttle:ec2:CopyImage=3"),
        ("approval:Prod=approved", "write it like approval:Prod=rejected"),
        ("function:Copy Image=killed", "write it like function:CopyImage=killed"),
        ("function:CopyImage=dead", "write it like function:CopyImage=killed"),
    ],
)
def test_a_fault_that_is_written_wrongly_is_one_line(text: str, why: str) -> None:
    with pytest.raises(RefusalError) as refused:
        read_faults([KINDS["copy"].example, text])
    said = str(refused.value)
    assert said.startswith(f"--fault {text}: ")
    assert why in said
    assert "\n" not in said


def test_an_approval_is_rejected_once_and_in_its_stage_alone() -> None:
    approves = approver(read_faults(["approval:Prod=rejected", "region:us-east-1=refused"]))
    assert approves("Dev.Approve", "")
    assert not approves("Prod.Approve", "")
    assert approves("Prod.Approve", "")


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("region:eu-central-1=refused", "; there are us-west-2"),
        ("region:us-west-1=refused", " (did you mean us-west-2?)"),
        ("copy:ap-south-1=failed", "; there are us-west-2"),
        ("approval:Pord=rejected", " (did you mean Prod?)"),
        ("function:CopyImages=killed", " (did you mean CopyImage?)"),
    ],
)
def test_a_fault_where_nothing_is_is_refused(text: str, mend: str) -> None:
    with pytest.raises(RefusalError) as refused:
        arm(read_faults([text]), Place(Clouds({}), ("111111111111",), ESTATE))
    assert str(refused.value) == f"--fault {text}: orders has nothing of that name{mend}"
