"""What every template of the library begins and ends with: version, partitions, console links."""

from __future__ import annotations

from collections.abc import Sequence

from troposphere import FindInMap, Output, Ref, Sub, Template

from pipeline import inline, partitions
from pipeline.parameters import Group, ask

FORMAT_VERSION = "2010-09-09"
LIBRARY = "Meridian"
PARTITION_MAP = "Partitions"
CONSOLE_DOMAIN = "ConsoleDomain"


def new_template(
    description: str, partition_names: Sequence[str], groups: Sequence[Group]
) -> Template:
    """Return a template that asks the groups' questions and knows where it may be launched."""
    template = Template(Description=description)
    template.set_version(FORMAT_VERSION)
    template.set_metadata(
        {LIBRARY: {"Version": inline.version(), "Partitions": list(partition_names)}}
    )
    ask(template, groups)
    for name in partition_names:
        domain = partitions.partition(name).console_domain
        template.add_mapping(PARTITION_MAP, {name: {CONSOLE_DOMAIN: domain}})
    template.add_output(
        Output("Version", Description=f"Version of {LIBRARY}.", Value=inline.version())
    )
    return template


def console_url(path: str, region: str = "${AWS::Region}") -> Sub:
    """Return the URL of a console page in this partition; both texts may hold references."""
    domain = FindInMap(PARTITION_MAP, Ref("AWS::Partition"), CONSOLE_DOMAIN)
    return Sub(f"https://{region}.${{{CONSOLE_DOMAIN}}}/{path}", {CONSOLE_DOMAIN: domain})


def url_output(title: str, description: str, url: Sub) -> Output:
    """Return an output that a person opens next."""
    return Output(title, Description=description, Value=url)
