"""The sample application for real: built by Maven, served by Tomcat, looked at in Chromium.

The metadata service of EC2 is stood in for, on loopback; Maven Central is, by Debian's repository.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET  # of files that our own build wrote
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from examples.browser import DARK, LIGHT, Browser, Colour, read_picture
from examples.debian import require_packages, versions
from examples.maven import EXAMPLE, Built, build
from examples.metadata import INSTANCE, REGION, metadata_service, silent_service
from examples.notes import note
from examples.tomcat import Tomcat, tomcat
from templates.committed import document

pytestmark = pytest.mark.slow

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FACTS = {"Version": "1.0.0", "Commit": COMMIT, "Region": REGION, "Instance": INSTANCE}
JAVA_17 = 61
UNIT_TESTS = 30
OF_OUR_OVERRIDE = "useSystemClassloader setting has no effect when not forking"
WIDE, NARROW = (1280, 800), (390, 844)
GROUND: dict[str, Colour] = {LIGHT: (0xF3, 0xF6, 0xF5), DARK: (0x0C, 0x14, 0x13)}
OF_THE_SHADOW = 4


class Page(HTMLParser):
    """What a reader, or a reader's screen reader, finds in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)
        self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            del self.open[len(self.open) - 1 - self.open[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        for tag in set(self.open):
            self.texts[tag][-1] += data

    @property
    def facts(self) -> dict[str, str]:
        return dict(zip(self.texts["dt"], self.texts["dd"], strict=True))


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    require_packages()
    note("ran: " + ", ".join(f"{name} {version}" for name, version in versions().items()))
    return tmp_path_factory.mktemp("maven")


@pytest.fixture(scope="module")
def built(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(tmp_path_factory.mktemp("app") / "web-app", repository, "verify", COMMIT=COMMIT)


@pytest.fixture(scope="module")
def server(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tomcat]:
    with (
        metadata_service() as metadata,
        tomcat(tmp_path_factory.mktemp("tomcat"), built.war, metadata) as running,
    ):
        note(f"served by {running.version}; stood in for: EC2's metadata service, on loopback")
        running.ask_until("/", REGION)  # the page is there before the place is known
        yield running


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    return Browser(tmp_path_factory.mktemp("browser"))


def test_maven_ran_every_unit_test(built: Built) -> None:
    spec = yaml.safe_load((EXAMPLE / "buildspec.yml").read_text(encoding="utf-8"))
    (pattern,) = spec["reports"]["unit-tests"]["files"]
    suites = [ET.parse(each).getroot() for each in built.directory.glob(pattern)]  # noqa: S314
    counted = {
        what: sum(int(suite.get(what, 0)) for suite in suites)
        for what in ("tests", "failures", "errors", "skipped")
    }
    assert counted == {"tests": UNIT_TESTS, "failures": 0, "errors": 0, "skipped": 0}
    classes = {suite.get("name", "").rpartition(".")[2] for suite in suites}
    assert classes == {each.stem for each in (EXAMPLE / "src/test").rglob("*Test.java")}


def test_maven_and_the_compiler_warn_of_nothing(built: Built) -> None:
    warnings = re.findall(r"(?m)^\[WARNING\] (.*)$", built.log)
    assert [each for each in warnings if each != OF_OUR_OVERRIDE] == []


def test_the_archive_holds_the_application_alone_and_for_java_17(built: Built) -> None:
    with zipfile.ZipFile(built.war) as archive:
        names = archive.namelist()
        classes = {name: archive.read(name) for name in names if name.endswith(".class")}
        properties = archive.read("WEB-INF/classes/build.properties").decode()
    assert [name for name in names if name.endswith(".jar")] == []
    assert {int.from_bytes(content[6:8], "big") for content in classes.values()} == {JAVA_17}
    assert properties == f"version=1.0.0\ncommit={COMMIT}\n"


def test_the_same_source_makes_the_same_archive(
    built: Built, repository: Path, tmp_path: Path
) -> None:
    elsewhere = {"TZ": "Asia/Kolkata", "LC_ALL": "C", "COMMIT": COMMIT}
    again = build(tmp_path / "elsewhere", repository, "package", "-DskipTests", **elsewhere)
    assert again.war.read_bytes() == built.war.read_bytes()


def test_a_build_outside_the_pipeline_knows_no_commit(
    built: Built, repository: Path, tmp_path: Path
) -> None:
    del built  # only so that Maven's repository is filled before
    by_hand = build(tmp_path / "by-hand", repository, "process-resources")
    properties = (by_hand.directory / "target/classes/build.properties").read_text()
    assert properties == "version=1.0.0\ncommit=unknown\n"


def test_the_page_tells_build_and_place(server: Tomcat) -> None:
    answer = server.ask("/")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html;charset=UTF-8"
    assert Page(answer.body).facts == FACTS


def test_the_page_is_accessible_and_loads_nothing(server: Tomcat) -> None:
    page = Page(server.ask("/").body)
    tags = [tag for tag, _ in page.tags]
    assert ("html", {"lang": "en"}) in page.tags
    assert [tags.count(tag) for tag in ("title", "main", "h1", "dl")] == [1, 1, 1, 1]
    assert page.texts["h1"] == [f"Hello from {REGION}"]
    assert not {"script", "img", "iframe", "object"} & set(tags)
    assert all(attrs.get("aria-hidden") == "true" for tag, attrs in page.tags if tag == "svg")
    loaded = [attrs["href"] or "" for tag, attrs in page.tags if tag == "link"]
    assert all(address.startswith("data:") for address in loaded)


def test_every_answer_forbids_what_the_page_does_not_need(server: Tomcat) -> None:
    for path in ("/", "/nothing"):
        headers = server.ask(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none';") and "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_the_health_check_answers(server: Tomcat) -> None:
    answer = server.ask("/health")
    assert (answer.status, answer.body) == (200, "ok")
    assert answer.headers["content-type"] == "text/plain;charset=UTF-8"


def test_the_load_balancers_check_is_answered_as_it_wants(server: Tomcat) -> None:
    template = document("cross-region-deploy")
    path = template["Parameters"]["HealthCheckPath"]["Default"]
    wanted = template["Resources"]["TargetGroup"]["Properties"]["Matcher"]["HttpCode"]
    assert str(server.ask(path).status) == wanted


@pytest.mark.parametrize("path", ["/", "/health", "/nothing"])
def test_head_answers_as_get_without_a_body(server: Tomcat, path: str) -> None:
    get, head = server.ask(path), server.ask(path, "HEAD")
    assert (head.status, head.body) == (get.status, "")
    assert head.headers["content-length"] == get.headers["content-length"]


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/health/",
        "/health/more",
        "/error",
        "/page.html",
        "/WEB-INF/web.xml",
        "/META-INF/",
    ],
)
def test_a_path_that_is_none_is_not_found(server: Tomcat, path: str) -> None:
    answer = server.ask(path)
    assert answer.status == 404
    assert Page(answer.body).texts["h1"] == ["Not found"]
    assert "Tomcat" not in answer.body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE"])
@pytest.mark.parametrize("path", ["/", "/health"])
def test_a_method_that_is_none_is_refused(server: Tomcat, path: str, method: str) -> None:
    answer = server.ask(path, method)
    assert answer.status == 405
    assert "Tomcat" not in answer.body


def test_without_metadata_nobody_waits_and_nothing_is_left_behind(
    built: Built, tmp_path: Path
) -> None:
    with silent_service() as metadata, tomcat(tmp_path / "base", built.war, metadata) as running:
        answers = [running.ask("/") for _ in range(20)]
    # Were each to wait for even one time-out of half a second, it would be 10.
    assert sum(each.seconds for each in answers) < 5
    assert {each.status for each in answers} == {200}
    for answer in answers:
        assert Page(answer.body).facts == {**FACTS, "Region": "unknown", "Instance": "unknown"}
        assert Page(answer.body).texts["h1"] == ["Hello"]
    assert "Destroying ProtocolHandler" in running.log
    assert not re.search(r"\b(SEVERE|WARNING|Exception)\b", running.log), running.log


def test_a_browser_shows_what_was_served(server: Tomcat, browser: Browser) -> None:
    assert Page(browser.document(server.address + "/")).facts == FACTS


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_a_browser_paints_it_as_it_was_styled(
    server: Tomcat, browser: Browser, scheme: str
) -> None:
    picture = read_picture(browser.picture(server.address + "/", NARROW, scheme))
    assert (picture.width, picture.height) == NARROW
    # Were the style refused, the ground would be white; were the page too wide, it would end here.
    assert picture.rows[0][0] == GROUND[scheme]
    edges = {pixel for row in picture.rows for pixel in (row[0], row[-1])}
    assert all(_difference(each, GROUND[scheme]) <= OF_THE_SHADOW for each in edges)
    assert len(picture.colours()) > 50


def _difference(one: Colour, other: Colour) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def test_a_wide_window_and_an_error_can_be_pictured(server: Tomcat, browser: Browser) -> None:
    for path in ("/", "/nothing"):
        content = browser.picture(server.address + path, WIDE).read_bytes()
        assert content[16:24] == WIDE[0].to_bytes(4, "big") + WIDE[1].to_bytes(4, "big")
