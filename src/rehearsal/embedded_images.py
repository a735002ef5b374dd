"""Copies of machine images, which MiniStack lacks: pending at first, then available or failed.

An image that is not available is not to be launched, and an image that is asked for by its id and
is not there is an error. How copies fare is said at the `desk`; without a word each is pending for
one look at it.

Not as in AWS: a copy takes no time but looks; its snapshot is there at once; whether the key's
policy lets EC2 use it is not asked, but the key must be in the region, else the copy fails as in
AWS, afterwards; a shared image is copied though its snapshot is not shared.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from botocore.regions import EndpointResolver
from botocore.session import Session
from ministack.core.responses import AccountRegionScopedDict, get_account_id
from ministack.services import ec2, kms

from rehearsal import embedded_desk
from rehearsal.embedded_desk import Given

AVAILABLE, PENDING, FAILED = "available", "pending", "failed"
PUBLISHED = "2024-10-10T00:00:00.000Z"  # every public image
NO_KEY = "The given key ID is not accessible"
ANSWERED_IMAGE = re.compile(
    r"<imageId>(ami-\w+)</imageId>((?:(?!<imageId>).)*?)<imageState>available</imageState>", re.S
)

Answer = tuple[int, dict[str, str], bytes]
_plans = AccountRegionScopedDict()
_asked = AccountRegionScopedDict()


def install(partition: str) -> None:
    """Put into MiniStack what stands here."""
    calls = ec2._ACTION_MAP
    deregister = calls["DeregisterImage"]
    calls["CopyImage"] = _copy
    calls["DescribeImages"] = _describing(calls["DescribeImages"])
    calls["DeregisterImage"] = lambda given: _deregister(given, deregister)
    embedded_desk.offer(PlanCopies=_plan)
    _filter_by_state()
    _know_regions(partition)


def launchable(image: str) -> bool:
    """Return whether the account may launch an image in the region now."""
    found = ec2._registered_image(image)
    public = {stub[0] for stub in ec2._STUB_AMIS}
    return image in public if found is None else _state(found) == AVAILABLE


def _plan(given: Given) -> Given:
    _plans["plan"] = {"looks": given["pending"], "failure": given["failure"]}
    return {}


def _copy(given: Given) -> Answer:
    """Return the copy that the token has asked for before, or a new one, or why there is none."""
    order = tuple(ec2._p(given, each) for each in ("SourceImageId", "SourceRegion", "Name"))
    token = ec2._p(given, "ClientToken")
    before, image = (_asked.get(token) if token else None) or (order, "")
    if before != order:
        return error("IdempotentParameterMismatch", "the token was of another order")
    if not image:
        original = _find(*order[:2])
        refusal = _refusal(given, original)
        if refusal or original is None:
            return error(*refusal)
        image = _make(given, original)
        if token:
            _asked[token] = (order, image)
    answer: Answer = ec2._xml(200, "CopyImageResponse", f"<imageId>{image}</imageId>")
    return answer


def _refusal(given: Given, original: Given | None) -> tuple[str, ...]:
    """Return code and message of why a copy is refused, nothing if it is not."""
    name, source = ec2._p(given, "Name"), ec2._p(given, "SourceImageId")
    if original is None or _state(original) == FAILED:
        return "InvalidAMIID.NotFound", f"The image id '[{source}]' does not exist"
    if _state(original) == PENDING:
        return "InvalidAMIID.Unavailable", f"The image ID '{source}' is not available"
    if any(each["Name"] == name for each in ec2._images.values()):
        return "InvalidAMIName.Duplicate", f"AMI name {name} is already in use by another AMI"
    if ec2._p(given, "DryRun") == "true":
        return "DryRunOperation", "Request would have succeeded, but DryRun flag is set."
    return ()


def _find(image: str, region: str) -> Given | None:
    """Return an image of a region that the account may use."""
    account = get_account_id()
    for (owner, place, id_), found in ec2._images.all_items():
        permissions = found.get("LaunchPermissions") or []
        shared = {each.get("UserId", each.get("Group")) for each in permissions}
        if (id_, place) == (image, region) and {owner, *shared} & {account, "all"}:
            given: Given = found
            return given
    return None


def _make(given: Given, original: Given) -> str:
    """Make the copy and its snapshot; return the copy's id."""
    plan = _plans.get("plan") or {"looks": 1, "failure": ""}
    key = ec2._p(given, "KmsKeyId")
    failure = NO_KEY if key and kms._resolve_key(key) is None else plan["failure"]
    encrypted = bool(key) or ec2._p(given, "Encrypted") == "true"
    snapshot = make_snapshot("Copied for an image", encrypted)
    image: str = ec2._new_image_id()
    ec2._images[image] = {
        **original,
        "ImageId": image,
        "Name": ec2._p(given, "Name"),
        "Description": ec2._p(given, "Description") or original["Description"],
        "BlockDeviceMappings": [
            {"DeviceName": original["RootDeviceName"], "Ebs": {"SnapshotId": snapshot}}
        ],
        "CreationDate": ec2._now_ts(),
        "OwnerId": get_account_id(),
        "LaunchPermissions": [],
        "Looks": plan["looks"],
        "Failure": failure,
    }
    if ec2._p(given, "CopyImageTags") == "true":
        place = (original["OwnerId"], ec2._p(given, "SourceRegion"))
        ec2._tags[image] = list(ec2._tags.get_scoped(*place, original["ImageId"]) or [])
    ec2._parse_tag_specs(given, "image", image)
    ec2._parse_tag_specs(given, "snapshot", snapshot)
    return image


def make_snapshot(description: str, encrypted: bool) -> str:
    """Make the snapshot of an image; return its id."""
    id_: str = ec2._new_snapshot_id()
    ec2._snapshots[id_] = {
        "SnapshotId": id_,
        "VolumeId": "vol-ffffffff",
        "VolumeSize": 8,
        "Description": description,
        "State": "completed",
        "StartTime": ec2._now_ts(),
        "Progress": "100%",
        "OwnerId": get_account_id(),
        "Encrypted": encrypted,
        "StorageTier": "standard",
    }
    return id_


def _state(image: Given) -> str:
    if image.get("Looks", 0) > 0:
        return PENDING
    return FAILED if image.get("Failure") else AVAILABLE


def _describing(inner: Callable[[Given], Answer]) -> Callable[[Given], Answer]:
    def describe(given: Given) -> Answer:
        for image in ec2._parse_member_list(given, "ImageId"):
            if ec2._registered_image(image) is None and not launchable(image):
                return error("InvalidAMIID.NotFound", f"The image id '[{image}]' does not exist")
        status, headers, body = inner(given)
        return status, headers, ANSWERED_IMAGE.sub(_with_state, body.decode()).encode()

    return describe


def _with_state(answered: re.Match[str]) -> str:
    """Return an image of an answer in its state, which a look at it may be the last to see."""
    id_, between = answered.groups()
    image = ec2._registered_image(id_)
    if image is None:
        return f"{answered[0]}<creationDate>{PUBLISHED}</creationDate>"
    state = _state(image)
    image["Looks"] = max(0, image.get("Looks", 0) - 1)
    reason = f"<stateReason><code>Client.Failed</code><message>{image.get('Failure')}</message>"
    return (
        f"<imageId>{id_}</imageId>{between}<imageState>{state}</imageState>"
        f"<creationDate>{image['CreationDate']}</creationDate>"
        f"{reason + '</stateReason>' if state == FAILED else ''}"
    )


def _deregister(given: Given, inner: Callable[[Given], Answer]) -> Answer:
    snapshots = associated_snapshots(given)
    answer = inner(given)
    for each in snapshots:
        ec2._snapshots.pop(each, None)
        ec2._tags.pop(each, None)
    return answer


def associated_snapshots(given: Given) -> list[str]:
    """Return the snapshots that a call of DeregisterImage removes with the image."""
    image = ec2._images.get(ec2._p(given, "ImageId"))
    if image is None or ec2._p(given, "DeleteAssociatedSnapshots") != "true":
        return []
    volumes = [each.get("Ebs") or {} for each in image.get("BlockDeviceMappings") or []]
    return [each["SnapshotId"] for each in volumes if "SnapshotId" in each]


def _filter_by_state() -> None:
    """To MiniStack every image is available."""
    inner = ec2._image_matches_filters

    def matches(view: Given, filters: Given) -> bool:
        rest = {name: values for name, values in filters.items() if name != "state"}
        image = ec2._registered_image(view["ImageId"]) or {}
        return _state(image) in filters.get("state", [_state(image)]) and bool(inner(view, rest))

    ec2._image_matches_filters = matches


def _know_regions(partition: str) -> None:
    """MiniStack knows some regions of `aws` alone; those it does not know are opted in."""
    known = dict(ec2._AWS_REGIONS)
    # Not asked of the session, which would read all of EC2's description for it.
    endpoints = EndpointResolver(Session().get_data("endpoints"))
    regions = endpoints.get_available_endpoints("ec2", partition)
    ec2._AWS_REGIONS[:] = [(region, known.get(region, "opted-in")) for region in regions]


def error(code: str, message: str) -> Answer:
    """Return the answer that refuses a call."""
    answer: Answer = ec2._error(code, message, 400)
    return answer
