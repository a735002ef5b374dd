"""Lambda invoke: a function is given a job, and again for as long as it asks to go on.

As in AWS the function is called without waiting for its answer, so what it returns counts for
nothing: the job's result does. One that dies is called again by Lambda, twice unless its
configuration says otherwise; then nobody answers the job any more, and it times out.
Between two calls time passes that nobody waits for, so a function that is patient runs out of it.
Not as in AWS: the time-out comes at once, and a function whose role may not write its log fails,
where in AWS it would only be silent.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from rehearsal.actions.work import ActionError, Done, Work
from rehearsal.artifacts import Location
from rehearsal.desk import JobAnswer
from rehearsal.function_logs import refused_log
from rehearsal.layout import count

SECONDS_BETWEEN = 30
MOST_ROUNDS = 24 * 60 * 60 // SECONDS_BETWEEN
RETRIES = 2
NEWEST = "$LATEST"  # which is the version that an action calls


def invoke(work: Work) -> Done:
    """Invoke a function until it says that its job is done."""
    if work.action.outputs:
        why = f"OutputArtifacts: {', '.join(work.action.outputs)}: functions make none here"
        raise ActionError(why, "leave them out")
    name, region = work.told("FunctionName"), work.action.region
    if why := refused_log(work.scene.clouds, work.account, region, name):
        raise ActionError(why)
    with work.scene.clock:
        done = _invoke(work)
    work.desk().end_resting_functions()
    return done


def _invoke(work: Work) -> Done:
    token, died = "", 0
    for rounds in range(1, MOST_ROUNDS):
        answer, deaths = _round(work, token)
        died += deaths
        if not answer.succeeded:
            said = answer.given["failureDetails"]["message"]
            raise ActionError(said)
        token = answer.given.get("continuationToken", "")
        if not token:
            given = answer.given.get("outputVariables", {})
            again = f"; it died {count(died, 'time')}, and Lambda called it again" if died else ""
            times = f"done after {count(rounds, 'call')}{again}"
            return Done(f"{work.told('FunctionName')}: {times}", given)
        work.desk().pass_time(SECONDS_BETWEEN)
    raise ActionError(f"{work.told('FunctionName')} has not come to an end within 24 hours")


def _round(work: Work, token: str) -> tuple[JobAnswer, int]:
    """Give the function one job; return its answer, and how often it died before."""
    job = str(uuid.uuid4())
    work.desk().open_job(job)
    event = json.dumps({"CodePipeline.job": _job(work, job, token)}).encode()
    name, last = work.told("FunctionName"), ""
    for died in range(1 + _retries(work)):
        found = work.client("lambda").invoke(FunctionName=name, Payload=event)
        last = found["Payload"].read().decode()
        answer = work.desk().read_job(job)
        if answer is not None:
            return answer, died
        if "FunctionError" not in found:
            break
    raise ActionError(
        f"{name} did not answer its job within 20 minutes; the last it said: {last[:300]}",
        "look at the function's log; retry the failed action when it is mended",
    )


def _job(work: Work, job: str, token: str) -> dict[str, Any]:
    told = {"FunctionName": work.told("FunctionName")}
    if "UserParameters" in work.action.configuration:
        told["UserParameters"] = work.told("UserParameters")
    data: dict[str, Any] = {
        "actionConfiguration": {"configuration": told},
        "inputArtifacts": [_artifact(*each) for each in work.inputs.items()],
        "outputArtifacts": [],
    }
    if work.inputs:
        data["artifactCredentials"] = {
            "accessKeyId": work.who.access_key,
            "secretAccessKey": work.who.secret_key,
            "sessionToken": work.who.token,
        }
    if token:
        data["continuationToken"] = token
    return {"id": job, "accountId": work.account, "data": data}


def _artifact(name: str, there: Location) -> dict[str, Any]:
    place = {"bucketName": there.bucket, "objectKey": there.key}
    return {"name": name, "revision": None, "location": {"type": "S3", "s3Location": place}}


def _retries(work: Work) -> int:
    """Return how often Lambda calls a function anew that has died."""
    function = work.root_client("lambda")
    try:
        found = function.get_function_event_invoke_config(
            FunctionName=work.told("FunctionName"), Qualifier=NEWEST
        )
    except function.exceptions.ResourceNotFoundException:
        return RETRIES
    return int(found.get("MaximumRetryAttempts", RETRIES))
