"""The action and its workflows: their own script on a real repository, and what they may do."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from git_clone import TOPIC, Clone, git

PROJECT = Path(__file__).parents[2]
ACTION = PROJECT / ".github" / "actions" / "review"
WORKFLOWS = sorted((PROJECT / ".github").rglob("*.yml"))
STOOD_IN = "GitHub's git server, by a folder (tests/review/test_github_action.py)"
PINNED = re.compile(r"actions/[a-z-]+@[0-9a-f]{40}")
RUN = "https://github.com/example/web/actions/runs/1"


class Pull:
    """A pull request from a fork, on what stands in for the server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clone = Clone(folder / "example" / "web")
        self.clone.write("topic.yaml", TOPIC.format("1.0.0"))
        self.base = self.clone.commit()
        git(self.clone.folder, "tag", "v1.0.0")
        git(self.clone.folder, "switch", "--quiet", "--detach")
        self.head = self.base

    def push(self, name: str, text: str) -> None:
        """Push a template to the pull request."""
        self.clone.write(name, text)
        self.head = self.clone.commit()
        git(self.clone.folder, "update-ref", "refs/pull/7/head", self.head)

    def compare(self, **more: str) -> subprocess.CompletedProcess[str]:
        """Run the action's script as GitHub does."""
        given = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "GATE": str(ACTION / ".." / ".." / ".."),
            "SERVER": self.folder.as_uri(),
            "REPOSITORY": "example/web",
            "PULL": "7",
            "BASE": self.base,
            "HEAD": self.head,
            "TEMPLATES": "templates",
            "OUT": "review.md",
            "TOKEN": "token-of-the-job",
            "RUN": RUN,
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
        }
        return subprocess.run(  # noqa: S603 - the action's own script
            [ACTION / "compare.sh"],
            cwd=self.folder,
            env={**given, **more},
            capture_output=True,
            text=True,
            check=False,
        )

    def read(self, name: str) -> str:
        """Return what was written, '' where nothing was."""
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.exists() else ""


@pytest.fixture
def pull(tmp_path: Path, record_property: Callable[[str, object], None]) -> Pull:
    """Return a pull request that changes nothing yet."""
    record_property("stood in for", STOOD_IN)
    return Pull(tmp_path)


@pytest.mark.slow
def test_a_change_is_compared_and_said_in_a_comment(pull: Pull) -> None:
    pull.push("queue.yaml", TOPIC.format("1.1.0"))
    done = pull.compare()
    assert (done.returncode, done.stderr) == (0, "")
    assert pull.read("output").split() == ["code=0", "differs=true"]
    comment = pull.read("review.md")
    assert comment.startswith("## ✅ Review of the templates")
    assert f"{pull.base[:9]} compared with {pull.head[:9]}" in comment
    assert pull.read("summary.md") == comment
    assert "queue.yaml: minor" in pull.read("review.txt")


@pytest.mark.slow
def test_a_forgotten_major_is_said_before_it_fails(pull: Pull) -> None:
    (pull.clone.folder / "templates" / "topic.yaml").unlink()
    pull.push("queue.yaml", TOPIC.format("1.0.0"))
    done = pull.compare()
    assert done.returncode == 0
    assert "code=1" in pull.read("output")
    assert "## ❌ Review" in pull.read("review.md")


@pytest.mark.slow
def test_nothing_differs(pull: Pull) -> None:
    pull.push("../README.md", "# Web")
    assert pull.compare().returncode == 0
    assert pull.read("output").split() == ["code=0", "differs=false"]


@pytest.mark.slow
def test_what_has_moved_on_is_left_to_the_newer_run(pull: Pull) -> None:
    pull.push("queue.yaml", TOPIC.format("1.1.0"))
    done = pull.compare(HEAD=pull.base)
    assert done.returncode == 0
    assert "is no longer at" in done.stderr
    assert (pull.read("output"), pull.read("review.md")) == ("", "")


@pytest.mark.slow
@pytest.mark.parametrize("more", [{"TEMPLATES": "../.."}, {"PULL": "8"}, {"REPOSITORY": "a/b"}])
def test_what_cannot_be_compared_fails_and_leaves_no_comment(
    pull: Pull, more: dict[str, str]
) -> None:
    pull.push("queue.yaml", TOPIC.format("1.1.0"))
    done = pull.compare(**more)
    assert done.returncode != 0
    assert "token-of-the-job" not in done.stderr + done.stdout
    assert (pull.read("output"), pull.read("review.md")) == ("", "")


@pytest.mark.slow
def test_nothing_of_the_pull_request_runs(pull: Pull) -> None:
    ran = pull.folder / "ran"
    for name in ("sitecustomize.py", "generate.py", "review.py"):
        (pull.clone.folder / name).write_text(f"open({str(ran)!r}, 'w')")
    (pull.clone.folder / ".gitattributes").write_text("*.yaml filter=run diff=run\n")
    (pull.clone.folder / "Makefile").write_text(f"all:\n\ttouch {ran}\n")
    pull.push("queue.yaml", TOPIC.format("1.1.0"))
    assert pull.compare().returncode == 0
    assert not ran.exists()


def steps(node: Any) -> list[dict[str, Any]]:
    """Return every step of a workflow or an action."""
    if isinstance(node, dict):
        own = [each for each in node.get("steps", []) if isinstance(each, dict)]
        return own + [each for value in node.values() for each in steps(value)]
    return []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.parent.name + "/" + path.name)
def test_nothing_is_run_that_is_not_pinned_and_no_text_becomes_code(path: Path) -> None:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    for step in steps(document):
        used = step.get("uses", "")
        assert not used or used.startswith("./") or PINNED.fullmatch(used.split(" ")[0]), used
        assert "${{" not in step.get("run", ""), step


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.parent.name + "/" + path.name)
def test_a_job_may_do_what_it_needs_and_no_more(path: Path) -> None:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    for name, job in document.get("jobs", {}).items():
        assert document["permissions"] == {}
        may_write = {key for key, value in job["permissions"].items() if value == "write"}
        reads = any("actions/review" in step.get("uses", "") for step in steps(job))
        assert may_write <= {"pull-requests"}, name
        assert not (may_write and reads), name


def test_no_workflow_checks_out_a_pull_request_with_rights_of_the_base() -> None:
    for path in WORKFLOWS:
        text = path.read_text(encoding="utf-8")
        if "pull_request_target" in text:
            assert "ref: ${{ github.event.pull_request" not in text
            assert "persist-credentials: true" not in text
