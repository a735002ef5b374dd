"""Prints the page of rules, docs/rules.md, which `make rules` writes.

What is said of other tools is read from SCORE, which a slow test holds to what they find.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from aws_reference.shipped import read_json
from review.rule import Rule, all_rules

SCORE = Path(__file__).parents[2] / "docs" / "rules-score.json"
OF_OURS = "MS"
LONGEST_LINE = 300
FAMILIES = {"MI": "Permissions", "MP": "Pipelines", "MR": "Resources", OF_OURS: "Suppressions"}
BEGINNING = """\
# The rules

`meridian check` judges a template by cfn-lint and by these rules of our own, which say what
cfn-lint, cfn_nag and checkov do not. What a template does not decide, a parameter's value, say, is
not found fault with. Each rule is one function of `src/review/rules/`, and this page is made of
them.

A resource that breaks a rule on purpose says so in its Metadata, with the reason. Of parameters and
outputs the template's own Metadata says it.

```yaml
Metadata:
  Meridian:
    Suppress:
      MR101: The auditors want every line for ever.
```
"""


def planted_rules() -> list[Rule]:
    """Return the rules whose faults other tools could find: those but of our suppressions."""
    return [each for each in all_rules() if not each.id.startswith(OF_OURS)]


def page(score: Mapping[str, Any]) -> str:
    """Return the page; `score` says of each tool which rules' failing cases it finds."""
    rules = all_rules()
    parts = [BEGINNING, _scores(score)]
    for prefix, title in FAMILIES.items():
        own = [each for each in rules if each.id.startswith(prefix)]
        parts += [f"## {title}\n", _list(own), *(_rule(each, score) for each in own)]
    return "\n".join(parts)


def _scores(score: Mapping[str, Any]) -> str:
    ids = [each.id for each in planted_rules()]
    rows = [f"| ours | {len(ids)} of {len(ids)} |"]
    for tool, found in score.items():
        rows.append(f"| {tool} | {len(set(found) & set(ids))} of {len(ids)} |")
    return "\n".join(
        [
            "## The score\n",
            "Each rule's failing case is planted, alone, in a template that nothing is wrong with.",
            "A tool has found it if it finds anything that it does not find in the good one. The",
            "rules were written for what the others miss: the score says what they add, and not",
            "what the others are worth.\n",
            "| tool | found |",
            "|---|---|",
            *rows,
            "| cfn_nag 0.8.10 | not run: it cannot be installed here |",
            "",
        ]
    )


def _list(rules: Iterable[Rule]) -> str:
    rows = [f"| [{each.id}](#{each.id.lower()}) | {each.sentence} |" for each in rules]
    return "\n".join(["| rule | |", "|---|---|", *rows, ""])


def _rule(rule: Rule, score: Mapping[str, Any]) -> str:
    others = [tool.split()[0] for tool, found in score.items() if rule.id in found]
    lines = [f"- {rule.level}", f"- mend: {rule.mend}"]
    lines += [f"- source: {rule.source}"] if rule.source else []
    lines += [f"- found by {' and '.join(others)} too"] if others else []
    parts = [f"### {rule.id}\n", f"**{rule.sentence}** {rule.reason}\n", *lines, ""]
    return "\n".join([*parts, _case("passes", rule.passes), _case("fails", rule.fails)])


def _case(title: str, case: str) -> str:
    """Return a case; of a long line, as of a hundred actions, its beginning."""
    lines = textwrap.dedent(case).strip().splitlines()
    shown = (each if len(each) <= LONGEST_LINE else f"{each[:LONGEST_LINE]} …" for each in lines)
    return "\n".join([f"{title}:\n", "```yaml", *shown, "```\n"])


if __name__ == "__main__":
    sys.stdout.write(page(read_json(SCORE)))
