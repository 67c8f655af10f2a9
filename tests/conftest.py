"""Which modules bring the fixtures, and what a run takes from the shell that started it."""

import signal
from typing import Any

import pytest
from hypothesis import settings

pytest_plugins = ["tests.browser", "tests.database"]

# A shell without job control starts what it puts in the background deaf to Ctrl-C, and so would be every process that a
# test starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A busy machine is no fault of a rule: no example is judged by the time that it took.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stories in a browser are known by their fixture: they run apart from what is measured (see Makefile)."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What passed tests told of themselves: keystrokes, statements, bytes, how long a page took to hear of a move."""
    told = [
        (report.nodeid, line)
        for report in terminalreporter.stats.get("passed", ())
        for heading, words in report.sections
        if heading == "Captured stdout call"
        for line in words.splitlines()
        if line.strip()
    ]
    if not told:
        return
    terminalreporter.section("told by the tests")
    for test, line in told:
        terminalreporter.write_line(f"{line.strip()}  [{test.rpartition('/')[2]}]")
