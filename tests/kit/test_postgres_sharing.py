"""Several processes, one server: it comes with the first, outlives any of them, and goes with the last."""

import os
import signal
import socket
import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Thread

import psycopg
import pytest

from caudal.kit.postgres import Cluster, Role
from caudal.kit.postgres.cluster import ForeignServer, OtherMajor
from caudal.kit.postgres.signs import log_lines, read_pid
from tests.kit.postgres_processes import (
    HOLD,
    copied,
    eventually,
    holding,
    kill_server,
    open_folder,
    parent_of,
    rows,
    state_of,
)

linux = pytest.mark.skipif(sys.platform != "linux", reason="zombies are looked up in /proc")
SUBREAPER = "import ctypes; ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)\n"


def test_processes_that_start_at_the_same_moment_share_one_server(cluster: Cluster) -> None:
    with ExitStack() as stack:
        holders = [stack.enter_context(holding(cluster.data)) for _ in range(5)]
        assert len({holder.server_pid() for holder in holders}) == 1
        for holder in holders:
            assert cluster.status().ready
            holder.leave()
    assert not cluster.status().running


def test_the_server_outlives_the_process_that_started_it_while_another_uses_it(cluster: Cluster) -> None:
    with holding(cluster.data) as starter:
        pid = starter.server_pid()
        with cluster.attach() as server, psycopg.connect(server.dsn(Role.APP).url()) as connection:
            starter.kill()
            assert connection.execute("SELECT 1").fetchone() == (1,)
            assert cluster.status().pid == pid
    assert not cluster.status().running


def test_a_server_whose_last_user_was_killed_stops_cleanly(cluster: Cluster) -> None:
    with holding(cluster.data) as holder:
        holder.server_pid()
        holder.kill()
    assert eventually(lambda: not cluster.status().running)
    assert "database system is shut down" in log_lines(cluster.home(), 0)[-1]


def test_a_killed_server_comes_back_with_every_committed_row(cluster: Cluster) -> None:
    durable = Cluster(cluster.data)
    with durable.attach() as server:
        rows(server, "CREATE TABLE kept (n int)")
        with psycopg.connect(server.dsn(Role.OWNER).url()) as unfinished:
            unfinished.execute("INSERT INTO kept VALUES (0)")
            rows(server, "INSERT INTO kept SELECT generate_series(1, 1000)")
            killed = kill_server(durable)
            server.ensure()
            unfinished.close()
        assert durable.status().pid != killed
        assert rows(server, "SELECT count(*), min(n) FROM kept") == [(1000, 1)]


def test_a_server_that_is_killed_while_it_starts_is_started_again(cluster: Cluster) -> None:
    killed: list[int] = []

    def kill_at_once() -> None:
        while not (pid := read_pid(cluster.home())):
            pass
        os.kill(pid, signal.SIGKILL)
        killed.append(pid)

    thread = Thread(target=kill_at_once)
    thread.start()
    with cluster.attach() as server:
        thread.join()
        server.ensure()
        assert rows(server, "SELECT 1") == [(1,)]
        assert killed != [cluster.status().pid]


def test_a_statement_that_never_ends_does_not_hold_up_the_return_of_a_killed_server(cluster: Cluster) -> None:
    def never_ends() -> None:
        with suppress(psycopg.OperationalError):
            rows(server, "SELECT count(*) FROM generate_series(1, 100000000000)")

    with cluster.attach() as server:
        thread = Thread(target=never_ends)
        thread.start()
        working = (
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%%generate_series(1, 1%%'"
        )
        assert eventually(lambda: rows(server, working, Role.SUPERUSER)[0][0] == 2)  # it and this question
        kill_server(cluster)
        server.ensure()
        assert rows(server, "SELECT 1") == [(1,)]
        thread.join()


@linux
def test_a_killed_server_that_nobody_reaps_is_not_taken_for_a_living_one(cluster: Cluster) -> None:
    with holding(cluster.data, code=SUBREAPER + HOLD) as holder:
        pid = holder.server_pid()
        keeper = parent_of(pid)
        os.kill(keeper, signal.SIGKILL)
        assert eventually(lambda: parent_of(pid) == holder.process.pid)
        os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: state_of(pid) == "Z")
        with cluster.attach() as server:
            assert state_of(pid) == "Z"
            assert cluster.status().pid != pid
            assert rows(server, "SELECT 1") == [(1,)]


def test_a_pid_file_with_the_number_of_a_stranger_does_not_hinder_the_start(cluster: Cluster) -> None:
    home = cluster.home()
    uid = home.account.uid if home.account else None
    with holding(
        Path(), code="print(1, flush=True); import sys; sys.stdin.read()", python="/usr/bin/python3", uid=uid
    ) as stranger:
        stranger.server_pid()
        left_over = f"{stranger.process.pid}\n{home.cluster}\n1\n5432\n{home.sockets}\n127.0.0.1\n 1 1\nready   \n"
        (home.cluster / "postmaster.pid").write_text(left_over)
        with cluster.attach() as server:
            assert rows(server, "SELECT 1") == [(1,)]
        assert stranger.process.poll() is None


@linux
def test_a_server_that_somebody_started_by_hand_is_left_alone(cluster: Cluster) -> None:
    with cluster.attach():
        (cluster.data / "postgres" / "server.lock").unlink()  # now it looks as if it was started without us
        with pytest.raises(ForeignServer, match="was not started by Caudal"), Cluster(cluster.data).attach():
            pass
        pid = int((cluster.home().cluster / "postmaster.pid").read_text().split()[0])
        assert state_of(pid) in "RS"
        os.kill(pid, signal.SIGINT)
        assert eventually(lambda: not (cluster.home().cluster / "postmaster.pid").exists())


def test_a_taken_port_is_left_to_whoever_has_it(cluster: Cluster) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", cluster.credentials().port))
        taken.listen()
        with cluster.attach() as server:
            assert server.dsn(Role.APP).port != taken.getsockname()[1]
            assert rows(server, "SELECT 1") == [(1,)]


def test_an_unfinished_first_start_is_started_over() -> None:
    with open_folder() as folder:
        data = folder / "data"
        (data / "postgres" / "cluster.new").mkdir(parents=True)
        (data / "postgres" / "cluster.new" / "half").touch()
        with Cluster(data, durable=False).attach() as server:
            assert rows(server, "SHOW data_checksums; ") == [("on",)]
            assert not (data / "postgres" / "cluster.new").exists()


def test_a_data_folder_of_another_major_is_refused_with_the_way_to_take_it_along(
    template: Path,
) -> None:
    with open_folder() as folder:
        data = copied(template, folder / "data")
        (data / "postgres" / "cluster" / "PG_VERSION").write_text("16\n")
        with pytest.raises(OtherMajor) as refused, Cluster(data).attach():
            pass
        assert "caudal restore" in str(refused.value)
        assert "/pginstall/bin caudal backup" in str(refused.value)
