"""Keeps one comment on a pull request: the first run writes it, every other edits it in place.

Run as `python -m review.github_comment --repository OWNER/NAME --pull 7 --head COMMIT
--file comment.md`, with GITHUB_TOKEN in the environment; the standard library is all it needs.
Source: GitHub's REST API, "Issue comments".
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refusals import RefusalError, quoted

API = "https://api.github.com"
MARKER = "<!-- meridian: review of the templates -->"
WRITER = "github-actions[bot]"
MOST = 65_536  # characters
PAGE = 100  # comments
PATIENCE = 30  # seconds
TOKEN = "GITHUB_TOKEN"  # noqa: S105 - its name, no token
REPOSITORY = re.compile(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+")


class CommentError(RefusalError):
    """The comment cannot be kept."""


@dataclass(frozen=True)
class Pull:
    """A pull request, and how its comments are reached."""

    api: str
    token: str
    repository: str
    number: int

    def comments(self) -> Iterator[dict[str, Any]]:
        """Yield every comment, the oldest first. Raise `CommentError`."""
        page = 1
        while True:
            query = f"?per_page={PAGE}&page={page}"
            found = self.ask("GET", f"issues/{self.number}/comments{query}")
            yield from found
            if len(found) < PAGE:
                return
            page += 1

    def ask(self, method: str, path: str, **body: str) -> Any:
        """Return what GitHub answers. Raise `CommentError` if it refuses."""
        request = urllib.request.Request(  # noqa: S310 - the API's own address
            f"{self.api}/repos/{self.repository}/{path}",
            method=method,
            data=json.dumps(body).encode() if body else None,
            headers={
                "Authorization": f"Bearer {self.token}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise CommentError(f"{self._place}: {_refusal(error)}") from None
        except (OSError, ValueError) as error:
            raise CommentError(
                f"{self._place}: {self.api} does not answer ({error}); mend: run it again"
            ) from None

    @property
    def _place(self) -> str:
        return f"{self.repository}#{self.number}"


def keep_comment(pull: Pull, head: str, content: str, edit_only: bool = False) -> str:
    """Write the comment, or edit the one there is; return its address, or why there is none.

    Nothing is written where the pull request is no longer at `head`, as a newer run speaks of what
    it is now; nor, with `edit_only`, where there is no comment. Raises `CommentError`.
    """
    body = f"{MARKER}\n{content}"
    if len(body) > MOST:
        raise CommentError(
            f"the comment has {len(body):,} characters and GitHub takes {MOST:,}; "
            "mend: make it with `generate.py diff --format markdown`, which keeps it shorter"
        )
    if pull.ask("GET", f"pulls/{pull.number}")["head"]["sha"] != head:
        return f"nothing written: #{pull.number} is no longer at {head}"
    there = next((each for each in pull.comments() if _is_own(each)), None)
    if there is None and edit_only:
        return "nothing written: no template differs, and no comment said otherwise"
    if there is None:
        written = pull.ask("POST", f"issues/{pull.number}/comments", body=body)
    else:
        written = pull.ask("PATCH", f"issues/comments/{there['id']}", body=body)
    return str(written["html_url"])


def _is_own(comment: dict[str, Any]) -> bool:
    """Return whether the comment is the one that is kept: anybody could write the marker."""
    return comment["user"]["login"] == WRITER and str(comment["body"]).startswith(MARKER)


def _refusal(error: urllib.error.HTTPError) -> str:
    mends = {
        401: f"{TOKEN} is no token, or has expired; mend: give the job's own",
        403: "the token may not; mend: permissions: pull-requests: write in the job",
        404: "is not there, or the token may not see it; mend: name an open pull request",
    }
    said = mends.get(error.code, "mend: run it again, or look at githubstatus.com")
    return f"GitHub answers {error.code}: {said}"


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise CommentError(
            f"{file}: cannot be read as text; mend: `generate.py diff --format markdown` writes it"
        ) from None


def _pull(repository: str, number: str) -> Pull:
    token = os.environ.get(TOKEN, "")
    if not token:
        raise CommentError(f"{TOKEN}: is not set; mend: give the job's own token in env")
    if not REPOSITORY.fullmatch(repository):
        raise CommentError(f"--repository: {quoted(repository)} is not OWNER/NAME; write it so")
    if not number.isascii() or not number.isdigit():
        raise CommentError(f"--pull: {quoted(number)} is no number; give that of a pull request")
    return Pull(os.environ.get("GITHUB_API_URL", API), token, repository, int(number))


def main(arguments: Sequence[str] | None = None) -> int:
    """Keep the comment; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m review.github_comment", description=__doc__)
    for option in ("--repository", "--pull", "--head", "--file"):
        parser.add_argument(option, required=True)
    parser.add_argument("--edit-only", action="store_true")
    options = parser.parse_args(arguments)
    try:
        pull = _pull(options.repository, options.pull)
        content = _read(Path(options.file))
        print(keep_comment(pull, options.head, content, options.edit_only))
    except CommentError as error:
        print(f"github_comment: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
