"""What is said when a command against AWS cannot be carried out: one line, with the mend."""

from __future__ import annotations


class OperateError(Exception):
    """A command failed. Its text is one line: what, where, and how to mend it.

    Whatever AWS or a person said, the line stays one: what cannot be printed is escaped.
    """

    def __init__(self, text: str) -> None:
        super().__init__("".join(each if each.isprintable() else repr(each)[1:-1] for each in text))
