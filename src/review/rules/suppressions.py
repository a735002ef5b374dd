"""Rules about the suppression of rules."""

from __future__ import annotations

from collections.abc import Iterator

from refusals import nearest, quoted
from review.rule import Found, rule
from review.suppression import Suppression

REASON = "Whoever reads the template later must know why it is so, and when it need be no longer."


@rule(
    judges=Suppression,
    id="MS101",
    sentence="A suppression gives its reason.",
    mend="write RULE: and the reason, as a sentence",
    reason=REASON,
    passes="""
        Logs:
          Metadata: {Meridian: {Suppress: {MR101: The auditors want every line for ever.}}}
          Properties: {RetentionInDays: null}
    """,
    fails="""
        Logs:
          Metadata: {Meridian: {Suppress: {MR101: ''}}}
          Properties: {RetentionInDays: null}
    """,
)
def suppression_without_reason(entry: Suppression) -> Iterator[Found]:
    """Yield an entry whose reason is no text, or an empty one."""
    if not isinstance(entry.reason, str) or not entry.reason.strip():
        yield Found(entry.node, f"suppresses {quoted(entry.rule)} and does not say why")


@rule(
    judges=Suppression,
    id="MS102",
    sentence="What is suppressed is a rule.",
    mend="name a rule of docs/rules.md",
    reason="A misspelt id suppresses nothing, and its reader thinks it does.",
    passes="""
        Logs:
          Metadata: {Meridian: {Suppress: {MR101: The auditors want every line for ever.}}}
          Properties: {RetentionInDays: null}
    """,
    fails="Logs: {Metadata: {Meridian: {Suppress: {MR1O1: The auditors want every line.}}}}",
)
def suppression_of_no_rule(entry: Suppression) -> Iterator[Found]:
    """Yield an entry for a rule there is not."""
    if entry.rule not in entry.known:
        near = nearest(entry.rule, entry.known)
        yield Found(entry.node, f"suppresses {quoted(entry.rule)}, which is no rule{near}")


@rule(
    judges=Suppression,
    id="MS103",
    sentence="What is suppressed is there.",
    mend="take the entry away",
    reason="An entry that outlives its fault hides the next one.",
    level="warning",
    passes="""
        Logs:
          Metadata: {Meridian: {Suppress: {MR101: The auditors want every line for ever.}}}
          Properties: {RetentionInDays: null}
    """,
    fails="Logs: {Metadata: {Meridian: {Suppress: {MR101: The auditors want every line.}}}}",
)
def suppression_of_nothing(entry: Suppression) -> Iterator[Found]:
    """Yield an entry for a rule that finds nothing there."""
    if entry.rule in entry.known and not entry.finds:
        yield Found(entry.node, f"suppresses {entry.rule}, which finds nothing here")
