"""The launch button: an image that says what it is, and that can be read."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from contrast import contrast

from launch.button import BACK, BUTTON, TEXT

SVG = "{http://www.w3.org/2000/svg}"


def test_it_says_what_it_is_and_asks_for_nothing() -> None:
    root = ET.fromstring(BUTTON)  # noqa: S314 - ours
    title = root.find(f"{SVG}title")
    assert root.attrib.items() >= {"role": "img", "width": "144", "height": "27"}.items()
    assert title is not None and title.text == "Launch stack"
    assert root.attrib["aria-labelledby"] == title.attrib["id"]
    assert {each.tag.removeprefix(SVG) for each in root.iter()} == {
        *("svg", "title", "rect", "g", "path", "text"),
    }
    assert not {"href", "style", "onload"} & {name for each in root.iter() for name in each.attrib}


def test_its_words_can_be_read_and_its_edge_be_seen() -> None:
    assert contrast(TEXT, BACK) >= 4.5
    assert contrast(BACK, "#ffffff") >= 3
    assert contrast(BACK, "#11151c") >= 3
