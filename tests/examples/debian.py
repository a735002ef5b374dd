"""Debian's packages, which the sample application is built, served and looked at with."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = (PROJECT / ".ci/debian-packages").read_text(encoding="utf-8").split()
INSTALL = "apt-get install --no-install-recommends $(cat .ci/debian-packages)"


@functools.cache
def versions() -> dict[str, str]:
    """Return the version of each package that is installed."""
    if not Path("/usr/bin/dpkg-query").exists():
        return {}
    question = "${db:Status-Status} ${Package} ${Version}\n"
    done = subprocess.run(  # noqa: S603 - our own list of packages
        ["/usr/bin/dpkg-query", "--show", f"--showformat={question}", *PACKAGES],
        capture_output=True,
        text=True,
        check=False,
    )
    rows = [line.split() for line in done.stdout.splitlines()]
    return {row[1]: row[2] for row in rows if row[0] == "installed"}


def require_packages() -> None:
    """Fail where a package is missing; skip only on a machine that has no apt and is no CI."""
    missing = sorted(set(PACKAGES) - set(versions()))
    if not missing:
        return
    words = f"missing from this machine: {' '.join(missing)}; mend: {INSTALL}"
    if shutil.which("apt-get") or os.environ.get("CI"):
        pytest.fail(words, pytrace=False)
    pytest.skip(f"{words} (on Debian 12 or newer; this machine has no apt-get)")
