"""Publishes a version: once, whole, and never over another.

The manifest is written first, where there is none: it fixes what the version is. Then come all
other objects, each where there is none; last the version is listed in `index.json`. Whoever reads
the list sees whole versions only, and a run that was cut short is completed by the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from launch import pointers
from launch.bucket import AT_ONCE, LaunchBucket
from launch.describe import Sources
from launch.errors import LaunchError
from launch.index import KEY, Entry, Index
from launch.manifest import Manifest, read_manifest
from launch.release import PublishedObject, claim_key, folder, objects

CLAIMS = 5  # lost to others in a row
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Plan:
    """What a version consists of, and what of it the bucket lacks.

    `manifest` is the published one where there is one. `entry` is what is listed of it, if it is.
    """

    manifest: Manifest
    whole: Mapping[str, PublishedObject]
    missing: tuple[str, ...]
    entry: Entry | None

    @property
    def written(self) -> tuple[str, ...]:
        """The keys that publishing writes, in order."""
        return (*self.missing, *(() if self.entry else (KEY,)))


def make_plan(bucket: LaunchBucket, described: Manifest, sources: Sources) -> Plan:
    """Look at what is there. Raise `LaunchError` if other content is: nothing is written then."""
    version = described.version
    there = bucket.keys(folder(version))
    entry = pointers.read(bucket).entry(version)
    settled = described
    if claim_key(version) in there:
        settled = _published(bucket, described)
        _refuse(bucket, settled, entry, _differences(described, settled))
    whole = objects(settled, sources)
    differing = _differing(bucket, {key: whole[key] for key in whole if key in there})
    _refuse(bucket, settled, entry, [key.partition("/")[2] for key in differing])
    return Plan(settled, whole, tuple(key for key in whole if key not in there), entry)


def publish(
    bucket: LaunchBucket, described: Manifest, sources: Sources, tell: Tell = lambda *_: None
) -> Plan:
    """Publish a version, or complete it; return the plan that was carried out.

    `tell` is told how many objects of how many are there. Raises `LaunchError`.
    """
    plan = _claim(bucket, described, sources)
    left = [key for key in plan.missing if key != claim_key(described.version)]
    _upload(bucket, {key: plan.whole[key] for key in left}, tell)
    if not plan.entry:
        pointers.update(bucket, lambda index: _listing(index, plan))
    return plan


def _claim(bucket: LaunchBucket, described: Manifest, sources: Sources) -> Plan:
    """Return a plan whose manifest is there: ours, or the same from somebody else at once."""
    key = claim_key(described.version)
    for _ in range(CLAIMS):
        plan = make_plan(bucket, described, sources)
        if key not in plan.missing or bucket.create(key, plan.whole[key]):
            return plan
    raise _lost(bucket, key)


def _upload(bucket: LaunchBucket, left: Mapping[str, PublishedObject], tell: Tell) -> None:
    """Put objects side by side; the first that fails ends it."""
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        running = [pool.submit(_put, bucket, key, what) for key, what in left.items()]
        for number, each in enumerate(as_completed(running), start=1):
            each.result()
            tell(number, len(running))
    finally:
        pool.shutdown(cancel_futures=True)


def _put(bucket: LaunchBucket, key: str, what: PublishedObject) -> None:
    """Put an object, or see that it is there; S3 may refuse one of two at once with none there."""
    for _ in range(CLAIMS):
        if bucket.create(key, what):
            return
        there = bucket.sha256(key)
        if there == what.sha256:
            return
        if there:
            raise LaunchError(
                f"{bucket.place(key)}: somebody else has put other content there just now; mend: "
                "publish from the commit its manifest names, or raise the version in setup.cfg"
            )
    raise _lost(bucket, key)


def _lost(bucket: LaunchBucket, key: str) -> LaunchError:
    return LaunchError(f"{bucket.place(key)}: others write it, too; mend: run it again after them")


def _listing(index: Index, plan: Plan) -> Index:
    """Return the list with the version in it; what is listed already stays as it is."""
    version = plan.manifest.version
    if index.entry(version):
        return index
    sha256 = plan.whole[claim_key(version)].sha256
    return index.including(Entry(version, plan.manifest.commit, sha256))


def _published(bucket: LaunchBucket, described: Manifest) -> Manifest:
    key = claim_key(described.version)
    found = bucket.get(key)
    if found is None:
        return described
    return read_manifest(found.content.decode(errors="replace"), bucket.place(key))


def _differences(ours: Manifest, published: Manifest) -> list[str]:
    """Return what differs that people wrote; what is read from templates follows from them.

    The commit may be another, and the regions too, where cfn-lint has learned of new ones since.
    """
    mine = {each.file: each.sha256 for each in ours.templates}
    theirs = {each.file: each.sha256 for each in published.templates}
    files = [
        each for each in sorted(mine.keys() | theirs.keys()) if mine.get(each) != theirs.get(each)
    ]
    notes = ["the notes in CHANGELOG.md"] if ours.notes != published.notes else []
    there = ", ".join(f"{each.name}@{each.region}" for each in published.buckets)
    buckets = [f"the buckets (there: {there})"] if ours.buckets != published.buckets else []
    return files + notes + buckets


def _differing(bucket: LaunchBucket, there: Mapping[str, PublishedObject]) -> list[str]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        sums = dict(zip(there, pool.map(bucket.sha256, there), strict=True))
    return [key for key, what in there.items() if sums[key] != what.sha256]


def _refuse(
    bucket: LaunchBucket, published: Manifest, entry: Entry | None, differing: Iterable[str]
) -> None:
    named = ", ".join(differing)
    if not named:
        return
    was = "is published" if entry else "has begun to be published"
    complete = "" if entry else f"complete it from commit {published.commit}, or "
    raise LaunchError(
        f"{bucket.at.name}: {published.version} {was} there with other content, and nothing was "
        f"changed; what differs: {named}; mend: {complete}raise the version in setup.cfg, make "
        "templates, and publish that"
    )
