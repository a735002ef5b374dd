"""Keeps what MiniStack asks of botocore's descriptions of services: it kept each of them whole.

It asks in which form a service answers, which stands in a description's first lines.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel
from ministack.core import responses

from rehearsal.service_models import BriefLoader


def install() -> None:
    """Put into MiniStack what stands here."""
    Loader.FILE_LOADER_CLASS = BriefLoader
    whole: Callable[[str], Any] = responses._service_model.__wrapped__

    @functools.cache
    def described(service: str) -> Any:
        model = whole(service)
        return model and ServiceModel({"metadata": dict(model.metadata)})

    responses._service_model = described
