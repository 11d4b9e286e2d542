"""Who may do what in the database, and copies of it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from caudal.kit.postgres import Cluster, Credentials, Dsn, Role, Server
from caudal.kit.postgres.copies import DumpFailed, RestoreFailed, dump, is_held, release, restore
from caudal.kit.postgres.credentials import OWN
from caudal.kit.postgres.own import RolesMissing, Unreachable, administrator_script, database, establish
from tests.kit.postgres_processes import copied, open_folder, rows

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(template: Path) -> Iterator[Server]:
    """A server with one table of the owner's and one view for reports."""
    with open_folder() as folder, Cluster(copied(template, folder / "data"), durable=False).attach() as server:
        rows(server, "CREATE TABLE deal (id int PRIMARY KEY, note text)")
        rows(server, "INSERT INTO deal VALUES (1, 'secret')")
        rows(server, "CREATE VIEW report.deals AS SELECT id FROM deal")
        yield server


def refused(server: Server, statement: str, role: Role) -> bool:
    try:
        rows(server, statement, role)
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction):
        return True
    return False


def test_the_app_reads_and_writes_rows_of_tables_made_after_its_rights(server: Server) -> None:
    rows(server, "INSERT INTO deal VALUES (2, 'app')", Role.APP)
    rows(server, "UPDATE deal SET note = 'x' WHERE id = 2", Role.APP)
    rows(server, "DELETE FROM deal WHERE id = 2", Role.APP)
    assert rows(server, "SELECT id FROM deal", Role.APP) == [(1,)]


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE deal",
        "TRUNCATE deal",
        "ALTER TABLE deal ADD COLUMN x int",
        "ALTER TABLE deal DISABLE TRIGGER ALL",
        "CREATE TABLE mine ()",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "SET ROLE caudal_owner",
        "COPY deal TO PROGRAM 'true'",
    ],
)
def test_the_app_owns_nothing(server: Server, statement: str) -> None:
    assert refused(server, statement, Role.APP)


def test_reports_see_the_views_made_for_them_and_nothing_else(server: Server) -> None:
    assert rows(server, "SELECT * FROM deals", Role.REPORT) == [(1,)]
    assert refused(server, "SELECT * FROM public.deal", Role.REPORT)
    assert refused(server, "CREATE TEMPORARY TABLE mine ()", Role.REPORT)
    assert rows(server, "SHOW statement_timeout", Role.REPORT) == [("30s",)]


@pytest.mark.parametrize("host", ["socket", "127.0.0.1"])
@pytest.mark.parametrize("password", ["", "wrong"])
def test_nobody_enters_without_the_password(server: Server, host: str, password: str) -> None:
    dsn = server.dsn(Role.APP)
    address = Dsn(dsn.host if host == "socket" else host, dsn.port, dsn.database, dsn.user, password)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(address.url())


def test_the_loopback_address_leads_to_the_same_database(server: Server) -> None:
    dsn = server.dsn(Role.APP)
    with psycopg.connect(Dsn("127.0.0.1", dsn.port, dsn.database, dsn.user, dsn.password).url()) as connection:
        assert connection.execute("SELECT id FROM deal").fetchone() == (1,)


def test_a_copy_comes_back_whole_held_and_with_its_rights(server: Server, tmp_path: Path) -> None:
    dump(server.dsn(Role.OWNER), tmp_path / "copy.dump")
    rows(server, "CREATE TABLE later ()")
    kept = restore(tmp_path / "copy.dump", server, server.cluster.credentials(), as_of=NOON)
    assert kept == "caudal_before_20260304_120000"
    assert rows(server, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == [("deal",)]
    assert rows(server, "SELECT * FROM deal", Role.APP) == [(1, "secret")]
    assert rows(server, "SELECT * FROM deals", Role.REPORT) == [(1,)]
    assert refused(server, "TRUNCATE deal", Role.APP)
    with psycopg.connect(server.dsn(Role.APP).url()) as connection:
        assert is_held(connection)
    with psycopg.connect(server.dsn(Role.OWNER).url()) as connection:
        release(connection)
        assert not is_held(connection)
    rows(server, "CREATE TABLE after_restoring ()")
    assert rows(server, "SELECT * FROM after_restoring", Role.APP) == []
    rows(server, "DROP TABLE after_restoring")
    with psycopg.connect(server.dsn(Role.SUPERUSER).on(kept).url()) as connection:
        assert connection.execute("SELECT count(*) FROM later").fetchone() == (0,)


def test_a_damaged_copy_changes_nothing(server: Server, tmp_path: Path) -> None:
    dump(server.dsn(Role.OWNER), tmp_path / "copy.dump")
    whole = (tmp_path / "copy.dump").read_bytes()
    (tmp_path / "copy.dump").write_bytes(whole[: len(whole) // 2])
    before = rows(server, "SELECT datname FROM pg_database ORDER BY 1")
    with pytest.raises(RestoreFailed, match="was not restored"):
        restore(tmp_path / "copy.dump", server, server.cluster.credentials(), as_of=NOON)
    assert rows(server, "SELECT datname FROM pg_database ORDER BY 1") == before
    assert rows(server, "SELECT id FROM deal", Role.APP) == [(1,)]


def test_a_copy_that_cannot_be_finished_leaves_no_file(tmp_path: Path) -> None:
    wrong = Dsn("127.0.0.1", 1, "caudal", "caudal_owner")
    with pytest.raises(DumpFailed, match="refused"):
        dump(wrong, tmp_path / "copy.dump")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def own(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dsn]:
    """An empty database on a server of one's own, DATABASE_URL naming it, an empty data folder."""
    dsn = server.dsn(Role.SUPERUSER).on("shop")
    rows(server, "DROP DATABASE IF EXISTS shop WITH (FORCE)", Role.SUPERUSER)
    rows(server, "CREATE DATABASE shop", Role.SUPERUSER)
    monkeypatch.setenv("DATABASE_URL", dsn.url())
    yield dsn
    rows(server, "DROP DATABASE shop WITH (FORCE)", Role.SUPERUSER)
    for role in ("owner", "app", "report"):
        rows(server, f"DROP ROLE IF EXISTS shop_{role}", Role.SUPERUSER)


def whoami(dsn: Dsn) -> object:
    with psycopg.connect(dsn.url()) as connection:
        return connection.execute("SELECT current_user").fetchone()


@pytest.mark.usefixtures("own")
def test_a_server_of_ones_own_gets_the_roles_when_they_may_be_made(tmp_path: Path) -> None:
    with database(tmp_path) as found:
        assert [whoami(found.dsn(role)) for role in (Role.OWNER, Role.APP)] == [("shop_owner",), ("shop_app",)]
        with psycopg.connect(found.dsn(Role.OWNER).url(), autocommit=True) as connection:
            connection.execute("CREATE TABLE deal ()")
        with psycopg.connect(found.dsn(Role.APP).url(), autocommit=True) as connection:
            connection.execute("SELECT * FROM deal")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("DROP TABLE deal")
        first = found.dsn(Role.APP)
    with database(tmp_path) as found:
        assert found.dsn(Role.APP) == first
    (tmp_path / OWN).unlink()  # the passwords are lost: the roles get new ones
    with database(tmp_path) as found:
        assert found.dsn(Role.APP) != first
        assert whoami(found.dsn(Role.APP)) == ("shop_app",)


@pytest.fixture
def powerless(server: Server, own: Dsn) -> Iterator[Dsn]:
    """The same database, opened by a role that owns it and may do no more."""
    rows(server, "CREATE ROLE plain LOGIN PASSWORD 'plain'", Role.SUPERUSER)
    rows(server, "ALTER DATABASE shop OWNER TO plain", Role.SUPERUSER)
    yield Dsn(own.host, own.port, own.database, "plain", "plain")
    rows(server, "ALTER DATABASE shop OWNER TO postgres", Role.SUPERUSER)
    rows(server, "DROP ROLE plain", Role.SUPERUSER)


def test_a_shared_role_is_refused_until_an_administrator_made_the_roles(
    own: Dsn, powerless: Dsn, tmp_path: Path
) -> None:
    with pytest.raises(RolesMissing, match="plain may not create the roles"):
        establish(tmp_path, powerless, single_role=False)
    credentials = Credentials.load(tmp_path, OWN)
    assert credentials is not None
    script = administrator_script(credentials)
    assert not [password for password in credentials.passwords.values() if password in script]
    with psycopg.connect(own.url(), autocommit=True) as administrator:
        administrator.execute(script.encode())
    assert whoami(establish(tmp_path, powerless, single_role=False).dsn(Role.APP)) == ("shop_app",)


def test_a_shared_role_is_taken_when_it_was_accepted(powerless: Dsn, tmp_path: Path) -> None:
    credentials = establish(tmp_path, powerless, single_role=True)
    assert credentials.shared
    assert whoami(establish(tmp_path, powerless, single_role=False).dsn(Role.APP)) == ("plain",)


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match=r"caudal on 127\.0\.0\.1:1 cannot be opened as ana") as told:
        establish(tmp_path, Dsn("127.0.0.1", 1, "caudal", "ana", "s3cret"), single_role=False)
    assert "s3cret" not in str(told.value)
