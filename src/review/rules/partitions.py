"""Rules about texts that are right in one partition only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from refusals import quoted
from review.rule import Found, rule
from review.subjects import Text

ARN = re.compile(r"(?<![\w-])arn:(aws[a-z-]*):([^\s:\"']*)(?::[^:]*:([^:]*))?")
# An account that is there already is in one partition, and so is a region.
REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d")
ACCOUNT = re.compile(r"\d{12}")
HOST = r"[\w.${}:-]*\bamazonaws\.com(?:\.cn)?\b"
URL = re.compile(rf"://{HOST}|(?:^|://)[\w.${{}}:-]*\bconsole\.(?:aws\.amazon\.com|amazonaws\.cn)")
# A bucket's own host, an image's registry, an API: nobody is called so.
ENDPOINT = re.compile(
    r"[\w$}]\.(?:s3|execute-api|dkr\.ecr|elb|rds|es|sqs)(?:[.-][\w.${}:-]+)?"
    r"\.amazonaws\.com(?:\.cn)?\b"
)
# Code decides for itself where it runs, and what is written of a resource is for people.
CODE = frozenset({"BuildSpec", "Buildspec", "Content", "FunctionCode", "InlineCode", "UserData"})
FOR_PEOPLE = frozenset({"Description", "Metadata", "Tags", "ZipFile", "Comment"})
DESIGNED = ("Resources", "Outputs")
# Where services are named, which ends alike everywhere.
OF_SERVICES = frozenset({"AWSServiceName", "Condition", "Principal", "Service"})


@rule(
    judges=Text,
    id="MR108",
    sentence="An ARN names the partition it is launched in.",
    mend="write arn:${AWS::Partition}: in an Fn::Sub",
    reason="arn:aws: is refused, or means nothing, in China, in GovCloud and in the European "
    "Sovereign Cloud.",
    source="CloudFormation template reference, AWS::Partition",
    passes="""
        Role:
          Properties:
            Policies:
            - PolicyName: work
              PolicyDocument:
                Statement:
                - {Sid: ReadArtifacts, Resource: !Sub 'arn:${AWS::Partition}:s3:::${BucketName}'}
    """,
    fails="""
        Role:
          Properties:
            Policies:
            - PolicyName: work
              PolicyDocument:
                Statement:
                - {Sid: ReadArtifacts, Resource: !Sub 'arn:aws:s3:::${BucketName}'}
    """,
)
def partition_written_down(text: Text) -> Iterator[Found]:
    """Yield an ARN with a partition, unless it is the only one the template is meant for."""
    if _is_designed(text):
        for partition, service, account in ARN.findall(text.words):
            if not ACCOUNT.fullmatch(account) and (partition,) != text.template.partitions:
                words = f"the partition is written down: {quoted(f'arn:{partition}:{service}')}"
                yield Found(text.node, words)


@rule(
    judges=Text,
    id="MR109",
    sentence="A URL ends as those of the partition it is launched in.",
    mend="write ${AWS::URLSuffix} in an Fn::Sub; a console's host needs a mapping by partition",
    reason="Hosts end in amazonaws.com.cn in China, and in another suffix in each isolated "
    "partition. Names of services end in amazonaws.com in all.",
    source="CloudFormation template reference, AWS::URLSuffix",
    passes="""
        Function:
          Properties:
            Environment:
              Variables: {STORE: !Sub 'https://${BucketName}.s3.${AWS::URLSuffix}/index.html'}
    """,
    fails="""
        Function:
          Properties:
            Environment:
              Variables: {STORE: !Sub 'https://${BucketName}.s3.amazonaws.com/index.html'}
    """,
)
def suffix_written_down(text: Text) -> Iterator[Found]:
    """Yield a URL, or the host of an endpoint, with a partition's suffix; none of one region."""
    found = URL.search(text.words) or ENDPOINT.search(text.words)
    is_name = not OF_SERVICES.isdisjoint(text.path)
    if found and _is_designed(text) and not is_name and not REGION.search(found[0]):
        yield Found(text.node, f"the suffix of a partition is written down: {quoted(found[0])}")


def _is_designed(text: Text) -> bool:
    """Return whether a text is of a resource's properties or of an output, and is no code."""
    is_script = "\n" in text.words.strip() and not text.words.lstrip().startswith("{")
    in_place = text.path[0] in DESIGNED and (CODE | FOR_PEOPLE).isdisjoint(text.path[2:])
    return in_place and not is_script
