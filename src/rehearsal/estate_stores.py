"""The artifact stores a pipeline needs, as its template says, and how they come to stand there.

A template knows the bucket and the key of a region in one of three ways: it asks for them, it looks
them up in Parameter Store, or it takes the names that artifact-store.yaml gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.errors import RehearsalError
from rehearsal.launching import LOOKED_UP, Launcher, Order, output
from rehearsal.outcome import Launch
from template_reader.file import PIPELINE, Template

STORE = "artifact-store"


@dataclass(frozen=True)
class Thing:
    """How a template knows a bucket or a key: `parameter` asks for it, or else for its `path`.

    Both are '' where the template takes the name that there is.
    """

    parameter: str = ""
    path: str = ""


@dataclass(frozen=True)
class Store:
    """What a template knows of the store of a region."""

    region: str
    bucket: Thing
    key: Thing


def needed_stores(template: Template, home: str) -> tuple[Store, ...]:
    """Return the stores of a template's pipeline, were it launched in a region.

    Raises `RehearsalError` for a template that is not of one pipeline.
    """
    pipelines = tuple(template.resources(PIPELINE).values())
    if len(pipelines) != 1:
        raise RehearsalError(f"{template.path}: has {len(pipelines)} pipelines; have one in it")
    listed = pipelines[0].get("Properties", {}).get("ArtifactStores", [])
    if not listed:
        raise RehearsalError(f"{template.path}: its pipeline has no ArtifactStores; list them")
    try:
        return tuple(_store(each, template.section("Parameters"), home) for each in listed)
    except (KeyError, TypeError):
        how = "each needs a Region, with a Default where it is asked for, and a Location"
        raise RehearsalError(f"{template.path}: ArtifactStores of its pipeline: {how}") from None


def _store(listed: Mapping[str, Any], parameters: Mapping[str, Any], home: str) -> Store:
    region = listed["Region"]
    asked = _first_asked(region, parameters)
    named = region if isinstance(region, str) else home
    its = listed["ArtifactStore"]
    return Store(
        region=str(parameters[asked]["Default"]) if asked else named,
        bucket=_thing(its["Location"], parameters),
        key=_thing(its.get("EncryptionKey"), parameters),
    )


def _thing(node: Any, parameters: Mapping[str, Any]) -> Thing:
    name = _first_asked(node, parameters)
    if name and str(parameters[name]["Type"]).startswith(LOOKED_UP):
        return Thing(path=str(parameters[name]["Default"]))
    return Thing(name)


def _first_asked(node: Any, parameters: Mapping[str, Any]) -> str:
    """Return the first parameter that a part of a template refers to, '' if there is none."""
    return next((name for name in _references(node) if name in parameters), "")


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if "Ref" in node:
            yield str(node["Ref"])
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from _references(each)


def launch_stores(
    launcher: Launcher, stores: Iterable[Store], account: str, home: str, readers: Iterable[str]
) -> tuple[Launch, ...]:
    """Launch the stores of an account, and let other accounts read them; home's comes first."""
    known = {"TargetAccountIds": ",".join(readers)}
    launches = launcher.launch_all(
        Order(STORE, STORE, account, each.region, known | _prefix(each, home)) for each in stores
    )
    for store, launch in zip(stores, launches, strict=True):
        if store.region != home:
            _write_down(launcher, store, launch, home)
    return launches


def _prefix(store: Store, home: str) -> dict[str, str]:
    """Let the store of home write itself where the pipeline looks it up."""
    written = store.bucket.path and store.region == home
    return {"ParameterPrefix": store.bucket.path.rpartition("/")[0]} if written else {}


def _write_down(launcher: Launcher, store: Store, launch: Launch, home: str) -> None:
    """Write a store of another region where the pipeline looks it up, which no template does."""
    ssm = launcher.clouds.client("ssm", home, launch.account)
    for thing, name in ((store.bucket, "BucketName"), (store.key, "KeyArn")):
        if thing.path:
            ssm.put_parameter(Name=thing.path, Value=output(launch, name), Type="String")


def answers(stores: Iterable[Store], launches: Iterable[Launch]) -> dict[str, str]:
    """Return what is said to a template that asks for buckets and keys."""
    said: dict[str, str] = {}
    for store, launch in zip(stores, launches, strict=True):
        said[store.bucket.parameter] = output(launch, "BucketName")
        said[store.key.parameter] = output(launch, "KeyArn")
    said.pop("", None)
    return said
