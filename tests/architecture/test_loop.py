"""The developer's loop tells the truth: a failed step fails the whole, and the core's time stands beside its budget."""

import subprocess

from tests.architecture.tree import ROOT
from tests.timing import table


def run_steps(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f"set -u; . bin/step.sh; {script}; summary"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_steps_that_all_succeed_are_quiet_and_well() -> None:
    done = run_steps('step "One holds" echo noise; step "Two holds" true')
    assert done.returncode == 0
    assert "✓ One holds" in done.stdout
    assert "noise" not in done.stdout
    assert "All is well" in done.stdout


def test_a_failed_step_shows_what_it_said_lets_the_rest_run_and_fails_the_whole() -> None:
    done = run_steps('step "One breaks" bash -c "echo why; exit 3"; loud_step "Two holds" echo heard')
    assert done.returncode == 1
    assert "    why\n" in done.stdout
    assert "heard\n✓ Two holds" in done.stdout
    assert done.stdout.count("✗ One breaks") == 2  # as it happens, and at the end
    assert "Failed: 1" in done.stdout


def test_the_time_of_each_room_is_added_up_over_set_up_call_and_tear_down() -> None:
    lines = table(
        [
            ("tests/core/test_money.py::test_one", 0.5),
            ("tests/core/test_money.py::test_one", 9.0),
            ("tests/core/test_money.py::test_two", 1.0),  # 0.5 + 9 + 1 = 10.5 s, over 10 s
            ("tests/crm/test_deals.py::test_three", 20.0),
        ]
    )
    assert [line.split() for line in lines] == [
        ["crm", "1", "tests", "20.0", "s"],
        ["core", "2", "tests", "10.5", "s", "OVER", "its", "10", "s"],
    ]
