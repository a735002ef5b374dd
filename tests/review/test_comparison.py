"""Whole sides compared: which templates differ, which cannot be read, what is accepted."""

from __future__ import annotations

from comparing import compare, side

from review.acceptance import Accepted
from review.diff.change import Bump
from review.side import Side

TOPIC = "Resources: {Topic: {Type: AWS::SNS::Topic}}"
QUEUE = "Resources: {Queue: {Type: AWS::SQS::Queue}}"


def test_what_is_the_same_is_counted_only() -> None:
    found = compare(side(a=TOPIC, b=QUEUE), side("head", a=TOPIC, b=QUEUE))
    assert (found.templates, found.same, found.open, found.failed) == ((), 2, False, False)


def test_a_template_more_is_minor() -> None:
    found = compare(side(a=TOPIC), side("head", "1.1.0", a=TOPIC, b=QUEUE))
    assert {each.name: each.bump for each in found.templates}["b.yaml"] is Bump.MINOR


def test_a_template_gone_is_major_and_fails_under_the_old_version() -> None:
    found = compare(side(a=TOPIC, b=QUEUE), side("head", a=TOPIC))
    (gone,) = found.templates
    assert (gone.name, gone.bump, gone.open) == ("b.yaml", Bump.MAJOR, 1)


def test_a_forgotten_major_fails() -> None:
    before, after = side(a=TOPIC, b=QUEUE), side("head", "1.0.1", a=TOPIC)
    assert compare(before, after).failed
    after = side("head", "2.0.0", a=TOPIC)
    assert not compare(before, after).failed


def test_what_is_accepted_is_not_to_be_decided_on_but_still_major() -> None:
    accepted = Accepted("b.yaml", "template removed", "the template", "nobody has it")
    unused = Accepted("a.yaml", "replace", "Topic", "it was renamed")
    after = side("head", "2.0.0", a=TOPIC)
    found = compare(side(a=TOPIC, b=QUEUE), after, [accepted, unused])
    assert not found.open
    assert found.version.bump is Bump.MAJOR
    assert found.unused == (unused,)


def test_a_template_that_is_none_any_more_fails() -> None:
    found = compare(side(a=TOPIC), side("head", a="Resources: ["))
    assert found.failed
    assert list(found.unreadable) == ["a.yaml"]
    assert "is no YAML" in found.unreadable["a.yaml"]


def test_a_file_that_never_was_a_template_is_not_judged() -> None:
    found = compare(side(a="a: 1"), side("head", a="a: 2"))
    assert not found.failed
    assert [each.where for each in found.not_judged] == ["a.yaml"]


def test_a_template_that_becomes_one_is_compared_with_nothing() -> None:
    found = compare(side(a="a: 1"), side("head", a=TOPIC))
    assert found.templates[0].bump is Bump.MINOR
    assert "compared with nothing" in found.not_judged[0].reason


def test_what_is_too_large_on_one_side_is_not_judged_and_not_removed() -> None:
    before, after = side(a=TOPIC), Side("head", {}, too_large=("a.yaml",))
    found = compare(before, after)
    assert found.templates == ()
    assert [each.where for each in found.not_judged] == ["a.yaml"]
