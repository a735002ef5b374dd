"""What MiniStack lacks of buckets: a stack's encryption, and whom the policy of a bucket names.

A bucket of a stack encrypts as its template says. MiniStack asks the policy of another account's
bucket about the root of the caller's account; here IAM asks it about the caller, who needs it to
allow as well as the caller's own policies. Not as in AWS: an access control list lets nobody in
who has credentials of another account.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import s3
from ministack.services.cloudformation import provisioners

CONFIGURATION = (
    "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
    "<SSEAlgorithm>{}</SSEAlgorithm>{}</ApplyServerSideEncryptionByDefault>"
    "</Rule></ServerSideEncryptionConfiguration>"
)
KEY = "<KMSMasterKeyID>{}</KMSMasterKeyID>"


def install() -> None:
    """Put into MiniStack what stands here."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    create: Callable[..., tuple[str, dict[str, Any]]] = handlers["create"]
    update: Callable[..., tuple[str, dict[str, Any]]] = handlers["update"]

    def created(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        return _encrypted(create(logical_id, properties, stack), properties)

    def updated(id_: str, old: dict[str, Any], new: dict[str, Any], *rest: Any) -> Any:
        return _encrypted(update(id_, old, new, *rest), new)

    handlers.update(create=created, update=updated)
    _ask_owners()


def _ask_owners() -> None:
    """Let IAM find the policy of a bucket in whichever account it is, and then decide alone."""
    find: Callable[[str], tuple[str, str] | None] = s3.bucket_policy_for_arn
    allows: Callable[..., bool] = s3._foreign_bucket_allows

    def found(resource: str) -> tuple[str, str] | None:
        bucket = resource.partition(":::")[2].partition("/")[0]
        owner = s3._bucket_owner_account(bucket) if bucket else None
        if owner is None:
            return find(resource)
        return s3._bucket_policies.get_scoped(owner, None, bucket) or "", owner

    def allowed(*given: Any) -> bool:
        caller = given[5]
        return bool(caller) or allows(*given)

    s3.bucket_policy_for_arn = found
    s3._foreign_bucket_allows = allowed


def _encrypted(made: tuple[str, dict[str, Any]], properties: dict[str, Any]) -> Any:
    bucket = made[0]
    rules = properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
    for rule in rules:
        default = rule["ServerSideEncryptionByDefault"]
        key = KEY.format(escape(default["KMSMasterKeyID"])) if "KMSMasterKeyID" in default else ""
        body = CONFIGURATION.format(default["SSEAlgorithm"], key)
        s3._put_bucket_encryption(bucket, body.encode())
    return made
