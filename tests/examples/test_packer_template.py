"""The Packer template against the role it is run with. Packer itself is not run: it is not here."""

from __future__ import annotations

import fnmatch
import re
from typing import Any

import hcl2
import pytest
import yaml
from examples.maven import EXAMPLE
from examples.notes import note
from templates.committed import PROJECT, document, text

from rehearsal.stand_ins.packer_template import KNOWN

TEMPLATE = (EXAMPLE / "packer.pkr.hcl").read_text(encoding="utf-8")
PLUGIN_THAT_WAS_READ = (1, 8)

LIKE_SECRETS = re.compile(r"(?i)password|secret|token\b|access_key|BEGIN [A-Z ]*PRIVATE|AKIA")


def _plain(node: Any) -> Any:
    """Return what the parser read without its notes, its quotes and its lists of one block."""
    if isinstance(node, dict):
        return {_plain(key): _plain(each) for key, each in node.items() if not key.startswith("__")}
    if isinstance(node, list):
        return [_plain(each) for each in node]
    return node[1:-1] if isinstance(node, str) and node[:1] == node[-1:] == '"' else node


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    note("packer.pkr.hcl was parsed and compared with the role; Packer was not run, it is not here")
    return dict(_plain(hcl2.loads(TEMPLATE)))


@pytest.fixture(scope="module")
def source(template: dict[str, Any]) -> dict[str, Any]:
    (source,) = template["source"]
    assert list(source) == ["amazon-ebs"]
    (made,) = source["amazon-ebs"].values()
    return dict(made)


def test_only_settings_are_used_that_the_role_suffices_for(source: dict[str, Any]) -> None:
    assert set(source) - KNOWN == set(), "look up what it calls; grant it, or leave it out"


def test_all_that_is_made_bears_the_pipelines_tag(source: dict[str, Any]) -> None:
    assert source["run_tags"] == source["run_volume_tags"] == {"Pipeline": "${var.pipeline}"}


def test_the_disk_is_encrypted_and_the_one_the_deploy_template_means(
    source: dict[str, Any],
) -> None:
    resources = document("cross-region-deploy")["Resources"]
    launched = resources["LaunchTemplate"]["Properties"]["LaunchTemplateData"]
    (wanted,) = launched["BlockDeviceMappings"]
    (disk,) = source["launch_block_device_mappings"]
    assert disk["device_name"] == wanted["DeviceName"]
    assert disk["volume_type"] == wanted["Ebs"]["VolumeType"]
    assert disk["encrypted"] is disk["delete_on_termination"] is True


def test_metadata_takes_a_token_while_building_and_ever_after(source: dict[str, Any]) -> None:
    (options,) = source["metadata_options"]
    assert (options["http_tokens"], options["http_put_response_hop_limit"]) == ("required", 1)
    assert source["imds_support"] == "v2.0"


def test_nobody_else_may_come_in(source: dict[str, Any]) -> None:
    assert source["temporary_security_group_source_public_ip"] is True
    assert source["ssh_clear_authorized_keys"] is True


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("al2023-ami-2023.6.20250303.0-kernel-6.1-x86_64", True),
        ("al2023-ami-2023.10.20260330.0-kernel-6.12-x86_64", True),
        ("al2023-ami-2023.6.20250303.0-kernel-6.1-arm64", False),
        ("al2023-ami-minimal-2023.6.20250303.0-kernel-6.1-x86_64", False),
        ("al2023-ami-ecs-hvm-2023.0.20250304-kernel-6.1-x86_64", False),
        ("amzn2-ami-kernel-5.10-hvm-2.0.20250305.0-x86_64-gp2", False),
    ],
)
def test_it_starts_from_amazons_standard_image(
    source: dict[str, Any], name: str, wanted: bool
) -> None:
    (chosen,) = source["source_ami_filter"]
    assert chosen["owners"] == ["amazon"] and chosen["most_recent"] is True
    assert fnmatch.fnmatchcase(name, chosen["filters"]["name"]) is wanted


def test_the_plugin_is_held_to_what_was_read(template: dict[str, Any]) -> None:
    (packer,) = template["packer"]
    (plugins,) = packer["required_plugins"]
    assert plugins["amazon"] == {
        "source": "github.com/hashicorp/amazon",
        "version": "~> {}.{}".format(*PLUGIN_THAT_WAS_READ),
    }


def test_the_build_gives_every_variable_that_has_no_default(template: dict[str, Any]) -> None:
    variables = {name: each for one in template["variable"] for name, each in one.items()}
    spec = (PROJECT / "buildspecs/build-ami.yml").read_text(encoding="utf-8")
    given = set(re.findall(r'-var "(\w+)=', spec))
    assert {name for name, each in variables.items() if "default" not in each} == given
    exported = yaml.safe_load(spec)["env"]["exported-variables"]
    assert variables["commit"]["default"] == '${env("COMMIT")}' and "COMMIT" in exported
    used = set(re.findall(r"\bvar\.(\w+)", TEMPLATE))
    assert used == set(variables)


def test_it_is_where_the_pipeline_looks_and_takes_what_maven_makes(
    template: dict[str, Any],
) -> None:
    path = document("multi-region-pipeline")["Parameters"]["PackerTemplate"]["Default"]
    assert (EXAMPLE / path).read_text(encoding="utf-8") == TEMPLATE
    (war,) = [each["war"] for each in template["variable"] if "war" in each]
    pom = (EXAMPLE / "pom.xml").read_text(encoding="utf-8")
    (name,) = re.findall(r"<finalName>(.*)</finalName>", pom)
    assert war["default"] == f"target/{name}.war"


def test_the_image_has_what_the_deploy_template_needs(template: dict[str, Any]) -> None:
    (build,) = template["build"]
    (shell,) = [each["shell"] for each in build["provisioner"] if "shell" in each]
    commands = "\n".join(shell["inline"])
    for package in ("aws-cfn-bootstrap", "java-21-amazon-corretto-headless", "tomcat10"):
        assert package in commands
    (signal,) = set(re.findall(r"/opt/aws/bin/[\w-]+", text("cross-region-deploy")))
    assert f"test -x {signal}" in commands
    port = document("cross-region-deploy")["Resources"]["TargetGroup"]["Properties"]["Port"]
    assert f"http://localhost:{port}/health" in commands
    assert "systemctl enable --now tomcat10" in commands
    assert shell["inline_shebang"] == "/bin/bash -eu", "a command that fails has to end the build"


def test_it_holds_nothing_secret() -> None:
    assert not LIKE_SECRETS.search(TEMPLATE)
