"""Who issues the tokens of an account, both for what gives and takes them and for who launches.

Not as in AWS: there `aws iam get-outbound-web-identity-federation-info` says it.
"""

from __future__ import annotations

import uuid


def issuer(account: str) -> str:
    """Return the URL that names an account as issuer of tokens, the same in every run."""
    return f"https://{uuid.uuid5(uuid.NAMESPACE_DNS, account)}.tokens.sts.global.api.aws"
