"""What publishing writes, the bucket that `launch-bucket.yaml` makes takes, and nothing else."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from embedded import HOME_REGION
from launching import launch
from publishing import House, listed, sound

pytestmark = pytest.mark.slow


def test_the_bucket_of_the_template_takes_every_write_of_publishing_once(house: House) -> None:
    made = launch(house.clouds.home, HOME_REGION, house.account, "launch-bucket")
    house.bucket = made["BucketName"]
    house.add_user(house.bucket, ("s3:ListBucket", "s3:GetObject", "s3:PutObject"))
    house.done("publish")
    house.done("promote", "1.0.0")
    house.clone.write("1.1.0", ("alerts", "backups"))
    house.done("publish")
    house.done("promote", "1.1.0")
    house.done("yank", "1.0.0", "--reason", "alerts nobody")
    before = house.contents()
    assert sound(before)
    assert listed(before)["1.0.0"]["yanked"] == "alerts nobody"
    assert before["latest/index.html"] == before["1.1.0/index.html"]
    for key in before:
        with pytest.raises(ClientError, match="AccessDenied"):
            house.put(key, b"other")
    assert house.contents() == before
