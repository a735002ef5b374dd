"""What MiniStack lacks of KMS: that S3 and Parameter Store use a key for whoever calls them.

What is encrypted with a key that is not AWS's own is written only by who may use that key to
encrypt, and read only by who may use it to decrypt, by way of the service. IAM is asked about the
key with the policy of the key, which must allow, too, in whichever account it is.

Not as in AWS: a bucket's key in place of an object's is not known, so each object is asked about;
parts of an upload ask about the key when they begin and end; and the keys of AWS itself, which let
in everybody in their account, are asked about by nobody.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from ministack import app
from ministack.core import iam_actions, router
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import kms, s3, ssm

from operate.regions import dns_suffix
from rehearsal import embedded_calls
from rehearsal.embedded_desk import Given

ENCRYPT, DECRYPT, DATA_KEY = "kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"
KEY_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"
OWN_KEYS = "alias/aws/"
DENIED = {"s3": ("AccessDenied", 403), "ssm": ("AccessDeniedException", 400)}
OK = 200
WRITING = "PutParameter"
READING = ("GetParameter", "GetParameters", "GetParametersByPath", "GetParameterHistory")

Answer = tuple[int, dict[str, str], bytes]
Handler = Callable[..., Awaitable[Any]]


def install(partition: str) -> None:
    """Put into MiniStack what stands here."""
    _find_policies()
    _check_objects(partition)
    _check_parameters(partition)


def _check_objects(partition: str) -> None:
    inner: Handler = app.SERVICE_HANDLERS["s3"]

    async def handle(method: str, path: str, headers: Given, body: bytes, query: Given) -> Any:
        key = router.extract_access_key_id(headers, query)
        bucket, name = s3._parse_bucket_key(path, headers)
        if key and name:
            about = {"aws:s3:arn": f"arn:{partition}:s3:::{bucket}/{name}"}
            for action, master in _of_object(method, headers, query, bucket, name):
                refused = _refusal(partition, key, action, master, about)
                if refused:
                    return _denied("s3", headers, refused)
        return await inner(method, path, headers, body, query)

    app.SERVICE_HANDLERS["s3"] = handle


def _check_parameters(partition: str) -> None:
    inner: Handler = app.SERVICE_HANDLERS["ssm"]

    async def handle(method: str, path: str, headers: Given, body: bytes, query: Given) -> Any:
        key = router.extract_access_key_id(headers, query)
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        refused = _write_refusal(partition, key, _json(body)) if operation == WRITING else ""
        if refused:
            return _denied("ssm", headers, refused)
        answer = await inner(method, path, headers, body, query)
        if operation in READING and answer[0] == OK and _json(body).get("WithDecryption"):
            refused = _read_refusal(partition, key, _json(answer[2]))
        return _denied("ssm", headers, refused) if refused else answer

    app.SERVICE_HANDLERS["ssm"] = handle


def _write_refusal(partition: str, key: str, given: Given) -> str:
    if given.get("Type") != "SecureString":
        return ""
    arn = ssm._param_arn(given.get("Name", ""))
    return _of_parameter(partition, key, ENCRYPT, given.get("KeyId", ""), arn)


def _read_refusal(partition: str, key: str, answer: Given) -> str:
    refusals = (
        _of_parameter(partition, key, DECRYPT, master, arn) for arn, master in _secrets(answer)
    )
    return next((each for each in refusals if each), "")


def key_of(bucket: str, name: str) -> str:
    """Return the ARN of the key that an object is encrypted with, '' if it is none of one's own."""
    owner = s3._bucket_owner_account(bucket)
    found = s3._buckets.get_scoped(owner, None, bucket, {}).get("objects", {}).get(name, {})
    key = found.get("preserved_headers", {}).get(KEY_HEADER, "")
    return _arn(key, owner or "", _region(owner or "", bucket))


def _of_object(
    method: str, headers: Given, query: Given, bucket: str, name: str
) -> Iterator[tuple[str, str]]:
    """Yield what a call on an object does with which keys."""
    source = str(headers.get("x-amz-copy-source", "")).lstrip("/").partition("?")[0]
    if source:
        from_bucket, _, from_name = source.partition("/")
        yield from _some(DECRYPT, key_of(from_bucket, from_name))
    if method == "GET" and not query.keys() - {"versionId", "partNumber"}:
        yield from _some(DECRYPT, key_of(bucket, name))
    elif (method == "PUT" and not query) or (method == "POST" and "uploads" in query):
        yield from _some(DATA_KEY, _written_with(headers, bucket))
    elif method == "POST" and "uploadId" in query:
        yield from _some(DECRYPT, _written_with(headers, bucket))


def _written_with(headers: Given, bucket: str) -> str:
    """Return the ARN of the key that what is written to a bucket is encrypted with."""
    owner = s3._bucket_owner_account(bucket)
    if owner is None:
        return ""
    region = _region(owner, bucket)
    with request_scope(owner, region):
        chosen = s3._resolve_sse_write_headers(headers, bucket)[0] or {}
    return _arn(chosen.get(KEY_HEADER, ""), owner, region)


def _region(owner: str, bucket: str) -> str:
    return str(s3._buckets.get_scoped(owner, None, bucket, {}).get("region") or get_region())


def _some(action: str, key: str) -> list[tuple[str, str]]:
    return [(action, key)] if key else []


def _arn(key: str, account: str, region: str) -> str:
    """Return the ARN of a key, given that, its id or an alias; '' of AWS's own and unknown ones."""
    if ":key/" in key or not key or OWN_KEYS in key:
        return "" if OWN_KEYS in key else key
    with request_scope(account, region):
        found = kms._resolve_key(key)
    return str(found["Arn"]) if found else ""


def _secrets(answer: Given) -> Iterator[tuple[str, str]]:
    """Yield the ARN and the key of each secret parameter in an answer."""
    one = [answer["Parameter"]] if "Parameter" in answer else []
    for each in [*one, *answer.get("Parameters", [])]:
        stored = ssm._parameters.get(each["Name"].partition(":")[0])
        if each.get("Type") == "SecureString" and stored:
            yield stored["ARN"], stored["KeyId"]


def _of_parameter(partition: str, key: str, action: str, master: str, arn: str) -> str:
    resource = _arn(master, get_account_id(), get_region())
    if not resource:
        return ""
    return _refusal(partition, key, action, resource, {"PARAMETER_ARN": arn})


def _refusal(partition: str, key: str, action: str, master: str, about: Given) -> str:
    """Return why a service may not use a key for somebody, '' if it may."""
    service = "ssm" if "PARAMETER_ARN" in about else "s3"
    return embedded_calls.refusal(key, action, master, via(partition, service, master, about))


def via(partition: str, service: str, master: str, about: Given) -> Given:
    """Return the condition keys with which a service uses a key, for what it is `about`."""
    region = master.split(":")[3]
    return {
        "kms:ViaService": f"{service}.{region}.{dns_suffix(partition)}",
        "kms:CallerAccount": get_account_id(),
        **{f"kms:EncryptionContext:{name}": each for name, each in about.items()},
    }


def _find_policies() -> None:
    """Let IAM find the policy of a key in whichever account and region it is."""
    inner: Callable[[str], tuple[str, str] | None] = kms.key_policy_for_arn

    def found(resource: str) -> tuple[str, str] | None:
        if ":key/" not in resource:
            return inner(resource)
        _, _, _, region, account, name = resource.split(":", 5)
        key = kms._keys.get_scoped(account, region, name.removeprefix("key/"))
        return (key.get("Policy") or "", account) if key else None

    kms.key_policy_for_arn = found


def _json(body: bytes) -> Given:
    found: Given = json.loads(body or b"{}")
    return found


def _denied(service: str, headers: Given, refused: str) -> Any:
    code, status = DENIED[service]
    answer = iam_actions.access_denied_response(
        *(service, "", "", ""), headers=headers, message=refused, error_code=code
    )
    return (status, *answer[1:])
