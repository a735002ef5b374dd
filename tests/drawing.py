"""Templates with a pipeline, as short as tests can say them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from templates.committed import TEMPLATES

from picture.actions import Action
from picture.diagram import Diagram, Stage, read_diagram
from template_reader.file import Template, read_template
from template_reader.text import read_text

COMMITTED = ("multi-region-pipeline", "global-china-pipeline")


def committed(name: str) -> Diagram:
    """Return the diagram of a committed template."""
    diagram = read_diagram(read_template(TEMPLATES / f"{name}.yaml"))
    assert diagram is not None
    return diagram


def template(document: Any) -> Template:
    """Return a template of any content."""
    return Template(Path("elsewhere/orders.yaml"), document)


def written(text: str) -> Diagram | None:
    """Return the diagram of a template's text."""
    return read_diagram(template(read_text(text)))


def pipeline(*stages: Any, **sections: Any) -> Mapping[str, Any]:
    """Return a document with a pipeline of these stages, and further sections."""
    properties = {"Stages": list(stages)}
    resource = {"Type": "AWS::CodePipeline::Pipeline", "Properties": properties}
    resources = {"Pipeline": resource, **sections.pop("Resources", {})}
    return {"Resources": resources, **sections}


def stage(name: Any, *actions: Any) -> dict[str, Any]:
    """Return a stage of these actions."""
    return {"Name": name, "Actions": list(actions)}


def action(name: Any, provider: Any = "CodeBuild", /, **rest: Any) -> dict[str, Any]:
    """Return an action, a build unless it is said otherwise."""
    category = {"CloudFormation": "Deploy", "Manual": "Approval", "Lambda": "Invoke"}
    kind = {"Category": category.get(str(provider), "Build"), "Provider": provider}
    return {"Name": name, "ActionTypeId": kind, **rest}


def drawn(*stages: Any, **sections: Any) -> Diagram:
    """Return the diagram of a pipeline of these stages."""
    diagram = read_diagram(template(pipeline(*stages, **sections)))
    assert diagram is not None
    return diagram


def only(*actions: Any, **sections: Any) -> Action:
    """Return the one action that is drawn of these, in the one stage of a pipeline."""
    (found,) = stage_of(*actions, **sections).actions
    return found


def stage_of(*actions: Any, **sections: Any) -> Stage:
    """Return the one stage of a pipeline as it is drawn."""
    (found,) = drawn(stage("Deploy", *actions), **sections).stages
    return found


def names(actions: Sequence[Action]) -> list[str]:
    """Return the names of actions."""
    return [each.name for each in actions]


GIANT = drawn(
    stage("Many", *(action(f"action-number-{at}", RunOrder=at // 10 + 1) for at in range(100))),
    *(stage(f"Stage{at}", action(f"Build{at}")) for at in range(49)),
)
HOSTILE = drawn(
    stage("<&\"'>]]>", action('<script>alert("1")</script>'), action("a & b")),
    stage("end", action('x"]; y["'), action("#35;`_*--> |{}", "Manual", RunOrder=2)),
    stage("W" * 100, action("W" * 100, "m" * 100), action("i" * 100, "CloudFormation")),
    stage("日本語のステージ" * 12, action("👩🏽‍💻 \u202e evil \x00 \ud800", Region="q" * 300)),
)
