"""A pytest plugin of `bin/test`: how long the tests of each room took, with the core's budget beside it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import pytest

CORE: Final = "core"
CORE_SECONDS_MAX: Final = 10


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [
        report for found in terminalreporter.stats.values() for report in found if isinstance(report, pytest.TestReport)
    ]
    # Reports of passed set-ups and tear-downs are kept under the empty name, so all three phases count.
    terminalreporter.section("time by room, all cores added up")
    terminalreporter.write_line("\n".join(table((report.nodeid, report.duration) for report in reports)))


def table(durations: Iterable[tuple[str, float]]) -> list[str]:
    """One line per folder under `tests/`, the slowest first, with the number of its tests."""
    seconds: defaultdict[str, float] = defaultdict(float)
    tests: defaultdict[str, set[str]] = defaultdict(set)
    for test, duration in durations:
        room = test.removeprefix("tests/").partition("/")[0]
        seconds[room] += duration
        tests[room].add(test)
    return [
        f"{room:<16} {len(tests[room]):>6} tests {seconds[room]:>8.1f} s{budget(room, seconds[room])}"
        for room in sorted(seconds, key=lambda room: -seconds[room])
    ]


def budget(room: str, seconds: float) -> str:
    """What to say beside the core's time."""
    if room != CORE:
        return ""
    within = "within" if seconds <= CORE_SECONDS_MAX else "OVER"
    return f"  {within} its {CORE_SECONDS_MAX} s"
