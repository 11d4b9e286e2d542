"""A fresh server uses the memory of its machine, and whoever runs it has the last word."""

from pathlib import Path

import pytest

from caudal.kit.postgres import Cluster
from caudal.kit.postgres.memory import conf_lines, memory_bytes
from tests.kit.postgres_processes import open_folder, rows

GIGABYTE = 2**30


@pytest.mark.parametrize(
    ("gigabytes", "expected"),
    [
        (0.5, ("128MB", "256MB", "4MB")),  # never less than PostgreSQL itself takes
        (8, ("1024MB", "4096MB", "8MB")),  # an eighth, a half, a thousandth
        (64, ("2048MB", "32768MB", "32MB")),  # more is for whoever runs it to say
    ],
)
def test_a_server_is_given_a_part_of_the_memory(gigabytes: float, expected: tuple[str, str, str]) -> None:
    lines = dict(line.split(" = ") for line in conf_lines(int(gigabytes * GIGABYTE)).splitlines() if " = " in line)
    assert (lines["shared_buffers"], lines["effective_cache_size"], lines["work_mem"]) == expected


def test_a_container_has_what_it_was_given(tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    machine = memory_bytes(limit)  # no such file
    limit.write_text("max\n", encoding="ascii")
    assert memory_bytes(limit) == machine
    limit.write_text("268435456\n", encoding="ascii")
    assert memory_bytes(limit) == GIGABYTE // 4


@pytest.mark.usefixtures("binaries")
def test_the_lines_are_in_the_servers_own_file_and_may_be_changed_there() -> None:
    with open_folder() as folder:
        cluster = Cluster(folder / "data")
        with cluster.attach() as server:
            assert rows(server, "SHOW jit") == [("off",)]
        cluster.stop()
        conf = cluster.home().cluster / "postgresql.conf"
        conf.write_text(conf.read_text(encoding="utf-8").replace("jit = off", "jit = on"), encoding="utf-8")
        with cluster.attach() as server:
            assert rows(server, "SHOW jit") == [("on",)]
        cluster.stop()
