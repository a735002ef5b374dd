"""What a check found, as the XML of JUnit, which CI systems read: a test case for each file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from review.check import Verdict
from review.check_report.text import summary
from review.finding import Finding

NAME = "meridian check"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(verdicts: Sequence[Verdict]) -> str:
    """Return a suite of one test case for each file, failed by its errors and warnings."""
    failed = sum(not each.passes for each in verdicts)
    numbers = {"tests": str(len(verdicts)), "failures": str(failed), "errors": "0"}
    suites = ElementTree.Element("testsuites", {"name": NAME, **numbers})
    suite = ElementTree.SubElement(suites, "testsuite", {"name": NAME, "skipped": "0", **numbers})
    for each in verdicts:
        _add_case(suite, each)
    ElementTree.indent(suites)
    return HEAD + ElementTree.tostring(suites, encoding="unicode")


def _add_case(suite: ElementTree.Element, verdict: Verdict) -> None:
    path = _clean(str(verdict.path))
    case = ElementTree.SubElement(suite, "testcase", classname=NAME, name=path, file=path)
    counting = [each for each in verdict.findings if each.level != "note"]
    if counting:
        first = _clean(f"{counting[0].rule} {counting[0].message}")
        more = f" and {len(counting) - 1} more" if len(counting) > 1 else ""
        failure = ElementTree.SubElement(
            case, "failure", type=counting[0].level, message=first + more
        )
        failure.text = _clean("\n".join(map(_line, counting)))
    notes = [_line(each) for each in verdict.findings if each.level == "note"]
    said = [summary(verdict), *notes, *(f"not judged: {each}" for each in verdict.not_judged)]
    ElementTree.SubElement(case, "system-out").text = _clean("\n".join(said))


def _line(finding: Finding) -> str:
    return f"{finding.level}: {finding}"


def _clean(text: str) -> str:
    """Return a text without what XML cannot hold."""
    return NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)
