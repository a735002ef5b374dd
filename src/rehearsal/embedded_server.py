"""The process of an embedded AWS: MiniStack, told which partition it is, and what it lacks.

`python -m rehearsal.embedded_server aws-cn` serves one partition on loopback until its standard
input closes, so it never outlives whoever started it. MiniStack knows the partition `aws` alone;
its modules are loaded with another name in place of that one. What else it lacks stands in the
other `embedded_*` modules here, each of which says what, and how it still differs from AWS.
"""

from __future__ import annotations

import hashlib
import importlib.abc
import importlib.machinery
import importlib.util
import marshal
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import CodeType, ModuleType

from operate.regions import dns_suffix
from rehearsal.spare_memory import give_back

PACKAGE = "ministack"
SUFFIX = '"AWS::URLSuffix": "{}"'
NAME = '"AWS::Partition": "{}"'


class _Loader(importlib.machinery.SourceFileLoader):
    """Compiles a module from its source with other words in it.

    What is compiled is kept beside Python's own bytecode, for each partition and as long as the
    changed source is the same. Where it cannot be kept it is compiled anew, which takes seconds.
    """

    words: Sequence[tuple[str, str]] = ()
    version = ""

    def get_code(self, fullname: str) -> CodeType:
        """Return the code of the changed source."""
        source = self.get_source(fullname) or ""
        for word, other in self.words:
            source = source.replace(word, other)
        kept = Path(importlib.util.cache_from_source(self.path, optimization=self.version))
        stamp = hashlib.sha256(source.encode()).digest()
        with suppress(OSError, EOFError, ValueError, TypeError):
            found = kept.read_bytes()
            if found.startswith(stamp):
                code: CodeType = marshal.loads(found[len(stamp) :])  # noqa: S302 - as Python does
                return code
        code = compile(source, self.path, "exec", dont_inherit=True)
        _keep(kept, stamp + marshal.dumps(code))
        return code


def _keep(path: Path, content: bytes) -> None:
    """Write a file in one piece, or not at all."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(OSError):
        beside.write_bytes(content)
        beside.replace(path)


class _Finder(importlib.abc.MetaPathFinder):
    """Finds MiniStack's modules for `_Loader`."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return how a module of MiniStack is loaded, and nothing for any other."""
        if fullname.partition(".")[0] != PACKAGE:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = _Loader(fullname, spec.origin or "")
        return spec


def be(partition: str) -> None:
    """Let every module of MiniStack that is imported from now on know this partition alone."""
    if partition == "aws":
        return
    _Loader.words = [
        ("arn:aws:", f"arn:{partition}:"),
        (NAME.format("aws"), NAME.format(partition)),
        (SUFFIX.format("amazonaws.com"), SUFFIX.format(dns_suffix(partition))),
        ('partition != "aws"', f'partition != "{partition}"'),
        ('partition == "aws"', f'partition == "{partition}"'),
    ]
    _Loader.version = "".join(filter(str.isalnum, partition))
    sys.meta_path.insert(0, _Finder())


def end_with_standard_input() -> None:
    """End this process when its standard input closes, whatever else it is doing."""

    def wait() -> None:
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def main(partition: str) -> None:
    """Serve a partition as the environment says (see `embedded_aws.start`)."""
    end_with_standard_input()
    be(partition)
    # Not before the partition is known, which is when MiniStack must be imported.
    from ministack import app  # noqa: PLC0415

    from rehearsal import embedded_additions  # noqa: PLC0415

    embedded_additions.install(partition)
    give_back()
    sys.argv = [PACKAGE]
    app.main()


if __name__ == "__main__":
    main(sys.argv[1])
