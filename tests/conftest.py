"""Takes the machine's AWS settings away from every test, and says at the end what was not real."""

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from embedded import WHAT_IT_IS, Clouds, clouds

FAULTS = "faults"


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


@pytest.fixture(autouse=True, scope="session")
def _interruptible() -> None:
    """Let what tests start be interrupted, even where a shell ran us in its background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def _clouds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clouds]:
    yield from clouds(tmp_path_factory.mktemp("clouds"))


@pytest.fixture(name="clouds")
def _clouds_of_a_test(_clouds: Clouds, record_property: Callable[[str, object], None]) -> Clouds:
    """Return two embedded partitions; the end of the run says that they are."""
    record_property("stood in for", WHAT_IT_IS)
    return _clouds


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests noted with `record_property`: stand-ins, what is unchecked, faults tried."""
    reports = [each for kind in terminalreporter.stats.values() for each in kind]
    noted = [pair for each in reports for pair in getattr(each, "user_properties", [])]
    titles = sorted({title for title, _words in noted} - {FAULTS})
    for title in titles:
        words = sorted({str(words) for key, words in noted if key == title})
        terminalreporter.write_line(f"{title}: {'; '.join(words)}")
    _summarise_faults(terminalreporter)


def _summarise_faults(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many faults the tests tried on each function, by kind, and survived."""
    tried: dict[str, Counter[str]] = {}
    survived: dict[str, Counter[str]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, noted in report.user_properties:
                if name == FAULTS:
                    function, kind, number = noted
                    tried.setdefault(function, Counter())[kind] += number
                    survived.setdefault(function, Counter())
                    survived[function][kind] += number if outcome == "passed" else 0
    for function, its in sorted(tried.items()):
        kinds = ", ".join(
            f"{survived[function][kind]} of {its[kind]} {kind}" for kind in sorted(its)
        )
        total = f"{its.total()} faults tried, {survived[function].total()} survived"
        terminalreporter.write_line(f"{function}: {total} ({kinds})")
