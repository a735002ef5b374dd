"""The whole first seed in one click: lint, scan, build an image, copy it, deploy it everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from troposphere import AWSObject, GetAtt, Output, Ref, Template
from troposphere.awslambda import Function
from troposphere.codebuild import Project
from troposphere.codepipeline import Pipeline, Stages
from troposphere.iam import Role

from pipeline import (
    approvals,
    copying,
    deploying,
    functions,
    names,
    notifications,
    project_questions,
    projects,
    rebuilding,
    regions,
    source_questions,
    sources,
    store_questions,
    stores,
)
from pipeline.actions import (
    BUILD_NAMESPACE,
    Deployment,
    build_action,
    copy_image_action,
    deploy_action,
)
from pipeline.errors import InputError
from pipeline.names import IMAGE_ID, IMAGE_PARAMETER, THIS_STACK, label
from pipeline.parameters import Group, log_retention
from pipeline.partitions import partition_of
from pipeline.rebuilding import Rebuilt
from pipeline.roles import Started, pipeline_role, workers
from pipeline.template import console_url, new_template, url_output
from pipeline.topology import Region, Stage, Topology


def _refuse_what_needs_no_copy(topology: Topology) -> None:
    if not topology.other_regions:
        raise InputError("stage: no target outside home; name at least one other region")


def _refuse_other_accounts(topology: Topology) -> None:
    for at, stage in enumerate(topology.stages, start=1):
        for number, to in enumerate(stage.targets, start=1):
            if to.account and to.partition == topology.partition:
                why = "images are not handed to other accounts of the partition"
                raise InputError(
                    f"stage[{at}].target[{number}].account: {why}; remove it, or use the kind "
                    "multi-account"
                )


REFUSALS = (_refuse_what_needs_no_copy, _refuse_other_accounts, rebuilding.refuse_names)


def build(topology: Topology) -> Template:
    """Return a topology's pipeline with everything it needs but its artifact stores."""
    partition = partition_of(topology.home.name)
    template = new_template(topology.description, [partition.name], _groups(topology))
    regions.prepare(template, topology)
    stores.prepare(template, topology)
    sources.prepare(template, topology)
    copying.prepare(template)
    deploying.prepare(template)
    deploying.prepare_action(template)
    rebuilding.prepare(template, topology)
    parts = _parts(topology)
    pipeline = _pipeline(topology, parts)
    for resource in (*parts.resources, pipeline, *sources.events(topology, pipeline)):
        template.add_resource(resource)
    asks = bool(approvals.questions(topology))
    notifications.add_notifications(template, pipeline, approvals=asks)
    for output in _outputs(topology, pipeline):
        template.add_output(output)
    return template


def _groups(topology: Topology) -> list[Group]:
    places = (*regions.questions(topology), *store_questions.questions(topology))
    operation = (notifications.question(), log_retention())
    return [
        Group("Source", source_questions.questions(topology)),
        Group("Regions and artifact stores", places),
        Group("Analysis of the deploy template", project_questions.analysis_questions()),
        Group("Build of the image", project_questions.build_questions()),
        Group("Copies of the image", copying.questions()),
        Group("Deployment", (*deploying.questions(), *approvals.questions(topology))),
        *_other_partitions(topology),
        Group("Operation", operation),
    ]


def _other_partitions(topology: Topology) -> list[Group]:
    asked = rebuilding.questions(topology)
    return [Group("Other partitions", asked)] if asked else []


@dataclass(frozen=True)
class _Parts:
    """What the pipeline's actions start, the roles it needs for that, and all they stand on."""

    lint: Project
    scan: Project
    build: Project
    copy: Function
    deploy_role: Role
    role: Role
    rebuilt: tuple[Rebuilt, ...]
    resources: tuple[AWSObject, ...]


def _parts(topology: Topology) -> _Parts:
    its = workers(topology)
    works = {
        its.static_analysis: projects.static_analysis(topology),
        its.security_analysis: projects.security_analysis(),
        its.build: projects.build(),
    }
    made = [projects.project(work, GetAtt(role, "Arn"), topology) for role, work in works.items()]
    logs, (lint, scan, build_) = zip(*made, strict=True)
    copy_logs, copy = functions.function(names.COPY_IMAGE, GetAtt(its.copy_image, "Arn"))
    rebuilt = rebuilding.rebuilt(topology)
    beyond = [each.project for each in rebuilt]
    starts = [GetAtt(each, "Arn") for each in (lint, scan, build_, *beyond)]
    role = pipeline_role(topology, Started(starts, GetAtt(copy, "Arn"), its.deploy))
    roles = (its.deploy, its.build, role, its.copy_image, its.security_analysis)
    own = (*roles, its.static_analysis, *logs, copy_logs, lint, scan, build_, copy)
    return _Parts(
        lint,
        scan,
        build_,
        copy,
        deploy_role=its.deploy,
        role=role,
        rebuilt=rebuilt,
        resources=(*own, *(part for each in rebuilt for part in each.resources)),
    )


def _pipeline(topology: Topology, parts: _Parts) -> Pipeline:
    copy = copy_image_action(parts.copy, topology.other_regions, IMAGE_PARAMETER)
    build_ = build_action("Build", "Build", parts.build, Namespace=BUILD_NAMESPACE)
    return Pipeline(
        "AppPipeline",
        PipelineType="V2",
        ExecutionMode="QUEUED",
        RoleArn=GetAtt(parts.role, "Arn"),
        ArtifactStores=[stores.store_map(each) for each in stores.artifact_stores(topology)],
        Stages=[
            Stages(Name="Source", Actions=[sources.action(topology)]),
            Stages(Name="StaticAnalysis", Actions=[build_action("CfnLint", "Test", parts.lint)]),
            Stages(Name="SecurityAnalysis", Actions=[build_action("Scan", "Test", parts.scan)]),
            Stages(Name="Build", Actions=[build_]),
            Stages(Name="CopyImage", Actions=[copy]),
            *(_deploy_stage(topology, stage, parts) for stage in topology.stages),
        ],
        **sources.triggers(topology),
    )


def _deploy_stage(topology: Topology, stage: Stage, parts: _Parts) -> Stages:
    deployment = Deployment(
        role=parts.deploy_role,
        template_path=deploying.template_path(),
        action_mode=Ref(deploying.ACTION_MODE),
        capabilities=deploying.capabilities(),
        overrides={IMAGE_ID: f"${{{IMAGE_PARAMETER}}}"},
    )
    here = [deploy_action(stage, to, deployment) for to in stage.targets_in(topology.partition)]
    actions = [*here, *rebuilding.actions(stage, parts.rebuilt)]
    return Stages(Name=stage.name, Actions=approvals.ask_first(topology, stage, actions))


def _outputs(topology: Topology, pipeline: Pipeline) -> list[Output]:
    page = f"codesuite/codepipeline/pipelines/${{{pipeline.title}}}/view?region=${{AWS::Region}}"
    return [
        Output("PipelineName", Description="Name of the pipeline.", Value=Ref(pipeline)),
        url_output("PipelineUrl", "The pipeline in the console.", console_url(page)),
        *(_stacks_output(region) for region in topology.target_regions),
    ]


def _stacks_output(region: Region) -> Output:
    """Return the page of what all stages deploy in a region; one for each stage were too many."""
    page = f"cloudformation/home?region={region.text}#/stacks?filteringText={THIS_STACK}-"
    return url_output(
        f"StacksIn{label(region) or 'Home'}Url",
        f"What is deployed in {label(region) or 'this region'}, in the console.",
        console_url(page, region.text),
    )
