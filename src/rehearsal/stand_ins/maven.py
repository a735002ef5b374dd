"""Stands in for Maven's `verify`: leaves the files that it would, and runs and compiles nothing.

The report of each test class has its test methods, all skipped; the archive has what
src/main/webapp and src/main/resources hold.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

POM = "pom.xml"
TEST = re.compile(r"@(?:Parameterized|Repeated)?Test\b.*?\bvoid\s+(\w+)\s*\(", re.S)
PACKAGE = re.compile(r"^\s*package\s+([\w.]+)\s*;", re.M)
REASON = "Maven is stood in for: nothing was compiled and no test was run"


def main(arguments: Sequence[str], folder: Path) -> int:
    """Do what a command line asks; return the exit code."""
    if not arguments or arguments[-1] != "verify":
        return _refuse(f"nothing stands in for 'mvn {' '.join(arguments)}', only for verify")
    if not (folder / POM).is_file():
        return _refuse(f"there is no POM in this directory ({folder}); commit {POM}")
    try:
        archive = folder / "target" / f"{_name(folder / POM)}.war"
    except ElementTree.ParseError as error:
        return _refuse(f"{POM} cannot be read ({error}); correct it")
    print(f"[WARNING] {REASON}")
    reports = folder / "target/surefire-reports"
    reports.mkdir(parents=True, exist_ok=True)
    for name, methods in _tests(folder):
        _report(reports / f"TEST-{name}.xml", name, methods)
        print(f"[INFO] {name}: {len(methods)} tests, all skipped")
    _pack(folder, archive)
    print(f"[INFO] {archive.relative_to(folder)} has no classes\n[INFO] BUILD SUCCESS")
    return 0


def _refuse(words: str) -> int:
    print(f"[ERROR] {words}")
    return 1


def _name(pom: Path) -> str:
    """Return the name of the archive as the project's own file has it."""
    project = ElementTree.parse(pom).getroot()  # noqa: S314 - the build's own
    name = project.findtext("{*}build/{*}finalName", "")
    parts = (project.findtext(f"{{*}}{part}", "") for part in ("artifactId", "version"))
    return name or "-".join(parts)


def _tests(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each class of tests, and its methods."""
    for path in sorted((folder / "src/test/java").rglob("*.java")):
        text = path.read_text(encoding="utf-8")
        methods = TEST.findall(text)
        package = PACKAGE.search(text)
        if methods:
            yield f"{package[1]}.{path.stem}" if package else path.stem, methods


def _report(path: Path, name: str, methods: Sequence[str]) -> None:
    count = str(len(methods))
    suite = ElementTree.Element("testsuite", name=name, tests=count, skipped=count)
    for each in methods:
        case = ElementTree.SubElement(suite, "testcase", classname=name, name=each)
        ElementTree.SubElement(case, "skipped", message=REASON)
    ElementTree.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)


def _pack(folder: Path, archive: Path) -> None:
    with ZipFile(archive, "w") as packed:
        for source, inside in (("src/main/webapp", ""), ("src/main/resources", "WEB-INF/classes")):
            for path in sorted((folder / source).rglob("*")):
                packed.write(path, Path(inside, path.relative_to(folder / source)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:], Path.cwd()))
