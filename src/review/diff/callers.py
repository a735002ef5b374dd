"""What people and programs that launch a template, or read its outputs, have to know."""

from __future__ import annotations

from collections.abc import Iterator

from review.diff.capabilities import capabilities_changed
from review.diff.change import Bump, Change, NotJudged, Section
from review.diff.lookups import keys_gone
from review.diff.outputs import outputs_changed
from review.diff.pair import Pair, pair_of
from review.diff.parameters import parameters_changed
from review.diff.rules import rules_changed
from template_reader.file import Template
from template_reader.nodes import below

INTERFACE = "AWS::CloudFormation::Interface"


def changes(before: Template, after: Template) -> Iterator[Change | NotJudged]:
    """Yield what callers meet, in the order in which they do."""
    pair = pair_of(before, after)
    yield from _words(pair)
    yield from parameters_changed(pair)
    yield from rules_changed(pair)
    yield from keys_gone(pair)
    yield from capabilities_changed(pair)
    yield from outputs_changed(pair)


def _words(pair: Pair) -> Iterator[Change]:
    """Yield what the console shows in other words, or in another order."""
    documents = (pair.before.document, pair.after.document)
    if documents[0].get("Description") != documents[1].get("Description"):
        yield Change(Section.CALLERS, "described", "Description", Bump.PATCH)
    one, other = (below(each, "Metadata", INTERFACE) for each in documents)
    if one != other:
        why = "the console shows parameters in other groups, or by other labels"
        yield Change(Section.CALLERS, "described", INTERFACE, Bump.PATCH, why=why)
