"""CodePipeline, which MiniStack lacks: the type, what is asked of a pipeline, jobs and approvals.

A pipeline here is a definition that stands and is never run. Whoever runs it reads at the `desk`
who started it, and opens its jobs and approvals there; the functions and people of the pipeline
answer by the calls of AWS.

Not as in AWS: GetPipelineState tells of approvals alone; and a job that has been answered may be
opened again under its id.
"""

from __future__ import annotations

import functools
import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator, router
from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region
from ministack.services.cloudformation import provisioners

from operate.regions import partition_of
from rehearsal import embedded_desk
from rehearsal.embedded_definitions import definition
from rehearsal.embedded_desk import Given, RefusalError

SERVICE = "codepipeline"
TYPE = "AWS::CodePipeline::Pipeline"
STATUS = {"Approved": "Succeeded", "Rejected": "Failed"}
OPEN = "InProgress"

_pipelines = AccountRegionScopedDict()
_jobs = AccountRegionScopedDict()
_approvals = AccountRegionScopedDict()
_starts = AccountRegionScopedDict()


def install(partition: str) -> None:
    """Put into MiniStack what stands here."""
    provisioners._RESOURCE_HANDLERS[TYPE] = {
        "create": _create,
        "update": _update,
        "update_with_logical_id": True,
        "delete": lambda id_, properties: _pipelines.pop(id_, None),
    }
    router.SERVICE_PATTERNS[SERVICE] = {
        "target_prefixes": ["CodePipeline_20150709"],
        "host_patterns": [r"codepipeline\."],
        "credential_scope": SERVICE,
    }
    iam_actions.SERVICE_TO_IAM_NAMESPACE[SERVICE] = SERVICE
    app.SERVICE_HANDLERS[SERVICE] = _handle
    embedded_desk.offer(
        OpenApproval=_open_approval,
        OpenJob=_open_job,
        ReadApproval=_read_approval,
        ReadJob=_read_job,
        ReadStarts=_read_starts,
    )
    _name_resources(partition)


def _create(logical_id: str, properties: Given, stack: str) -> tuple[str, Given]:
    name = properties.get("Name") or provisioners._physical_name(stack, logical_id, max_len=100)
    if name in _pipelines:
        raise ValueError(f"A pipeline with the name '{name}' already exists in this account")
    _pipelines[name] = {**definition(name, properties), "version": 1}
    return name, {"Version": "1"}


def _update(
    id_: str, old: Given, new: Given, stack: str, logical_id: str | None = None
) -> tuple[str, Given]:
    """A pipeline of another name is another pipeline; else the definition has one more version."""
    if new.get("Name", id_) != id_:
        made = _create(logical_id or id_, new, stack)
        provisioners._delete_predecessor(_pipelines.pop, id_, None)
        return made
    version = _pipelines[id_]["version"] + 1
    _pipelines[id_] = {**definition(id_, new), "version": version}
    return id_, {"Version": str(version)}


async def _handle(_method: str, _path: str, headers: Given, body: bytes, _query: Given) -> Any:
    return embedded_desk.answer(CALLS, headers, body)


def _pipeline(name: str) -> Given:
    if name not in _pipelines:
        raise RefusalError(
            "PipelineNotFoundException",
            f"Account '{get_account_id()}' does not have a pipeline with name '{name}'",
        )
    found: Given = _pipelines[name]
    return found


def _get_pipeline(given: Given) -> Given:
    pipeline = _pipeline(given["name"])
    if given.get("version", pipeline["version"]) != pipeline["version"]:
        raise RefusalError("PipelineVersionNotFoundException", "only the newest version is kept")
    account, region = get_account_id(), get_region()
    partition = partition_of(region, "region")
    arn = f"arn:{partition}:{SERVICE}:{region}:{account}:{pipeline['name']}"
    return {"pipeline": pipeline, "metadata": {"pipelineArn": arn}}


def _list_pipelines(_given: Given) -> Given:
    keys = ("name", "version", "pipelineType", "executionMode")
    return {
        "pipelines": [
            {key: each[key] for key in keys if key in each} for each in _pipelines.values()
        ]
    }


def _state(given: Given) -> Given:
    pipeline = _pipeline(given["name"])
    return {
        "pipelineName": pipeline["name"],
        "pipelineVersion": pipeline["version"],
        "stageStates": [_stage_state(pipeline["name"], each) for each in pipeline["stages"]],
    }


def _stage_state(pipeline: str, stage: Given) -> Given:
    actions: list[Given] = []
    for action in stage["actions"]:
        approval = _approvals.get((pipeline, stage["name"], action["name"]))
        latest = {} if approval is None else {"latestExecution": approval["execution"]}
        actions.append({"actionName": action["name"], **latest})
    return {"stageName": stage["name"], "actionStates": actions}


def _answer_job(given: Given, *, succeeded: bool) -> Given:
    job = given["jobId"]
    if job not in _jobs:
        raise RefusalError("JobNotFoundException", f"there is no job {job}")
    if _jobs[job]["status"] != OPEN:
        raise RefusalError("InvalidJobStateException", f"job {job} has been answered")
    status = STATUS["Approved" if succeeded else "Rejected"]
    _jobs[job] = {"status": status, "answer": {k: v for k, v in given.items() if k != "jobId"}}
    return {}


def _answer_approval(given: Given) -> Given:
    place = _place(given)
    approval = _approvals.get(place)
    if approval is None or approval["token"] != given.get("token"):
        raise RefusalError("InvalidApprovalTokenException", "nothing waits under this token")
    execution = approval["execution"]
    if execution["status"] != OPEN:
        raise RefusalError("ApprovalAlreadyCompletedException", "it has been answered")
    result = given["result"]
    if result["status"] not in STATUS:
        raise RefusalError("ValidationException", f"status is one of {', '.join(STATUS)}")
    approval["execution"] = {
        "status": STATUS[result["status"]],
        "summary": result["summary"],
        "lastStatusChange": time.time(),
        "lastUpdatedBy": iam_evaluator.caller_arn(),
    }
    return {"approvedAt": time.time()}


def _place(given: Given) -> tuple[str, str, str]:
    """Return pipeline, stage and action of a call, which must be an approval."""
    pipeline = _pipeline(given["pipelineName"])
    stages = {each["name"]: each["actions"] for each in pipeline["stages"]}
    stage, action = given["stageName"], given["actionName"]
    if stage not in stages:
        raise RefusalError("StageNotFoundException", f"{pipeline['name']} has no stage '{stage}'")
    approvals = {
        each["name"] for each in stages[stage] if each["actionTypeId"]["category"] == "Approval"
    }
    if action not in approvals:
        raise RefusalError("ActionNotFoundException", f"'{stage}' has no approval '{action}'")
    return pipeline["name"], stage, action


def _start(given: Given) -> Given:
    """Note that somebody started a pipeline; whoever runs it reads of it and goes to work."""
    pipeline = _pipeline(given["name"])
    start = {"id": str(uuid.uuid4()), "by": iam_evaluator.caller_arn(), "given": given}
    _starts.setdefault(pipeline["name"], []).append(start)
    return {"pipelineExecutionId": start["id"]}


def _read_starts(given: Given) -> Given:
    return {"starts": _starts.get(given["pipelineName"], [])}


def _open_job(given: Given) -> Given:
    _jobs[given["jobId"]] = {"status": OPEN}
    return {}


def _read_job(given: Given) -> Given:
    found: Given = _jobs[given["jobId"]]
    return found


def _open_approval(given: Given) -> Given:
    token = str(uuid.uuid4())
    execution = {"status": OPEN, "token": token, "lastStatusChange": time.time()}
    _approvals[_place(given)] = {"token": token, "execution": execution}
    return {"token": token}


def _read_approval(given: Given) -> Given:
    found: Given = _approvals[_place(given)]["execution"]
    return found


def _name_resources(partition: str) -> None:
    """A call on a pipeline is checked on the pipeline's ARN, an approval on its action's."""
    inner: Callable[..., str] = iam_actions.extract_resource_arn

    def resource(service: str, *request: Any) -> str:
        if service != SERVICE:
            return inner(service, *request)
        _method, _path, _headers, body, _query, region, account = request
        given = json.loads(body or b"{}")
        names = [given.get(key) for key in ("pipelineName", "stageName", "actionName")]
        path = "/".join(each for each in [given.get("name"), *names] if each)
        return f"arn:{partition}:{SERVICE}:{region}:{account}:{path}" if path else "*"

    iam_actions.extract_resource_arn = resource


CALLS: dict[str, Callable[[Given], Given]] = {
    "GetPipeline": _get_pipeline,
    "GetPipelineState": _state,
    "ListPipelines": _list_pipelines,
    "PutApprovalResult": _answer_approval,
    "PutJobFailureResult": functools.partial(_answer_job, succeeded=False),
    "PutJobSuccessResult": functools.partial(_answer_job, succeeded=True),
    "StartPipelineExecution": _start,
}
