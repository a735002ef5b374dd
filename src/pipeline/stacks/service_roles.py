"""The six service roles as a stack of their own, for those whose security team owns IAM."""

from __future__ import annotations

from troposphere import AWSObject, GetAtt, Output, Sub, Template
from troposphere.iam import Role
from troposphere.ssm import Parameter as StoredParameter

from pipeline import (
    copying,
    deploying,
    names,
    project_questions,
    regions,
    source_questions,
    sources,
    store_questions,
    stores,
)
from pipeline.names import arn
from pipeline.parameters import Group, Question, pattern, text
from pipeline.partitions import partition_of
from pipeline.roles import Started, pipeline_role, workers
from pipeline.template import console_url, new_template, url_output
from pipeline.topology import Topology

TOPOLOGY = "multi-region"
DESCRIPTION = (
    "Service roles of a multi-region pipeline, and the Parameter Store parameters that name them. "
    "Launch it once, in the region of the pipeline."
)
PIPELINE_STACK = "PipelineStackName"
FUNCTION = "CopyImageFunctionName"
PREFIX = "RoleParameterPrefix"


def build(topology: Topology) -> Template:
    """Return the roles of a topology's pipeline, each with the parameter that holds its ARN."""
    partition = partition_of(topology.home.name)
    template = new_template(DESCRIPTION, [partition.name], _groups(topology))
    regions.prepare(template, topology)
    stores.prepare(template, topology)
    sources.prepare(template, topology)
    copying.prepare(template)
    deploying.prepare(template)
    for name, role in _roles(topology).items():
        template.add_resource(role)
        template.add_resource(_stored(name, role))
        template.add_output(_output(role))
    page = "systems-manager/parameters?region=${AWS::Region}"
    parameters = "The parameters that hold the roles' ARNs, in the console."
    template.add_output(url_output("RoleParametersUrl", parameters, console_url(page)))
    return template


def _roles(topology: Topology) -> dict[str, Role]:
    stack = f"${{{PIPELINE_STACK}}}"
    parts = (names.STATIC_ANALYSIS, names.SECURITY_ANALYSIS, names.BUILD)
    starts = [arn("codebuild", f"project/{names.project(part, stack)}") for part in parts]
    function = arn("lambda", f"function:${{{FUNCTION}}}")
    its = workers(topology, stack)
    return {
        names.CLOUD_FORMATION_ROLE: its.deploy,
        names.CODE_BUILD_ROLE: its.build,
        names.CODE_PIPELINE_ROLE: pipeline_role(
            topology, Started(starts, function, its.deploy), stack
        ),
        names.LAMBDA_ROLE: its.copy_image,
        names.SECURITY_ANALYSIS_ROLE: its.security_analysis,
        names.STATIC_ANALYSIS_ROLE: its.static_analysis,
    }


def _stored(name: str, role: Role) -> AWSObject:
    return StoredParameter(
        f"{role.title}Parameter",
        Name=Sub(f"${{{PREFIX}}}/{name}"),
        Type="String",
        Description=f"ARN of {role.title}.",
        Value=GetAtt(role, "Arn"),
    )


def _output(role: Role) -> Output:
    return Output(
        f"{role.title}Arn",
        Description=f"ARN of {role.title}. {role.Description}",
        Value=GetAtt(role, "Arn"),
    )


def _groups(topology: Topology) -> list[Group]:
    places = (*regions.questions(topology), *store_questions.questions(topology))
    image = project_questions.image_parameter_question()
    return [
        Group("Pipeline", (*_names(), image, copying.key_question())),
        Group("Source", source_questions.role_questions(topology)),
        Group("Regions and artifact stores", places),
        Group("Deployment", (deploying.policy_arns_question(),)),
    ]


def _names() -> tuple[Question, ...]:
    return (
        text(
            PIPELINE_STACK,
            "Pipeline stack",
            "Name of the stack that holds or will hold projects and pipeline, for example "
            "web-app-pipeline. The roles work for that stack alone.",
            default="web-app-pipeline",
            **pattern("[A-Za-z][A-Za-z0-9-]{0,127}", "A stack name: letters, digits and '-'."),
        ),
        text(
            FUNCTION,
            "CopyImage function",
            "Name of the function that copies images, for example web-app-copy-image.",
            default="web-app-copy-image",
            **pattern("[A-Za-z0-9_-]{1,64}", "A function name: letters, digits, '-' and '_'."),
        ),
        text(
            PREFIX,
            "Prefix of the role parameters",
            "Parameter Store path below which each role's ARN is written, for example /US/Dev.",
            default=names.ROLE_PREFIX,
            **pattern("(/[A-Za-z0-9_.-]+){1,10}", "A path like /US/Dev, without a final '/'."),
        ),
    )
