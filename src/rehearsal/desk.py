"""Where whoever rehearses plays the parts of AWS that an embedded AWS leaves to them.

Here is read who started a pipeline; its jobs and approvals are opened, as CodePipeline does, and
their answers read; and here is said how copies of images fare and how much time passes.
`embedded_desk` answers, to the root of an account alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

from botocore import auth, awsrequest, credentials

from rehearsal.embedded_aws import EmbeddedAws, root

SERVICE = "rehearsal"
OPEN, SUCCEEDED = "InProgress", "Succeeded"


@dataclass(frozen=True)
class JobAnswer:
    """What a function said of its job; `given` is what it passed to the call it answered with."""

    succeeded: bool
    given: dict[str, Any]


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

    def _call(self, operation: str, **given: str | int) -> dict[str, Any]:
        """Make a call that botocore does not know, signed as it signs."""
        who = root(self.account)
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"Rehearsal.{operation}",
        }
        body = json.dumps(given).encode()
        unsigned = awsrequest.AWSRequest("POST", f"{self.aws.url}/", data=body, headers=headers)
        signer = credentials.Credentials(who.access_key, who.secret_key, who.token or None)
        auth.SigV4Auth(signer, SERVICE, self.region).add_auth(unsigned)
        signed = Request(unsigned.url, body, dict(unsigned.headers))  # noqa: S310 - loopback
        with urlopen(signed) as answer:  # noqa: S310 - the same
            found: dict[str, Any] = json.load(answer)
            return found


def _job_answer(found: dict[str, Any]) -> JobAnswer:
    return JobAnswer(found["status"] == SUCCEEDED, found["answer"])


def _decision(found: dict[str, Any]) -> Decision:
    return Decision(found["status"] == SUCCEEDED, found["summary"], found["lastUpdatedBy"])
