"""What services look like, read without the words on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader, Loader

from rehearsal.service_models import WORDS, BriefLoader, HeadLoader


def without_words(part: Any) -> Any:
    if isinstance(part, dict):
        silent = {WORDS: ""} if isinstance(part.get(WORDS), str) else {}
        return {key: without_words(value) for key, value in part.items()} | silent
    return [without_words(each) for each in part] if isinstance(part, list) else part


# API Gateway has members of the name that botocore gives to its words.
@pytest.mark.parametrize("service", ["sts", "apigateway"])
def test_all_but_the_words_is_as_botocore_reads_it(service: str) -> None:
    whole = Loader().load_service_model(service, "service-2")
    brief = Loader(file_loader=BriefLoader()).load_service_model(service, "service-2")
    assert brief == without_words(whole) != whole


def test_what_is_not_there_is_told_as_botocore_tells_it(tmp_path: Path) -> None:
    path = str(tmp_path / "service-2")
    assert BriefLoader().load_file(path) is JSONFileLoader().load_file(path) is None
    Path(f"{path}.json").write_text('{"a": "Grüße"}', encoding="utf-8")
    assert BriefLoader().load_file(path) == {"a": "Grüße"}


@pytest.mark.parametrize("service", ["ec2", "s3", "ssm", "apigateway"])
def test_the_head_of_a_description_is_as_in_the_whole(service: str) -> None:
    whole = Loader().load_service_model(service, "service-2")
    loader = Loader(file_loader=HeadLoader(), include_default_extras=False)
    assert loader.load_service_model(service, "service-2") == {"metadata": whole["metadata"]}
