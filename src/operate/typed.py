"""Takes a key pair from whoever gives it: a person at a prompt that shows nothing, or a pipe."""

from __future__ import annotations

import getpass
import sys
import warnings

from operate.errors import OperateError
from operate.key_pair import FORMS, KeyPair, judge_access_key, judge_secret_key, parse

LONGEST = 64 * 1024


def read_pair(announcement: str) -> KeyPair:
    """Return the pair; on a terminal, say on standard error first what will become of it.

    Raises `OperateError` if there is none, or if it does not have the form of one.
    """
    if sys.stdin is not None and sys.stdin.isatty():
        print(announcement, file=sys.stderr)
        return _ask()
    return _read()


def _ask() -> KeyPair:
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            access_key = judge_access_key(getpass.getpass("Access key id (not shown): "))
            secret_key = judge_secret_key(getpass.getpass("Secret access key (not shown): "))
        except getpass.GetPassWarning:
            raise OperateError(
                f"this terminal would show what is typed; use standard input: {FORMS}"
            ) from None
        except KeyboardInterrupt:
            print(file=sys.stderr)
            raise
        except (EOFError, UnicodeDecodeError):
            print(file=sys.stderr)
            raise OperateError("no key was given at the prompt, and nothing is stored") from None
    return KeyPair(access_key, secret_key)


def _read() -> KeyPair:
    data = b"" if sys.stdin is None else sys.stdin.buffer.read(LONGEST + 1)
    if len(data) > LONGEST:
        raise OperateError(f"standard input is longer than any access key; {FORMS}")
    try:
        return parse(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise OperateError(f"standard input is not text in UTF-8; {FORMS}") from None
