"""The launch page in a real browser: every button opened, and nothing asked of anybody else."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from browser_tab import DESKTOP, PHONE, Answer, Tab, tab
from embedded import Clouds
from published import CHINA, HOME, documents, manifest

from launch.consoles import console_host
from launch.links import template_key
from launch.manifest import Bucket
from launch.page import render_page
from launch.page_verify import downloading
from rehearsal.embedded_aws import EmbeddedAws, root

PAGE = "https://launch.test/index.html"
TAB, ENTER = ("Tab", 9), ("Enter", 13, "\r")
BUTTONS = "a.go"
UNFOLD = "document.querySelectorAll('details').forEach(each => each.open = true)"
WIDTHS = "[document.documentElement.scrollWidth, innerWidth]"
pytestmark = pytest.mark.slow


def web(address: str) -> Answer | None:
    """Answer as the web does: the page, and consoles that say nothing, so the page stays."""
    if address.partition("#")[0] == PAGE:
        return 200, render_page(manifest(), documents()).encode()
    return (204, b"") if ".console." in address else None


@pytest.fixture(name="tab", scope="module")
def _tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with tab(tmp_path_factory.mktemp("browser"), web) as opened:
        yield opened


def fresh(opened: Tab, size: tuple[int, int] = DESKTOP, dark: bool = False) -> Tab:
    """Open the page anew."""
    opened.resize(size, dark)
    opened.open(PAGE)
    opened.asked.clear()
    opened.complaints.clear()
    return opened


@dataclass(frozen=True)
class Served:
    """The version's objects in a bucket of each partition, by the host of each; whose they are."""

    clients: dict[str, Any]
    url: str
    account: str

    def sha256(self, url: str) -> str:
        """Return the SHA-256 of what a template's URL leads to."""
        place = urlsplit(url)
        bucket, key = place.netloc.partition(".")[0], place.path.removeprefix("/")
        got = self.clients[place.netloc].get_object(Bucket=bucket, Key=key)
        return hashlib.sha256(got["Body"].read()).hexdigest()

    def shell(self, commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
        """Run commands as a person who may read the bucket."""
        own = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(folder)}
        return subprocess.run(  # noqa: S603 - what our page says, in a folder of its own
            ["/bin/sh", "-e", "-c", commands],
            cwd=folder,
            env={**own, **root(self.account).environment, "AWS_ENDPOINT_URL": self.url},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(name="served", scope="session")
def _served(_clouds: Clouds) -> Served:
    """Return the buckets that the page names, made once: nobody else may have their names."""
    account = _clouds.account()
    clients = {
        "launch-111122223333.s3.us-east-1.amazonaws.com": _fill(_clouds.home, account, HOME),
        "launch-444455556666.s3.cn-north-1.amazonaws.com.cn": _fill(_clouds.china, account, CHINA),
    }
    return Served(clients, _clouds.home.url, account)


def _fill(aws: EmbeddedAws, account: str, bucket: Bucket) -> Any:
    s3 = aws.client("s3", bucket.region, root(account))
    where = {"LocationConstraint": bucket.region}
    more = {} if bucket.region == "us-east-1" else {"CreateBucketConfiguration": where}
    s3.create_bucket(Bucket=bucket.name, **more)
    for name, template in documents().items():
        key = template_key(manifest().version, name)
        s3.put_object(Bucket=bucket.name, Key=key, Body=template.path.read_bytes())
    return s3


@pytest.mark.usefixtures("clouds")
def test_every_button_opens_the_console_of_its_region_with_a_template_that_is_served(
    tab: Tab, served: Served
) -> None:
    opened = fresh(tab)
    opened.value(UNFOLD)
    labels = opened.value(f"[...document.querySelectorAll('{BUTTONS}')].map(a => a.innerText)")
    urls = set()
    for at, label in enumerate(labels):
        address = urlsplit(opened.click(BUTTONS, at))
        words = label.split()
        name, region = words[1], words[3]
        assert address.netloc == console_host(region)
        assert parse_qs(address.query) == {"region": [region]}
        route, _, asked = address.fragment.partition("?")
        filled = parse_qs(asked, strict_parsing=True)
        assert (address.path, route) == ("/cloudformation/home", "/stacks/quickcreate")
        known = documents()[name].section("Parameters")
        presets = filled.keys() - {"templateURL", "stackName"}
        assert {each.removeprefix("param_") for each in presets} <= known.keys()
        assert filled["stackName"] == [name]
        urls.add((name, filled["templateURL"][0]))
    assert len(labels) == len(opened.asked) > 300
    for name, url in urls:
        assert served.sha256(url) == next(
            each.sha256 for each in manifest().templates if each.name == name
        )
    assert {name for name, _url in urls} == set(documents())


def test_it_asks_nobody_for_anything_and_the_browser_has_no_complaint(tab: Tab) -> None:
    opened = fresh(tab)
    opened.value(UNFOLD)
    assert (opened.asked, opened.complaints) == ([], [])
    opened.value("document.body.append(Object.assign(new Image(), {src: 'https://other.test/'}))")
    while not opened.complaints:
        opened.value("1")
    assert "Content Security Policy" in opened.complaints[0]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_nothing_sticks_out_folded_or_unfolded(tab: Tab, size: tuple[int, int], dark: bool) -> None:
    opened = fresh(tab, size, dark)
    folded = opened.value(WIDTHS)
    opened.value(UNFOLD)
    assert folded == opened.value(WIDTHS) == [size[0], size[0]]
    ground = opened.value("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(17, 21, 28)" if dark else "rgb(246, 247, 249)")
    shown = "[...document.querySelectorAll('figure')].filter(f => f.offsetParent).length"
    assert opened.value(shown) == 2


def test_buttons_are_large_enough_for_a_thumb(tab: Tab) -> None:
    opened = fresh(tab, PHONE)
    opened.value(UNFOLD)
    heights = f"[...document.querySelectorAll('{BUTTONS}')].map(a => a.offsetHeight)"
    assert min(opened.value(heights)) >= 44


def test_the_keyboard_reaches_the_templates_first_then_all_in_order(tab: Tab) -> None:
    opened = fresh(tab)
    opened.press(*TAB)
    assert opened.value("document.activeElement.innerText") == "Skip to the templates"
    assert opened.value("document.activeElement.getBoundingClientRect().left") >= 0
    opened.press(*ENTER)
    opened.press(*TAB)
    first = opened.value("document.activeElement.innerText")
    assert first.startswith("Launch global-china-pipeline in us-east-1")
    outline = opened.value("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    places = []
    for _ in range(40):
        opened.press(*TAB)
        places.append(
            opened.value(
                "(e => [...document.querySelectorAll('*')].indexOf(e))(document.activeElement)"
            )
        )
    assert places == sorted(places)
    assert len(set(places)) == len(places)


def test_the_keyboard_unfolds_the_regions(tab: Tab) -> None:
    opened = fresh(tab)
    opened.value("document.querySelector('#artifact-store summary').focus()")
    opened.press(*ENTER)
    assert opened.value("document.querySelector('#artifact-store details').open") is True


@pytest.mark.usefixtures("clouds")
def test_the_commands_that_verify_work_as_they_are_written(tmp_path: Path, served: Served) -> None:
    done = served.shell(downloading(manifest()), tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": OK\n") == len(documents())


@pytest.mark.usefixtures("clouds")
def test_the_commands_that_verify_find_a_difference(tmp_path: Path, served: Served) -> None:
    other = downloading(manifest()).replace(manifest().templates[0].sha256, "0" * 64)
    done = served.shell(other, tmp_path)
    assert done.returncode != 0
    assert f"{manifest().templates[0].file}: FAILED" in done.stdout
