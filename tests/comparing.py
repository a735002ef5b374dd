"""Makes comparisons for tests: of templates written as text, or of changes written by hand."""

from __future__ import annotations

from collections.abc import Sequence

from review.acceptance import Accepted
from review.comparison import Comparison, Judged, TemplateComparison, compare
from review.diff.change import Bump, Change, NotJudged, Section
from review.side import Side
from review.version_verdict import judge_version
from semantic_version import Version

FIRST = Version((1, 0, 0))


def side(name: str = "base", version: str = "1.0.0", **templates: str) -> Side:
    """Return a side of templates, each given by its resources; all say one version."""
    head = f"Metadata: {{Meridian: {{Version: {version}}}}}\n"
    return Side(name, {f"{key}.yaml": (head + text).encode() for key, text in templates.items()})


def with_changes(
    *changes: Change, accepted: Accepted | None = None, name: str = "store.yaml"
) -> TemplateComparison:
    """Return a template's comparison of changes written by hand."""
    return TemplateComparison(name, tuple(Judged(each, accepted) for each in changes), ())


def comparison(
    *templates: TemplateComparison,
    after: Version = FIRST,
    not_judged: Sequence[NotJudged] = (),
    **more: str,
) -> Comparison:
    """Return a comparison since 1.0.0; `more` are files that can no longer be read, and why."""
    bump = max((each.bump for each in templates), default=Bump.NONE)
    version = judge_version(bump, FIRST, after, True)
    unreadable = {f"{key}.yaml": why for key, why in more.items()}
    return Comparison(
        "main", "the work tree", templates, 3, tuple(not_judged), unreadable, version, ()
    )


REPLACED = Change(
    Section.STACKS,
    "replace",
    "Bucket",
    Bump.MAJOR,
    decide=True,
    property="BucketName",
    before="artifacts",
    after="artifacts-2",
    why="another name means another bucket",
)
ADDED = Change(Section.STACKS, "add", "Topic", Bump.MINOR)
SCRIPT = Change(
    Section.SCRIPTS, "changed", "Build", Bump.PATCH, property="BuildSpec", lines=("-make", "+mvn")
)

__all__ = ["ADDED", "REPLACED", "SCRIPT", "compare", "comparison", "side", "with_changes"]
