"""The image that a deployment into another partition has made there, and what keeps it from it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import crossing
import pytest
from buildspecs.partitions import NAME, STAGE, USER, build, equip, reach, refused, variables
from buildspecs.stand_ins import script
from buildspecs.workshop import Note, Workshop
from embedded import CHINA_REGION, HOME_REGION, Clouds
from launching import key_of, launch, launch_text
from templates.committed import PROJECT

from rehearsal.buildspec import Build, Result, run
from rehearsal.embedded_aws import root

CHINA = "100000000000"
PROJECT_NAME = f"{NAME}-{STAGE}-image"
COMMIT = "0f1e2d3c4b5a69788796a5b4c3d2e1f001234567"
VERSION = "L4kqtJlcpXroDTDmpUMLUo"
BUILD_ID = f"{PROJECT_NAME}:11111111-2222-3333-4444-555555555555"
LOG = "https://console.amazonaws.cn/cloudwatch/home?region=cn-north-1#logEvent:group=x"
RUNNING, MADE = f"IN_PROGRESS\t{LOG}", f"SUCCEEDED\t{LOG}"
MISSED = "!"
IMAGE = {
    "TEMPLATE": "cross-region-deploy.yaml",
    "PARAMETER_OVERRIDES": "ImageId=AMI_VERSION",
    "CAPABILITIES": "",
    "IMAGE_PROJECT": PROJECT_NAME,
}
TEMPLATE = """\
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  ImageId: {Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>'}
Resources:
  Gateway: {Type: 'AWS::EC2::InternetGateway'}
Outputs:
  Image: {Value: !Ref ImageId}
"""
AWS = script(
    f"""echo "$*" >>"$CALLS"
    refusal() {{ echo "An error occurred ($1) when calling it" >&2; exit 254; }}
    case "$1 $2 $*" in
    "ssm get-parameter-history"*) printf '1\\tAKIA0123456789ABCDEF\\n' ;;
    "ssm "*S3Bucket*) echo a-bucket ;;
    "ssm "*) printf '1\\tAKIA0123456789ABCDEF\\n' ;;
    "sts "*) printf '{CHINA}\\tarn:aws-cn:iam::{CHINA}:user/{USER}\\n' ;;
    "s3api get-bucket-location"*) echo {CHINA_REGION} ;;
    "s3api get-bucket-encryption"*) echo None ;;
    "s3api put-object"*)
      [ -z "$PUT" ] || refusal "$PUT"
      cp "$WORK/source.zip" "$SENT"
      echo "$KEPT" ;;
    "codebuild start-build"*) [ -z "$START" ] || refusal "$START"; echo {BUILD_ID} ;;
    "codebuild batch-get-builds"*phases*) printf '%s\\n' "$PHASE" ;;
    "codebuild batch-get-builds"*)
      LOOK="$(head -n 1 "$LOOKS")"; [ "$(grep -c . "$LOOKS")" = 1 ] || sed -i 1d "$LOOKS"
      [ "$LOOK" != "{MISSED}" ] || refusal RequestTimeout
      printf '%s\\n' "$LOOK" ;;
    "cloudformation describe-stacks"*) echo "does not exist" >&2; exit 254 ;;
    "cloudformation package"* | "cloudformation deploy"*) ;;
    *) exit 252 ;;
    esac"""
)


class Done(NamedTuple):
    """A build that was run, and what it called."""

    result: Result
    calls: list[str]
    sent: Path

    def count(self, command: str) -> int:
        """Return how many calls begin so."""
        return sum(each.startswith(command) for each in self.calls)

    def refused(self, *words: str) -> None:
        """Hold that nothing was deployed, and that it was said why."""
        refused(self.result, "Nothing was deployed. ", *words, phase="build")
        assert self.count("cloudformation deploy") == 0


Run = Callable[..., Done]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a repository as it is handed on."""
    folder = tmp_path / "source"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "Main.java").write_text("class Main {}")
    (folder / IMAGE["TEMPLATE"]).write_text(TEMPLATE)
    (folder / "mvnw").write_text("#!/bin/sh\n")
    (folder / "mvnw").chmod(0o755)
    return folder


@pytest.fixture
def made(workshop: Workshop, source: Path, tmp_path: Path, record_property: Note) -> Run:
    """Return how to run the deployment where `aws` only says what AWS would."""
    record_property("stood in for", "aws (answers written down, for builds of an image in China)")
    for name in ("cp", "head", "tr"):
        workshop.use(name)

    def go(*looks: str, **changes: str) -> Done:
        calls, answers, sent = (tmp_path / name for name in ("calls", "looks", "sent.zip"))
        answers.write_text("\n".join(looks or (MADE,)) + "\n")
        told = {"CALLS": str(calls), "LOOKS": str(answers), "SENT": str(sent), "KEPT": VERSION}
        given = {"PUT": "", "START": "", "PHASE": "", "CODEBUILD_RESOLVED_SOURCE_VERSION": COMMIT}
        project = {**variables(CHINA), **IMAGE, **told, **given, **changes}
        spec = (PROJECT / "buildspecs" / "deploy-china.yml").read_text(encoding="utf-8")
        pause = script('echo "sleep $*" >>"$CALLS"')
        stand_ins = {"aws": AWS, "sleep": pause}
        environment = {**workshop.environment(), **project}
        result = run(Build(spec, source, environment, stand_ins=stand_ins, seconds=120))
        calls.touch()
        return Done(result, calls.read_text().splitlines(), sent)

    return go


def test_an_image_is_made_of_what_was_sent_before_anything_is_deployed(made: Run) -> None:
    done = made(MISSED, "IN_PROGRESS\tNone", RUNNING, RUNNING, MADE)
    assert done.result.succeeded, done.result.output
    with zipfile.ZipFile(done.sent) as archive:
        names = {each.filename for each in archive.infolist() if not each.is_dir()}
        assert archive.getinfo("mvnw").external_attr >> 16 & 0o111
    assert names == {"src/Main.java", "mvnw", IMAGE["TEMPLATE"]}
    (started,) = (each for each in done.calls if each.startswith("codebuild start-build"))
    assert f"--project-name {PROJECT_NAME} --source-version {VERSION} " in started
    assert f"name=COMMIT,value={COMMIT}" in started
    assert "--profile china --region cn-north-1" in started
    order = [each.split(" --")[0] for each in done.calls if "codebuild" in each or "sleep" in each]
    look = "codebuild batch-get-builds"
    assert order == ["codebuild start-build", *[look, "sleep 20"] * 4, look]
    assert done.calls[-1].startswith("cloudformation deploy ")
    assert done.result.output.count(LOG) == 1
    assert "The image is made." in done.result.output


def test_where_no_project_is_named_nothing_is_sent_and_no_image_made(made: Run) -> None:
    done = made(IMAGE_PROJECT="")
    assert done.result.succeeded, done.result.output
    assert done.count("s3api put-object") == done.count("codebuild") == 0
    assert done.count("cloudformation deploy") == 1


def test_a_build_that_fails_is_told_by_phase_and_log(made: Run) -> None:
    done = made(RUNNING, f"FAILED\t{LOG}", PHASE="BUILD\tCOMMAND_EXECUTION_ERROR: exit status 1")
    done.refused(
        f"The image was not made: the project {PROJECT_NAME} in cn-north-1 of account {CHINA} "
        "ended as FAILED in its phase BUILD: COMMAND_EXECUTION_ERROR: exit status 1. ",
        f"its log: {LOG} Correct what it says there, then retry this stage.",
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"PUT": "AccessDenied"}, "The source could not be sent to a-bucket in cn-north-1."),
        ({"KEPT": "None"}, "The bucket a-bucket keeps no versions"),
        ({"START": "ResourceNotFoundException"}, f"There is no project {PROJECT_NAME} in cn-nor"),
        ({"START": "AccessDeniedException"}, f"The deployer may not start project {PROJECT_NAME}"),
        ({"START": "AccountLimitExceededException"}, "does not start. See the reason above"),
    ],
    ids=lambda each: next(iter(each.values())) if isinstance(each, dict) else "",
)
def test_what_keeps_a_build_from_starting_is_said(
    made: Run, changes: dict[str, str], words: str
) -> None:
    done = made(**changes)
    done.refused(words)
    assert done.count("codebuild batch-get-builds") == 0


@pytest.mark.slow
@pytest.mark.parametrize("state", ["FAULT", "STOPPED", "TIMED_OUT", "SOMETHING_NEW"])
def test_any_end_but_success_is_a_failure(made: Run, state: str) -> None:
    made(f"{state}\t{LOG}").refused(f"ended as {state} in its phase None: None.")


@pytest.mark.slow
@pytest.mark.parametrize(("look", "times"), [(MISSED, 15), ("IN_PROGRESS\tNone", 540)])
def test_what_never_ends_is_given_up(made: Run, look: str, times: int) -> None:
    done = made(look)
    done.refused("has not come to an end that could be seen from here.", BUILD_ID)
    assert done.count("codebuild batch-get-builds") == times


@pytest.mark.slow
def test_a_link_to_a_folder_is_refused_as_it_would_be_lost(made: Run, source: Path) -> None:
    (source / "again").symlink_to(source / "src")
    made().refused("again is a link to a folder, which an archive cannot hold.")


@dataclass(frozen=True)
class Sides:
    """A stage of a pipeline at home, and its account in China, as the templates leave them."""

    clouds: Clouds
    workshop: Workshop
    home: str
    china: str
    bucket: str
    role: str

    def in_china(self, service: str) -> Any:
        """Return a client of the root of the account in China."""
        return self.clouds.china.client(service, CHINA_REGION, root(self.china))

    def deploy(self, source: Path, **changes: str) -> Result:
        """Run the project with its own variables, under its own role."""
        parameters = crossing.rendered()["Parameters"].items()
        given = {name: str(each.get("Default", "")) for name, each in parameters}
        given |= {"ChinaAccountId": self.china}
        project = crossing.variables("ChinaLiveDeployProject")
        told = {name: crossing.resolve(value, given) for name, value in project.items()}
        who = self.clouds.home.serve(self.role, "codebuild", HOME_REGION)
        environment = {**who.environment, **told, **changes}
        return build("deploy-china", source, self.workshop, environment)


@pytest.fixture
def sides(clouds: Clouds, workshop: Workshop) -> Sides:
    home, china = clouds.account(), clouds.account()
    there = launch(clouds.china, CHINA_REGION, china, "china-image-access")
    buckets = ("S3BucketName", "S3BucketNameForUsEast2")
    asked = {"ChinaAccountId": china, "LateAccountId": china, **dict.fromkeys(buckets, "artifacts")}
    template = crossing.home_side("ChinaLive")
    here = launch_text(clouds.home, HOME_REGION, home, "home-side", template, **asked)
    pair = key_of(clouds.china, CHINA_REGION, china, "web-app-live-deploy")
    ssm = clouds.home.client("ssm", HOME_REGION, root(home))
    for name, value in (("UserAccessKey", pair.access_key), ("UserSecretKey", pair.secret_key)):
        ssm.put_parameter(Name=f"/China/Live/{name}", Value=value, Type="SecureString")
    ssm.label_parameter_version(Name="/China/Live/UserSecretKey", Labels=[pair.access_key])
    reach(clouds, equip(workshop))
    workshop.note("stood in for", "CodeBuild in China (any build succeeds, and none is run)")
    return Sides(clouds, workshop, home, china, there["DeploymentBucketName"], here["Role"])


@pytest.mark.slow
def test_by_the_grants_of_both_templates_an_image_is_asked_for_and_deployed(
    sides: Sides, source: Path
) -> None:
    image = "ami-0123456789abcdef0"
    sides.in_china("ssm").put_parameter(Name="AMI_VERSION", Value=image, Type="String")
    result = sides.deploy(source)
    assert result.succeeded, result.output
    builds = sides.in_china("codebuild")
    (made,) = builds.list_builds_for_project(projectName="web-app-live-image")["ids"]
    (found,) = builds.batch_get_builds(ids=[made])["builds"]
    kept = sides.in_china("s3").head_object(Bucket=sides.bucket, Key="packages/source.zip")
    assert found["sourceVersion"] == kept["VersionId"]
    (stack,) = sides.in_china("cloudformation").describe_stacks(StackName="web-app-app-stack-live")[
        "Stacks"
    ]
    assert [each["OutputValue"] for each in stack["Outputs"]] == [image]


@pytest.mark.slow
def test_a_project_of_another_name_is_refused_by_the_templates_grants(
    sides: Sides, source: Path
) -> None:
    result = sides.deploy(source, IMAGE_PROJECT="web-app-test-image")
    refused(result, "The deployer may not start project web-app-test-image", phase="build")
