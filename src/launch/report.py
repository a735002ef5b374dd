"""Tells what was published, promoted, yanked or verified: lines for people, facts for programs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from launch.bucket import LaunchBucket
from launch.pointers import LATEST
from launch.promote import Promotion
from launch.publish import Plan
from launch.release import claim_key, page_key
from launch.verify import Verification
from semantic_version import Version


@dataclass(frozen=True)
class Report:
    """What is printed, in either form."""

    lines: tuple[str, ...]
    facts: dict[str, Any]


def of_plan(bucket: LaunchBucket, plan: Plan, *, carried_out: bool) -> Report:
    """Tell what publishing wrote, or would write."""
    manifest, written = plan.manifest, plan.written
    version = manifest.version
    status = "published" if carried_out else "planned"
    status = status if written else "unchanged"
    count = f"{len(written)} objects {'written' if carried_out else 'would be written'}"
    said = (
        f"{count}, {len(plan.whole) - len(plan.missing)} were there"
        if written
        else "nothing uploaded"
    )
    lines = [
        f"{status:9}  {version} in {bucket.place('')}: {said}",
        *([] if carried_out else [f"would put  {key}" for key in written]),
        f"commit     {manifest.commit}",
        f"page       {bucket.url(page_key(version))}",
        f"manifest   {bucket.url(claim_key(version))}",
        *_warning(plan),
    ]
    return Report(
        tuple(lines),
        {
            "status": status,
            **_which(bucket, version),
            "commit": manifest.commit,
            "written": list(written),
            "page": bucket.url(page_key(version)),
            "manifest": bucket.url(claim_key(version)),
            "yanked": plan.entry.yanked if plan.entry else None,
        },
    )


def of_promotion(bucket: LaunchBucket, promotion: Promotion) -> Report:
    """Tell what became the latest."""
    version, before = promotion.version, promotion.before
    if not promotion.changed:
        words = f"unchanged  {version} is the latest already"
    elif promotion.back:
        words = f"promoted   {version}, back from {before}, which is newer"
    else:
        words = f"promoted   {version}, {f'after {before}' if before else 'the first'}"
    url = bucket.url(LATEST)
    facts = {
        "status": words.split()[0],
        **_which(bucket, version),
        "before": before or None,
        "back": promotion.changed and promotion.back,
        "page": url,
    }
    return Report((words, f"page       {url}"), facts)


def of_yank(bucket: LaunchBucket, version: Version, reason: str, *, changed: bool) -> Report:
    """Tell what was marked."""
    reason = " ".join(reason.split())
    status = "yanked" if changed else "unchanged"
    line = f"{status:9}  {version}: {reason}; its objects stay, for stacks that were made of it"
    return Report((line,), {"status": status, **_which(bucket, version), "reason": reason})


def of_verification(bucket: LaunchBucket, verified: Verification) -> Report:
    """Tell of every object whether it is as it should be."""
    manifest = verified.manifest
    each = [
        f"{'differs' if verdict.problem else 'same':9}  {verdict.key}"
        + (f": {verdict.problem}" if verdict.problem else "")
        for verdict in verified.verdicts
    ]
    count = sum(not verdict.problem for verdict in verified.verdicts)
    total = f"{count} of {len(verified.verdicts)} objects as commit {manifest.commit} renders them"
    listed = () if verified.listed else ("incomplete it is not listed; mend: publish it again",)
    return Report(
        (*each, f"verified   {total}", *listed),
        {
            "status": "same" if verified.same else "different",
            **_which(bucket, manifest.version),
            "commit": manifest.commit,
            "listed": verified.listed,
            "objects": [
                {"key": one.key, "sha256": one.sha256, "problem": one.problem or None}
                for one in verified.verdicts
            ],
        },
    )


def _warning(plan: Plan) -> Iterable[str]:
    if plan.entry and plan.entry.yanked is not None:
        yield f"yanked     {plan.entry.yanked}; it stays yanked"


def _which(bucket: LaunchBucket, version: Version) -> dict[str, Any]:
    return {"version": str(version), "bucket": bucket.at.name, "region": bucket.at.region}
