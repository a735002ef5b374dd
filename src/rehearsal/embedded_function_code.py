"""What MiniStack lacks of functions' code: it may lie in another account's bucket, or not be there.

Whether whoever makes the function may read it, `embedded_stack_roles` asks. Not as in AWS: code
that CreateFunction names and that is not there makes a function without any.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import get_region, request_scope
from ministack.services import lambda_svc, s3
from ministack.services.cloudformation import provisioners

MISSING = (
    "Error occurred while GetObject. S3 Error Code: NoSuchKey. "
    "S3 Error Message: The specified key does not exist."
)


def install() -> None:
    """Put into MiniStack what stands here."""
    fetch: Callable[..., bytes | None] = lambda_svc._fetch_code_from_s3
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    create: Callable[..., Any] = handlers["create"]

    def fetched(bucket: str, key: str, version_id: str | None = None) -> bytes | None:
        owner = s3._bucket_owner_account(bucket)
        if owner is None:
            return None
        with request_scope(owner, get_region()):
            return fetch(bucket, key, version_id)

    def created(logical_id: str, properties: Mapping[str, Any], stack: str) -> Any:
        code = properties.get("Code", {})
        if "S3Bucket" in code and fetched(code["S3Bucket"], code.get("S3Key", "")) is None:
            raise ValueError(MISSING)
        return create(logical_id, properties, stack)

    lambda_svc._fetch_code_from_s3 = fetched
    handlers["create"] = created
