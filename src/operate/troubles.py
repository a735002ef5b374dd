"""Turns what the SDK raises into a sentence that names the place and the mend.

AWS has several codes for one trouble, by protocol and service; `Kind` is the trouble itself. The
same trouble needs another mend where a person's own credentials ask, as at home, than at the
target, where the pair asks that is to be stored. So sentences are looked up for a side first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

TroubleInAws = (ClientError, BotoCoreError)
CLOCK_WORDS = ("Signature expired", "Signature not yet current")
ACTION = re.compile(r"not authorized to perform: ([\w-]+:\w+)")


class Kind(Enum):
    """What is wrong, whatever it is called."""

    UNKNOWN_KEY = auto()
    WRONG_SECRET = auto()
    EXPIRED = auto()
    CLOCK = auto()
    DENIED = auto()
    THROTTLED = auto()
    ENCRYPTION_KEY = auto()
    TOO_MANY_VERSIONS = auto()
    NO_BUCKET = auto()
    OTHER_REGION = auto()
    CONFLICT = auto()
    NO_CREDENTIALS = auto()
    UNREACHABLE = auto()
    OTHER = auto()


CODES = {
    **dict.fromkeys(
        ("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"),
        Kind.UNKNOWN_KEY,
    ),
    **dict.fromkeys(("SignatureDoesNotMatch", "InvalidSignatureException"), Kind.WRONG_SECRET),
    **dict.fromkeys(
        ("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "InvalidToken"),
        Kind.EXPIRED,
    ),
    **dict.fromkeys(("RequestExpired", "RequestTimeTooSkewed", "RequestInTheFuture"), Kind.CLOCK),
    **dict.fromkeys(("AccessDenied", "AccessDeniedException", "403"), Kind.DENIED),
    **dict.fromkeys(
        ("Throttling", "ThrottlingException", "TooManyUpdates", "RequestLimitExceeded", "SlowDown"),
        Kind.THROTTLED,
    ),
    **dict.fromkeys(("PreconditionFailed", "ConditionalRequestConflict"), Kind.CONFLICT),
    **dict.fromkeys(
        ("PermanentRedirect", "AuthorizationHeaderMalformed", "301"), Kind.OTHER_REGION
    ),
    "NoSuchBucket": Kind.NO_BUCKET,
    **dict.fromkeys(("InvalidKeyId", "KMSInvalidStateException"), Kind.ENCRYPTION_KEY),
    **dict.fromkeys(
        ("ParameterMaxVersionLimitExceeded", "ParameterVersionLabelLimitExceeded"),
        Kind.TOO_MANY_VERSIONS,
    ),
}
WITHOUT_CREDENTIALS = (
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.CredentialRetrievalError,
    exceptions.TokenRetrievalError,
    exceptions.SSOError,
    exceptions.LoginError,
)
WITHOUT_ANSWER = (exceptions.ConnectionError, exceptions.HTTPClientError)

EVERYWHERE = {
    Kind.CLOCK: "{region}: the clock of this machine is wrong, says AWS ({said}); mend: set it",
    Kind.DENIED: "{region}: no right to {action} on {subject} ({said}); mend: grant {action} on it",
    Kind.THROTTLED: "{region}: AWS asks for patience ({code}); mend: run it again in a minute",
    Kind.ENCRYPTION_KEY: "{region}: the KMS key of {subject} cannot be used ({said}); mend: enable "
    "it, or name another in that region with --key-id",
    Kind.TOO_MANY_VERSIONS: "{region}: {subject} has too many versions or labels ({said}); mend: "
    "aws ssm unlabel-parameter-version, for keys that are deleted",
    Kind.OTHER: "{region}: {operation} on {subject} failed: {said}; mend: if it is no fault of "
    "the settings, run it again",
}
OWN = {
    Kind.UNKNOWN_KEY: "{region}: AWS does not know the credentials used there: they are of "
    "another partition, disabled or deleted; mend: name others with --profile",
    Kind.WRONG_SECRET: "{region}: the secret of the credentials used there is wrong; mend: "
    "set them anew (aws configure)",
    Kind.EXPIRED: "{region}: the credentials used there have expired; mend: log in again",
    Kind.NO_CREDENTIALS: "{region}: no credentials ({said}); mend: log in, or name a "
    "profile with --profile",
    Kind.UNREACHABLE: "{region}: {said}; mend: look at the network and the proxy "
    "(HTTPS_PROXY) of this machine",
}
AT_HOME = {each: f"home, {words}" for each, words in OWN.items()}
AT_TARGET = {
    Kind.UNKNOWN_KEY: "{region}: AWS does not know {subject} there: it is disabled, deleted, of "
    "another partition, or not a minute old; mend: look at the user's keys in the IAM console",
    Kind.WRONG_SECRET: "{region}: the secret does not belong to {subject}; mend: copy both from "
    "one place, or make another key: no secret can be seen a second time",
    Kind.UNREACHABLE: "{region}: {said}; mend: look at the network and the proxy (HTTPS_PROXY), "
    "or name a profile whose endpoint_url is reached from here with --target-profile",
}


@dataclass(frozen=True)
class Scene:
    """Where something was tried, on what (a parameter, a key), and what is particular there.

    `action` is what the caller needs the right to, for answers of AWS that do not name it.
    """

    region: str
    subject: str
    sentences: Mapping[Kind, str]
    action: str = ""


def kind(error: Exception) -> Kind:
    """Return what is wrong when the SDK raises this."""
    if isinstance(error, ClientError):
        found = CODES.get(_code(error), Kind.OTHER)
        skewed = found is Kind.WRONG_SECRET and any(word in str(error) for word in CLOCK_WORDS)
        return Kind.CLOCK if skewed else found
    if isinstance(error, WITHOUT_CREDENTIALS):
        return Kind.NO_CREDENTIALS
    return Kind.UNREACHABLE if isinstance(error, WITHOUT_ANSWER) else Kind.OTHER


def sentence(error: Exception, scene: Scene) -> str:
    """Return the one line that people read."""
    what = kind(error)
    template = scene.sentences.get(what) or EVERYWHERE.get(what) or EVERYWHERE[Kind.OTHER]
    said, operation, action = str(error), "the call", scene.action or "call it"
    if isinstance(error, ClientError):
        operation = error.operation_name
        said = error.response["Error"].get("Message") or _code(error)
        named = ACTION.search(said)
        action = named[1] if named else scene.action or operation
    return template.format(
        region=scene.region,
        subject=scene.subject,
        said=said.rstrip("."),
        operation=operation,
        action=action,
        code=_code(error),
    )


def _code(error: Exception) -> str:
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else ""
