"""Copies of images in the embedded AWS: their states, tokens, names, tags, keys and snapshots."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from embedded import CHINA_REGION, HOME_REGION, Account, Clouds

from rehearsal.embedded_aws import root

OTHER = "us-east-2"


def copy(at: Account, image: str, **more: Any) -> str:
    """Copy an image to the other region as the root does; return the copy."""
    given = {"SourceImageId": image, "SourceRegion": HOME_REGION, "Name": "a copy", **more}
    copied: str = at.client("ec2", OTHER).copy_image(**given)["ImageId"]
    return copied


def state(at: Account, image: str) -> dict[str, Any]:
    """Look at an image in the other region."""
    found: dict[str, Any] = at.client("ec2", OTHER).describe_images(ImageIds=[image])["Images"][0]
    return found


@pytest.fixture(name="empty")
def _empty(clouds: Clouds) -> Account:
    return Account(clouds.home, clouds.account())


def test_a_copy_is_pending_for_as_many_looks_as_the_desk_says(empty: Account) -> None:
    empty.desk(OTHER).plan_copies(pending=2)
    image = copy(empty, empty.build())
    states = [state(empty, image)["State"] for _ in range(3)]
    assert states == ["pending", "pending", "available"]
    empty.desk(OTHER).plan_copies(pending=0, failure="no space")
    image = copy(empty, empty.build(), Name="another")
    assert state(empty, image)["StateReason"]["Message"] == "no space"
    only = [{"Name": "state", "Values": ["failed"]}]
    found = empty.client("ec2", OTHER).describe_images(Owners=["self"], Filters=only)["Images"]
    assert [each["ImageId"] for each in found] == [image]


def test_a_token_asks_for_one_copy_and_a_name_is_one_images(empty: Account) -> None:
    image = empty.build()
    first = copy(empty, image, ClientToken="token")
    assert copy(empty, image, ClientToken="token") == first
    with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
        copy(empty, image, ClientToken="token", Name="another")
    with pytest.raises(ClientError, match=r"InvalidAMIName\.Duplicate"):
        copy(empty, image)
    with pytest.raises(ClientError, match=r"InvalidAMIID\.NotFound"):
        copy(empty, first, Name="another")


def test_tags_are_copied_when_asked_for_and_the_copys_own_are_set(empty: Account) -> None:
    image = empty.build()
    tag = {"Key": "Team", "Value": "web"}
    empty.client("ec2").create_tags(Resources=[image], Tags=[tag])
    assert "Tags" not in state(empty, copy(empty, image))
    assert state(empty, copy(empty, image, Name="tagged", CopyImageTags=True))["Tags"] == [tag]
    own = [{"ResourceType": "image", "Tags": [{"Key": "Of", "Value": "copy"}]}]
    mine = copy(empty, image, Name="own", TagSpecifications=own)
    assert state(empty, mine)["Tags"] == own[0]["Tags"]


def test_a_key_that_is_not_in_the_region_fails_the_copy_afterwards(empty: Account) -> None:
    key = empty.client("kms").create_key()["KeyMetadata"]["KeyId"]
    image = copy(empty, empty.build(), Encrypted=True, KmsKeyId=key)
    assert state(empty, image)["State"] == "pending"
    assert "not accessible" in state(empty, image)["StateReason"]["Message"]


def test_an_image_goes_with_its_snapshot_only_when_asked_for(empty: Account) -> None:
    ec2 = empty.client("ec2", OTHER)
    for name, asked, left in (("kept", False, 1), ("gone", True, 1)):
        image = copy(empty, empty.build(), Name=name)
        ec2.deregister_image(ImageId=image, DeleteAssociatedSnapshots=asked)
        assert len(ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]) == left
        with pytest.raises(ClientError, match=r"InvalidAMIID\.NotFound"):
            state(empty, image)


def test_another_account_sees_and_copies_an_image_it_may_launch(
    clouds: Clouds, empty: Account
) -> None:
    image = empty.build()
    other = Account(clouds.home, clouds.account())
    with pytest.raises(ClientError, match=r"InvalidAMIID\.NotFound"):
        copy(other, image)
    users = {"Add": [{"UserId": other.account}]}
    empty.client("ec2").modify_image_attribute(ImageId=image, LaunchPermission=users)
    assert state(other, copy(other, image))["OwnerId"] == other.account


def test_a_partition_has_its_own_regions(clouds: Clouds, empty: Account) -> None:
    china = clouds.china.client("ec2", CHINA_REGION, root(empty.account))
    found = china.describe_regions(AllRegions=True)["Regions"]
    assert [each["RegionName"] for each in found] == ["cn-north-1", "cn-northwest-1"]
    home = empty.client("ec2").describe_regions(AllRegions=True)["Regions"]
    assert {"us-east-1", OTHER} <= {each["RegionName"] for each in home}
