"""The Lambda functions of the library, with their log groups; their source is inlined."""

from __future__ import annotations

from troposphere import AWSHelperFn, Ref
from troposphere.awslambda import Code, Function, LoggingConfig
from troposphere.logs import LogGroup

from pipeline import names
from pipeline.inline import function_source
from pipeline.names import value

RUNTIME = "python3.13"
SECONDS = 300
MEGABYTES = 256
DESCRIPTIONS = {
    names.COPY_IMAGE: "Copies the image to the other regions and writes where each copy is.",
    names.ROTATE_ACCESS_KEY: "Rotates the access key of an IAM user in another partition.",
}


def function(part: str, role_arn: AWSHelperFn) -> tuple[LogGroup, Function]:
    """Return the log group of a function, and the function; `part` is what it is called by."""
    title = "".join(word.capitalize() for word in part.split("-"))
    log_group = LogGroup(
        f"{title}Logs",
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
        LogGroupName=value(names.function_logs(part)),
        RetentionInDays=Ref("LogRetentionInDays"),
    )
    made = Function(
        title,
        Description=DESCRIPTIONS[part],
        Role=role_arn,
        Runtime=RUNTIME,
        Handler="index.handler",
        Timeout=SECONDS,
        MemorySize=MEGABYTES,
        LoggingConfig=LoggingConfig(LogGroup=Ref(log_group)),
        Code=Code(ZipFile=function_source(part.replace("-", "_"))),
    )
    return log_group, made
