"""Manual approval: waits at the desk until somebody answers by PutApprovalResult, as people do."""

from __future__ import annotations

from rehearsal.actions.work import ActionError, Done, Work

TITLE = "APPROVAL NEEDED: AWS CodePipeline"


def approve(work: Work) -> Done:
    """Open an approval, tell its topic, let it be answered, and go by the answer."""
    stage, name = work.action.stage, work.action.name
    desk = work.desk()
    token = desk.open_approval(work.pipeline, stage, name)
    text = work.told("CustomData", "nothing is said about it")
    if topic := work.told("NotificationArn"):
        work.client("sns").publish(TopicArn=topic, Subject=TITLE, Message=text)
    approved = work.scene.approves(work.action.place, text)
    work.root_client("codepipeline").put_approval_result(
        pipelineName=work.pipeline,
        stageName=stage,
        actionName=name,
        token=token,
        result={
            "status": "Approved" if approved else "Rejected",
            "summary": "answered by the rehearsal",
        },
    )
    decision = desk.read_approval(work.pipeline, stage, name)
    if decision is None or not decision.approved:
        raise ActionError(
            f"rejected, having been shown: {text}", "mend what was objected to, and push again"
        )
    return Done(f"approved: {text}")
