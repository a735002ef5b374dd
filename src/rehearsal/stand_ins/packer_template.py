"""What a Packer template asks for, its variables and locals filled in.

Settings of the amazon-ebs builder are known by name: one whose calls nobody has looked up is
refused, as a rehearsal that leaves out a call would prove what is not so. Not as in Packer: there
are few functions, no data sources and no post-processors, and types are not converted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rehearsal.errors import RehearsalError
from rehearsal.stand_ins.hcl import Body, Function, Reader, Scope

BUILDER = "amazon-ebs"
# Each was looked up in hashicorp/packer-plugin-amazon 1.8.2: what it calls, `packer_calls` calls.
# Not among them: tags and snapshot_tags (CreateTags later); ami_regions, encrypt_boot, kms_key_id
# (CopyImage); filters of networks (DescribeSubnets, DescribeVpcs); spot prices (CreateFleet);
# instance profiles (PassRole).
KNOWN = {
    *("region", "instance_type", "ami_name", "ami_description", "imds_support"),
    *("source_ami_filter", "launch_block_device_mappings", "metadata_options"),
    *("run_tags", "run_volume_tags", "communicator", "ssh_username"),
    *("ssh_clear_authorized_keys", "temporary_key_pair_type"),
    "temporary_security_group_source_public_ip",
}
NEEDED = {"region", "instance_type", "ami_name", "source_ami_filter"}
# What a block among the settings needs, and what it may have besides.
BLOCKS = {
    "launch_block_device_mappings": (
        {"device_name"},
        {"volume_type", "encrypted", "delete_on_termination"},
    ),
    "metadata_options": ({"http_endpoint", "http_tokens", "http_put_response_hop_limit"}, set()),
    "source_ami_filter": ({"owners", "filters"}, {"most_recent"}),
}
DATES = {"YYYY": "%Y", "MM": "%m", "DD": "%d", "hh": "%H", "mm": "%M", "ss": "%S"}
DATE_PART = re.compile(r"'([^']*)'|(YYYY|MM|DD|hh|mm|ss)|(.)")


@dataclass(frozen=True)
class Source:
    """A source of a build, like amazon-ebs.web_app, and what it is set to."""

    name: str
    settings: Mapping[str, Any]


def functions(environment: Mapping[str, str], now: datetime) -> dict[str, Function]:
    """Return the functions a template may call."""
    return {
        "can": bool,  # known to the reader: it catches what its argument refuses
        "env": lambda name: environment.get(name, ""),
        "formatdate": _format_date,
        "regex": _find,
        "substr": lambda text, start, length: text[start : start + length],
        "timestamp": lambda: now.astimezone(UTC).isoformat(),
    }


def _format_date(form: str, moment: str) -> str:
    when = datetime.fromisoformat(moment)
    return DATE_PART.sub(
        lambda part: when.strftime(DATES[part[2]]) if part[2] else part[1] or part[3] or "", form
    )


def _find(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if not found:
        raise RehearsalError(f"regex: {text!r} is not like {pattern!r}; correct either")
    return found[0]


def read_body(path: Path, environment: Mapping[str, str]) -> Body:
    """Return a template as it is written. Raise `RehearsalError`."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RehearsalError(f"{path}: cannot be read ({error}); name a Packer template") from None
    return Reader(str(path), text, functions(environment, datetime.now(UTC))).read()


def read_sources(path: Path, body: Body, given: Mapping[str, str], folder: Path) -> list[Source]:
    """Return what the builds of a template start from. Raise `RehearsalError`."""
    scope = _scope(path, body, given)
    made = {f"{BUILDER}.{name}": each for (kind, name), each in _labelled(body) if kind == BUILDER}
    sources = []
    for _labels, build in body.of("build"):
        _check_build(path, build, scope, folder)
        for named in build.value(scope).get("sources", []):
            name = named.removeprefix("source.")
            if name not in made:
                raise RehearsalError(f"{path}: there is no source {name} of {BUILDER}; add it")
            sources.append(Source(name, _settings(path, name, made[name].value(scope))))
    if not sources:
        raise RehearsalError(f"{path}: no build has a source; add one of {BUILDER}")
    return sources


def _labelled(body: Body) -> list[tuple[tuple[str, str], Body]]:
    return [((labels[0], labels[1]), each) for labels, each in body.of("source") if labels[1:]]


def _settings(path: Path, name: str, settings: dict[str, Any]) -> dict[str, Any]:
    place = f"{path}: source {name}"
    _check(place, settings, NEEDED, KNOWN)
    for block, (needed, optional) in BLOCKS.items():
        blocks = settings.get(block, [])
        if not isinstance(blocks, list) or (len(blocks) > 1 and block in NEEDED):
            raise RehearsalError(f"{place}: {block} has to be one block; write it as one")
        for each in blocks:
            _check(f"{place}: {block}", each, needed, needed | optional)
    return settings


def _check(place: str, settings: Mapping[str, Any], needed: set[str], known: set[str]) -> None:
    for each in sorted(needed - set(settings)):
        raise RehearsalError(f"{place}: {each} is missing; add it")
    for each in sorted(set(settings) - known):
        raise RehearsalError(
            f"{place}: what Packer calls for {each} is not known to what stands in for it; "
            "look it up in packer-plugin-amazon and add it, or leave the setting out"
        )


def _check_build(path: Path, build: Body, scope: Scope, folder: Path) -> None:
    if build.of("post-processor") or build.of("post-processors"):
        raise RehearsalError(f"{path}: nothing stands in for post-processors; leave them out")
    for labels, each in build.of("provisioner"):
        source = each.value(scope).get("source", "") if labels == ("file",) else ""
        if source and not (folder / source).exists():
            raise RehearsalError(f"{path}: Bad source '{source}': no such file; make it first")


def _scope(path: Path, body: Body, given: Mapping[str, str]) -> Scope:
    values: dict[str, Any] = {}

    def look_up(name: str) -> Any:
        if name not in values:
            raise RehearsalError(f"{path}: there is no {name}; declare it")
        return values[name]

    declared = {labels[0]: each for labels, each in body.of("variable") if labels}
    for name in given:
        if name not in declared:
            raise RehearsalError(f"{path}: there is no variable {name}; declare it")
    for name, each in declared.items():
        values[f"var.{name}"] = _variable(path, name, each, given, look_up)
    for name, each in declared.items():
        _check_variable(path, name, each, look_up)
    for _labels, local in body.of("locals"):
        for name, expression in local.attributes.items():
            values[f"local.{name}"] = expression(look_up)
    return look_up


def _variable(path: Path, name: str, body: Body, given: Mapping[str, str], scope: Scope) -> Any:
    if name in given:
        return given[name]
    if "default" not in body.attributes:
        raise RehearsalError(f"{path}: variable {name} has no value; give it -var {name}=...")
    return body.attributes["default"](scope)


def _check_variable(path: Path, name: str, body: Body, scope: Scope) -> None:
    for _labels, each in body.of("validation"):
        rule = each.value(scope)
        if not rule.get("condition"):
            raise RehearsalError(f"{path}: variable {name}: {rule.get('error_message')}")
