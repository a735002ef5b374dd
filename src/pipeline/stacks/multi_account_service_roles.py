"""Roles of a multi-account pipeline, and the Parameter Store entries its template looks up."""

from __future__ import annotations

from troposphere import AWSHelperFn, GetAtt, Output, Ref, Template
from troposphere.iam import Role
from troposphere.ssm import Parameter as StoredParameter

from pipeline import (
    accounts,
    crossings,
    deploy_target,
    deploying,
    names,
    project_questions,
    regions,
    reviews,
    source_questions,
    sources,
    store_questions,
    stores,
)
from pipeline.multi_account_roles import build_role, pipeline_role
from pipeline.names import OWN_STAGE
from pipeline.parameters import Group, Question, pattern, text
from pipeline.projects import BUILD_IMAGE
from pipeline.template import console_url, new_template, url_output
from pipeline.topology import Access, Stage, Topology

DESCRIPTION = (
    "Service roles of a pipeline that deploys to several accounts and partitions, and the entries "
    "of Parameter Store that name them and the accounts. Launch it once, in the region of the "
    "pipeline, after its artifact stores and before everything else."
)
PIPELINE_STACK = "PipelineStackName"
STACK = f"${{{PIPELINE_STACK}}}"


def build(topology: Topology) -> Template:
    """Return the roles of a topology's pipeline, and what is written of them."""
    template = new_template(DESCRIPTION, [topology.partition.name], _groups(topology))
    for prepare in (regions.prepare, stores.prepare, sources.prepare, crossings.prepare):
        prepare(template, topology)
    deploying.prepare(template)
    deploy_roles = _add_deploy_roles(template, topology)
    own = {
        names.CODE_BUILD_ROLE: build_role(topology, STACK),
        names.CODE_PIPELINE_ROLE: pipeline_role(topology, deploy_roles, STACK),
    }
    if reviews.reviewed(topology):
        own[names.REVIEW_ROLE] = reviews.role(topology, STACK)
    for name, role in own.items():
        _add_role(template, names.stored(topology.partition, OWN_STAGE, name), role)
    _add_crossings(template, topology)
    _add_others(template, topology)
    page = console_url("systems-manager/parameters?region=${AWS::Region}")
    template.add_output(url_output("ParametersUrl", "What is written, in the console.", page))
    return template


def _add_deploy_roles(template: Template, topology: Topology) -> dict[Stage, Role]:
    """Add what makes the application in the pipeline's own account, for each stage there."""
    code = stores.fetch_packages(stores.artifact_stores(topology))
    roles = {}
    for stage in accounts.own_account_stages(topology):
        name = stage.name.lower()
        template.add_resource(deploy_target.boundary(name, stage.name))
        roles[stage] = deploy_target.cloud_formation_role(name, code, stage.name)
        path = names.stored(topology.partition, stage.name, names.CLOUD_FORMATION_ROLE)
        _add_role(template, path, roles[stage])
    return roles


def _add_role(template: Template, path: str, role: Role) -> None:
    """Add a role, its ARN to Parameter Store and to the outputs."""
    description = f"ARN of {role.title}. {role.Description}"
    arn = GetAtt(role, "Arn")
    template.add_resource(role)
    _store(template, path, f"ARN of {role.title}.", arn)
    template.add_output(Output(f"{role.title}Arn", Description=description, Value=arn))


def _add_crossings(template: Template, topology: Topology) -> None:
    for crossing in topology.crossings:
        role = crossings.role(topology, crossing, STACK)
        path = crossings.stored_name(crossing, names.CODE_BUILD_ROLE)
        _add_role(template, path, role)
        for thing, (description, value) in crossings.stored_values(crossing).items():
            _store(template, crossings.stored_name(crossing, thing), description, value)


def _add_others(template: Template, topology: Topology) -> None:
    image = names.stored(topology.partition, OWN_STAGE, names.CODE_BUILD_IMAGE)
    _store(template, image, "CodeBuild image of all projects.", Ref(BUILD_IMAGE))
    for stage, account in accounts.cross_account_stages(topology):
        path = names.stored(topology.partition, stage.name, names.CROSS_ACCOUNT_ROLE)
        description = f"ARN of the role the pipeline assumes for {stage.name}."
        _store(template, path, description, accounts.role_arn(stage, account))


def _store(template: Template, path: str, description: str, value: str | AWSHelperFn) -> None:
    """Add an entry of Parameter Store, under a logical id made of its name."""
    title = "".join(part for part in path.split("/"))
    template.add_resource(
        StoredParameter(
            f"{title}Parameter", Name=path, Type="String", Description=description, Value=value
        )
    )


def _groups(topology: Topology) -> list[Group]:
    by_keys = topology.access is Access.ACCESS_KEYS and topology.crossings
    keys = (crossings.key_question(),) if by_keys else ()
    places = (*regions.questions(topology), *accounts.questions(topology))
    return [
        Group("Pipeline", (deploy_target.project_question(), _stack_question())),
        Group("Source", source_questions.role_questions(topology)),
        Group("Artifact stores", store_questions.questions(topology)),
        Group("Accounts deployed to", (*places, *keys)),
        Group("Build", (project_questions.image_question(),)),
        Group("Deployment", deploy_target.permission_questions()),
    ]


def _stack_question() -> Question:
    return text(
        PIPELINE_STACK,
        "Pipeline stack",
        "Name of the stack that holds or will hold the pipeline, for example lambda-app-pipeline. "
        "The roles work for that stack alone.",
        default="lambda-app-pipeline",
        **pattern("[A-Za-z][A-Za-z0-9-]{0,127}", "A stack name: letters, digits and '-'."),
    )
