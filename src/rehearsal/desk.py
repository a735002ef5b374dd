"""Where whoever rehearses plays the parts of AWS that an embedded AWS leaves to them.

Here is read who started a pipeline; its jobs and approvals are opened, as CodePipeline does, and
their answers read; here is said how copies of images fare and how much time passes; and IAM is
asked about calls of which this AWS has nothing else. `embedded_desk` answers, to the root of an
account alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.calls import Call, Verdict
from rehearsal.desk_call import call
from rehearsal.embedded_aws import Credentials, EmbeddedAws

OPEN, SUCCEEDED = "InProgress", "Succeeded"


@dataclass(frozen=True)
class JobAnswer:
    """What a function said of its job; `given` is what it passed to the call it answered with."""

    succeeded: bool
    given: dict[str, Any]


@dataclass(frozen=True)
class Left:
    """What was planned and has not happened: calls to throttle, by action, functions to kill."""

    throttled: Mapping[str, int]
    kills: Collection[str]


@dataclass(frozen=True)
class Decision:
    """What somebody said to an approval, and who, as ARN."""

    approved: bool
    summary: str
    by: str


@dataclass(frozen=True)
class Start:
    """A start of a pipeline: the execution's id, who asked for it, as ARN, and what was passed."""

    id: str
    by: str
    given: dict[str, Any]


@dataclass(frozen=True)
class Desk:
    """The desk of one account in one region. A call that is refused raises `HTTPError`."""

    aws: EmbeddedAws
    account: str
    region: str

    def read_starts(self, pipeline: str) -> list[Start]:
        """Return the executions of a pipeline that were asked for, the oldest first."""
        found = self._call("ReadStarts", pipelineName=pipeline)["starts"]
        return [Start(**each) for each in found]

    def open_job(self, job: str) -> None:
        """Let a job be answered, once."""
        self._call("OpenJob", jobId=job)

    def read_job(self, job: str) -> JobAnswer | None:
        """Return the answer to a job, none while there is none."""
        found = self._call("ReadJob", jobId=job)
        return None if found["status"] == OPEN else _job_answer(found)

    def open_approval(self, pipeline: str, stage: str, action: str) -> str:
        """Let an approval be given or refused, once; return its token."""
        place = {"pipelineName": pipeline, "stageName": stage, "actionName": action}
        token: str = self._call("OpenApproval", **place)["token"]
        return token

    def read_approval(self, pipeline: str, stage: str, action: str) -> Decision | None:
        """Return what was said to an approval, none while nobody has said anything."""
        place = {"pipelineName": pipeline, "stageName": stage, "actionName": action}
        found = self._call("ReadApproval", **place)
        return None if found["status"] == OPEN else _decision(found)

    def plan_copies(self, pending: int, failure: str = "") -> None:
        """Say how copies begun here from now on fare.

        Each is pending for so many looks at it (DescribeImages), then available; or, given a
        reason, failed.
        """
        self._call("PlanCopies", pending=pending, failure=failure)

    def pass_time(self, seconds: int) -> None:
        """Let it be so many seconds later for functions, in all partitions of the world.

        What IAM, Parameter Store and EC2 make from now on bears the later time.
        """
        self._call("PassTime", seconds=seconds)

    def end_resting_functions(self) -> None:
        """Take their processes from functions that rest: the next invocation of each starts one."""
        self._call("EndRestingFunctions")

    def plan_throttling(self, action: str, times: int) -> None:
        """Let the next calls of an action, as IAM names it, be throttled."""
        self._call("PlanThrottling", action=action, times=times)

    def plan_refusal(self, type_: str) -> None:
        """Let no stack make or change a resource of a type from now on."""
        self._call("PlanRefusal", type=type_)

    def plan_kill(self, function: str, after: int) -> None:
        """Let a function be killed in its next invocation, in place of the call of that number."""
        self._call("PlanKill", function=function, after=after)

    def end_faults(self) -> Left:
        """Let nothing more of what was planned here happen; return what has not."""
        return Left(**self._call("EndFaults"))

    def ask(
        self, who: Credentials, action: str, resource: str, **context: str | list[str]
    ) -> Verdict:
        """Ask IAM whether somebody of this account may do what this AWS does not offer.

        `context` has condition keys, as in `**{"aws:SourceAccount": account}`. What is asked is
        noted like a call.
        """
        found = self._call(
            "Ask", key=who.access_key, action=action, resource=resource, context=context
        )
        return Verdict(found["allowed"], *(Call(**each) for each in found["calls"]))

    def _call(self, operation: str, **given: object) -> dict[str, Any]:
        return call(self.aws, self.account, self.region, operation, **given)


def _job_answer(found: dict[str, Any]) -> JobAnswer:
    return JobAnswer(found["status"] == SUCCEEDED, found["answer"])


def _decision(found: dict[str, Any]) -> Decision:
    return Decision(found["status"] == SUCCEEDED, found["summary"], found["lastUpdatedBy"])
