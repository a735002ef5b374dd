"""What is wrong with the way of artifacts through a pipeline: one line for each fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from refusals import nearest
from rehearsal.definition import Definition
from rehearsal.providers import PROVIDERS


def unmade_inputs(definition: Definition) -> Iterator[str]:
    """An input artifact is made by an action that is done before."""
    makers = {name: action for action in definition.actions for name in action.outputs}
    for action in definition.actions:
        for name in action.inputs:
            maker = makers.get(name)
            if maker is None:
                near = nearest(name, makers) or "; make it, or take another"
                yield f"{action.place}.InputArtifacts: nobody makes {name}{near}"
            elif not definition.is_before(maker, action):
                yield (
                    f"{action.place}.InputArtifacts: {name} is made by {maker.place}, which is not "
                    "done before; give that a lower RunOrder or an earlier stage"
                )


def miscounted_artifacts(definition: Definition) -> Iterator[str]:
    """Each provider takes and makes so many artifacts."""
    for action in definition.actions:
        known = PROVIDERS[action.provider]
        for what, names, (least, most) in (
            ("InputArtifacts", action.inputs, known.inputs),
            ("OutputArtifacts", action.outputs, known.outputs),
        ):
            if not least <= len(names) <= most:
                wanted = f"{least}" if least == most else f"{least} to {most}"
                yield f"{action.place}.{what}: {len(names)}; {action.provider} wants {wanted}"


def paths_outside_inputs(definition: Definition) -> Iterator[str]:
    """A path ARTIFACT::FILE leads into an artifact the action takes in."""
    for action in definition.actions:
        for key in ("TemplatePath", "TemplateConfiguration"):
            value = action.configuration.get(key)
            if value is None:
                continue
            artifact, separator, file = value.partition("::")
            if not (separator and file):
                yield f"{action.place}.{key}: '{value}' is not ARTIFACT::FILE; write it so"
            elif artifact not in action.inputs:
                near = nearest(artifact, action.inputs) or "; add it to InputArtifacts"
                yield f"{action.place}.{key}: {artifact} is no input of this action{near}"


def unchosen_sources(definition: Definition) -> Iterator[str]:
    """A build of several artifacts is told which of them holds its buildspec."""
    for action in definition.actions:
        place = f"{action.place}.Configuration.PrimarySource"
        primary = action.configuration.get("PrimarySource")
        if primary is None and action.provider == "CodeBuild" and len(action.inputs) > 1:
            yield f"{place}: is missing; name the input that holds the buildspec"
        if primary is not None and primary not in action.inputs:
            near = nearest(primary, action.inputs) or "; name one"
            yield f"{place}: {primary} is no input of this action{near}"


ARTIFACT_RULES: tuple[Callable[[Definition], Iterator[str]], ...] = (
    unmade_inputs,
    miscounted_artifacts,
    paths_outside_inputs,
    unchosen_sources,
)
