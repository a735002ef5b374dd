"""What an estate is launched from, and what is known before anything of it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rehearsal.errors import RehearsalError
from rehearsal.estate_topology import Destination, Site
from rehearsal.launching import Launcher
from rehearsal.template_file import Template

PROJECT, REPOSITORY = "ProjectName", "RepositoryName"


@dataclass(frozen=True)
class Ground:
    """A site and who launches there; `numbers` are account ids by how the topology names them."""

    site: Site
    launcher: Launcher
    numbers: Mapping[str, str]

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
        """What everything is named after: the default the pipeline's template has for it."""
        asked = self.template.section("Parameters")
        for name in (PROJECT, REPOSITORY):
            if "Default" in asked.get(name, {}):
                return str(asked[name]["Default"])
        raise RehearsalError(f"{self.template.path}: {REPOSITORY} has no Default; give it one")

    @property
    def stack(self) -> str:
        """The name of the pipeline's stack."""
        return f"{self.project}-pipeline"

    @property
    def known(self) -> dict[str, str]:
        """Values of parameters that are the same in every template that asks for them."""
        named = {PROJECT: self.project, REPOSITORY: self.project, "PipelineStackName": self.stack}
        asked = {name: id_ for name, id_ in self.numbers.items() if name and not name.isdigit()}
        return named | asked

    def account_of(self, to: Destination) -> str:
        """Return the twelve digits of the account of a destination."""
        return self.numbers[to.account]


def number(site: Site, accounts: Iterator[str]) -> dict[str, str]:
    """Return account ids by how a topology names them, '' being the pipeline's; the rest are taken.

    An account that a topology names by its digits has those.
    """
    named = dict.fromkeys(["", *(each.account for each in site.destinations)])
    return {name: name if name.isdigit() else next(accounts) for name in named}
