"""Takes the machine's AWS settings away from every test, and names what was not real in the end."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def _no_aws_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    nowhere = str(tmp_path_factory.mktemp("aws") / "none")
    with pytest.MonkeyPatch.context() as patch:
        for name in [each for each in os.environ if each.startswith("AWS_")]:
            patch.delenv(name)
        patch.setenv("AWS_CONFIG_FILE", nowhere)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", nowhere)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests noted with `record_property`: what they stood in for or left unchecked."""
    reports = [each for kind in terminalreporter.stats.values() for each in kind]
    noted = {pair for each in reports for pair in getattr(each, "user_properties", [])}
    for title in sorted({title for title, _words in noted}):
        words = sorted(str(words) for key, words in noted if key == title)
        terminalreporter.write_line(f"{title}: {', '.join(words)}")
