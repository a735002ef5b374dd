"""An AWS in memory: as much of EC2, SSM and CodePipeline as CopyImage calls, and its bad manners.

The real botocore clients reach it by `wire`. Stood in for are the services themselves. They behave
as AWS documents it, at its least convenient: a copy is not to be seen in the round it is asked for,
a client token answers for an image that is long gone, names are unique, a parameter is checked
after the answer and keeps its old value silently, and deregistered images are shown for a while.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lambdas.wire import Call, RefusalError, Services

HOME = "eu-west-1"
PENDING_ROUNDS = 2


@dataclass
class Image:
    """A machine image, or what is left of one."""

    id: str
    name: str
    created: int
    tags: dict[str, str] = field(default_factory=dict)
    state: str = "available"
    reason: str = ""
    key: str = ""
    accounts: list[str] = field(default_factory=list)
    due: int = 0
    seen_from: int = 0
    fails: str = ""


@dataclass
class Place:
    """One region. `doomed` is why the next copy made here will fail."""

    doomed: str = ""
    images: dict[str, Image] = field(default_factory=dict)
    snapshots: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    parameters: dict[str, tuple[str, str]] = field(default_factory=dict)
    writing: dict[str, tuple[str, str]] = field(default_factory=dict)
    instances: dict[str, str] = field(default_factory=dict)
    templates: list[str] = field(default_factory=list)
    tokens: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass
class World(Services):
    """All regions, and the jobs of one pipeline."""

    places: dict[str, Place]
    round: int = 0
    made: int = 0
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    sent: dict[str, Any] = field(default_factory=dict)
    lambda_tries: int = 3
    names_are_unique: bool = True
    releases: int = 1
    actions: int = 0

    def __post_init__(self) -> None:
        self.operations: dict[str, Callable[[Place, dict[str, Any]], Any]] = {
            "CopyImage": self.copy_image,
            "DeleteSnapshot": self.delete_snapshot,
            "DeregisterImage": self.deregister_image,
            "DescribeImageReferences": self.describe_image_references,
            "DescribeImages": self.describe_images,
            "DescribeRegions": self.describe_regions,
            "DescribeSnapshots": self.describe_snapshots,
            "ModifyImageAttribute": self.modify_image_attribute,
            "GetParameter": self.get_parameter,
            "PutParameter": self.put_parameter,
            "PutJobFailureResult": self.put_job_failure_result,
            "PutJobSuccessResult": self.put_job_success_result,
        }

    def do(self, call: Call) -> dict[str, Any]:
        """Return the answer to a call."""
        content: dict[str, Any] = self.operations[call.operation](
            self.places[call.region], call.given
        )
        return content

    def pass_time(self) -> None:
        """Let a round pass: copies go on, parameters are checked."""
        self.round += 1
        for place in self.places.values():
            for image in list(place.images.values()):
                if image.state == "deregistered":
                    del place.images[image.id]
                elif image.state == "pending" and self.round >= image.due:
                    image.state = "failed" if image.fails else "available"
                    image.reason = image.fails
            for name, (value, kind) in place.writing.items():
                image_named = place.images.get(value)
                if image_named and image_named.state == "available":
                    place.parameters[name] = (value, kind)
            place.writing.clear()

    def add_image(self, place: Place, name: str, tags: dict[str, str], **more: Any) -> Image:
        """Register an image with one snapshot."""
        self.made += 1
        image = Image(f"ami-{self.made:017x}", name, self.made, tags, **more)
        place.images[image.id] = image
        place.snapshots[f"snap-{self.made:017x}"] = (image.id, dict(tags))
        return image

    def users_of(self, place: Place, image: str) -> list[str]:
        """Return what names an image."""
        return [
            *(f"instance {each}" for each in place.instances if place.instances[each] == image),
            *("template" for each in place.templates[-10:] if each == image),
            *(name for name, (value, _) in place.parameters.items() if value == image),
        ]

    # EC2

    def describe_regions(self, place: Place, given: dict[str, Any]) -> dict[str, Any]:
        regions = [{"regionName": each, "optInStatus": "opted-in"} for each in self.places]
        off = {"regionName": "me-central-1", "optInStatus": "not-opted-in"}
        return {"regionInfo": [*regions, off]}

    def describe_images(self, place: Place, given: dict[str, Any]) -> dict[str, Any]:
        if "ImageId.1" in given and given["ImageId.1"] not in place.images:
            raise RefusalError("InvalidAMIID.NotFound")
        images = [
            image
            for image in place.images.values()
            if image.id == given.get("ImageId.1", image.id)
            and self.round >= image.seen_from
            and (image.state != "disabled" or given.get("IncludeDisabled") == "true")
            and matches(image.tags, given)
        ]
        return {"imagesSet": [show(each) for each in images]}

    def copy_image(self, place: Place, given: dict[str, Any]) -> dict[str, Any]:
        asked = json.dumps(given, sort_keys=True)
        image_id, before = place.tokens.get(given["ClientToken"], ("", asked))
        if before != asked:
            raise RefusalError("IdempotentParameterMismatch")
        if image_id:
            return {"imageId": image_id}
        source = self.places[given["SourceRegion"]].images.get(given["SourceImageId"])
        if source is None or source.state != "available":
            raise RefusalError("InvalidAMIID.NotFound")
        taken = {each.name for each in place.images.values() if each.state != "deregistered"}
        if given["Name"] in taken and self.names_are_unique:
            raise RefusalError("InvalidAMIName.Duplicate")
        kinds = {given["TagSpecification.1.ResourceType"], given["TagSpecification.2.ResourceType"]}
        if kinds != {"image", "snapshot"}:
            self.wrongs.append("a copy without tags on image and snapshots")
        image = self.add_image(
            place,
            given["Name"],
            tags_of(given, "TagSpecification.1.Tag."),
            state="pending",
            key=given.get("KmsKeyId", ""),
            due=self.round + PENDING_ROUNDS,
            seen_from=self.round + 1,
            fails=place.doomed,
        )
        place.doomed = ""
        place.tokens[given["ClientToken"]] = (image.id, asked)
        return {"imageId": image.id}

    def deregister_image(self, place: Place, given: dict[str, Any]) -> dict[str, Any]:
        image = place.images.get(given["ImageId"])
        if image is None or image.state == "deregistered":
            raise RefusalError("InvalidAMIID.NotFound")
        users = self.users_of(place, image.id)
        if users:
            self.wrongs.append(f"{image.id} was removed, which {', '.join(users)} named")
        if "Attempt" not in image.tags:
            self.wrongs.append(f"{image.id} was removed, which CopyImage did not make")
        image.state = "deregistered"
        if given.get("DeleteAssociatedSnapshots") == "true":
            kept = {id: each for id, each in place.snapshots.items() if each[0] != image.id}
            place.snapshots = kept
        return {"return": "true"}

    def describe_image_references(self, place: Place, given: dict[str, Any]) -> dict[str, Any]:
        asked = [given[key] for key in given if key.startswith("ImageId.")]
        kinds = [given[key] for key in given if key.endswith(".ResourceType")]
        if kinds != ["ec2:Instance", "ec2:LaunchTemplate", "ssm:Parameter"]:
            self.wrongs.append(f"looked for references in {kinds} only")
        named = [each for each in asked if self.users_of(place, each)]
        return {"imageReferenceSet": [{"imageId": each} for each in named]}

    def describe_snapshots(self, place: Place, given: dict[str, Any]) -> dict[str, Any]:
        return {
            "snapshotSet": [
                {"snapshotId": id, "status": "completed", "tagSet": show_tags(tags)}
                for id, (_, tags) in place.snapshots.items()
                if matches(tags, given)
            ]
        }

    def delete_snapshot(self, place: Place, given: dict[str, Any]) -> dict[str, Any]:
        image, _ = place.snapshots.get(given["SnapshotId"], ("", {}))
        if not image:
            raise RefusalError("InvalidSnapshot.NotFound")
        if image in place.images and place.images[image].state != "deregistered":
            self.wrongs.append(f"a snapshot of {image} was removed")
            raise RefusalError("InvalidSnapshot.InUse")
        del place.snapshots[given["SnapshotId"]]
        return {"return": "true"}

    def modify_image_attribute(self, place: Place, given: dict[str, Any]) -> dict[str, Any]:
        image = place.images.get(given["ImageId"])
        if image is None or image.state != "available":
            raise RefusalError("InvalidAMIID.Unavailable")
        wanted = [given[key] for key in given if key.startswith("LaunchPermission.Add.")]
        image.accounts = sorted({*image.accounts, *wanted})
        return {"return": "true"}

    # Systems Manager

    def get_parameter(self, place: Place, given: dict[str, Any]) -> dict[str, Any]:
        if given["Name"] not in place.parameters:
            raise RefusalError("ParameterNotFound")
        value, kind = place.parameters[given["Name"]]
        return {"Parameter": {"Name": given["Name"], "Value": value, "DataType": kind}}

    def put_parameter(self, place: Place, given: dict[str, Any]) -> dict[str, Any]:
        image = place.images.get(given["Value"])
        if image is None or image.state != "available":
            self.wrongs.append("a parameter was written before its image was available")
        _, kind = place.parameters.get(given["Name"], ("", given["DataType"]))
        if kind != given["DataType"] or kind != "aws:ec2:image":
            raise RefusalError(
                "ValidationException", "the data type of a parameter cannot be changed"
            )
        place.writing[given["Name"]] = (given["Value"], kind)
        return {"Version": 2, "Tier": "Standard"}

    # CodePipeline

    def put_job_success_result(self, place: Place, given: dict[str, Any]) -> dict[str, Any]:
        if "outputVariables" in given and "continuationToken" in given:
            self.wrongs.append("output variables beside a token")
        if len(given.get("continuationToken", "")) > 2048:
            self.wrongs.append("a continuation token over 2,048 characters")
        return self._answered(given)

    def put_job_failure_result(self, place: Place, given: dict[str, Any]) -> dict[str, Any]:
        if "has a bug" in given["failureDetails"]["message"]:
            self.wrongs.append(given["failureDetails"]["message"])
        return self._answered(given)

    def _answered(self, given: dict[str, Any]) -> dict[str, Any]:
        if self.jobs.get(given["jobId"]):
            raise RefusalError("InvalidJobStateException")
        self.jobs[given["jobId"]] = given
        return {}


def show(image: Image) -> dict[str, Any]:
    """Return an image as DescribeImages shows it."""
    shown = {
        "imageId": image.id,
        "imageState": image.state,
        "name": image.name,
        "creationDate": f"2026-11-21T00:00:{image.created:05d}Z",
        "tagSet": show_tags(image.tags),
    }
    return {**shown, "stateReason": {"message": image.reason}} if image.reason else shown


def show_tags(tags: dict[str, str]) -> list[dict[str, str]]:
    """Return tags as EC2 shows them."""
    return [{"key": key, "value": value} for key, value in tags.items()]


def tags_of(given: dict[str, Any], prefix: str) -> dict[str, str]:
    """Return the tags in a request."""
    keys = [key for key in given if key.startswith(prefix) and key.endswith(".Key")]
    return {given[key]: given[key[: -len("Key")] + "Value"] for key in keys}


def matches(tags: dict[str, str], given: dict[str, Any]) -> bool:
    """Return whether tags are what the filters of a request ask for."""
    names = [key for key in given if key.startswith("Filter.") and key.endswith(".Name")]
    wanted = {given[key].removeprefix("tag:"): given[key[:-4] + "Value.1"] for key in names}
    return all(tags.get(key) and value in ("*", tags[key]) for key, value in wanted.items())
