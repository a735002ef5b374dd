"""The CodeBuild projects as a stack of their own; the roles they run under are looked up."""

from __future__ import annotations

from troposphere import GetAtt, Output, Ref, Template

from pipeline import names, project_questions, projects, regions, store_questions, stores
from pipeline.parameters import Group, Question, log_retention, stored
from pipeline.partitions import partition_of
from pipeline.template import console_url, new_template, url_output
from pipeline.topology import Topology

TOPOLOGY = "multi-region"
DESCRIPTION = (
    "CodeBuild projects of a multi-region pipeline: lint, security scan, and the build of the "
    "image. Their roles are those of service-roles.yaml, launched with this stack's name."
)


def build(topology: Topology) -> Template:
    """Return the three projects of a topology's pipeline, with their log groups."""
    partition = partition_of(topology.home.name)
    template = new_template(DESCRIPTION, [partition.name], _groups(topology))
    regions.prepare(template, topology)
    stores.prepare_home(template, topology)
    for role_name, work in _works(topology).items():
        log_group, project = projects.project(work, Ref(_role_parameter(role_name)), topology)
        template.add_resource(log_group)
        template.add_resource(project)
        template.add_output(_output(work, GetAtt(project, "Arn")))
    page = "codesuite/codebuild/projects?region=${AWS::Region}"
    template.add_output(
        url_output("ProjectsUrl", "The projects in the console.", console_url(page))
    )
    return template


def _works(topology: Topology) -> dict[str, projects.Work]:
    return {
        names.STATIC_ANALYSIS_ROLE: projects.static_analysis(topology),
        names.SECURITY_ANALYSIS_ROLE: projects.security_analysis(),
        names.CODE_BUILD_ROLE: projects.build(),
    }


def _output(work: projects.Work, arn: GetAtt) -> Output:
    return Output(f"{work.title}Arn", Description=f"ARN. {work.description}", Value=arn)


def _groups(topology: Topology) -> list[Group]:
    places = (*regions.questions(topology), *store_questions.home_key_questions(topology))
    return [
        Group("Roles", tuple(_role_question(name) for name in _works(topology))),
        Group("Regions", places),
        Group("Analysis of the deploy template", project_questions.analysis_questions()),
        Group("Build of the image", project_questions.build_questions()),
        Group("Operation", (log_retention(),)),
    ]


def _role_parameter(name: str) -> str:
    return f"{name}Parameter"


def _role_question(name: str) -> Question:
    path = f"{names.ROLE_PREFIX}/{name}"
    what = "the role's ARN, as service-roles.yaml writes it"
    return stored(_role_parameter(name), name, what, path)
