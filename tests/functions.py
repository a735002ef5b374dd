"""Functions made on the spot in an account of the embedded AWS."""

from __future__ import annotations

import io
import itertools
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from embedded import Account

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
NONE: Mapping[str, str] = {}
_NAMES = (f"function-{number}" for number in itertools.count(1))


@dataclass(frozen=True)
class Functions(Account):
    """An account with functions."""

    def make(self, code: str, timeout: int = 300, others: Mapping[str, str] = NONE) -> str:
        """Make a function of a file and of other modules; return its name."""
        packed, name = io.BytesIO(), next(_NAMES)
        with zipfile.ZipFile(packed, "w") as file:
            for module, text in {"index": code, **others}.items():
                file.writestr(f"{module}.py", text)
        made = self.client("iam").create_role(
            RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST)
        )
        self.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="index.handler",
            Role=made["Role"]["Arn"],
            Timeout=timeout,
            Code={"ZipFile": packed.getvalue()},
        )
        return name

    def invoke(self, name: str, **event: str) -> Any:
        """Return what a function answers."""
        answer = self.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
        return json.loads(answer["Payload"].read())
