"""What stands in the table of CodePipeline's types of action: each once, and of one piece."""

from __future__ import annotations

import pytest

from aws_reference.action_type import ActionType
from aws_reference.action_types import ACTION_TYPES, find_action_type, types_of_provider


@pytest.mark.parametrize("type_", ACTION_TYPES, ids=str)
def test_a_type_is_found_by_its_name_and_says_nothing_of_keys_it_does_not_have(
    type_: ActionType,
) -> None:
    assert find_action_type(*str(type_).split("/")) is type_
    assert {*type_.words, *type_.artifact_keys} <= {*type_.keys}
    assert len({*type_.keys}) == len(type_.keys)
    assert all(least <= most for least, most in (type_.inputs, type_.outputs))


def test_a_provider_has_its_types_by_category() -> None:
    assert [str(each) for each in types_of_provider("S3")] == [
        "Source/AWS/S3/1",
        "Deploy/AWS/S3/1",
    ]
    assert types_of_provider("Jenkins") == ()


def test_sources_and_what_others_provide_stay_in_the_pipeline_s_region() -> None:
    staying = {each.category for each in ACTION_TYPES if not each.elsewhere and each.owner == "AWS"}
    assert staying == {"Source", "Approval"}
    assert not any(each.elsewhere for each in ACTION_TYPES if each.owner == "ThirdParty")
