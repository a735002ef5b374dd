"""How whoever launches a version makes sure of what it is: checksums, and the commands."""

from __future__ import annotations

from collections.abc import Iterator

from html_writer.parts import Markup, joined, tag
from html_writer.table import Column, table
from launch.consoles import CONSOLES, object_url, partition
from launch.manifest import NAME, Bucket, Manifest, Published
from launch.notes import code_block

KILO = 1000
DIGEST = 64
BUCKETS = (
    Column("partition", "name", names_row=True),
    Column("bucket", "says"),
    Column("region", "nowrap"),
)
FILES = (
    Column("file", "name", names_row=True),
    Column("size", "nowrap"),
    Column("SHA-256", "says digest"),
)


def verifying(manifest: Manifest) -> Iterator[Markup]:
    """Yield what the section shows."""
    yield tag(
        "p",
        "A published version never changes. These are the checksums of its templates, the same in "
        "every partition; they stand in its ",
        tag("a", "manifest of this version", href=manifest_url(manifest)),
        ", too, whose own checksum stands in the bucket's index.json.",
    )
    yield tag("div", table("Files", FILES, map(_file, manifest.templates)), class_="card")
    yield tag("h3", "Download it and compare")
    yield tag(
        "p",
        "In a shell with the AWS CLI and the right to read the bucket; where everybody may read "
        "it, add ",
        *(tag("code", "--no-sign-request"), ". On macOS, write "),
        *(tag("code", "shasum -a 256"), " in place of ", tag("code", "sha256sum"), "."),
    )
    yield code_block("commands that download and compare", downloading(manifest))
    yield tag("h3", "Compare it with its source")
    yield tag("p", "In a clone of the repository. The last command prints OK for each file.")
    yield code_block("commands that compare with the source", rendering(manifest))
    yield tag("p", "Or let one command download the version and compare it with that commit:")
    yield code_block("command that verifies", verify_command(manifest))
    yield tag("h3", "Where it is published")
    rows = (_bucket(each) for each in manifest.buckets)
    yield tag("div", table("Launch buckets", BUCKETS, rows), class_="card")


def manifest_url(manifest: Manifest) -> str:
    """Return the URL of the manifest, from wherever the page is read."""
    return object_url(manifest.buckets[0], f"{manifest.version}/{NAME}")


def downloading(manifest: Manifest) -> str:
    """Return commands that fail unless what is published is what is said here."""
    bucket, version = manifest.buckets[0], manifest.version
    return "\n".join(
        (
            f"mkdir meridian-{version} && cd meridian-{version}",
            f"cat > SHA256SUMS <<'END'\n{sums(manifest)}\nEND",
            f"for file in $(cut -c{DIGEST + 3}- SHA256SUMS); do",
            f'  aws s3 cp "s3://{bucket.name}/{version}/$file" . --region {bucket.region}',
            "done",
            "sha256sum --check SHA256SUMS",
        )
    )


def rendering(manifest: Manifest) -> str:
    """Return commands that fail unless the commit's own render is what is published."""
    return "\n".join(
        (
            f"git checkout {manifest.commit}",
            "make templates",
            f"(cd templates && sha256sum --check -) <<'END'\n{sums(manifest)}\nEND",
        )
    )


def verify_command(manifest: Manifest) -> str:
    """Return the command, as `make templates` has set it up, that downloads and compares."""
    bucket = manifest.buckets[0]
    where = f"--bucket {bucket.name} --region {bucket.region}"
    return f".venv/bin/meridian verify {manifest.version} {where}"


def sums(manifest: Manifest) -> str:
    """Return the lines `sha256sum` reads."""
    return "\n".join(f"{each.sha256}  {each.file}" for each in manifest.templates)


def size(number: int) -> str:
    """Return a number of bytes as people say it."""
    return f"{number} bytes" if number < KILO else f"{round(number / KILO)} kB"


def _file(published: Published) -> list[str]:
    return [tag("code", published.file), size(published.size), tag("code", published.sha256)]


def _bucket(bucket: Bucket) -> list[str]:
    name = partition(bucket.region)
    title = joined(CONSOLES[name].title, " ", tag("code", name))
    return [title, tag("code", bucket.name), tag("code", bucket.region)]
