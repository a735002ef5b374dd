"""What a build's commands do when they are kept loaded: the same as when they are not."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_machine import Machine, ended, fresh, machine, piped
from embedded import CHINA_REGION, HOME_REGION, Clouds

from rehearsal import command_aws, command_lint
from rehearsal.commands import commands, script
from rehearsal.embedded_aws import root
from rehearsal.errors import RehearsalError
from rehearsal.stand_ins import stand_ins

pytestmark = pytest.mark.slow

PATIENCE = 30.0
PYTHON = sys.executable
GOOD = "Resources: {Topic: {Type: 'AWS::SNS::Topic', Properties: {TopicName: things}}}\n"
BAD = "Resources: {Topic: {Type: 'AWS::SNS::Topic', Properties: {TopicNam: !Ref Nothing}}}\n"
CONFIG = """\
[profile asks]
region = {region}
credential_process = bash {folder}/keys
[profile tells]
credential_process = bash {folder}/tell
"""
KEYS = """\
id="$(aws ssm get-parameter --region us-east-1 --name /key --query Parameter.Value --output text)"
echo "{\\"Version\\": 1, \\"AccessKeyId\\": \\"$id\\", \\"SecretAccessKey\\": \\"root\\"}"
"""
BUCKET = "s3://things-of-$AWS_ACCESS_KEY_ID"
CALLS = {
    "location": "aws s3api get-bucket-location --bucket ${BUCKET#s3://}",
    "missing": "aws ssm get-parameter --name /none",
    "version": "aws --version",
    "unknown command": "aws nonsense",
    "no command": "aws",
    "wrong region": "aws ssm get-parameter --name /key --region 'us east'",
    "no region": "unset AWS_DEFAULT_REGION; aws ssm get-parameter --name /key",
    "no credentials": "unset AWS_ACCESS_KEY_ID; aws sts get-caller-identity",
    "profile": "aws sts get-caller-identity --profile asks",
    "pager": "AWS_PAGER=cat aws sts get-caller-identity",
    "text": "aws ssm get-parameter --name /key --output text --query Parameter.[Value,Version]",
    "help": "aws sts help",
    "full": "aws sts get-caller-identity >/dev/full",
    "closed": "aws sts get-caller-identity >&-",
    "other encoding": "export PYTHONIOENCODING=ascii; aws ssm get-parameter --name /words"
    " --query Parameter.Value",
    "words": "aws ssm get-parameter --name /words --query Parameter.Value --output text",
    "alias": "aws who",
    "variables": "unset LANG; aws who --profile tells; sed 's/=.*//' seen",
    "input": "echo a | aws ssm put-parameter --name /in --type String --value file:///dev/stdin",
    "substitution": 'aws ssm put-parameter --name /in --type String --value "file://"<(echo a)',
    "upload": "echo words | aws s3 cp - $BUCKET/key && aws s3 cp $BUCKET/key -",
    "download": "echo words | aws s3 cp - $BUCKET/other; umask 027; mkdir in; cd in;"
    " aws s3 cp --no-progress $BUCKET/other copied; stat -c %a copied",
    "deploy": "aws cloudformation package --template-file nest.yaml --s3-bucket ${BUCKET#s3://}"
    " && aws cloudformation deploy --template-file good.yaml --stack-name things",
}
TOLD = {"PACKER_VERSION": "1.2.3", "CHECKOV_VERSION": "4.5.6"}
STOOD_IN = (
    "packer version",
    "packer build none.hcl",
    "mvn verify",
    "cfn_nag_scan --input-path good.yaml",
    "checkov --file good.yaml",
    "dnf install things",
)
LINTED = {
    "good": "cfn-lint -t good.yaml -r us-east-1 ap-south-1 eu-west-1 --mandatory-checks E W",
    "bad": "cfn-lint bad.yaml",
    "canary": "cfn-lint canary.yaml",
    "missing": "cfn-lint none.yaml",
    "version": "cfn-lint --version",
    "bad option": "cfn-lint --nonsense",
    "input": "cat bad.yaml | cfn-lint --format json",
    "settings": "echo 'ignore_checks: [E3002, E1020]' >.cfnlintrc; cfn-lint bad.yaml",
}


@pytest.fixture(name="tools", scope="module")
def _tools(_clouds: Clouds, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield where the commands are that are kept loaded."""
    endpoints = {each.partition: each.url for each in (_clouds.home, _clouds.china)}
    with commands(tmp_path_factory.mktemp("commands"), endpoints) as tools:
        yield tools


@pytest.fixture(name="warm")
def _warm(clouds: Clouds, tools: Path, tmp_path: Path) -> Machine:
    return settled(machine(tmp_path / "warm", tools, clouds.account()), clouds)


def settled(made: Machine, clouds: Clouds, region: str = HOME_REGION) -> Machine:
    """Put into the account and the directory what the calls ask for."""
    ssm = clouds.home.client("ssm", HOME_REGION, root(made.account))
    ssm.put_parameter(Name="/key", Value=made.account, Type="String")
    ssm.put_parameter(Name="/words", Value="Grüße", Type="String")
    s3 = clouds.home.client("s3", HOME_REGION, root(made.account))
    s3.create_bucket(Bucket=f"things-of-{made.account}")
    nest = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "good.yaml"}}
    files = {
        "good.yaml": GOOD,
        "bad.yaml": BAD,
        "canary.yaml": "Resources: {Canary: {Type: AWS::Canary::Fault}}",
        "nest.yaml": json.dumps({"Resources": {"Nest": nest}}),
        "keys": KEYS,
        "tell": "export -p >seen",
        ".aws/config": CONFIG.format(region=region, folder=made.folder),
        ".aws/cli/alias": "[toplevel]\nwho = sts get-caller-identity\n",
    }
    for name, text in files.items():
        (made.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (made.folder / name).write_text(text, encoding="utf-8")
    return made


def same(script: str, warm: Machine, clouds: Clouds) -> None:
    """Hold that a script does the same by fresh processes, in another account."""
    bare = fresh(warm.folder.parent / "bare", clouds.account(), clouds.home)
    expected = settled(bare, clouds).run(f'BUCKET="{BUCKET}"; {script}')
    assert warm.run(f'BUCKET="{BUCKET}"; {script}') == expected


@pytest.mark.parametrize("name", CALLS)
def test_a_call_does_what_a_fresh_process_does(name: str, warm: Machine, clouds: Clouds) -> None:
    same(CALLS[name], warm, clouds)


@pytest.mark.parametrize("name", LINTED)
def test_cfn_lint_judges_as_a_fresh_process_does(name: str, warm: Machine, clouds: Clouds) -> None:
    same(LINTED[name], warm, clouds)


@pytest.mark.parametrize("command", STOOD_IN)
def test_what_stands_in_does_the_same_by_itself(command: str, warm: Machine, tools: Path) -> None:
    for each in stand_ins():
        for place, text in (("kept", script(tools, each)), ("alone", each.script)):
            path = warm.folder / place / each.name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            path.chmod(0o755)
    kept, alone = (warm.run(f"{place}/{command}", **TOLD) for place in ("kept", "alone"))
    assert kept == alone
    assert kept[1] or kept[2]


def test_a_call_has_the_environment_of_its_caller_and_of_no_other(warm: Machine) -> None:
    assert warm.run("aws who --query Account --output text") == (0, "ours\n", "")
    code, _, said = warm.run("unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY; aws who")
    assert code == 255
    assert "Unable to locate credentials" in said


def test_a_profile_that_asks_at_home_acts_in_the_partition_of_its_region(
    clouds: Clouds, tools: Path, tmp_path: Path
) -> None:
    there = machine(tmp_path / "there", tools, clouds.account())
    settled(there, clouds, region=CHINA_REGION)
    who = "aws sts get-caller-identity --profile asks --query Arn --output text"
    code, printed, said = there.run(f"unset AWS_DEFAULT_REGION; {who} & {who} & wait")
    assert (code, said) == (0, "")
    assert printed.split() == ["arn:aws-cn:iam::ours:root"] * 2


def test_a_region_nobody_knows_is_not_reached(warm: Machine) -> None:
    code, _, said = warm.run("aws ssm get-parameter --name /key --region us-nowhere-1")
    assert code == 255
    assert 'Could not connect to the endpoint URL: "https://ssm.us-nowhere-1' in said


def test_an_endpoint_of_the_callers_own_stays(warm: Machine) -> None:
    code, _, said = warm.run(
        "aws s3 ls", AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="1"
    )
    assert code == 255
    assert "127.0.0.1:9" in said


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_what_ends_the_client_ends_the_call(warm: Machine, number: signal.Signals) -> None:
    upload = [
        str(warm.tools / "aws"),
        "s3",
        "cp",
        "--debug",
        "-",
        f"s3://things-of-{warm.account}/key",
    ]
    process = piped(upload, warm.environment)
    assert process.stderr
    assert b"CLI version" in process.stderr.readline()
    process.send_signal(number)
    until_closed(process.stderr.fileno())
    assert process.wait() == -number
    process.communicate()


def until_closed(pipe: int) -> None:
    """Read until nobody holds the other end, or fail."""
    while select.select([pipe], [], [], PATIENCE)[0]:
        if not os.read(pipe, 1 << 16):
            return
    pytest.fail("the call goes on")


def test_a_signal_to_the_group_ends_what_a_call_has_started(warm: Machine) -> None:
    os.mkfifo(warm.folder / "said")
    (warm.folder / "keys").write_text('exec >"$HOME/said"; echo began; exec sleep 600')
    process = warm.start("aws sts get-caller-identity --profile asks")
    with (warm.folder / "said").open("rb", buffering=0) as said:
        assert said.readline() == b"began\n"
        os.killpg(process.pid, signal.SIGKILL)
        until_closed(said.fileno())
    process.communicate()


def test_nothing_is_left_when_the_rehearsal_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from rehearsal.commands import commands\n"
        "with commands(Path(sys.argv[1]), {}) as tools:\n"
        "    print(tools, flush=True); sys.stdin.read()"
    )
    words = [sys.executable, "-c", program, str(tmp_path / "c")]
    process = piped(words, {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    assert process.stdout
    assert process.stderr
    tools = Path(process.stdout.readline().decode().strip())
    assert ended(tools / "aws", "--version")[0] == 0
    process.kill()
    until_closed(process.stderr.fileno())  # which the server has, too
    process.communicate()
    assert not list(tools.glob(".*.socket"))


def test_nothing_is_left_when_the_block_ends(tmp_path: Path) -> None:
    with commands(tmp_path / ("long" * 30), {}) as tools:
        assert ended(tools / "aws", "--version")[0] == 0
    assert not list(tools.glob(".*.socket"))
    code, printed, said = ended(tools / "aws", "--version")
    assert (code, printed) == (1, "")
    assert said.startswith("The process that keeps this command loaded has ended")


def test_a_call_does_not_wait_for_a_process_that_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with commands(tmp_path / "c", {}) as tools:
        client = (tools / "aws").read_text().replace(sys.executable, PYTHON)
        (tools / "aws").write_text(client)
        assert ended(tools / "aws", "--version")[0] == 1


def test_a_command_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    with (
        pytest.raises(RehearsalError, match=r"aws is not installed.*make templates"),
        commands(tmp_path / "c", {}),
    ):
        pass


@pytest.mark.parametrize(
    ("module", "known"),
    [
        ("awscli.clidriver, awscli.handlers", (*command_aws.READ_WHEN_LOADED, "AWS_DATA_PATH")),
        ("cfnlint.runner", (*command_lint.READ_WHEN_LOADED, "XDG_CACHE_HOME")),
    ],
)
def test_what_is_read_when_a_command_is_loaded_is_known(
    module: str, known: tuple[str, ...], tmp_path: Path
) -> None:
    program = (
        "import os, sys; own = os.environ.encodekey; names = set()\n"
        "os.environ.encodekey = lambda key: (names.add(key), own(key))[1]\n"
        f"import {module}\n"
        "print(*names)"
    )
    settings = ("HOME", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LANG", "_NETWORKX_")
    clean = piped([sys.executable, "-I", "-c", program], {"HOME": str(tmp_path)})
    printed, _ = clean.communicate()
    assert clean.returncode == 0
    names = printed.decode().split()
    assert not [name for name in names if not name.startswith((*settings, *known))]
