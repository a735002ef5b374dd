"""Which names are those of secrets, and which values say where one is rather than what it is."""

from __future__ import annotations

import re

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
SECRETS = frozenset(
    {"credential", "credentials", "passphrase", "passwd", "password", "pwd", "secret", "token"}
)
# What a key is called that is secret; others are ids, or a public key.
SECRET_KEYS = ("api key", "private key", "secret key", "secret access key", "signing key")
WHOLE = frozenset({"apikey", "authtoken", "secretkey", "accesstoken", "dbpassword"})
# What is written of a secret without being one: NextToken pages, UsePassword asks.
HARMLESS_TOKENS = frozenset({"next", "continuation", "request", "idempotency", "page", "max"})
ASKING = frozenset({"use", "enable", "enabled", "has", "no", "require", "with", "create"})
ELSEWHERE = re.compile(r"\{\{resolve:|arn:|/|https?://|ssm:|secretsmanager:|#\{|vault:")
NO_SECRET = frozenset({"", "true", "false", "yes", "no", "none", "null", "disabled", "enabled"})


def is_secret_name(name: str) -> bool:
    """Return whether a secret is called so: DbPassword and GITHUB_TOKEN, not SECRET_ARN."""
    words = [each.lower() for each in WORD.findall(name)]
    if words and words[-1] in ("value", "text", "plain", "plaintext"):
        words.pop()
    if not words or words[0] in ASKING:
        return False
    if words[-1] == "token" and HARMLESS_TOKENS & set(words):
        return False
    return words[-1] in SECRETS | WHOLE or " ".join(words).endswith(SECRET_KEYS)


def is_secret_value(value: str) -> bool:
    """Return whether a text may be a secret: it says not where one is, nor yes or no."""
    return value.strip().lower() not in NO_SECRET and not ELSEWHERE.match(value.strip())
