"""Copies a machine image to other regions and writes where each copy is to be found.

    absent ──▶ asked for ──▶ copying ──▶ available ──▶ named by the parameter ──▶ old ones removed

CodePipeline invokes it with UserParameters, a JSON object:

    image      id of the image in the region of this function
    commit     what the image was built from
    pipeline   name of the stack; what this function makes bears it as a tag
    execution  id of the pipeline's execution
    regions    names of the regions to copy to
    parameter  Parameter Store name under which a region keeps the id of its image
    keep       how many images to keep in a region; default 5
    key        alias, valid in each region, of the key to encrypt copies with; default: as the image
    accounts   ids of the accounts that may launch the copies; default: none

It never waits: a round finds out how far each region is, does the next step there, and asks
CodePipeline to call again. What is done stands in AWS, in the copies' tags, so that a round may be
killed, repeated or run twice at once. Three things keep a copy from being made twice: its tags,
the client token (while the tags are not to be seen yet), and its name (whoever else copies).

A region that fails stops no other. The job fails when the others have come to an end, or half an
hour later: copies go on in AWS without a job, and a retry of the action takes them up.
"""

import difflib
import functools
import hashlib
import json
import os
import re
import time
import traceback
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

PIPELINE, SOURCE, ATTEMPT = "Pipeline", "SourceImage", "Attempt"
UNDER_WAY, BROKEN = ("pending", "transient"), ("error", "failed", "invalid")
DONE, COPYING, FAILED, NOT_REACHED = "done", "copying", "failed", "not reached"

# In seconds. CodePipeline ends an action after 24 hours, without a reason.
PATIENCE = 10 * 60
PATIENCE_FOR_OTHERS = 30 * 60
PATIENCE_FOR_COPIES = 23 * 60 * 60
TO_SPARE = 60
ROUNDS_TO_TIDY = 3
LONGEST_ORDER, LONGEST_NAME, LONGEST_TAG = 1000, 128, 256
LONGEST_REASON, LONGEST_SUMMARY, LONGEST_MESSAGE = 400, 2048, 5000
MOST_REFERRED = 10

# What keeps an image from being removed. CloudFormation never deletes a launch template's versions,
# so that all of them would keep every image there was: only the newest count.
LIVING = ["pending", "running", "shutting-down", "stopping", "stopped"]
USERS = [
    {"ResourceType": kind, "ResourceTypeOptions": [{"OptionName": name, "OptionValues": values}]}
    for kind, name, values in (
        ("ec2:Instance", "state-name", LIVING),
        ("ec2:LaunchTemplate", "version-depth", ["10"]),
    )
] + [{"ResourceType": "ssm:Parameter"}]

NEEDED = {"image", "commit", "pipeline", "regions", "parameter"}
OPTIONAL = {"execution": "unknown", "keep": 5, "key": "", "accounts": []}
TEXT = r'"[^"]+"'
KINDS = {  # of the JSON of each value
    **dict.fromkeys(("commit", "pipeline", "parameter", "execution"), TEXT),
    "image": '"ami-[0-9a-f]{8,17}"',
    "regions": r'\["[a-z0-9-]+"(, "[a-z0-9-]+")*\]',
    "keep": '"?[1-9][0-9]{0,3}"?',
    "key": '""|"(alias/|arn:|mrk-)[^"]+"',
    "accounts": r'\[("[0-9]{12}"(, "[0-9]{12}")*)?\]',
}

ABSENT = {"InvalidAMIID.NotFound", "InvalidAMIID.Unavailable"}
MENDS = {
    "AccessDeniedException": "grant it to LambdaServiceRole",
    "InvalidAMIName.Duplicate": "deregister the image of that name, which this pipeline cannot see",
    "ResourceLimitExceeded": "raise the quota, or remove images and copies there",
    "UnauthorizedOperation": "grant it to LambdaServiceRole",
}
TroubleInAws = (ClientError, BotoCoreError)

# One endpoint that does not answer must not take the time of all the others.
SETTINGS = Config(
    connect_timeout=3,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 3},
)


class OrderError(Exception):
    """The order cannot be followed; the text says why and what to do."""


@dataclass(frozen=True)
class Order:
    """What CodePipeline asks for."""

    image: str
    commit: str
    pipeline: str
    regions: list[str]
    parameter: str
    execution: str
    keep: int
    key: str
    accounts: list[str]


@dataclass(frozen=True)
class Memory:
    """What one round hands to the next, as continuation token: patience, but nothing done.

    `attempt` is the id of the job that began it: a retry of the action is another attempt. Times
    are in seconds since 1970: when it began, when a region had first failed (0: none has), and
    since when each troubled region has been in trouble. `tidying` counts rounds.
    """

    attempt: str
    started: int
    failing: int = 0
    tidying: int = 0
    troubled: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """How far a region is, and why not farther."""

    step: str
    reason: str = ""
    copy: str = ""


@dataclass(frozen=True)
class Answer:
    """A call of CodePipeline that ends this round."""

    call: str
    arguments: dict[str, Any]


def handler(event: dict[str, Any], context: Any) -> None:
    """Do one round over all regions, and tell CodePipeline: done, call again, or failed."""
    job = event.get("CodePipeline.job") if isinstance(event, dict) else None
    if not isinstance(job, dict) or "id" not in job:
        raise ValueError("this event is no job; let an action of CodePipeline invoke the function")
    try:
        answer = run_round(job, context)
    except OrderError as error:
        answer = failure(f"{error}; correct it, then release the change", "ConfigurationError")
    except Exception as error:  # ours: without an answer the job would hang until it times out
        log("bug", level="ERROR", job=job["id"], reason=traceback.format_exc())
        answer = failure(f"CopyImage has a bug ({error!r}); its log of job {job['id']} has more")
    reply(job["id"], answer)


def run_round(job: dict[str, Any], context: Any) -> Answer:
    """Do the next step everywhere and return what to tell CodePipeline."""
    data = job.get("data") or {}
    order = read_order(data)
    memory = recall(data.get("continuationToken"), job["id"])
    known = {"job": job["id"], "pipeline": order.pipeline, "execution": order.execution}
    if memory.attempt == job["id"]:
        check(order)
    results = {}
    # The troubled come last: what takes long there does not keep the others from their turn.
    for region in sorted(order.regions, key=lambda each: memory.troubled.get(each, 0)):
        in_time = context.get_remaining_time_in_millis() > TO_SPARE * 1000
        results[region] = visit(order, memory, region) if in_time else Result(NOT_REACHED)
        log(region=region, image=order.image, **known, **asdict(results[region]))
    return conclude(order, memory, results, known)


def read_order(data: dict[str, Any]) -> Order:
    """Return the order in a job's data; `OrderError` for one that cannot be followed."""
    action = (data.get("actionConfiguration") or {}).get("configuration") or {}
    text = action.get("UserParameters") or ""
    if not text:
        raise OrderError("the action has no UserParameters")
    if len(text) > LONGEST_ORDER:
        raise OrderError(f"UserParameters are longer than {LONGEST_ORDER} characters")
    try:
        given = json.loads(text)
    except ValueError as error:
        raise OrderError(f"UserParameters are not JSON ({error})") from None
    if not isinstance(given, dict):
        raise OrderError("UserParameters are not a JSON object")
    return to_order(given)


def to_order(given: dict[str, Any]) -> Order:
    """Return the order; `OrderError` names the first key that is wrong."""
    for key in sorted(NEEDED - given.keys()):
        raise OrderError(f"UserParameters lack '{key}'")
    for key in given.keys() - NEEDED - OPTIONAL.keys():
        raise OrderError(f"UserParameters have '{key}', which means nothing here")
    whole = {**OPTIONAL, **given}
    for key, kind in KINDS.items():
        if not re.fullmatch(kind, json.dumps(whole[key])):
            raise OrderError(f"'{key}' in UserParameters is {whole[key]!r}, not like {kind}")
    return Order(**{**whole, "keep": int(whole["keep"])})


def check(order: Order) -> None:
    """Raise `OrderError` for regions or an image that are not there; trouble in asking is none."""
    home = os.environ["AWS_REGION"]
    ec2 = client("ec2", home)
    try:
        regions = ec2.describe_regions(AllRegions=True)["Regions"]
        images = ec2.describe_images(ImageIds=[order.image])["Images"]
    except TroubleInAws as error:
        if code_of(error) in ABSENT:
            raise OrderError(f"image {order.image} is absent in {home}") from None
        return
    opted = {each["RegionName"]: each["OptInStatus"] != "not-opted-in" for each in regions}
    for region in order.regions:
        if region not in opted:
            near = "".join(difflib.get_close_matches(region, opted, 1)) or ", ".join(sorted(opted))
            raise OrderError(f"{region} is no region one can copy to from here (meant: {near}?)")
        if not opted[region]:
            raise OrderError(f"region {region} is not enabled in this account")
    for image in images:
        if image["State"] not in ("available", *UNDER_WAY):
            raise OrderError(f"image {order.image} is {image['State']} in {home}")


def visit(order: Order, memory: Memory, region: str) -> Result:
    """Do the next step in a region; what takes too long has failed."""
    try:
        result = advance(order, memory, region)
    except TroubleInAws as error:
        result = Result("in trouble", explain(error))
    now = time.time()
    if result.step == COPYING and now - memory.started > PATIENCE_FOR_COPIES:
        reason = f"{result.copy} is still being copied; retry the action, which goes on there"
        return replace(result, step=FAILED, reason=reason)
    if is_trouble(result) and now - memory.troubled.get(region, now) > PATIENCE:
        return replace(
            result, step=FAILED, reason=f"{result.reason} (for {PATIENCE // 60} minutes)"
        )
    return result


def is_trouble(result: Result) -> bool:
    """Return whether a region is not where it should be after one more round."""
    return result.step not in (DONE, COPYING, NOT_REACHED)


def advance(order: Order, memory: Memory, region: str) -> Result:
    """Do the next step in a region."""
    ec2 = client("ec2", region)
    copies = [each for each in find_images(ec2, order) if tag(each, SOURCE) == order.image]
    for broken in (each for each in copies if is_broken(each)):
        # One that failed in this attempt is a failure; one of an earlier attempt makes room.
        if tag(broken, ATTEMPT) != memory.attempt:
            deregister(ec2, broken["ImageId"])
            copies = [each for each in copies if each is not broken]
    copy = min(copies, key=is_broken, default=None)
    if copy is None:
        return start_copy(ec2, order, memory.attempt, region)
    if copy["State"] in UNDER_WAY:
        return Result(COPYING, copy=copy["ImageId"])
    if copy["State"] != "available":
        why = copy.get("StateReason", {}).get("Message", "AWS gives no reason")
        mend = "mend that, then retry the action, which replaces a failed copy"
        return Result(FAILED, f"{copy['ImageId']} is {copy['State']} ({why}); {mend}")
    return hand_out(ec2, order, region, copy["ImageId"])


def find_images(ec2: Any, order: Order) -> list[dict[str, Any]]:
    """Return the images this function made for the pipeline in the client's region."""
    pages = ec2.get_paginator("describe_images").paginate(
        Owners=["self"], Filters=made_for(order), IncludeDisabled=True
    )
    return [each for page in pages for each in page["Images"] if each["State"] != "deregistered"]


def made_for(order: Order) -> list[dict[str, Any]]:
    """Return the filters for what this function made for the pipeline."""
    tags = {f"tag:{PIPELINE}": order.pipeline, f"tag:{SOURCE}": "*", f"tag:{ATTEMPT}": "*"}
    return [{"Name": name, "Values": [value]} for name, value in tags.items()]


def is_broken(image: dict[str, Any]) -> bool:
    """Return whether an image will never be available."""
    return image["State"] in BROKEN


def start_copy(ec2: Any, order: Order, attempt: str, region: str) -> Result:
    """Ask for the copy; asking again returns the same one."""
    name = f"{order.pipeline} {order.image}"[-LONGEST_NAME:]
    token = hashlib.sha256(f"{attempt} {order.image} {region}".encode()).hexdigest()
    named = {
        "Name": name,
        PIPELINE: order.pipeline,
        SOURCE: order.image,
        ATTEMPT: attempt,
        "Execution": order.execution,
        "Commit": order.commit,
    }
    tags = [{"Key": key, "Value": value[:LONGEST_TAG]} for key, value in named.items()]
    copy = ec2.copy_image(
        Name=name,
        SourceImageId=order.image,
        SourceRegion=os.environ["AWS_REGION"],
        ClientToken=token,
        TagSpecifications=[{"ResourceType": kind, "Tags": tags} for kind in ("image", "snapshot")],
        **({"Encrypted": True, "KmsKeyId": order.key} if order.key else {}),
    )["ImageId"]
    return Result("asked for", f"{copy} is not to be seen yet; else retry the action", copy)


def hand_out(ec2: Any, order: Order, region: str, copy: str) -> Result:
    """Let the accounts launch an available copy, and see to it that the parameter names it.

    AWS checks a parameter of type aws:ec2:image after it has answered, and keeps the old value
    when the check fails; so it is only believed once it is read back.
    """
    if order.accounts:
        users = [{"UserId": account} for account in order.accounts]
        ec2.modify_image_attribute(ImageId=copy, LaunchPermission={"Add": users})
    ssm = client("ssm", region)
    wanted = {"Value": copy, "DataType": "aws:ec2:image"}
    if read_parameter(ssm, order.parameter).items() >= wanted.items():
        return Result(DONE, copy=copy)
    ssm.put_parameter(Name=order.parameter, Type="String", Overwrite=True, **wanted)
    reason = (
        f"{order.parameter} was written but does not name {copy} yet; if AWS goes on refusing "
        "it, delete the parameter (it may be of another data type), then retry the action"
    )
    return Result("written", reason, copy)


def read_parameter(ssm: Any, name: str) -> dict[str, Any]:
    """Return a parameter, empty where there is none."""
    try:
        parameter: dict[str, Any] = ssm.get_parameter(Name=name)["Parameter"]
    except ssm.exceptions.ParameterNotFound:
        return {}
    return parameter


def conclude(
    order: Order, memory: Memory, results: dict[str, Result], known: dict[str, str]
) -> Answer:
    """Return the answer to a round; old images go once every region has the new one."""
    steps = {each.step for each in results.values()}
    now = int(time.time())
    failing = (memory.failing or now) if FAILED in steps else 0
    if failing and (steps <= {DONE, FAILED} or now - failing > PATIENCE_FOR_OTHERS):
        return failure(tell(order, results))
    if steps != {DONE}:
        troubled = [region for region, each in results.items() if is_trouble(each)]
        since = {region: memory.troubled.get(region, now) for region in troubled}
        return again(replace(memory, failing=failing, troubled=since), results)
    untidy = [region for region in order.regions if not tidy(order, region, results, known)]
    if untidy and memory.tidying < ROUNDS_TO_TIDY:
        return again(replace(memory, tidying=memory.tidying + 1), results)
    copies = {region: results[region].copy for region in order.regions}
    return Answer("put_job_success_result", {"outputVariables": copies})


def tell(order: Order, results: dict[str, Result]) -> str:
    """Return what went wrong where, and how it stands elsewhere."""
    failed = [f"{region}: {each.reason}" for region, each in results.items() if each.step == FAILED]
    others = [f"{region} {each.step}" for region, each in results.items() if each.step != FAILED]
    return f"{order.image} did not get everywhere. " + ". ".join(
        [*failed, f"Elsewhere: {', '.join(others) or 'nothing'}; a retry repeats only what failed"]
    )


def tidy(order: Order, region: str, results: dict[str, Result], known: dict[str, str]) -> bool:
    """Remove what is not to be kept in a region; return whether that went well."""
    try:
        removed = remove_old(client("ec2", region), order, results[region].copy)
    except (*TroubleInAws, LookupError, AttributeError) as error:  # an old SDK may lack a call
        log("not tidied", level="WARNING", region=region, reason=explain(error), **known)
        return False
    log("tidied", region=region, removed=removed, **known)
    return True


def remove_old(ec2: Any, order: Order, copy: str) -> list[str]:
    """Remove images beyond those to keep, broken ones and snapshots without image; return all."""
    ours = find_images(ec2, order)
    if copy not in {each["ImageId"] for each in ours}:
        raise LookupError(f"AWS does not list {copy} just now, so its list is not to be trusted")
    others = [each for each in ours if each["ImageId"] != copy]
    newest = sorted(others, key=lambda each: str(each["CreationDate"]), reverse=True)
    whole = [each["ImageId"] for each in newest if each["State"] == "available"]
    broken = [each["ImageId"] for each in newest if is_broken(each)]
    beyond = [*broken, *whole[order.keep - 1 :]]
    used = in_use(ec2, beyond)
    removed = [each for each in reversed(beyond) if each not in used]
    for image in removed:
        deregister(ec2, image)
    return [*removed, *remove_strays(ec2, order, {tag(each, ATTEMPT) for each in ours})]


def in_use(ec2: Any, images: list[str]) -> set[str]:
    """Return which of the images an instance, a launch template or a parameter still names."""
    pages = ec2.get_paginator("describe_image_references")
    tens = [images[at : at + MOST_REFERRED] for at in range(0, len(images), MOST_REFERRED)]
    return {
        reference["ImageId"]
        for ten in tens
        for page in pages.paginate(ImageIds=ten, ResourceTypes=USERS)
        for reference in page["ImageReferences"]
    }


def remove_strays(ec2: Any, order: Order, living: set[str]) -> list[str]:
    """Remove snapshots whose image was gone before this round began to remove; return their ids."""
    pages = ec2.get_paginator("describe_snapshots")
    strays = [
        each["SnapshotId"]
        for page in pages.paginate(OwnerIds=["self"], Filters=made_for(order))
        for each in page["Snapshots"]
        if tag(each, ATTEMPT) not in living
    ]
    for stray in strays:
        ec2.delete_snapshot(SnapshotId=stray)
    return strays


def deregister(ec2: Any, image: str) -> None:
    """Remove an image with its snapshots."""
    ec2.deregister_image(ImageId=image, DeleteAssociatedSnapshots=True)


def again(memory: Memory, results: dict[str, Result]) -> Answer:
    """Return the answer that asks to be called again."""
    summary = ", ".join(f"{region} {each.step}" for region, each in results.items())
    done = sum(each.step == DONE for each in results.values())
    details = {
        "summary": summary[:LONGEST_SUMMARY],
        "percentComplete": 100 * done // len(results),
    }
    token = json.dumps(asdict(memory), separators=(",", ":"))
    arguments = {"continuationToken": token, "executionDetails": details}
    return Answer("put_job_success_result", arguments)


def failure(message: str, kind: str = "JobFailed") -> Answer:
    """Return the answer that the job failed."""
    details = {"type": kind, "message": message[:LONGEST_MESSAGE]}
    return Answer("put_job_failure_result", {"failureDetails": details})


def reply(job: str, answer: Answer) -> None:
    """Tell CodePipeline; what cannot be told raises, and Lambda then repeats the whole round."""
    codepipeline = client("codepipeline", os.environ["AWS_REGION"])
    level = "ERROR" if answer.call == "put_job_failure_result" else "INFO"
    log(answer.call, level=level, job=job, **answer.arguments)
    try:
        getattr(codepipeline, answer.call)(jobId=job, **answer.arguments)
    except codepipeline.exceptions.InvalidJobStateException:
        log("answered before", job=job)


def recall(token: str | None, job: str) -> Memory:
    """Return the memory in a continuation token; a new one where there is none of this form."""
    try:
        return Memory(**json.loads(token or ""))
    except (TypeError, ValueError):
        return Memory(attempt=job, started=int(time.time()))


def tag(resource: dict[str, Any], key: str) -> str:
    """Return the value of a resource's tag, '' where it has none."""
    tags: Iterable[dict[str, str]] = resource.get("Tags", [])
    return next((each["Value"] for each in tags if each["Key"] == key), "")


def code_of(error: Exception) -> str:
    """Return the code AWS gave an error, '' where no answer of AWS arrived."""
    return str(error.response["Error"].get("Code")) if isinstance(error, ClientError) else ""


def explain(error: Exception) -> str:
    """Return an error as reason and mend."""
    mend = MENDS.get(code_of(error), "if it lasts, mend that, then retry the action")
    return f"{str(error)[:LONGEST_REASON]}; {mend}"


def log(step: str = "", level: str = "INFO", **known: Any) -> None:
    """Write one line of JSON."""
    print(json.dumps({"level": level, **({"step": step} if step else {}), **known}, default=str))


@functools.cache
def client(service: str, region: str) -> Any:
    """Return the client of a service in a region, made once."""
    return boto3.client(service, region_name=region, config=SETTINGS)
