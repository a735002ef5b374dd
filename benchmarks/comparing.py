"""Measures the comparison of the whole library beside AWS CDK's cloudformation-diff on the same.

Every template is compared with itself under another version, with another right in each role. CDK's
gets its templates as JSON, which ours has to read as YAML. Both are whole processes, in turn.
"""

from __future__ import annotations

import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.rendering import PROJECT
from template_reader.file import read_template

RUNS = 5
FOLDER = Path(__file__).parent / "cdk_diff"
CHANGES = (
    (r"Version: \d+\.\d+\.\d+", "Version: 99.0.0"),
    (r"s3:GetObject\n", "s3:GetObjectTagging\n"),
)
ANY_VERDICT = (0, 1, 2)


def main() -> int:
    """Print what each takes; 1 if CDK's is not there."""
    if shutil.which("node") is None or not (FOLDER / "node_modules").exists():
        print(f"node or its packages are missing; mend: npm ci --prefix {FOLDER}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        after = Path(scratch, "after")
        after.mkdir()
        before = PROJECT / "templates"
        for path in before.glob("*.yaml"):
            (after / path.name).write_text(changed(path.read_text(encoding="utf-8")))
        ours: list[str | Path] = [sys.executable, PROJECT / "generate.py", "diff", before, after]
        theirs: list[str | Path] = ["node", "compare.mjs"]
        pairs = as_json(before, after)
        runs = [(seconds(ours, ""), seconds(theirs, pairs)) for _ in range(RUNS)]
    one, other = (statistics.median(each[number] for each in runs) for number in (0, 1))
    print(f"medians of {RUNS} runs, the whole library, every template changed")
    print(f"generate.py diff         {one:6.2f} s")
    print(f"cloudformation-diff      {other:6.2f} s, resources and permissions alone")
    print(f"ours takes {one / other:.2f} of its time")
    return 0


def changed(text: str) -> str:
    """Return a template with every change that is made."""
    for one, other in CHANGES:
        text = re.sub(one, other, text)
    return text


def as_json(before: Path, after: Path) -> str:
    """Return the pairs as CDK's is given them."""
    names = [each.name for each in sorted(before.glob("*.yaml"))]
    sides = {"before": before, "after": after}
    return json.dumps(
        {
            name: {key: read_template(folder / name).document for key, folder in sides.items()}
            for name in names
        }
    )


def seconds(command: Sequence[str | Path], given: str) -> float:
    """Return how long a process takes, by the wall."""
    start = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - our own words
        command, cwd=FOLDER, input=given, text=True, capture_output=True, check=False
    )
    if done.returncode not in ANY_VERDICT or not done.stdout:
        sys.exit(f"{command[0]}: exit {done.returncode}: {done.stderr}")
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
