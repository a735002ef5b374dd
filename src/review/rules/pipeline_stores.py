"""Rules about the artifact stores of a pipeline, and their keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.pipeline_case import STORE, TWIN, of_pipeline
from review.pipeline_values import CLOSE, OPEN, value_of
from review.pipeline_view import Pipeline, is_made_here
from review.rule import Found, rule
from template_reader.nodes import below
from template_reader.text import line_of_key

DECLARATION = "CodePipeline API reference, PipelineDeclaration"
PIECE = f"(?:{OPEN}[^{CLOSE}]*{CLOSE}|[^:{OPEN}])*"
ALIAS = re.compile(f"(arn:{PIECE}:kms:{PIECE}:(?P<account>{PIECE}):)?alias/.*", re.DOTALL)
ROLE = re.compile(f"arn:{PIECE}:iam::(?P<account>{PIECE}):role/.*", re.DOTALL)
KEY = re.compile(r"arn:[^:]+:kms:(?P<region>[a-z0-9-]+):")


def _key(region: str, key: str) -> str:
    store = f"ArtifactStore: {{EncryptionKey: {{Id: '{key}'}}}}"
    return f"ArtifactStores: [{{Region: {region}, {store}}}]"


@rule(
    judges=Pipeline,
    id="MP102",
    sentence="A pipeline has ArtifactStore or ArtifactStores, and not both.",
    mend="keep ArtifactStores if an action acts in another region, else ArtifactStore",
    reason="CodePipeline refuses a pipeline with both of them, or with neither.",
    source=DECLARATION,
    passes=of_pipeline("ArtifactStores: [{Region: us-east-1}]"),
    fails=of_pipeline(STORE),
)
def stores_twice_or_never(pipeline: Pipeline) -> Iterator[Found]:
    """Yield a pipeline with both ways of naming stores, or with none."""
    is_one = "ArtifactStore" in pipeline.node
    if is_one and "ArtifactStores" in pipeline.node:
        yield Found(pipeline.line("ArtifactStore"), "has both ArtifactStore and ArtifactStores")
    elif not is_one and not pipeline.stores and pipeline.stores_known:
        yield Found(pipeline.line("Stages"), "has neither ArtifactStore nor ArtifactStores")


@rule(
    judges=Pipeline,
    id="MP104",
    sentence="A region has one artifact store.",
    mend="leave one of them out, or give it its own region",
    reason="ArtifactStores is a map by region to CodePipeline, which refuses a region twice.",
    source=DECLARATION,
    passes=of_pipeline(f"ArtifactStores: [{{{TWIN}}}]"),
    fails=of_pipeline(
        f"ArtifactStores: [{{Region: us-east-1, {STORE}}}, {{{TWIN}}}, {{{TWIN}}}]",
    ),
)
def doubled_region(pipeline: Pipeline) -> Iterator[Found]:
    """Yield the regions that have several stores."""
    seen: set[str] = set()
    for store in pipeline.stores:
        if store.region.written in seen:
            words = f"ArtifactStores: {store.region.shown} has two"
            yield Found(line_of_key(store.node, "Region"), words)
        seen.add(store.region.written)


@rule(
    judges=Pipeline,
    id="MP108",
    sentence="The bucket and the key of an artifact store are in its region.",
    mend="name a bucket and a key of the store's region",
    reason="Artifacts of an action are kept in its own region, under a key of that region.",
    source="CodePipeline user guide, add a cross-Region action",
    passes=of_pipeline(_key("us-east-1", "arn:aws:kms:us-east-1:111122223333:key/1")),
    fails=of_pipeline(_key("eu-west-1", "arn:aws:kms:us-east-1:111122223333:key/1")),
)
def store_out_of_its_region(pipeline: Pipeline) -> Iterator[Found]:
    """Yield stores whose key is of another region, or is made where another store is."""
    here = [each for each in pipeline.stores if is_made_here(pipeline, each)]
    for store in pipeline.stores:
        line = line_of_key(store.node, "Region")
        key = KEY.match(store.key.written) if store.key else None
        if key and store.region.text not in {None, key["region"]}:
            words = f"the key of the store in {store.region.shown} is in {key['region']}"
            yield Found(line, words)
    for store in here[1:]:
        if store.region.text and here[0].region.text not in {None, store.region.text}:
            words = f"the stores in {here[0].region.shown} and {store.region.shown} are both"
            yield Found(line_of_key(store.node, "Region"), f"{words} made by this template")


@rule(
    judges=Pipeline,
    id="MP181",
    sentence="The key of an artifact store is named by its id or ARN, and not by an alias.",
    mend="write the key's ARN",
    reason="An alias's bare name is no key to CodePipeline, and in another account, that of a"
    " cross-account action, an alias names another key or none.",
    source="CodePipeline API reference, EncryptionKey",
    passes=of_pipeline(_key("us-east-1", "1234abcd-12ab-34cd-56ef-1234567890ab")),
    fails=of_pipeline(_key("us-east-1", "alias/work")),
)
def key_by_alias(pipeline: Pipeline) -> Iterator[Found]:
    """Yield stores whose key is named by an alias that is not known where it is used."""
    for store in (*pipeline.stores, *([pipeline.store] if pipeline.store else [])):
        found = ALIAS.fullmatch(store.key.written) if store.key else None
        names = store.key.names if store.key and not store.key.known else ()
        is_bare = found and found["account"] is None
        is_made_here = len(names) == 1 and pipeline.type_of(names[0]) == "AWS::KMS::Alias"
        if store.key and (is_bare or is_made_here or (found and _crosses(pipeline, found))):
            line = line_of_key(below(store.node, "ArtifactStore", "EncryptionKey"), "Id")
            words = f"the key of the store in {store.region.shown} is the alias {store.key.shown}"
            yield Found(line, words)


def _crosses(pipeline: Pipeline, alias: re.Match[str]) -> bool:
    """Return whether an action acts under a role that for sure is of another account."""
    roles = (ROLE.fullmatch(each.role.written) for each in pipeline.actions if each.role)
    return any(_is_other(role["account"], alias["account"]) for role in roles if role)


def _is_other(account: str, own: str) -> bool:
    """Return whether an account differs from another: both are numbers, or one a parameter."""
    if account.isdecimal() or own.isdecimal():
        return account != own and account.isdecimal() and own.isdecimal()
    return account != own and value_of({"Ref": "AWS::AccountId"}).written == own
