"""Notes in Markdown, as HTML in which nothing of theirs is markup."""

from __future__ import annotations

import pytest

from launch.notes import notes_html

SAID = {
    "": "",
    "### Added\n\n#### In it": "<h3>Added</h3><h4>In it</h4>",
    "## A\n#### B\n## C": "<h3>A</h3><h4>B</h4><h3>C</h3>",
    "One\ntwo.\n\nThree.": "<p>One two.</p><p>Three.</p>",
    "- `a`: one\n  two\n- b": "<ul><li><code>a</code>: one two</li><li>b</li></ul>",
    "- a\n  - b\n    c\n  - d\n- e": (
        "<ul><li>a<ul><li>b c</li><li>d</li></ul></li><li>e</li></ul>"
    ),
    "1. a\n2. b\n\nc": "<ol><li>a</li><li>b</li></ol><p>c</p>",
    "- a\n\n  b": "<ul><li>a<p>b</p></li></ul>",
    "**bold** and *slanted*, not 2 * 3 * 4 or snake_case_name": (
        "<p><strong>bold</strong> and <em>slanted</em>, not 2 * 3 * 4 or snake_case_name</p>"
    ),
    "[a `page`](https://example.com/?a=1&b=2)": (
        '<p><a href="https://example.com/?a=1&amp;b=2">a <code>page</code></a></p>'
    ),
    "<https://example.com/>": '<p><a href="https://example.com/">https://example.com/</a></p>',
    "[x](javascript:alert(1)) [y](data:text/html,z) [z](../a)": (
        "<p>[x](javascript:alert(1)) y z</p>"
    ),
    '<script>alert("1")</script> & <img src=x onerror=y>': (
        "<p>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &lt;img src=x onerror=y&gt;</p>"
    ),
    "`<b>` and `` a ` b ``": "<p><code>&lt;b&gt;</code> and <code>a ` b</code></p>",
    '[a](https://x/"onclick=alert)': '<p><a href="https://x/&quot;onclick=alert">a</a></p>',
}


@pytest.mark.parametrize("notes", SAID)
def test_notes_become_html(notes: str) -> None:
    assert notes_html(notes, 3) == SAID[notes]


def test_code_is_shown_as_it_is_written_and_reached_by_keyboard() -> None:
    shown = notes_html("```sh\na <b>\n  - c\n```\nd", 3)
    assert shown == (
        '<pre tabindex="0" role="region" aria-label="example">'
        "<code>a &lt;b&gt;\n  - c</code></pre><p>d</p>"
    )


@pytest.mark.parametrize(
    "notes",
    ["```\nnever ended", "-", "- ", "#", "**", "[a](", "* * *", "\n\n", "[]()", "`"],
)
def test_what_is_not_finished_is_no_trouble(notes: str) -> None:
    assert "<script" not in notes_html(notes, 3)


def test_what_is_nested_without_end_stays_as_it_is_written() -> None:
    deep = "\n".join(f"{' ' * (2 * depth)}- x" for depth in range(2000))
    assert notes_html(deep, 3).count("<ul>") == 8
    assert notes_html("**__" * 2000 + "x" + "__**" * 2000, 3).count("x") == 1
