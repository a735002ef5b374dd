"""Asks IAM what Lambda asks to write a function's log, which MiniStack writes whoever may.

Not as in AWS: a function whose role may not write its log goes on in silence there.
"""

from __future__ import annotations

from rehearsal.clouds import Clouds
from rehearsal.desk import Desk

CALLS = ("logs:CreateLogStream", "logs:PutLogEvents")


def refused_log(clouds: Clouds, account: str, region: str, function: str) -> str:
    """Return why the log of a function would be lost, '' if it would not; by name."""
    found = clouds.client("lambda", region, account).get_function_configuration(
        FunctionName=function
    )
    group = found.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{function}"
    aws = clouds.of(region)
    stream = f"arn:{aws.partition}:logs:{region}:{account}:log-group:{group}:log-stream:1"
    role = aws.serve(found["Role"], "lambda", region)
    for call in CALLS:
        if not Desk(aws, account, region).ask(role, call, stream).allowed:
            lost = f"whatever {function} says is lost"
            return f"{found['Role']} is not authorized to perform {call} on {stream}: {lost}"
    return ""
