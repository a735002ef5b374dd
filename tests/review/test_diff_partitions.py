"""Single changes of where a template can be launched."""

from __future__ import annotations

import pytest
from changing import lines, seen

from aws_reference.registry import types_of
from review.diff.partitions import changes

NOTHING = "{}"
ARN = "arn:aws:s3:::example"


def meant(*partitions: str) -> str:
    return f"{{Metadata: {{Meridian: {{Partitions: [{', '.join(partitions)}]}}}}}}"


def of_type(type_: str) -> str:
    return f"Own: {{Type: '{type_}'}}"


def queue(name: str) -> str:
    return f"Own: {{Type: 'AWS::SQS::Queue', Properties: {{QueueName: {name}}}}}"


# A type that both regions of China lack.
ELSEWHERE = of_type("AWS::CodeStarConnections::Connection")
IN_BOTH = (meant("aws", "aws-cn"), meant("aws", "aws-cn"))
IN_CHINA = (meant("aws-cn"), meant("aws-cn"))

CASES = [
    pytest.param(
        NOTHING,
        NOTHING,
        (meant("aws", "aws-cn"), meant("aws")),
        ["partition dropped aws-cn: MAJOR, decide"],
        id="a partition dropped",
    ),
    pytest.param(
        NOTHING,
        NOTHING,
        (meant("aws"), meant("aws", "aws-cn")),
        ["partition added aws-cn: MINOR"],
        id="a partition added",
    ),
    pytest.param(
        NOTHING,
        ELSEWHERE,
        IN_CHINA,
        ["region lost cn-north-1: MAJOR, decide", "region lost cn-northwest-1: MAJOR, decide"],
        id="a type that no region of the partition has",
    ),
    pytest.param(
        ELSEWHERE,
        NOTHING,
        IN_CHINA,
        ["region gained cn-north-1: MINOR", "region gained cn-northwest-1: MINOR"],
        id="such a type gone",
    ),
    pytest.param(NOTHING, of_type("AWS::SQS::Queue"), IN_CHINA, [], id="a type they have"),
    pytest.param(NOTHING, of_type("Custom::Own"), IN_CHINA, [], id="a custom resource"),
    pytest.param(
        NOTHING,
        ELSEWHERE,
        (NOTHING, NOTHING),
        ["not judged Metadata.Meridian.Partitions"],
        id="a type in a template that names no partition",
    ),
    pytest.param(
        queue("!Sub 'arn:${AWS::Partition}:s3:::example'"),
        queue(ARN),
        IN_BOTH,
        ["partition written out Own: MINOR, decide"],
        id="a partition written out",
    ),
    pytest.param(
        queue("a"),
        queue("!Sub 'https://sqs.${AWS::Region}.amazonaws.com.cn/a'"),
        IN_BOTH,
        ["partition written out Own: MINOR, decide"],
        id="a domain of China written out",
    ),
    pytest.param(
        queue("a"),
        queue(ARN),
        (meant("aws"), meant("aws")),
        ["partition written out Own: MINOR"],
        id="the only partition there is written out",
    ),
    pytest.param(
        queue(ARN),
        queue(f"{ARN}, DelaySeconds: 3"),
        IN_BOTH,
        [],
        id="one that was written out before, in a resource that changed",
    ),
    pytest.param(
        queue(ARN),
        f"{queue(ARN)}\nOther: {{Type: 'AWS::SQS::Queue'}}",
        IN_BOTH,
        [],
        id="one that was written out before",
    ),
]


@pytest.mark.parametrize(("before", "after", "sections", "verdicts"), CASES)
def test_a_change_of_where_a_template_can_be_launched(
    before: str, after: str, sections: tuple[str, str], verdicts: list[str]
) -> None:
    assert lines(seen(changes, before, after, sections)) == verdicts


def test_why_a_region_is_lost_is_the_type_it_lacks() -> None:
    assert "AWS::CodeStarConnections::Connection" not in types_of("cn-north-1")
    found = seen(changes, NOTHING, ELSEWHERE, IN_CHINA)
    assert "the region has no AWS::CodeStarConnections::Connection" in str(found)
