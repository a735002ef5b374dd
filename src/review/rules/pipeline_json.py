"""Rules about the JSON in the configuration of a pipeline's actions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from review.pipeline_case import of_action
from review.pipeline_values import VARIABLE_READ
from review.pipeline_view import Pipeline
from review.rule import Found, rule

REFERENCE = "CodePipeline user guide, action structure reference"
# What is written as JSON, and of which kind.
JSON_KEYS = {
    "EnvironmentVariables": list,
    "ParameterOverrides": dict,
    "SourceRevisions": list,
    "Variables": list,
}
# A variable in the place of a key and its value.
MEMBER_READ = re.compile(rf"([{{,]\s*){VARIABLE_READ.pattern}")
JSON_PROVIDERS = ("CodeBuild", "CloudFormation", "CodePipeline")


@rule(
    judges=Pipeline,
    id="MP128",
    sentence="What a configuration takes as JSON is JSON.",
    mend="write a JSON list of name and value, for ParameterOverrides a JSON object",
    reason="The action fails when it runs, and not when the pipeline is made.",
    source=REFERENCE,
    passes=of_action(
        "Build.Build",
        'Configuration: {EnvironmentVariables: \'[{"name": "A", "value": "#{Source.CommitId}"}]\'}',
    ),
    fails=of_action("Build.Build", 'Configuration: {EnvironmentVariables: \'{"A": "b"}\'}'),
)
def value_is_no_json(pipeline: Pipeline) -> Iterator[Found]:
    """Yield texts that should be JSON, and are none or of another kind."""
    for action in pipeline.actions:
        if action.kind[2].text not in JSON_PROVIDERS:
            continue
        for key, wanted in JSON_KEYS.items():
            value = action.configuration.get(key)
            if value and value.text and not _is_json(value.text, wanted):
                words = f"{action.place}.{key}: is no JSON {'list' if wanted is list else 'object'}"
                yield Found(action.line("Configuration", key), words)


def _is_json(text: str, wanted: type[Any]) -> bool:
    """Return whether a text is JSON of a kind, or may be once a run has filled in its variables."""
    members = MEMBER_READ.sub(r'\1"a": 0', text)
    filled = (VARIABLE_READ.sub(each, text) for each in ("0", ""))
    maybe = (text, *filled, VARIABLE_READ.sub("0", members))
    is_variable = VARIABLE_READ.fullmatch(text.strip()) is not None
    return is_variable or any(isinstance(_parsed(each), wanted) for each in maybe)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
