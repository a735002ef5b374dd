"""The two SecureStrings of a key pair: what stands in them, and how another pair gets there.

A build reads the id first, then the version of the secret that bears this id as its label, and
only if there is none the newest secret. So the secret is written first, then labelled, and the
id last: whenever this ends in between, a build reads a whole pair, and a second run completes it.
The stored secret is never read here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from operate.errors import OperateError
from operate.key_pair import ACCESS_KEY, KeyPair, ending
from operate.troubles import AT_HOME, Scene, TroubleInAws, sentence

DEFAULT_KEY = "alias/aws/ssm"
SECURE = "SecureString"


@dataclass(frozen=True)
class Version:
    """The newest version of a parameter. `number` is 0 if there is no such parameter."""

    name: str
    number: int = 0
    key: str = ""
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Stored:
    """What stands there. `labels` are those of all versions of the secret.

    `value` is that of the parameter for the id, '' if there is none.
    """

    access: Version
    secret: Version
    labels: frozenset[str] = frozenset()
    value: str = field(default="", repr=False)

    @property
    def access_key(self) -> str:
        """The id as a shell reads it: a value stored by hand may end in a newline."""
        return self.value.strip()

    @property
    def ending(self) -> str:
        """The last characters of the id, '' if there stands something else: maybe a secret."""
        return ending(self.access_key) if ACCESS_KEY.fullmatch(self.access_key) else ""

    @property
    def key(self) -> str:
        """The KMS key the pair is under, or would be."""
        return self.secret.key or self.access.key or DEFAULT_KEY

    @property
    def lacks_label(self) -> bool:
        """A build takes the newest secret only because no version bears the id."""
        bears_an_id = any(ACCESS_KEY.fullmatch(label) for label in self.secret.labels)
        if not self.secret.number or not ACCESS_KEY.fullmatch(self.access_key):
            return False
        return self.access_key not in self.labels and not bears_an_id


@dataclass(frozen=True)
class Parameters:
    """The two parameters below a prefix, in the region of `ssm`, which is a client of it."""

    ssm: Any
    region: str
    prefix: str

    @property
    def access_name(self) -> str:
        """The name of the parameter that holds the id."""
        return f"{self.prefix}/UserAccessKey"

    @property
    def secret_name(self) -> str:
        """The name of the parameter that holds the secret."""
        return f"{self.prefix}/UserSecretKey"

    def look(self) -> Stored:
        """Return what stands there; `OperateError` if it cannot be seen, or is no SecureString."""
        access, _ = self._newest(self.access_name)
        secret, labels = self._newest(self.secret_name)
        if not access.number:
            return Stored(access, secret, labels)
        got = self._call(self.access_name, "get_parameter", WithDecryption=True)
        return Stored(access, secret, labels, got["Parameter"]["Value"])

    def replace(self, before: Stored, pair: KeyPair, key: str) -> Stored:
        """Write a pair in the place of what stands there; return what stands there then."""
        if before.lacks_label:
            self._label(before.secret.number, before.access_key)
        secret = self._put(self.secret_name, pair.secret_key, key)
        self._label(secret.number, pair.access_key)
        access = before.access
        if before.value != pair.access_key or access.key != key:
            access = self._put(self.access_name, pair.access_key, key)
        return Stored(access, secret, before.labels | {pair.access_key}, pair.access_key)

    def _newest(self, name: str) -> tuple[Version, frozenset[str]]:
        """Return the newest version, and the labels of all."""
        history = self._history(name)
        if not history:
            return Version(name), frozenset()
        newest = max(history, key=lambda each: int(each["Version"]))
        if newest["Type"] != SECURE:
            raise OperateError(
                f"{self.region}: {name} is a {newest['Type']}, readable by whoever may read "
                "parameters; mend: replace the key whose id or secret stands there, `aws ssm "
                f"delete-parameter --region {self.region} --name {name}`, and run this again"
            )
        labels = frozenset(label for each in history for label in each.get("Labels", []))
        own = frozenset(newest.get("Labels", []))
        return Version(name, newest["Version"], newest.get("KeyId", DEFAULT_KEY), own), labels

    def _history(self, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        page = self._call(name, "get_parameter_history", absent={"Parameters": []})
        while True:
            found += page["Parameters"]
            if not page.get("NextToken"):
                return found
            page = self._call(name, "get_parameter_history", NextToken=page["NextToken"])

    def _put(self, name: str, value: str, key: str) -> Version:
        answer = self._call(
            name, "put_parameter", Value=value, Type=SECURE, Overwrite=True, KeyId=key
        )
        return Version(name, answer["Version"], key)

    def _label(self, version: int, label: str) -> None:
        answer = self._call(
            self.secret_name, "label_parameter_version", ParameterVersion=version, Labels=[label]
        )
        if answer.get("InvalidLabels"):
            raise OperateError(
                f"{self.region}: {self.secret_name}: Parameter Store takes no label for version "
                f"{version}; mend: run it again"
            )

    def _call(
        self, name: str, operation: str, absent: dict[str, Any] | None = None, **given: Any
    ) -> dict[str, Any]:
        """Call SSM on a parameter; `absent` is the answer if there is no such parameter."""
        try:
            answer: dict[str, Any] = getattr(self.ssm, operation)(Name=name, **given)
        except ClientError as error:
            if absent is not None and error.response["Error"]["Code"] == "ParameterNotFound":
                return absent
            raise OperateError(sentence(error, Scene(self.region, name, AT_HOME))) from None
        except TroubleInAws as error:
            raise OperateError(sentence(error, Scene(self.region, name, AT_HOME))) from None
        return answer
