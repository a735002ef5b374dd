"""The second seed: one pipeline that deploys to several accounts, and beyond its own partition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from troposphere import AWSObject, Output, Ref, Template
from troposphere.codebuild import Project
from troposphere.codepipeline import OutputArtifacts, Pipeline, Stages

from pipeline import (
    accounts,
    approvals,
    crossings,
    deploy_target,
    deploying,
    names,
    notifications,
    project_questions,
    projects,
    regions,
    reviews,
    source_questions,
    sources,
    store_questions,
    stores,
)
from pipeline.actions import BUILD_NAMESPACE, build_action
from pipeline.change_sets import CHANGE_SET, PACKAGED, REVIEW, deploy_stage, executed_at
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


@dataclass(frozen=True)
class _Projects:
    """What the pipeline's builds run; `review` is None where nobody is asked to agree."""

    package: Project
    review: Project | None
    crossed: Mapping[Crossing, Project]
    resources: tuple[AWSObject, ...]


def build(topology: Topology) -> Template:
    """Return a topology's pipeline with its projects; roles and stores are looked up."""
    partition = topology.partition
    template = new_template(topology.description, [partition.name], _groups(topology))
    for prepare in (regions.prepare, stores.prepare, sources.prepare):
        prepare(template, topology)
    its = _projects(topology)
    pipeline = _pipeline(topology, its)
    for resource in (*its.resources, pipeline, *sources.events(topology, pipeline)):
        template.add_resource(resource)
    asks = bool(approvals.questions(topology))
    notifications.add_notifications(
        template, pipeline, approvals=asks, retry=notifications.RETRY_ALL
    )
    for output in _outputs(pipeline):
        template.add_output(output)
    return template


def _projects(topology: Topology) -> _Projects:
    works = {BUILD_ROLE: projects.package(topology)}
    if reviews.reviewed(topology):
        works[names.REVIEW_ROLE] = reviews.work(CHANGE_SET)
    for crossing in topology.crossings:
        role = crossings.title(crossing, names.CODE_BUILD_ROLE)
        works[role] = crossings.work(topology, crossing)
    made = {role: projects.project(work, Ref(role), topology) for role, work in works.items()}
    logs, builds = zip(*made.values(), strict=True)
    by_role = dict(zip(made, builds, strict=True))
    return _Projects(
        by_role[BUILD_ROLE],
        by_role.get(names.REVIEW_ROLE),
        {of: by_role[crossings.title(of, names.CODE_BUILD_ROLE)] for of in topology.crossings},
        resources=(*logs, *builds),
    )


def _groups(topology: Topology) -> list[Group]:
    review = (reviews.role_question(topology),) if reviews.reviewed(topology) else ()
    roles = (*_own_role_questions(topology), *accounts.role_questions(topology), *review)
    return [
        Group("Application", (deploy_target.project_question(), *_template_questions())),
        Group("Source", source_questions.questions(topology)),
        Group("Regions", regions.questions(topology)),
        Group("Artifact stores", store_questions.questions(topology)),
        Group("Roles", roles),
        Group("Other partitions", crossings.questions(topology)),
        Group("Build", _build_questions()),
        Group("Deployment", (deploying.capabilities_question(), *approvals.questions(topology))),
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


def _pipeline(topology: Topology, its: _Projects) -> Pipeline:
    made = [OutputArtifacts(Name=name) for name in (PACKAGED, BUNDLE)]
    package = build_action(
        "Build", "Build", its.package, Namespace=BUILD_NAMESPACE, OutputArtifacts=made
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
            *(_deploy_stage(topology, stage, its) for stage in topology.stages),
        ],
        **sources.triggers(topology),
    )


def _deploy_stage(topology: Topology, stage: Stage, its: _Projects) -> Stages:
    """Return a stage with its review, and with what deploys it into other partitions."""
    review = []
    if its.review and stage in reviews.reviewed(topology):
        review = [reviews.action(topology, stage, its.review, PACKAGED, REVIEW)]
    order = executed_at(stage)
    beside = [
        build_action(value(of.region.text), "Build", made, artifact=BUNDLE, RunOrder=order)
        for of, made in its.crossed.items()
        if of.stage == stage
    ]
    return deploy_stage(topology, stage, review, beside)


def _outputs(pipeline: Pipeline) -> list[Output]:
    page = f"codesuite/codepipeline/pipelines/${{{pipeline.title}}}/view?region=${{AWS::Region}}"
    return [
        Output("PipelineName", Description="Name of the pipeline.", Value=Ref(pipeline)),
        url_output("PipelineUrl", "The pipeline in the console.", console_url(page)),
    ]
