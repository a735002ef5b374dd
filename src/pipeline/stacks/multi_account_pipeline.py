"""The second seed: one pipeline that deploys to several accounts, and beyond its own partition."""

from __future__ import annotations

from troposphere import AWSObject, Output, Ref, Template
from troposphere.codebuild import Project
from troposphere.codepipeline import Actions, OutputArtifacts, Pipeline, Stages

from pipeline import (
    accounts,
    change_sets,
    crossings,
    deploy_target,
    deploying,
    names,
    notifications,
    project_questions,
    projects,
    regions,
    source_questions,
    sources,
    store_questions,
    stores,
)
from pipeline.actions import BUILD_NAMESPACE, build_action
from pipeline.change_sets import PACKAGED, deploy_stage, executed_at
from pipeline.crossings import BUNDLE
from pipeline.deploy_target import LONGEST
from pipeline.errors import InputError
from pipeline.names import OWN_STAGE, value
from pipeline.parameters import Group, Question, log_retention, stored
from pipeline.template import console_url, new_template, url_output
from pipeline.topology import ArtifactStores, Crossing, Stage, Topology

BUILD_ROLE = f"{names.CODE_BUILD_ROLE}Parameter"
PIPELINE_ROLE = f"{names.CODE_PIPELINE_ROLE}Parameter"


def _refuse_other_stores(topology: Topology) -> None:
    """Another account needs the id of a key, and finds bucket and key by the seed's names."""
    if topology.artifact_stores is not ArtifactStores.STORED:
        why = "other accounts need the ids of the keys, which Parameter Store has"
        raise InputError(f'artifact_stores: {why}; write artifact_stores = "stored"')


def _refuse_long_names(topology: Topology) -> None:
    for at, stage in enumerate(topology.stages, start=1):
        if not stage.name.isalnum() or len(stage.name) > LONGEST:
            why = "roles, buckets and parameters bear this name"
            mend = f"use 1 to {LONGEST} letters and digits"
            raise InputError(f"stage[{at}].name: {why}; {mend}")


REFUSALS = (_refuse_other_stores, _refuse_long_names)


def build(topology: Topology) -> Template:
    """Return a topology's pipeline with its projects; roles and stores are looked up."""
    partition = topology.partition
    template = new_template(topology.description, [partition.name], _groups(topology))
    for prepare in (regions.prepare, stores.prepare, sources.prepare):
        prepare(template, topology)
    build_logs, build_ = projects.project(projects.package(topology), Ref(BUILD_ROLE), topology)
    crossed = {each: _crossing_project(topology, each) for each in topology.crossings}
    pipeline = _pipeline(topology, build_, {of: made for of, (_, made) in crossed.items()})
    logs = [build_logs, *(log_group for log_group, _ in crossed.values())]
    made = [build_, *(project for _, project in crossed.values())]
    for resource in (*logs, *made, pipeline, *sources.events(topology, pipeline)):
        template.add_resource(resource)
    notifications.add_notifications(template, pipeline)
    for output in _outputs(pipeline):
        template.add_output(output)
    return template


def _groups(topology: Topology) -> list[Group]:
    approvals = any(stage.approval for stage in topology.stages)
    waits = (change_sets.question(),) if approvals else ()
    roles = (*_own_role_questions(topology), *accounts.role_questions(topology))
    return [
        Group("Application", (deploy_target.project_question(), *_template_questions())),
        Group("Source", source_questions.questions(topology)),
        Group("Regions", regions.questions(topology)),
        Group("Artifact stores", store_questions.questions(topology)),
        Group("Roles", roles),
        Group("Other partitions", crossings.questions(topology)),
        Group("Build", _build_questions()),
        Group("Deployment", (deploying.capabilities_question(), *waits)),
        Group("Operation", (notifications.question(), log_retention())),
    ]


def _template_questions() -> tuple[Question, ...]:
    return (project_questions.template_question("cloudformation_template.yaml"),)


def _build_questions() -> tuple[Question, ...]:
    return (project_questions.stored_image_question(), project_questions.compute_question())


def _own_role_questions(topology: Topology) -> tuple[Question, ...]:
    roles = {
        BUILD_ROLE: (names.CODE_BUILD_ROLE, "Role of the build"),
        PIPELINE_ROLE: (names.CODE_PIPELINE_ROLE, "Role of the pipeline"),
    }
    return tuple(
        stored(
            parameter,
            label,
            f"the ARN of the {label.lower()}",
            names.stored(topology.partition, OWN_STAGE, role),
        )
        for parameter, (role, label) in roles.items()
    )


def _crossing_project(topology: Topology, crossing: Crossing) -> tuple[AWSObject, Project]:
    role = Ref(crossings.title(crossing, names.CODE_BUILD_ROLE))
    return projects.project(crossings.work(topology, crossing), role, topology)


def _pipeline(topology: Topology, build_: Project, crossed: dict[Crossing, Project]) -> Pipeline:
    made = [OutputArtifacts(Name=name) for name in (PACKAGED, BUNDLE)]
    package = build_action(
        "Build", "Build", build_, Namespace=BUILD_NAMESPACE, OutputArtifacts=made
    )
    return Pipeline(
        "AppPipeline",
        PipelineType="V2",
        ExecutionMode="QUEUED",
        RoleArn=Ref(PIPELINE_ROLE),
        ArtifactStores=[stores.store_map(each) for each in stores.artifact_stores(topology)],
        Stages=[
            Stages(Name="Source", Actions=[sources.action(topology)]),
            Stages(Name="Build", Actions=[package]),
            *(deploy_stage(topology, stage, _beside(stage, crossed)) for stage in topology.stages),
        ],
        **sources.triggers(topology),
    )


def _beside(stage: Stage, crossed: dict[Crossing, Project]) -> list[Actions]:
    """Return the actions that deploy a stage into other partitions."""
    order = executed_at(stage)
    return [
        build_action(value(of.region.text), "Build", made, artifact=BUNDLE, RunOrder=order)
        for of, made in crossed.items()
        if of.stage == stage
    ]


def _outputs(pipeline: Pipeline) -> list[Output]:
    page = f"codesuite/codepipeline/pipelines/${{{pipeline.title}}}/view?region=${{AWS::Region}}"
    return [
        Output("PipelineName", Description="Name of the pipeline.", Value=Ref(pipeline)),
        url_output("PipelineUrl", "The pipeline in the console.", console_url(page)),
    ]
