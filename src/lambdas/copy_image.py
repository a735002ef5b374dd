"""Copies a machine image to other regions and writes where each copy is to be found.

CodePipeline invokes it with UserParameters, a JSON object:

    image      id of the image in the region of this function
    commit     what the image was built from
    regions    names of the regions to copy to
    parameter  Parameter Store name under which a region keeps the id of its image

It never waits: it looks at every region, does the next step there, and asks CodePipeline to call
again until each region holds an available copy and a parameter that names it. Its only memory is
AWS: a copy is known by its tag, and a copy asked for twice is made once (client token).
"""

import json
import logging
import os
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

SOURCE_TAG = "SourceImage"
COMMIT_TAG = "Commit"
LONGEST_NAME = 128
LONGEST_MESSAGE = 5000
KEYS = ("image", "commit", "regions", "parameter")

logger = logging.getLogger()
logger.setLevel(logging.INFO)


class OrderError(Exception):
    """The order cannot be brought to its end; the text says why and what to do."""


def handler(event: dict[str, Any], context: object) -> None:
    """Do one round over all regions, and tell CodePipeline: done, call again, or failed."""
    job = event["CodePipeline.job"]
    pipeline = boto3.client("codepipeline")
    try:
        order = read_order(job)
        images = advance_all(order)
    except OrderError as error:
        logger.error(json.dumps({"job": job["id"], "failed": str(error)}))
        details = {"type": "JobFailed", "message": str(error)[:LONGEST_MESSAGE]}
        pipeline.put_job_failure_result(jobId=job["id"], failureDetails=details)
        return
    logger.info(json.dumps({"job": job["id"], "image": order["image"], "regions": images}))
    if all(images.values()):
        pipeline.put_job_success_result(jobId=job["id"], outputVariables=images)
    else:
        pipeline.put_job_success_result(jobId=job["id"], continuationToken=order["image"])


def read_order(job: dict[str, Any]) -> dict[str, Any]:
    """Return the UserParameters of a job; `OrderError` for ones that cannot be followed."""
    text = job["data"]["actionConfiguration"]["configuration"].get("UserParameters", "")
    try:
        order = json.loads(text)
    except ValueError as error:
        raise OrderError(f"UserParameters of the action are not JSON: {error}") from None
    missing = [key for key in KEYS if not isinstance(order, dict) or not order.get(key)]
    if missing:
        raise OrderError(f"UserParameters of the action lack {', '.join(missing)}")
    result: dict[str, Any] = order
    return result


def advance_all(order: dict[str, Any]) -> dict[str, str | None]:
    """Do the next step in every region; return each region's copy, None where it is not done.

    A region that fails stops no other: `OrderError` names all that did once all had their turn.
    """
    images: dict[str, str | None] = {}
    failures = []
    for region in order["regions"]:
        try:
            images[region] = advance(order, region)
        except (OrderError, ClientError, BotoCoreError) as error:
            failures.append(f"{region}: {error}")
    if failures:
        raise OrderError("; ".join(failures) + "; mend this, then retry the action")
    return images


def advance(order: dict[str, Any], region: str) -> str | None:
    """Do the next step in one region; return the copy's id once its parameter names it."""
    ec2 = boto3.client("ec2", region_name=region)
    copy = find_copy(ec2, order["image"])
    if copy is None:
        start_copy(ec2, order, region)
        return None
    if copy["State"] == "pending":
        return None
    if copy["State"] != "available":
        reason = copy.get("StateReason", {}).get("Message", "no reason given")
        raise OrderError(
            f"copy {copy['ImageId']} of {order['image']} is {copy['State']} ({reason}); "
            "deregister that copy"
        )
    written = write_parameter(region, order["parameter"], copy["ImageId"])
    return copy["ImageId"] if written else None


def find_copy(ec2: Any, image: str) -> dict[str, Any] | None:
    """Return this account's copy of an image in the client's region, or None."""
    named = [{"Name": f"tag:{SOURCE_TAG}", "Values": [image]}]
    copies = ec2.describe_images(Owners=["self"], Filters=named)["Images"]
    order = {"available": 0, "pending": 1}
    return min(copies, key=lambda copy: order.get(copy["State"], 2), default=None)


def start_copy(ec2: Any, order: dict[str, Any], region: str) -> None:
    """Ask for the copy; the client token makes asking again harmless."""
    home = os.environ["AWS_REGION"]
    source = boto3.client("ec2").describe_images(ImageIds=[order["image"]])["Images"][0]
    tags = [
        {"Key": "Name", "Value": source["Name"]},
        {"Key": SOURCE_TAG, "Value": order["image"]},
        {"Key": COMMIT_TAG, "Value": order["commit"]},
    ]
    ec2.copy_image(
        Name=f"{source['Name']} {order['image']}"[-LONGEST_NAME:],
        SourceImageId=order["image"],
        SourceRegion=home,
        ClientToken=f"{order['image']}-{region}",
        TagSpecifications=[{"ResourceType": kind, "Tags": tags} for kind in ("image", "snapshot")],
    )


def write_parameter(region: str, name: str, image: str) -> bool:
    """Write the id, and return whether the parameter reads so.

    AWS checks a parameter of type aws:ec2:image after it has answered, and keeps the old value
    when the check fails; so it is only believed once it is read back.
    """
    ssm = boto3.client("ssm", region_name=region)
    if read_parameter(ssm, name) == image:
        return True
    ssm.put_parameter(
        Name=name, Value=image, Type="String", DataType="aws:ec2:image", Overwrite=True
    )
    return False


def read_parameter(ssm: Any, name: str) -> str | None:
    """Return the value of a parameter, or None where there is none."""
    try:
        return str(ssm.get_parameter(Name=name)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        return None
