"""Which roles the resources of a stack hand to services, so that iam:PassRole is asked about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ministack.services import ec2, iam
from ministack.services.cloudformation import provisioners

from rehearsal.embedded_passing import EC2, Passed, profile_roles

# By type: where the role stands, a star for each element of a list, and who is handed it.
PLACES = {
    "AWS::CodeBuild::Project": ("ServiceRole", "codebuild.amazonaws.com"),
    "AWS::CodePipeline::Pipeline": ("RoleArn", "codepipeline.amazonaws.com"),
    "AWS::Events::Rule": ("Targets.*.RoleArn", "events.amazonaws.com"),
    "AWS::Lambda::Function": ("Role", "lambda.amazonaws.com"),
    "AWS::Scheduler::Schedule": ("Target.RoleArn", "scheduler.amazonaws.com"),
    "AWS::StepFunctions::StateMachine": ("RoleArn", "states.amazonaws.com"),
}


def handed(type_: str, properties: Mapping[str, Any]) -> Iterator[Passed]:
    """Yield the roles that a resource with some properties hands on."""
    if type_ in PLACES:
        path, service = PLACES[type_]
        for role in _at(properties, path.split(".")):
            yield Passed(_arn(role), service)
    elif type_ == "AWS::IAM::InstanceProfile":
        for name in properties.get("Roles", []):
            yield from (Passed(str(each["Arn"]), EC2) for each in [iam._roles.get(name)] if each)
    elif type_ == "AWS::EC2::Instance":
        for role in profile_roles(str(properties.get("IamInstanceProfile", ""))):
            yield Passed(role, EC2)
    elif type_ == "AWS::AutoScaling::AutoScalingGroup":
        profile = launched(properties).get("IamInstanceProfile", {})
        for role in profile_roles(str(profile.get("Arn") or profile.get("Name") or "")):
            yield Passed(role, EC2)


def launched(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data of a group's launch template, in its newest version, {} if it has none."""
    named = provisioners._asg_launch_template(properties.get("LaunchTemplate"))
    template = ec2._launch_templates.get(named["LaunchTemplateId"]) if named else None
    versions: list[Mapping[str, Any]] = template["Versions"] if template else []
    data: Mapping[str, Any] = versions[-1]["LaunchTemplateData"] if versions else {}
    return data


def _at(value: Any, path: list[str]) -> Iterator[str]:
    """Yield the texts at a path, none where it leads nowhere."""
    if not path:
        yield from [value] if isinstance(value, str) and value else []
    elif path[0] == "*":
        for each in value if isinstance(value, list) else []:
            yield from _at(each, path[1:])
    elif isinstance(value, Mapping):
        yield from _at(value.get(path[0]), path[1:])


def _arn(role: str) -> str:
    """Return the ARN of a role, given that or its name."""
    found = None if role.startswith("arn:") else iam._roles.get(role)
    return str(found["Arn"]) if found else role
