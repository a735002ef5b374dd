"""What CloudFormation is given with a stack: its template, parameters, capabilities and tags.

Not as in AWS, where CodePipeline hands over a template of any length in the same way: one that is
too long for a call is put beside the artifacts. A parameter that is given and not in the template
is refused here, as MiniStack takes it; one of an update that is not given keeps its value.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.actions.archives import open_input
from rehearsal.actions.work import ActionError, Work
from rehearsal.embedded_aws import root

MOST_INLINE = 51_200  # bytes of a template that is not taken from a bucket
OVERRIDES, SETTINGS, TEMPLATE = "ParameterOverrides", "TemplateConfiguration", "TemplatePath"


def read_template(work: Work) -> dict[str, Any]:
    """Return what a call is given. Raise `ActionError` for files and texts that are wrong."""
    settings = _mapping(SETTINGS, _file(work, SETTINGS)) if work.told(SETTINGS) else {}
    overrides = _mapping(OVERRIDES, work.told(OVERRIDES, "{}").encode())
    if "StackPolicy" in settings:
        raise ActionError(f"{SETTINGS}: StackPolicy is not done here", "leave it out")
    values = {**settings.get("Parameters", {}), **overrides}
    source = _source(work, _file(work, TEMPLATE))
    _refuse_unknown(work, source, values)
    given: dict[str, Any] = {
        "Parameters": [_parameter(key, value) for key, value in values.items()],
        "Capabilities": [each for each in work.told("Capabilities").split(",") if each],
        **source,
    }
    if tags := settings.get("Tags", {}):
        given["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
    return given


def _source(work: Work, body: bytes) -> dict[str, str]:
    """Return the template's text; if that is too long for a call, where it is."""
    if len(body) <= MOST_INLINE:
        return {"TemplateBody": body.decode("utf-8", errors="replace")}
    region, bucket = work.action.region, work.stores.store(work.action.region).bucket
    key = f"{work.pipeline}/templates/{hashlib.sha256(body).hexdigest()}"
    aws = work.scene.clouds.of(region)
    aws.client("s3", region, root(work.account)).put_object(Bucket=bucket, Key=key, Body=body)
    return {"TemplateURL": f"{aws.url}/{bucket}/{key}"}


def _refuse_unknown(work: Work, source: Mapping[str, str], given: Mapping[str, Any]) -> None:
    """Refuse parameters that the template has not; one that is no template is refused later."""
    try:
        summary = work.root_client("cloudformation").get_template_summary(**source)
    except ClientError:
        return
    asked = {each["ParameterKey"] for each in summary["Parameters"]}
    if unknown := ", ".join(sorted(given.keys() - asked)):
        mend = f"leave it out of {OVERRIDES} and {SETTINGS}, or declare it in the template"
        raise ActionError(f"Parameters: [{unknown}] do not exist in the template", mend)


def _parameter(key: str, value: Any) -> dict[str, str]:
    text = ",".join(map(str, value)) if isinstance(value, list) else value
    if not isinstance(text, str):
        raise ActionError(f"parameter {key}: {json.dumps(value)} is no text", "quote it")
    return {"ParameterKey": key, "ParameterValue": text}


def _mapping(key: str, text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ActionError(f"{key}: is no JSON: {error}", "correct it") from None
    if not isinstance(found, dict):
        raise ActionError(f"{key}: is no mapping of names to values", "correct it")
    return found


def _file(work: Work, key: str) -> bytes:
    """Return the file of an input artifact that a key names, read by the acting role."""
    artifact, _, name = work.told(key).partition("::")
    with open_input(work, work.who, artifact) as packed:
        try:
            return packed.read(name)
        except KeyError:
            mend = f"commit it, or name another as {key}"
            raise ActionError(f"there is no {name} in the artifact {artifact}", mend) from None
