"""A launch bucket in the embedded AWS, made from the committed template, and what S3 answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from buckets import administrator, answer
from embedded import HOME_REGION, Clouds
from launching import launch, wait

from rehearsal.embedded_aws import EmbeddedAws, root

NAME = "launch-bucket"
TEMPLATE = "1.0.0/service-roles.yaml"
POINTERS = ("index.json", "latest/index.html")
DONE, DENIED, TOO_LATE = "done", "AccessDenied", "PreconditionFailed"


@dataclass(frozen=True)
class Launched:
    """A launch bucket as the template makes it."""

    aws: EmbeddedAws
    region: str
    account: str
    outputs: dict[str, str]

    @property
    def name(self) -> str:
        """The bucket's name."""
        return self.outputs["BucketName"]

    def client(self, service: str) -> Any:
        """Return a client of the root of the bucket's account."""
        return self.aws.client(service, self.region, root(self.account))

    def someone(self, account: str, name: str = "admin") -> Any:
        """Return S3 as a user calls it who may do anything its account may."""
        return administrator(self.aws, self.region, account, name)

    def put(self, s3: Any, key: str = TEMPLATE, body: bytes = b"new", **given: str) -> str:
        """Write an object; return what S3 answers."""
        return answer(s3.put_object, Bucket=self.name, Key=key, Body=body, **given)

    def get(self, s3: Any, key: str = TEMPLATE) -> str:
        """Read an object; return what S3 answers."""
        return answer(s3.get_object, Bucket=self.name, Key=key)

    def read(self, key: str = TEMPLATE) -> bytes:
        """Return what stands in an object."""
        body: bytes = self.client("s3").get_object(Bucket=self.name, Key=key)["Body"].read()
        return body

    def tag(self, key: str = TEMPLATE) -> str:
        """Return the entity tag of an object."""
        return str(self.client("s3").head_object(Bucket=self.name, Key=key)["ETag"])

    def publish(self, *keys: str) -> None:
        """Write objects as the first who does."""
        for key in keys or (TEMPLATE,):
            assert self.put(self.client("s3"), key, b"first", IfNoneMatch="*") == DONE

    def update(self, **given: str) -> str:
        """Launch the same template again with other values; return what became of it."""
        client = self.client("cloudformation")
        listed = [{"ParameterKey": k, "ParameterValue": v} for k, v in given.items()]
        stack = self.outputs["Stack"]
        client.update_stack(StackName=stack, UsePreviousTemplate=True, Parameters=listed)
        return str(wait(client, stack)["StackStatus"])

    def anonymous(self, key: str = "") -> int:
        """Return the status S3 answers with to somebody without any credentials."""
        try:
            with urlopen(f"{self.aws.url}/{self.name}/{key}") as found:  # noqa: S310 - loopback
                return int(found.status)
        except HTTPError as error:
            return error.code


@dataclass(frozen=True)
class Maker:
    """Whoever launches the template, each time in an account in which nothing is yet."""

    clouds: Clouds

    def __call__(self, region: str = HOME_REGION, **given: str) -> Launched:
        """Launch it."""
        aws, account = self.clouds.both.of(region), self.clouds.account()
        return Launched(aws, region, account, launch(aws, region, account, NAME, **given))
