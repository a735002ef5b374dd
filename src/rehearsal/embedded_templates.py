"""Reads what CloudFormation reads in a template and MiniStack does not: functions of rules in YAML.

MiniStack evaluates Fn::Contains and its like in the rules of a template, but does not know their
short forms.
"""

from __future__ import annotations

from ministack.services.cloudformation import engine

FUNCTIONS = ("Contains", "EachMemberEquals", "EachMemberIn", "RefAll", "ValueOf", "ValueOfAll")


def install() -> None:
    """Put into MiniStack what stands here."""
    for name in FUNCTIONS:
        engine.CfnLoader.add_constructor(f"!{name}", engine._construct_cfn_tag(f"Fn::{name}"))
