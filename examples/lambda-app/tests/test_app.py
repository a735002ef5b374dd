"""The function's unit tests; `make test` runs them with the standard library alone."""

import os
import sys
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import app

REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


def context(partition):
    """Return what Lambda tells a function in a partition."""
    arn = f"arn:{partition}:lambda:{REGIONS[partition]}:123456789012:function:app"
    return SimpleNamespace(invoked_function_arn=arn)


class HandlerTest(unittest.TestCase):
    """What a caller is answered."""

    def test_it_says_where_it_is_in_every_partition(self):
        for partition, region in REGIONS.items():
            answer = app.handler({}, context(partition))
            self.assertEqual((answer["partition"], answer["region"]), (partition, region))
            self.assertEqual(answer["account"], "123456789012")

    def test_it_greets_by_name(self):
        self.assertEqual(app.handler({"name": "Ada"}, context("aws"))["greeting"], "Hello, Ada!")
        for event in ({}, None, []):
            self.assertEqual(app.handler(event, context("aws"))["greeting"], "Hello, world!")

    def test_it_refuses_what_is_no_name(self):
        for name in ("", 7, None, "x" * 101):
            with self.assertRaisesRegex(ValueError, "name has to be 1 to 100"):
                app.handler({"name": name}, context("aws"))

    def test_it_says_its_stage(self):
        with patch.dict(os.environ, {"STAGE": "dev"}):
            self.assertEqual(app.handler({}, context("aws"))["stage"], "dev")
        with patch.dict(os.environ, clear=True):
            self.assertEqual(app.handler({}, context("aws"))["stage"], "unknown")


class FingerprintTest(unittest.TestCase):
    """What tells one code from another."""

    def test_it_changes_with_a_name_and_with_a_content_only(self):
        seen = []
        for name, content in (("a.py", "1"), ("b.py", "1"), ("a.py", "2"), ("a.py", "1")):
            with tempfile.TemporaryDirectory() as folder:
                Path(folder, name).write_text(content, encoding="utf-8")
                Path(folder, "notes.txt").write_text(str(len(seen)), encoding="utf-8")
                seen.append(app.fingerprint(Path(folder)))
        self.assertEqual(len(set(seen)), 3)
        self.assertEqual(seen[0], seen[3])


if __name__ == "__main__":
    unittest.main()
