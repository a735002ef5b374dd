"""The Lambda functions of a pipeline, with their log groups; their source is inlined."""

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


def copy_image(role_arn: AWSHelperFn) -> tuple[LogGroup, Function]:
    """Return the log group of the function that copies the image, and the function."""
    log_group = LogGroup(
        "CopyImageLogs",
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
        LogGroupName=value(names.function_logs(names.COPY_IMAGE)),
        RetentionInDays=Ref("LogRetentionInDays"),
    )
    function = Function(
        "CopyImage",
        Description="Copies the image to the other regions and writes where each copy is.",
        Role=role_arn,
        Runtime=RUNTIME,
        Handler="index.handler",
        Timeout=SECONDS,
        MemorySize=MEGABYTES,
        LoggingConfig=LoggingConfig(LogGroup=Ref(log_group)),
        Code=Code(ZipFile=function_source("copy_image")),
    )
    return log_group, function
