"""How an application of images gets into another partition: the image is made anew there.

An image can cross the wall through S3 (stored, carried over, restored). It is not done: into China
15 KB/s are reported, at which 8 GiB take six days, and whoever carries them holds the keys all the
while. Sent instead is the source, some kilobytes. The price is one more build, of CodeBuild's
minutes and the builder's instance, for each stage and partition, and an image that is made of the
same commit but is not the same bytes: what was tested at home is tested there once more.

Maven and Packer run code of the repository, so they never run where the keys are: the project here
holds those and only asks for the build; the project there, with a role there, makes the image.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from troposphere import AWSObject, GetAtt, Ref, Template
from troposphere.codebuild import Project
from troposphere.codepipeline import Actions
from troposphere.iam import Role
from troposphere.logs import LogGroup
from troposphere.ssm import Parameter as StoredParameter

from pipeline import accounts, crossings, deploy_target, names, projects
from pipeline.actions import build_action
from pipeline.deploy_target import LONGEST
from pipeline.errors import InputError
from pipeline.names import IMAGE_ID, IMAGE_PARAMETER, value
from pipeline.parameters import Question
from pipeline.projects import TEMPLATE_PATH, Work
from pipeline.topology import Access, Crossing, Stage, Topology

# A build of the image, at most two hours of it, the waiting before it, and the deployment.
MINUTES = 300


@dataclass(frozen=True)
class Rebuilt:
    """What one crossing has in the pipeline's stack."""

    crossing: Crossing
    role: Role
    logs: LogGroup
    project: Project
    stored: tuple[StoredParameter, ...]

    @property
    def resources(self) -> tuple[AWSObject, ...]:
        """All of it, in the order people read."""
        return (self.role, self.logs, self.project, *self.stored)


def refuse_names(topology: Topology) -> None:
    """Raise `InputError` for a stage whose name its roles in another partition cannot bear."""
    for at, stage in enumerate(topology.stages, start=1):
        crosses = any(crossing.stage == stage for crossing in topology.crossings)
        if crosses and (not stage.name.isalnum() or len(stage.name) > LONGEST):
            why = "roles, buckets and parameters bear this name in another partition"
            mend = f"use 1 to {LONGEST} letters and digits"
            raise InputError(f"stage[{at}].name: {why}; {mend}")


def questions(topology: Topology) -> tuple[Question, ...]:
    """Return what is asked about other partitions: nothing where none is deployed to."""
    if not topology.crossings:
        return ()
    keys = (crossings.key_question(),) if topology.access is Access.ACCESS_KEYS else ()
    return (deploy_target.project_question("web-app"), *accounts.questions(topology), *keys)


def prepare(template: Template, topology: Topology) -> None:
    """Add what the roles of the crossings stand on."""
    crossings.prepare(template, topology)


def rebuilt(topology: Topology) -> tuple[Rebuilt, ...]:
    """Return what each crossing of a topology has."""
    return tuple(_rebuilt(topology, crossing) for crossing in topology.crossings)


def _rebuilt(topology: Topology, crossing: Crossing) -> Rebuilt:
    role = crossings.role(topology, crossing, names.THIS_STACK)
    logs, project = projects.project(_work(topology, crossing), GetAtt(role, "Arn"), topology)
    return Rebuilt(crossing, role, logs, project, tuple(_stored(crossing)))


def _work(topology: Topology, crossing: Crossing) -> Work:
    work = crossings.work(topology, crossing)
    own = {
        "TARGET_ACCOUNT": value(crossing.account.text),
        "TEMPLATE": Ref(TEMPLATE_PATH),
        "PARAMETER_OVERRIDES": value(f"{IMAGE_ID}=${{{IMAGE_PARAMETER}}}"),
        "IMAGE_PROJECT": value(names.of_stage(crossing.stage.name.lower(), names.IMAGE)),
    }
    where = f"{crossing.stage.name} in {crossing.partition.name}"
    description = f"Has the image of {where} made there, and deploys it."
    return replace(
        work, variables={**work.variables, **own}, minutes=MINUTES, description=description
    )


def _stored(crossing: Crossing) -> Iterable[StoredParameter]:
    for thing, (description, text) in crossings.stored_values(crossing).items():
        yield StoredParameter(
            crossings.title(crossing, f"{thing}Parameter"),
            Name=crossings.stored_name(crossing, thing),
            Type="String",
            Description=description,
            Value=text,
        )


def actions(stage: Stage, made: Iterable[Rebuilt]) -> list[Actions]:
    """Return the actions of a stage that deploy beyond home's partition."""
    return [
        build_action(value(each.crossing.region.text), "Build", each.project)
        for each in made
        if each.crossing.stage == stage
    ]
