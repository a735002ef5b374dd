"""Where a stack is launched, and what the pseudo parameters hold there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rehearsal.placeholders import placeholder

NO_VALUE = object()


@dataclass(frozen=True)
class Place:
    """Where a stack is launched, and its name; `suffix` is what URLs end in there."""

    region: str
    partition: str
    suffix: str
    stack: str
    account: str = placeholder("AWS::AccountId")

    @property
    def pseudo_parameters(self) -> dict[str, Any]:
        """What the AWS:: parameters hold here."""
        return {
            "AWS::AccountId": self.account,
            "AWS::NoValue": NO_VALUE,
            "AWS::NotificationARNs": [],
            "AWS::Partition": self.partition,
            "AWS::Region": self.region,
            "AWS::StackId": placeholder("AWS::StackId"),
            "AWS::StackName": self.stack,
            "AWS::URLSuffix": self.suffix,
        }
