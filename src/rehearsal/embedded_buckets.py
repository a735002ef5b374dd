"""Lets the bucket of a stack encrypt as its template says, which MiniStack leaves out."""

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


def _encrypted(made: tuple[str, dict[str, Any]], properties: dict[str, Any]) -> Any:
    bucket = made[0]
    rules = properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
    for rule in rules:
        default = rule["ServerSideEncryptionByDefault"]
        key = KEY.format(escape(default["KMSMasterKeyID"])) if "KMSMasterKeyID" in default else ""
        body = CONFIGURATION.format(default["SSEAlgorithm"], key)
        s3._put_bucket_encryption(bucket, body.encode())
    return made
