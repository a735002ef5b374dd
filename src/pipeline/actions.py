"""The actions of a pipeline's stages: fetch, build, invoke, deploy."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from troposphere import AWSHelperFn, GetAtt, Ref, Sub
from troposphere.awslambda import Function
from troposphere.codebuild import Project
from troposphere.codepipeline import Actions, ActionTypeId, InputArtifacts, OutputArtifacts
from troposphere.iam import Role

from pipeline.copying import IMAGES_TO_KEEP, KEY_ALIAS
from pipeline.names import THIS_STACK, application_stack, value
from pipeline.topology import Region, Stage, Target

SOURCE_ACTION = "Source"
SOURCE_ARTIFACT = "Source"
BUILD_NAMESPACE = "Build"
COPY_NAMESPACE = "CopyImage"


def _type(category: str, provider: str) -> ActionTypeId:
    return ActionTypeId(Category=category, Owner="AWS", Provider=provider, Version="1")


def source_action(provider: str, configuration: dict[str, object]) -> Actions:
    """Return the action that fetches the source; it has no region, as AWS allows it none."""
    return Actions(
        Name=SOURCE_ACTION,
        Namespace="Source",
        ActionTypeId=_type("Source", provider),
        Configuration=configuration,
        OutputArtifacts=[OutputArtifacts(Name=SOURCE_ARTIFACT)],
    )


def build_action(
    name: str | AWSHelperFn,
    category: str,
    project: Project,
    artifact: str = SOURCE_ARTIFACT,
    **more: Any,
) -> Actions:
    """Return the action that runs a CodeBuild project on an artifact; category Build or Test."""
    return Actions(
        Name=name,
        **more,
        ActionTypeId=_type(category, "CodeBuild"),
        Configuration={"ProjectName": Ref(project)},
        InputArtifacts=[InputArtifacts(Name=artifact)],
    )


def copy_image_action(
    function: Function, regions: tuple[Region, ...], image_parameter: str
) -> Actions:
    """Return the action that has the image copied to the regions and its ids kept there."""
    order = {
        "image": f"#{{{BUILD_NAMESPACE}.AMI_ID}}",
        "commit": f"#{{{BUILD_NAMESPACE}.COMMIT}}",
        "pipeline": THIS_STACK,
        "execution": "#{codepipeline.PipelineExecutionId}",
        "parameter": f"${{{image_parameter}}}",
        "regions": [region.text for region in regions],
        "keep": f"${{{IMAGES_TO_KEEP}}}",
        "key": f"${{{KEY_ALIAS}}}",
    }
    return Actions(
        Name="CopyImage",
        Namespace=COPY_NAMESPACE,
        ActionTypeId=_type("Invoke", "Lambda"),
        Configuration={
            "FunctionName": Ref(function),
            "UserParameters": Sub(json.dumps(order, separators=(",", ":"))),
        },
    )


@dataclass(frozen=True)
class Deployment:
    """What is the same for every target: role, template, how, and the parameters given.

    `overrides` maps a parameter of the deployed stack to a text inside `Fn::Sub`.
    """

    role: Role
    template_path: AWSHelperFn
    action_mode: AWSHelperFn
    capabilities: AWSHelperFn
    overrides: dict[str, str]


def deploy_action(stage: Stage, to: Target, deployment: Deployment) -> Actions:
    """Return the action that creates or updates the application stack in one region.

    It is one action, not a change set made and then executed: a retry of the failed actions
    alone would skip the making. Its name is the region's, so a failure says where.
    """
    return Actions(
        Name=value(to.region.text),
        Region=value(to.region.text),
        ActionTypeId=_type("Deploy", "CloudFormation"),
        Configuration={
            "ActionMode": deployment.action_mode,
            "Capabilities": deployment.capabilities,
            "StackName": value(application_stack(stage)),
            "TemplatePath": deployment.template_path,
            "ParameterOverrides": Sub(json.dumps(deployment.overrides)),
            "RoleArn": GetAtt(deployment.role, "Arn"),
        },
        InputArtifacts=[InputArtifacts(Name=SOURCE_ARTIFACT)],
    )
