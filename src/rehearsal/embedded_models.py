"""Keeps what MiniStack asks of botocore's descriptions of services: it kept each of them whole.

It asks in which form a service answers, which stands at a description's head.
"""

from __future__ import annotations

import functools
from typing import Any

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from botocore.model import ServiceModel
from ministack.core import responses

from rehearsal.service_models import BriefLoader, HeadLoader


def install() -> None:
    """Put into MiniStack what stands here."""
    Loader.FILE_LOADER_CLASS = BriefLoader
    loader = Loader(file_loader=HeadLoader(), include_default_extras=False)

    @functools.cache
    def described(service: str) -> Any:
        name = responses._BOTOCORE_NAME.get(service, service)
        try:
            return ServiceModel(loader.load_service_model(name, "service-2"), name)
        except UnknownServiceError:
            return None

    responses._service_model = described
