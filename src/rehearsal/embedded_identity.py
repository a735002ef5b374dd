"""What MiniStack lacks of identity between partitions: OIDC providers, and tokens with a name.

MiniStack lets the root of an account assume whatever role a service may assume. Here it must say
which service it stands for, as the name of the session, and the condition on the source account
holds for its own account.

MiniStack makes no `AWS::IAM::OIDCProvider`, issues a token to whoever asks that names the account's
root, and takes a token for any provider. Here a token names the role that asked, the condition
keys of GetWebIdentityToken reach the policies, and a token is taken for credentials only if its
signature holds, it has not expired, and its issuer stands as a provider with its audience.

Not as in AWS: plain HTTP on loopback is taken for TLS; tokens are signed with a secret all embedded
partitions share, where AWS publishes keys for its signatures; and AWS documents that it does not
take its own tokens in this exchange ("Getting started with outbound identity federation", IAM user
guide).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import iam, sts
from ministack.services.cloudformation import provisioners

from rehearsal.issuers import issuer

SIGNING_SECRET = b"every embedded partition knows it"
CONDITION_KEYS = {
    "Audience": "sts:identitytokenaudience",
    "DurationSeconds": "sts:durationseconds",
    "SigningAlgorithm": "sts:signingalgorithm",
}
DEFAULT_SECONDS = "300"
SERVICE = ".amazonaws.com"

Answer = tuple[int, dict[str, str], bytes]
Parameters = dict[str, list[str]]


def install(partition: str) -> None:
    """Put into MiniStack what stands here."""
    provisioners._RESOURCE_HANDLERS["AWS::IAM::OIDCProvider"] = {
        "create": lambda logical_id, properties, stack: _create_provider(partition, properties),
        "update": lambda id_, old, new, stack: (id_, _put_provider(id_, new)),
        "delete": lambda id_, properties: iam._oidc_providers.pop(id_, None),
    }
    inner: Callable[..., Awaitable[Answer]] = app.SERVICE_HANDLERS["sts"]

    async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Answer:
        given = _parameters(body, query)
        action = _one(given, "Action")
        if action == "AssumeRoleWithWebIdentity":
            refusal = _refusal(partition, given)
            if refusal:
                return _error(refusal)
        answer = await inner(method, path, headers, body, query)
        if action == "GetWebIdentityToken" and answer[0] == 200:  # noqa: PLR2004
            return _with_token(answer, _token(given))
        return answer

    app.SERVICE_HANDLERS["sts"] = handle
    _take_loopback_for_tls()
    _let_policies_see_conditions()
    _let_services_assume_roles()


def _create_provider(partition: str, properties: dict[str, Any]) -> tuple[str, dict[str, str]]:
    host = properties["Url"].removeprefix("https://").rstrip("/")
    arn = f"arn:{partition}:iam::{get_account_id()}:oidc-provider/{host}"
    if arn in iam._oidc_providers:
        raise ValueError(f"Provider with url {properties['Url']} already exists.")
    return arn, _put_provider(arn, properties)


def _put_provider(arn: str, properties: dict[str, Any]) -> dict[str, str]:
    iam._oidc_providers[arn] = {
        "Url": properties["Url"],
        "ClientIDList": properties.get("ClientIdList", []),
        "ThumbprintList": properties.get("ThumbprintList", []),
        "Arn": arn,
        "CreateDate": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "Tags": [],
    }
    return {"Arn": arn}


def _let_policies_see_conditions() -> None:
    inner = iam_actions.request_tag_context

    def context(service: str, action: str, body: bytes, given: Parameters) -> dict[str, Any]:
        keys: dict[str, Any] = inner(service, action, body, given)
        if action == "sts:GetWebIdentityToken":
            asked = {"DurationSeconds": DEFAULT_SECONDS, "SigningAlgorithm": ""}
            asked |= {name: _one(given, name) for name in asked if _one(given, name)}
            keys |= {CONDITION_KEYS[name]: value for name, value in asked.items()}
            keys[CONDITION_KEYS["Audience"]] = _audiences(given)
        return keys

    iam_actions.request_tag_context = context


def _take_loopback_for_tls() -> None:
    """A bucket that refuses plain HTTP would refuse every call that this machine makes."""
    inner = app.pin_request_origin
    app.pin_request_origin = lambda address, _plain: inner(address, True)


def _let_services_assume_roles() -> None:
    inner = iam_evaluator.evaluate_trust_policy

    def trusts(document: Any, caller: str, context: Any = None) -> bool:
        service = (context and context.service_context.get("sts:rolesessionname")) or ""
        if caller.endswith(":root") and service.endswith(SERVICE):
            context.service_context["aws:sourceaccount"] = caller.split(":")[4]
            return bool(inner(_of_service(document, service), caller, context))
        return bool(inner(_of_service(document, ""), caller, context))

    iam_evaluator.evaluate_trust_policy = trusts


def _of_service(document: Any, service: str) -> dict[str, Any]:
    """Return a trust policy without what it lets services do, but for one service."""
    whole = json.loads(document) if isinstance(document, str) else document
    kept = []
    for statement in whole.get("Statement", []):
        principal = statement.get("Principal", {})
        named = principal.get("Service", []) if isinstance(principal, dict) else []
        if not named or service in ([named] if isinstance(named, str) else named):
            kept.append(statement)
    return {**whole, "Statement": kept}


def _token(given: Parameters) -> str:
    now = int(time.time())
    audiences = _audiences(given)
    claims = {
        "iss": issuer(get_account_id()),
        "aud": audiences[0] if len(audiences) == 1 else audiences,
        "sub": _subject(iam_evaluator.caller_arn()),
        "iat": now,
        "exp": now + int(_one(given, "DurationSeconds") or DEFAULT_SECONDS),
    }
    unsigned = f"{_encoded({'alg': 'HS256', 'typ': 'JWT'})}.{_encoded(claims)}"
    return f"{unsigned}.{_signature(unsigned)}"


def _subject(caller: str) -> str:
    """Return the ARN of the role behind a session, as AWS puts it into the claim `sub`."""
    *place, resource = caller.split(":")
    kind, _, rest = resource.partition("/")
    if kind != "assumed-role":
        return caller
    place[2] = "iam"
    return ":".join([*place, f"role/{rest.partition('/')[0]}"])


def _refusal(partition: str, given: Parameters) -> str:
    """Return why a token is not taken, '' if it is; the role's trust is then MiniStack's affair."""
    try:
        unsigned, _, signature = _one(given, "WebIdentityToken").rpartition(".")
        claims = json.loads(base64.urlsafe_b64decode(unsigned.split(".")[1] + "=="))
    except (ValueError, IndexError):
        return "InvalidIdentityToken"
    account = _one(given, "RoleArn").split(":")[4]
    host = claims["iss"].removeprefix("https://")
    provider = iam._oidc_providers.get_scoped(
        account, None, f"arn:{partition}:iam::{account}:oidc-provider/{host}"
    )
    if not hmac.compare_digest(signature, _signature(unsigned)) or provider is None:
        return "InvalidIdentityToken"
    if claims["exp"] < time.time():
        return "ExpiredTokenException"
    return "" if claims["aud"] in provider["ClientIDList"] else "InvalidIdentityToken"


def _encoded(value: object) -> str:
    return _text(json.dumps(value, separators=(",", ":")).encode())


def _signature(unsigned: str) -> str:
    return _text(hmac.new(SIGNING_SECRET, unsigned.encode(), hashlib.sha256).digest())


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _with_token(answer: Answer, token: str) -> Answer:
    status, headers, body = answer
    before, _, rest = body.decode().partition("<WebIdentityToken>")
    after = rest.partition("</WebIdentityToken>")[2]
    text = f"{before}<WebIdentityToken>{escape(token)}</WebIdentityToken>{after}"
    return status, headers, text.encode()


def _error(code: str) -> Answer:
    answer: Answer = sts._error(400, code, "The web identity token is not accepted", ns="sts")
    return answer


def _parameters(body: bytes, query: Parameters) -> Parameters:
    return {**query, **parse_qs(body.decode("utf-8", errors="replace"))}


def _one(given: Parameters, name: str) -> str:
    value = given.get(name, [""])
    return value if isinstance(value, str) else str(value[0])


def _audiences(given: Parameters) -> list[str]:
    return [_one(given, name) for name in given if name.startswith("Audience")]
