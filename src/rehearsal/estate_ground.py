"""What an estate is launched from, and what is known before anything of it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rehearsal.estate_topology import Destination, Site
from rehearsal.launching import Launcher, in_region
from template_reader.file import Template

PROJECT, REPOSITORY = "ProjectName", "RepositoryName"
CONNECTION = "00000000-0000-4000-8000-000000000000"
# With these more of a template is at work: whoever is told, and images that have had their day.
BUSY = {"ImagesToKeep": "1", "NotificationEmail": "team@example.com"}


@dataclass(frozen=True)
class Ground:
    """A site and who launches there; `numbers` are account ids by how the topology names them.

    `given` are values of parameters that beat every other.
    """

    site: Site
    launcher: Launcher
    numbers: Mapping[str, str]
    given: Mapping[str, str]

    @property
    def account(self) -> str:
        """The account of the pipeline."""
        return self.numbers[""]

    @property
    def pipeline(self) -> str:
        """The name of the pipeline's template."""
        return f"{self.site.name}-pipeline"

    @property
    def template(self) -> Template:
        """The pipeline's template."""
        return self.launcher.read(self.pipeline)

    @property
    def project(self) -> str:
        """What everything is named after, the repository too: a name the pipeline asks for."""
        return self._default(PROJECT) or self._default(REPOSITORY) or self.site.name

    @property
    def stack(self) -> str:
        """The name of the pipeline's stack."""
        return f"{self.project}-pipeline"

    @property
    def known(self) -> dict[str, str]:
        """Values of parameters that are the same in every template that asks for them."""
        named = {PROJECT: self.project, REPOSITORY: self.project, "PipelineStackName": self.stack}
        asked = {name: id_ for name, id_ in self.numbers.items() if name and not name.isdigit()}
        return BUSY | named | asked | dict(self.given)

    def source(self) -> dict[str, str]:
        """Return what the pipeline's source needs beside a repository: a connection, or a bucket.

        The bucket is made, as a person makes it: versioned, and EventBridge hears of it.
        """
        kind = self._default("SourceType")
        if kind == "CodeConnections":
            home = f"{self.site.partition}:codeconnections:{self.site.home}:{self.account}"
            return {"ConnectionArn": f"arn:{home}:connection/{CONNECTION}"}
        return {"SourceBucketName": self._bucket()} if kind == "S3" else {}

    def _bucket(self) -> str:
        """Make the bucket of a source; return its name."""
        s3 = self.launcher.clouds.client("s3", self.site.home, self.account)
        name = f"sources-{self.account}-{self.site.home}"
        s3.create_bucket(Bucket=name, **in_region(self.site.home))
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        s3.put_bucket_notification_configuration(
            Bucket=name, NotificationConfiguration={"EventBridgeConfiguration": {}}
        )
        return name

    def _default(self, parameter: str) -> str:
        """Return the value of a parameter of the pipeline's template: given, or its default."""
        if parameter in self.given:
            return self.given[parameter]
        return str(self.template.section("Parameters").get(parameter, {}).get("Default", ""))

    def account_of(self, to: Destination) -> str:
        """Return the twelve digits of the account of a destination."""
        return self.numbers[to.account]


def number(site: Site, accounts: Iterator[str]) -> dict[str, str]:
    """Return account ids by how a topology names them, '' being the pipeline's; the rest are taken.

    An account that a topology names by its digits has those.
    """
    named = dict.fromkeys(["", *(each.account for each in site.destinations)])
    return {name: name if name.isdigit() else next(accounts) for name in named}
