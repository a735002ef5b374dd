"""The build of the repository and the packaging for each region, with the real AWS command line."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from buildspecs.partitions import APP, Places, allow, application, build, equip
from buildspecs.workshop import Workshop
from cfnlint.decode.decode import decode_str
from embedded import HOME_REGION

from rehearsal.buildspec import Result, Status

COMMIT = "0f1e2d3c4b5a69788796a5b4c3d2e1f001234567"
TEMPLATE = "cloudformation_template.yaml"
OTHER_REGION = "eu-west-1"
GIVEN = {
    "S3_PREFIX": "packages",
    "TEMPLATE": TEMPLATE,
    "CODEBUILD_RESOLVED_SOURCE_VERSION": COMMIT,
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return application(tmp_path / "source")


def bucket(places: Places, region: str) -> str:
    """Make an artifact bucket of a region at home."""
    name = f"artifacts-{places.home}-{region}"
    settings: dict[str, Any] = {"LocationConstraint": region}
    where = {} if region == HOME_REGION else {"CreateBucketConfiguration": settings}
    places.at_home("s3", region).create_bucket(Bucket=name, **where)
    return name


def package(
    places: Places, source: Path, targets: Mapping[str, str], *keys: str, **changes: str
) -> Result:
    """Run the build as a role that may do to buckets and keys what it has to and no more."""
    buckets = [f"arn:aws:s3:::{each}" for each in targets.values()]
    who = places.role(
        "build",
        [
            allow("s3:GetBucketLocation s3:GetEncryptionConfiguration", *buckets),
            allow("s3:GetObject s3:PutObject", *(f"{each}/packages/*" for each in buckets)),
            *(allow("kms:Decrypt kms:GenerateDataKey", each) for each in keys),
        ],
    )
    pairs = " ".join(f"{region}={name}" for region, name in targets.items())
    return places.build("build", source, who, **{**GIVEN, "PACKAGES": pairs, **changes})


def refused(result: Result, *words: str) -> None:
    for each in words:
        assert each in result.output, result.output
    assert result.phases["build"] is Status.FAILED
    assert "is packaged for" not in result.output


def code(packaged: Path) -> dict[str, str]:
    """Return where a packaged template says that the function's code is."""
    template, errors = decode_str(packaged.read_text(encoding="utf-8"))
    assert template and not errors
    found: dict[str, str] = template["Resources"]["Function"]["Properties"]["Code"]
    return found


@pytest.mark.slow
def test_each_region_gets_the_code_and_a_template_that_names_it_there(
    places: Places, source: Path
) -> None:
    (source / ".git").mkdir()
    (source / ".git/config").write_text("")
    (source / ".hidden").write_text("")
    (source / "transform-packaged-old.yaml").write_text("left over")
    targets = {region: bucket(places, region) for region in (HOME_REGION, OTHER_REGION)}
    result = package(places, source, targets)
    assert result.succeeded, result.output
    assert result.exported == {"COMMIT": COMMIT}
    packaged, bundle = result.artifacts
    names = {
        HOME_REGION: "transform-packaged.yaml",
        OTHER_REGION: "transform-packaged-eu-west-1.yaml",
    }
    assert (packaged.name, set(packaged.files)) == ("Packaged", set(names.values()))
    for region, name in names.items():
        told = (
            f"{TEMPLATE} is packaged for {region}: {name}, its code in {targets[region]}/packages."
        )
        assert told in result.output
        place = code(packaged.files[name])
        assert place["S3Bucket"] == targets[region] and place["S3Key"].startswith("packages/")
        holds_the_code(places, region, place)
    own = {each.relative_to(APP).as_posix() for each in APP.rglob("*") if each.is_file()}
    assert bundle.name == "Bundle" and set(bundle.files) - own == {".hidden"}


def holds_the_code(places: Places, region: str, place: Mapping[str, str]) -> None:
    s3 = places.at_home("s3", region)
    body = s3.get_object(Bucket=place["S3Bucket"], Key=place["S3Key"])["Body"].read()
    archive = places.workshop.folder / "code.zip"
    archive.write_bytes(body)
    with zipfile.ZipFile(archive) as packed:
        assert packed.namelist() == ["app.py"]


def without(name: str) -> Callable[[Path], object]:
    return lambda source: (source / name).unlink()


def failing(source: Path) -> object:
    return (source / "src/app.py").write_text("raise SystemExit('a mistake')\n")


@pytest.mark.parametrize(
    ("harm", "changes", "words"),
    [
        (without(TEMPLATE), {}, "No such file"),
        (
            lambda source: None,
            {"TEMPLATE": "gone.yaml"},
            "There is no gone.yaml in the repository.",
        ),
        (lambda source: None, {"PACKAGES": " "}, "PACKAGES is empty. Give it a bucket for each"),
        (failing, {}, "The repository's own build failed: make package, or pip"),
    ],
    ids=["no source of the template", "no template", "no bucket", "failing tests"],
)
def test_what_cannot_be_built_is_said_before_any_call(
    workshop: Workshop,
    source: Path,
    harm: Callable[[Path], object],
    changes: dict[str, str],
    words: str,
) -> None:
    harm(source)
    given = {**GIVEN, "PACKAGES": "us-east-1=bucket", **changes}
    refused(build("build", source, equip(workshop), given), words)


def test_without_a_commit_it_says_unknown(workshop: Workshop, source: Path) -> None:
    given = {**GIVEN, "PACKAGES": " ", "CODEBUILD_RESOLVED_SOURCE_VERSION": ""}
    assert build("build", source, equip(workshop), given).exported == {"COMMIT": "unknown"}


@pytest.mark.parametrize(
    "makefile", ["test:\n\tfalse\n", "package := a\n", "packages:\n\tfalse\n", None]
)
def test_a_makefile_without_that_target_is_left_alone(
    workshop: Workshop, source: Path, makefile: str | None
) -> None:
    (source / "Makefile").unlink()
    if makefile is not None:
        (source / "Makefile").write_text(makefile)
    given = {**GIVEN, "PACKAGES": " "}
    refused(build("build", source, equip(workshop), given), "PACKAGES is empty")


@pytest.mark.slow
def test_requirements_are_installed_beside_the_code(workshop: Workshop, source: Path) -> None:
    (source / "Makefile").unlink()
    with zipfile.ZipFile(source / "thing-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("thing.py", "ANSWER = 42\n")
        about = "thing-1.0.dist-info"
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    (source / "src/requirements.txt").write_text("./thing-1.0-py3-none-any.whl\n")
    given = {**GIVEN, "PACKAGES": " "}
    refused(build("build", source, equip(workshop), given), "PACKAGES is empty")
    assert (source / "src/thing.py").read_text() == "ANSWER = 42\n"
    (source / "src/requirements.txt").write_text("no-such-thing\n")
    words = "or pip with src/requirements.txt."
    refused(build("build", source, workshop, given), "no-such-thing", words)


@pytest.mark.slow
def test_a_bucket_in_another_region_is_refused(places: Places, source: Path) -> None:
    name = bucket(places, OTHER_REGION)
    words = f"The bucket {name} lies in eu-west-1, not in us-east-1"
    refused(package(places, source, {HOME_REGION: name}), words, "artifact-store.yaml makes one")


@pytest.mark.slow
def test_a_bucket_that_is_missing_is_refused(places: Places, source: Path) -> None:
    name = f"nothing-{places.home}"
    words = f"There is no bucket {name}. Launch artifact-store.yaml in us-east-1"
    refused(package(places, source, {HOME_REGION: name}), words)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("allowed", "words"),
    [
        ("s3:GetObject", "This project's role has no right to the bucket"),
        ("s3:GetBucketLocation", "does not say how it encrypts. Allow this project's role s3:GetE"),
        (
            "s3:GetBucketLocation s3:GetEncryptionConfiguration",
            "/packages in us-east-1. Allow it s3:GetObject and s3:PutObject there.",
        ),
    ],
)
def test_a_bucket_without_a_right_to_it_is_refused(
    places: Places, source: Path, allowed: str, words: str
) -> None:
    name = bucket(places, HOME_REGION)
    who = places.role("less", [allow(allowed, f"arn:aws:s3:::{name}")])
    given = {**GIVEN, "PACKAGES": f"{HOME_REGION}={name}"}
    refused(places.build("build", source, who, **given), words)


@pytest.mark.slow
def test_code_that_does_not_exist_is_refused(places: Places, source: Path) -> None:
    template = (source / TEMPLATE).read_text().replace("Code: src", "Code: gone")
    (source / TEMPLATE).write_text(template)
    words = f"{TEMPLATE} names a file or folder that is not in the built repository."
    targets = {HOME_REGION: bucket(places, HOME_REGION)}
    refused(package(places, source, targets), words, "gone")


@pytest.mark.slow
def test_a_store_with_a_key_gets_everything_encrypted_with_it(places: Places, source: Path) -> None:
    """A store of this library takes nothing that names another encryption than its key."""
    name, key = (
        bucket(places, HOME_REGION),
        places.at_home("kms").create_key()["KeyMetadata"]["Arn"],
    )
    s3 = places.at_home("s3")
    rule = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    }
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    refusal = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{name}/*",
        "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [refusal]})
    s3.put_bucket_policy(Bucket=name, Policy=document)
    result = package(places, source, {HOME_REGION: name}, key)
    assert result.succeeded, result.output
    place = code(source / "transform-packaged.yaml")
    assert s3.head_object(Bucket=name, Key=place["S3Key"])["SSEKMSKeyId"] == key
