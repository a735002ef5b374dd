"""`generate.py links`: every link taken apart, and everything that is refused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from templates.committed import PROJECT, TEMPLATES

from generate import main
from launch.buckets import read_bucket
from launch.consoles import CONSOLES, console_host, object_url, partition
from launch.errors import LaunchError
from launch.linking import Request, make_links
from launch.links import Link, check_template_url
from launch.manifest import Bucket
from pipeline.partitions import PARTITIONS, REGIONS
from refusals import RefusalError
from template_reader.file import read_template

HOME, CHINA = "launch-1@us-east-1", "launch-2@cn-north-1"
EVERYWHERE = (HOME, CHINA, "launch-3@us-gov-west-1", "launch-4@eusc-de-east-1")
STORE = read_template(TEMPLATES / "artifact-store.yaml")
VERSION = STORE.document["Metadata"]["Meridian"]["Version"]
MINE = """\
Metadata: {Meridian: {Version: 1.0.0, Partitions: [aws, aws-cn]}}
Parameters:
  Password: {Type: String, NoEcho: true}
  Bent: {Type: Number, MinValue: low}
  Typeless: {}
Resources: {Topic: {Type: 'AWS::SNS::Topic'}}
"""


@dataclass(frozen=True)
class Apart:
    """A quick-create link, taken apart as the console does."""

    host: str
    path: str
    query: dict[str, list[str]]
    route: str
    asked: dict[str, list[str]]


def apart(url: str) -> Apart:
    parts = urlsplit(url)
    assert parts.scheme == "https"
    route, _, asked = parts.fragment.partition("?")
    filled = parse_qs(asked, keep_blank_values=True, strict_parsing=True)
    return Apart(parts.netloc, parts.path, parse_qs(parts.query), route, filled)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["links", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_table_of_consoles_is_that_of_the_partitions() -> None:
    assert {name: each.domain for name, each in CONSOLES.items()} == {
        each.name: each.console_domain for each in PARTITIONS
    }
    for region, known in REGIONS.items():
        assert console_host(region) == f"{region}.{known.console_domain}"
        url = object_url(Bucket("launch", region), "1.0.0/a.yaml")
        assert url == f"https://launch.s3.{region}.{known.dns_suffix}/1.0.0/a.yaml"


def test_a_template_is_launched_in_every_region_it_is_fit_for() -> None:
    request = Request(("artifact-store",), TEMPLATES, EVERYWHERE)
    links = make_links(request).links
    assert {each.region for each in links} == set(REGIONS)
    buckets = {
        partition(b.region): b for b in (read_bucket(each, "--bucket") for each in EVERYWHERE)
    }
    for each in links:
        known = REGIONS[each.region]
        found = apart(each.url)
        assert found.host == f"{each.region}.{known.console_domain}"
        assert (found.path, found.route) == ("/cloudformation/home", "/stacks/quickcreate")
        assert found.query == {"region": [each.region]}
        own = buckets[known.name]
        url = f"https://{own.name}.s3.{own.region}.{known.dns_suffix}/{VERSION}/artifact-store.yaml"
        assert found.asked == {"templateURL": [url], "stackName": ["artifact-store"]}


def test_values_arrive_as_they_were_given(capsys: pytest.CaptureFixture[str]) -> None:
    given = "TargetAccountIds=111122223333,444455556666", "ParameterPrefix=/US/Dev"
    words = [word for pair in given for word in ("--param", pair)]
    where = "--region", "eu-west-1", "--bucket", HOME, "--stack-name", "Orders-1"
    asked = "artifact-store", *words, *where, "--version", "2.0.0-rc.1", "--format", "json"
    code, out, err = run(capsys, *asked)
    assert (code, err) == (0, "")
    (row,) = json.loads(out)
    assert apart(row["url"]).asked == {
        "templateURL": [
            "https://launch-1.s3.us-east-1.amazonaws.com/2.0.0-rc.1/artifact-store.yaml"
        ],
        "stackName": ["Orders-1"],
        "param_TargetAccountIds": ["111122223333,444455556666"],
        "param_ParameterPrefix": ["/US/Dev"],
    }
    assert row["templateUrl"] == apart(row["url"]).asked["templateURL"][0]
    assert (row["partition"], row["region"], row["expires"]) == ("aws", "eu-west-1", None)


@pytest.mark.parametrize("value", ["a&b=c#d", "50 % + é", "“{{x}}”/?:@", "", "一"])
def test_whatever_a_value_holds_it_stays_one_value(value: str) -> None:
    url = "https://b.s3.us-east-1.amazonaws.com/1.0.0/a.yaml"
    link = Link("a", "us-east-1", url, "a", (("Value", value),))
    assert link.url.isascii()
    assert apart(link.url).asked["param_Value"] == [value]


def test_every_template_gets_the_values_that_are_its_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    where = "--region", "us-west-2", "--bucket", HOME
    code, out, err = run(capsys, "--param", "StoreName=orders", *where, "--format", "json")
    rows = {row["template"]: row for row in json.loads(out)}
    assert code == 0
    assert rows["artifact-store"]["parameters"] == {"StoreName": "orders"}
    assert rows["cross-region-deploy"]["parameters"] == {}
    assert [line.split(":")[1].strip() for line in err.splitlines()] == [
        "china-access",
        "china-image-access",
    ]


def test_a_readme_gets_a_button_that_says_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    where = "--region", "cn-north-1", "--bucket", HOME, "--bucket", CHINA
    code, out, _err = run(capsys, "artifact-store", *where, "--format", "md")
    button = f"https://launch-2.s3.cn-north-1.amazonaws.com.cn/{VERSION}/launch-stack.svg"
    head = f"| cn-north-1 | [![Launch artifact-store in cn-north-1]({button})](https://cn-north-1."
    assert code == 0
    assert out.splitlines()[-1].startswith(head)
    assert out.splitlines()[-1].endswith("stackName=artifact-store) |")


def test_text_has_a_line_for_each_region(capsys: pytest.CaptureFixture[str]) -> None:
    where = "--region", "eu-west-1", "--region", "us-west-2", "--bucket", HOME
    _code, out, _err = run(capsys, "artifact-store", *where)
    first, *lines = out.splitlines()
    assert first == f"artifact-store {VERSION}"
    assert [line.split()[0] for line in lines] == ["eu-west-1", "us-west-2"]
    assert all(apart(line.split()[1]).host.startswith(line.split()[0]) for line in lines)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["artifact-stor"], "'artifact-stor' is no template of templates (did you mean artifact"),
        (["--region", "eu-wst-1"], "'eu-wst-1' is not an AWS region (did you mean eu-west-1?)"),
        (["--region", "us-iso-east-1"], "no console of aws-iso is known; choose a region of aws,"),
        (
            ["artifact-store", "--param", "StorName=x"],
            "no such parameter (did you mean StoreName?)",
        ),
        (["artifact-store", "--param", "Zzz=x"], "has no such parameter; leave it out"),
        (["artifact-store", "--param", "StoreName"], "--param StoreName: is not NAME=VALUE"),
        (["artifact-store", "--param", "StoreName=A"], "'A' is not allowed; wanted: 3 to 35"),
        (["artifact-store", "--param", "ArtifactRetentionInDays=0"], "'0' is not at least 1"),
        (["artifact-store", "--region", "cn-north-1"], "no launch bucket of aws-cn is given"),
        (
            ["service-roles", "--region", "cn-north-1"],
            "not meant for aws-cn; choose a region of aws",
        ),
        (
            ["multi-region-pipeline", "--region", "ca-west-1"],
            "it has no AWS::CodeBuild::Project, which multi",
        ),
        (["china-access"], "is meant for aws-cn, aws-us-gov, aws-eusc, and none of the buckets"),
        (["--region", "cn-north-1"], "no template can be launched there; access-key-rotation"),
        (["--stack-name", "1st"], "--stack-name: '1st' is no stack's name; wanted: letters"),
        (["--stack-name", "a" * 129], "is no stack's name"),
        (["--version", "1.4"], "--version: '1.4' is no version; write one like 1.4.0"),
        (["--profile", "release"], "--profile: signs links that expire; add --expires"),
        (["--bucket", "launch-5@eu-west-1"], "launch-1@us-east-1 is of aws, too; name one of them"),
        (["--bucket", "launch-5"], "'launch-5' is no launch bucket; write BUCKET@REGION"),
        (["--bucket", "my.launch@cn-north-1"], "'my.launch' is no name of a launch bucket"),
        (["--bucket", "launch-5@nowhere-1"], "'nowhere-1' is not an AWS region"),
    ],
)
def test_what_is_refused(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(PROJECT)
    code, out, err = run(capsys, "--bucket", HOME, *arguments)
    assert (code, out) == (1, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_a_link_needs_a_bucket(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["links"])
    assert ended.value.code == 1
    assert "--bucket" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"Password": "hush"}, "--param Password: is a secret (NoEcho), which the console leaves"),
        ({"Bent": "1"}, "Parameters.Bent: is not written as CloudFormation wants it"),
        ({"Typeless": "1"}, "Parameters.Typeless: has no Type; write one"),
    ],
)
def test_a_value_the_console_would_leave_out_is_refused(
    tmp_path: Path, given: dict[str, str], said: str
) -> None:
    (tmp_path / "mine.yaml").write_text(MINE)
    with pytest.raises(LaunchError) as refused:
        make_links(Request((), tmp_path, (HOME,), given=given))
    assert said in str(refused.value)
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("Version: 1.0.0, ", "", "Metadata.Meridian.Version: is not written; mend"),
        ("1.0.0", "one", "Metadata.Meridian.Version: 'one' is no version"),
        (", Partitions: [aws, aws-cn]", "", "Metadata.Meridian.Partitions: names no partition"),
        ("Resources", "Resource", "is no template: it has no Resources"),
    ],
)
def test_a_template_that_does_not_say_what_it_is_for(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    (tmp_path / "mine.yaml").write_text(MINE.replace(before, after))
    with pytest.raises(RefusalError) as refused:
        make_links(Request((), tmp_path, (HOME,)))
    assert said in str(refused.value)


def test_templates_of_two_versions_have_no_version(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(MINE)
    (tmp_path / "two.yaml").write_text(MINE.replace("1.0.0", "1.0.1"))
    with pytest.raises(LaunchError, match=r"is of version 1\.0\.1, one\.yaml of 1\.0\.0"):
        make_links(Request((), tmp_path, (HOME,)))


def test_an_empty_folder_has_nothing_to_launch(tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match="holds no template; mend: make templates"):
        make_links(Request((), tmp_path, (HOME,)))


def test_a_url_the_console_would_not_take_is_refused_and_not_repeated() -> None:
    check_template_url("https://" + "x" * 1016, "a in us-east-1")
    with pytest.raises(LaunchError, match="has 1025 characters, and the console takes 1024") as e:
        check_template_url("https://" + "x" * 1017, "a in us-east-1")
    assert "xxx" not in str(e.value)
