"""The values of a build's variables: as they are written, or fetched under the project's role."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rehearsal.actions.work import ActionError, Work
from rehearsal.buildspec_file import SpecError

PARAMETERS, SECRETS = "parameter-store", "secrets-manager"
KINDS = {"PARAMETER_STORE": PARAMETERS, "SECRETS_MANAGER": SECRETS}
PARTS_OF_ARN = 7

Client = Callable[[str], Any]
Variable = Mapping[str, str]


def told_variables(work: Work) -> list[Variable]:
    """Return the variables an action is told. Raise `ActionError` if they are written wrongly."""
    try:
        found: list[Variable] = json.loads(work.told("EnvironmentVariables", "[]"))
    except ValueError as error:
        raise ActionError(f"EnvironmentVariables: is no JSON: {error}", "correct it") from None
    if not isinstance(found, list) or any({"name", "value"} - {*each} for each in found):
        mend = 'write it like [{"name": "A", "value": "b"}]'
        raise ActionError("EnvironmentVariables: is no list of names and values", mend)
    return found


def read_variables(variables: Iterable[Variable], client: Client) -> dict[str, str]:
    """Return variables with their values; the last of a name counts."""
    return {each["name"]: _value(each, client) for each in variables}


def fetch(client: Client, kind: str, name: str) -> str:
    """Return a parameter or a secret. Raise `SpecError` if there is none of that name."""
    return (_parameter if kind == PARAMETERS else _secret)(client, name)


def _value(variable: Variable, client: Client) -> str:
    kind = KINDS.get(variable.get("type", "PLAINTEXT"))
    return fetch(client, kind, variable["value"]) if kind else variable["value"]


def _parameter(client: Client, name: str) -> str:
    found = client("ssm").get_parameters(Names=[name], WithDecryption=True)["Parameters"]
    if not found:
        raise SpecError(f"buildspec: env.{PARAMETERS}: there is no parameter {name}; write it")
    return str(found[0]["Value"])


def _secret(client: Client, name: str) -> str:
    """Return a secret, or the value of a key of it: NAME:KEY, or ARN:KEY."""
    parts = name.split(":")
    length = PARTS_OF_ARN if parts[0] == "arn" else 1
    id_, key = ":".join(parts[:length]), "".join(parts[length : length + 1])
    text = str(client("secretsmanager").get_secret_value(SecretId=id_)["SecretString"])
    if not key:
        return text
    try:
        return str(json.loads(text)[key])
    except (ValueError, TypeError, KeyError):
        why = f"the secret {id_} is no JSON with a key {key}; write it so"
        raise SpecError(f"buildspec: env.{SECRETS}: {why}") from None
