"""Faults on demand: how they are written, and every wrong way to write one."""

from __future__ import annotations

from pathlib import Path

import pytest

from refusals import RefusalError
from rehearsal.estate_topology import Destination, Site
from rehearsal.faults import KINDS, Fault, approver, read_faults, refuse_misplaced
from template_reader.file import Template

THERE = "there are us-west-2, or name another pipeline"
SITE = Site(
    path=Path("orders.toml"),
    kind="multi-region",
    home="us-west-2",
    access="access-keys",
    destinations=(Destination("Prod", "us-west-2", ""),),
)
PIPELINE = Template(
    Path("orders-pipeline.yaml"),
    {
        "Resources": {
            "CopyImage": {"Type": "AWS::Lambda::Function"},
            "CopyRole": {"Type": "AWS::IAM::Role"},
        }
    },
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
        ("region:eu-central-1=refused", f"nothing in eu-central-1; {THERE}"),
        ("region:us-west-1=refused", f"nothing in us-west-1; {THERE}"),
        ("copy:ap-south-1=failed", f"nothing in ap-south-1; {THERE}"),
        ("approval:Pord=rejected", "no stage Pord (did you mean Prod?)"),
        ("function:CopyImages=killed", "no function CopyImages (did you mean CopyImage?)"),
        (
            "function:CopyRole=killed",
            "no function CopyRole; there are CopyImage, or name another pipeline",
        ),
    ],
)
def test_a_fault_where_nothing_is_is_refused(text: str, mend: str) -> None:
    with pytest.raises(RefusalError) as refused:
        refuse_misplaced(read_faults([text]), SITE, PIPELINE)
    assert str(refused.value) == f"--fault {text}: orders-pipeline has {mend}"


def test_faults_where_something_is_are_let_through() -> None:
    written = ["region:us-west-2=refused", "approval:Prod=rejected", "function:CopyImage=killed"]
    refuse_misplaced(read_faults([*written, "throttle:s3:GetObject=1"]), SITE, PIPELINE)
