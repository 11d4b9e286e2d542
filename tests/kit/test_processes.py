"""The supervisor: brings back the dead, stops everything, leaves nothing behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from caudal.kit.processes import AlreadyUp, Program, Record, Supervisor, alone, stop_running
from tests.kit.postgres_processes import SOURCE, eventually, state_of

LINES = """
import sys
from pathlib import Path
from caudal.kit.processes import Program, Supervisor
data = Path(sys.argv[1])
programs = [Program(name, [sys.executable, "-c", code], dict) for name, code in zip(sys.argv[2::2], sys.argv[3::2])]
Supervisor(data, programs, tell=lambda text: print(text, flush=True)).run(on_ready=lambda: print("ready", flush=True))
"""
SLEEPS = "import time; time.sleep(600)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
WITH_CHILD = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])"


@contextmanager
def supervising(data: Path, **programs: str) -> Iterator["subprocess.Popen[str]"]:
    """A supervisor in a process of its own, once it is ready."""
    words = [word for pair in programs.items() for word in pair]
    process = subprocess.Popen(
        [sys.executable, "-c", LINES, str(data), *words],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait()
        stop_running(data)
        process.communicate(timeout=10)


def groups(data: Path) -> list[int]:
    return list(Record.read(data).groups)


def members(group: int) -> list[int]:
    """The living processes of a group."""
    told = subprocess.run(["ps", "-eo", "pid=,pgid=,stat="], capture_output=True, text=True, check=True).stdout
    return [
        int(pid) for pid, found, state in map(str.split, told.splitlines()) if int(found) == group and state[0] != "Z"
    ]


def ignores_terminate(pid: int) -> bool:
    mask = int(Path(f"/proc/{pid}/status").read_text().partition("SigIgn:")[2].split()[0], 16)
    return bool(mask >> (signal.SIGTERM - 1) & 1)


def test_a_killed_child_comes_back_and_the_others_stay(tmp_path: Path) -> None:
    with supervising(tmp_path, web=SLEEPS, worker=SLEEPS) as process:
        web, worker = groups(tmp_path)
        os.kill(web, signal.SIGKILL)
        assert process.stdout is not None
        assert process.stdout.readline() == "web was killed by signal 9; starting it again\n"
        assert eventually(lambda: len(groups(tmp_path)) == 2 and web not in groups(tmp_path))
        assert worker in groups(tmp_path)


def test_a_child_that_keeps_dying_is_given_longer_and_longer_pauses(tmp_path: Path) -> None:
    with supervising(tmp_path, web="raise SystemExit(3)") as process:
        assert process.stdout is not None
        told = [process.stdout.readline().strip() for _ in range(4)]
    again = "web ended with status 3; starting it again"
    assert told == [again, f"{again} in 1 seconds", f"{again} in 2 seconds", f"{again} in 4 seconds"]


def test_what_a_killed_child_leaves_behind_is_cleared_away(tmp_path: Path) -> None:
    with supervising(tmp_path, web=WITH_CHILD):
        (web,) = groups(tmp_path)
        assert eventually(lambda: len(members(web)) == 2)
        os.kill(web, signal.SIGKILL)
        assert eventually(lambda: members(web) == [])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything(tmp_path: Path, number: signal.Signals) -> None:
    with supervising(tmp_path, web=WITH_CHILD, worker=SLEEPS) as process:
        started = groups(tmp_path)
        process.send_signal(number)
        assert process.wait(10) == 0
        assert [members(group) for group in started] == [[], []]
        assert not (tmp_path / "up.json").exists()


def test_a_second_signal_ends_a_child_that_does_not_listen(tmp_path: Path) -> None:
    with supervising(tmp_path, web=STUBBORN) as process:
        (web,) = groups(tmp_path)
        assert eventually(lambda: ignores_terminate(web))
        process.terminate()
        assert not eventually(lambda: process.poll() is not None, seconds=0.5)
        process.terminate()
        assert process.wait(5) == 0
        assert state_of(web) in {"", "Z"}


def test_a_killed_supervisor_takes_its_children_along_or_the_next_one_clears_them(tmp_path: Path) -> None:
    with supervising(tmp_path, web=SLEEPS, worker=STUBBORN) as process:
        web, worker = groups(tmp_path)
        assert eventually(lambda: ignores_terminate(worker))
        process.kill()
        process.wait()
        assert eventually(lambda: members(web) == [])
        assert members(worker) == [worker]
        with alone(tmp_path, patience_seconds=0.5):
            assert members(worker) == []


def test_a_child_that_its_killed_supervisor_had_not_written_down_yet_is_cleared_away(tmp_path: Path) -> None:
    with supervising(tmp_path, web=WITH_CHILD) as process:
        (web,) = groups(tmp_path)
        assert eventually(lambda: len(members(web)) == 2)
        record = Record.read(tmp_path)
        os.kill(process.pid, signal.SIGSTOP)
        Record(record.pid, (), record.mark).write(tmp_path)
        process.kill()
        process.wait()
        with alone(tmp_path, patience_seconds=0.5):
            assert members(web) == []


def test_orphans_of_orphans_are_cleared_too(tmp_path: Path) -> None:
    with supervising(tmp_path, web=WITH_CHILD) as process:
        (web,) = groups(tmp_path)
        assert eventually(lambda: len(members(web)) == 2)
        process.kill()
        os.kill(web, signal.SIGKILL)
        process.wait()
        assert eventually(lambda: web not in members(web))
        assert len(members(web)) == 1
        assert stop_running(tmp_path)
        assert members(web) == []


def test_two_supervisors_do_not_share_a_data_folder(tmp_path: Path) -> None:
    with supervising(tmp_path, web=SLEEPS) as process:
        with pytest.raises(AlreadyUp, match=str(process.pid)):
            Supervisor(tmp_path, []).run()
        assert groups(tmp_path)


def test_down_stops_the_supervisor_and_says_when_there_is_none(tmp_path: Path) -> None:
    with supervising(tmp_path, web=SLEEPS) as process:
        (web,) = groups(tmp_path)
        assert stop_running(tmp_path)
        assert process.wait(5) == 0
        assert members(web) == []
    assert not stop_running(tmp_path)


def test_a_child_that_never_answers_is_given_up_and_everything_stops(tmp_path: Path) -> None:
    code = LINES.replace(
        '[sys.executable, "-c", code], dict)', '[sys.executable, "-c", code], dict, lambda: False)'
    ).replace("on_ready=", "ready_seconds=0.5, on_ready=")
    answer = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), "web", SLEEPS],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "NeverReady: The process web did not become ready within 0.5 seconds." in answer.stderr
    with alone(tmp_path):  # nothing holds the children's lock
        assert groups(tmp_path) == []


def test_everything_starts_again_when_the_database_has_moved(tmp_path: Path) -> None:
    seen: list[list[int]] = []

    def watch() -> bool:
        seen.append(groups(tmp_path))
        if len(seen) == 4:
            supervisor.stop()
        return len(seen) == 2

    supervisor = Supervisor(tmp_path, [Program("web", [sys.executable, "-c", SLEEPS], dict)], watch=watch)
    supervisor.run()
    assert seen[0] == seen[1] != seen[3]
