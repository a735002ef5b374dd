"""What MiniStack lacks of a stack's topics: which key encrypts what is published to one."""

from __future__ import annotations

from collections.abc import Callable

from ministack.services import sns
from ministack.services.cloudformation import provisioners

from rehearsal.embedded_desk import Given

KEY = "KmsMasterKeyId"


def install() -> None:
    """Put into MiniStack what stands here."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::SNS::Topic"]
    create: Callable[..., tuple[str, Given]] = handlers["create"]

    def created(logical_id: str, properties: Given, stack: str) -> tuple[str, Given]:
        made = create(logical_id, properties, stack)
        if properties.get(KEY):
            sns._topics[made[0]]["attributes"][KEY] = properties[KEY]
        return made

    handlers["create"] = created
