"""The demo from the command line: whose folder it takes, and that it comes up, goes on and stops."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from caudal.cli.demo import MARK, NotADemoFolder, take_folder
from caudal.kit.postgres import Cluster
from tests.kit.postgres_processes import SOURCE, open_folder


def demo(data: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command(data, *arguments), env=environment(), capture_output=True, text=True, check=False)


def command(data: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "caudal", "demo", "--data", str(data), "--months", "1", *arguments]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(SOURCE), "DATABASE_URL": "postgresql://nobody@nowhere.example/theirs"}


def test_a_folder_of_somebody_elses_is_left_alone_even_when_starting_over(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    for fresh in (False, True):
        with pytest.raises(NotADemoFolder, match="leaves it alone"):
            take_folder(tmp_path, fresh=fresh)
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]


def test_a_link_to_somebody_elses_folder_is_left_alone(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (tmp_path / "demo").symlink_to(theirs)
    with pytest.raises(NotADemoFolder):
        take_folder(tmp_path / "demo", fresh=True)
    assert theirs.is_dir()


def test_starting_over_deletes_what_the_demo_made_and_starting_again_keeps_it() -> None:
    with open_folder() as folder:
        data = folder / "demo"
        take_folder(data, fresh=True)
        (data / "grown").write_text("a year")
        take_folder(data, fresh=False)
        assert (data / "grown").exists()
        take_folder(data, fresh=True)
        assert sorted(path.name for path in data.iterdir()) == [MARK, "postgres"]


def test_a_server_that_outlived_its_folder_is_left_alone_beside_a_new_one(tmp_path: Path) -> None:
    data = tmp_path / "demo"  # as root, a folder that the server's account cannot reach
    take_folder(data, fresh=False)
    home = Cluster(data).home().path
    try:
        (home / "cluster").mkdir()
        shutil.rmtree(data)
        take_folder(data, fresh=False)
        assert Cluster(data).home().path != home
        assert (home / "cluster").exists()
    finally:
        shutil.rmtree(Cluster(data).home().path, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


@pytest.mark.lane("faults")
def test_the_demo_comes_up_answers_goes_on_and_stops_at_once() -> None:
    with open_folder() as folder:
        data = folder / "demo"
        assert interrupted(data, "Growing the demo company", stream="stderr") == 1
        first = demo(data, "--check")
        assert first.returncode == 0, first.stderr
        assert "Deals closed" in first.stdout
        assert "The first page answers: " in first.stdout
        assert " actions in " in first.stderr
        again = demo(data, "--check")
        assert again.returncode == 0, again.stderr
        assert " actions in " not in again.stderr  # it had come to today already
        other = demo(data, "--check", "--seed", "9")
        assert other.returncode == 1
        assert "--fresh" in other.stderr
        assert interrupted(data, "Come in, once", stream="stdout") == 0


def interrupted(data: Path, words: str, *, stream: str) -> int:
    """Start the demo, press Ctrl-C when it says some words, see that nothing is left, and return how it ended."""
    streams = {each: subprocess.PIPE if each == stream else subprocess.DEVNULL for each in ("stdout", "stderr")}
    with subprocess.Popen(
        command(data, "--port", "0"),
        env=environment(),
        text=True,
        stdout=streams["stdout"],
        stderr=streams["stderr"],
    ) as running:
        try:
            lines = running.stdout or running.stderr or ()
            assert any(words in line for line in lines)
            running.send_signal(signal.SIGINT)
            status = running.wait(60)
        finally:
            running.kill()
    left = subprocess.run(["pgrep", "-f", str(data)], capture_output=True, text=True, check=False)
    assert left.stdout == ""
    return status
