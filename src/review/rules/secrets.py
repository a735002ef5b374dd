"""Rules about secrets that whoever may read a template or its stack can read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from refusals import quoted
from review.environments import variables
from review.rule import Found, rule
from review.secret_names import is_secret_name, is_secret_value
from review.spelling import VARIABLE
from review.subjects import Parameter, Resource, Text
from template_reader.nodes import below, function_of
from template_reader.values import is_secret

TEXT = "String"
# Ids of access keys, but for those of AWS's own examples; and private keys with what is in them.
ACCESS_KEY = re.compile(r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b(?<!EXAMPLE)")
PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*[A-Za-z0-9+/=\s]{32}")


@rule(
    judges=Resource,
    id="MR104",
    sentence="No environment variable holds a secret in plain text.",
    mend="name the secret instead: Type: SECRETS_MANAGER or PARAMETER_STORE in CodeBuild, "
    "Secrets in ECS, a call in a function's code",
    reason="Whoever may describe the project or the function reads it, and so do its logs.",
    source="CodeBuild user guide, environment variables in build environments",
    passes="""
        Project:
          Properties:
            Environment:
              EnvironmentVariables:
              - {Name: GITHUB_TOKEN, Value: 'web-app:token', Type: SECRETS_MANAGER}
    """,
    fails="""
        Project:
          Properties:
            Environment:
              EnvironmentVariables:
              - {Name: GITHUB_TOKEN, Value: 0123456789abcdef, Type: PLAINTEXT}
    """,
)
def secret_in_environment(resource: Resource) -> Iterator[Found]:
    """Yield a variable called like a secret, if its value is a text, or a parameter's."""
    for name, value, node in variables(resource.properties):
        if is_secret_name(name) and _is_plain(resource.template.document, value):
            yield Found(node, f"{quoted(name)} is in plain text")


@rule(
    judges=Parameter,
    id="MR105",
    sentence="A parameter that is a secret is NoEcho.",
    mend="add NoEcho: true, or ask for the name of a secret instead",
    reason="Consoles and DescribeStacks show everybody else's value.",
    source="CloudFormation user guide, parameters, NoEcho",
    passes="Parameters: {DatabasePassword: {NoEcho: 'true'}}",
    fails="Parameters: {DatabasePassword: {NoEcho: null}}",
)
def secret_that_is_shown(parameter: Parameter) -> Iterator[Found]:
    """Yield a parameter called like a secret whose value is shown."""
    own = parameter.node
    default = own.get("Default", "?")
    asks = "AllowedValues" in own or own.get("Type") != TEXT or is_secret(own)
    if not asks and is_secret_name(parameter.name) and is_secret_value(str(default)):
        yield Found(parameter.line, f"{parameter.name} is a secret and is shown")


@rule(
    judges=Text,
    id="MR106",
    sentence="No key stands in a template.",
    mend="take it away, and the key out of use: whoever read it has it",
    reason="A template is in a repository, in a bucket and in every stack made from it.",
    source="AWS account management guide, secure access keys",
    passes="Function: {Properties: {Environment: {Variables: {KEY_ID: AKIAIOSFODNN7EXAMPLE}}}}",
    fails="Function: {Properties: {Environment: {Variables: {KEY_ID: AKIA2222333344445555}}}}",
)
def key_in_the_template(text: Text) -> Iterator[Found]:
    """Yield an access key, or a private one, wherever it stands."""
    if ACCESS_KEY.search(text.words):
        yield Found(text.node, "an access key stands here")
    if PRIVATE_KEY.search(text.words):
        yield Found(text.node, "a private key stands here")


def _is_plain(document: Mapping[str, Any], value: Any) -> bool:
    """Return whether a value is there to be read: a text, or made of a parameter's value."""
    if isinstance(value, str | int) and not isinstance(value, bool):
        return is_secret_value(str(value))
    match function_of(value):
        case "Ref", str() as name:
            return _is_plain_parameter(document, name)
        case "Fn::Sub", (str() as text) | [str() as text, *_]:
            named = [each for each in VARIABLE.findall(text) if "::" not in each]
            plain = any(_is_plain_parameter(document, each) for each in named)
            return plain and is_secret_value(text)
    return False


def _is_plain_parameter(document: Mapping[str, Any], name: str) -> bool:
    """Return whether a name is that of a parameter whose own value is used, not one it names."""
    default = str(below(document, "Parameters", name, "Default") or "?")
    return below(document, "Parameters", name, "Type") == TEXT and is_secret_value(default)
