"""Copies of the database: written whole or not at all, restored beside the old one and exchanged in one step.

A restored copy is *held*: what it meant to send was sent by its original, so nothing of mail, webhooks or charges may
leave before somebody releases it. The mark is the comment of the database itself, which no dump carries.
"""

import os
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Final

import psycopg

from caudal.core.errors import Problem, msg
from caudal.kit.postgres.binaries import Binaries
from caudal.kit.postgres.credentials import Credentials, Dsn, Role
from caudal.kit.postgres.grants import database_statements, quoted, right_statements
from caudal.kit.postgres.own import Database, connected
from caudal.kit.postgres.signs import reason_in

HELD: Final = "held by caudal: a restored copy"
HELD_QUERY: Final = (
    f"SELECT coalesce(shobj_description(oid, 'pg_database') = '{HELD}', false) "  # noqa: S608  our own words
    "FROM pg_database WHERE datname = current_database()"
)
"""Says, on any connection, whether this database is a restored copy that nobody has released yet."""


SHIFT: Final = """
DO $$ DECLARE wanted bigint; BEGIN
    IF to_regclass('public.kit_fact') IS NOT NULL AND to_regprocedure('public.kit_shift()') IS NOT NULL THEN
        SELECT greatest(public.kit_shift(), coalesce(max(place), 0) + 1 - pg_current_xact_id()::text::bigint)
        INTO wanted FROM public.kit_fact;
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION public.kit_shift() RETURNS bigint LANGUAGE sql IMMUTABLE AS %L',
            format('SELECT %s::bigint', wanted)
        );
    END IF;
END $$
"""
"""Another server counts its transactions anew: facts to come stand behind those that the copy brought."""


class DumpFailed(Problem):
    """The copy could not be written."""

    code = "postgres.dump"
    status = 500
    message = msg("The database was not copied to {path}: {reason}")
    hint = msg("Nothing was changed, and no unfinished file was left behind.")


class RestoreFailed(Problem):
    """The copy could not be read back."""

    code = "postgres.restore"
    status = 409
    message = msg("{path} was not restored: {reason}")
    hint = msg("The database is as it was before.")


def dump(source: Dsn, path: Path) -> None:
    """Write a copy of the database, opened as its owner, to `path`, which exists only when it is whole and lasting.

    Raises DumpFailed.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        reason = run_tool("pg_dump", source, "--format=custom", f"--file={partial}")
        if reason:
            raise DumpFailed(path=path, reason=reason)
        descriptor = os.open(partial, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        partial.replace(path)
    except OSError as error:
        raise DumpFailed(path=path, reason=error.strerror or str(error)) from error
    finally:
        partial.unlink(missing_ok=True)


def restore(path: Path, database: Database, credentials: Credentials, *, as_of: datetime) -> str:
    """Put the copy at `path` in the place of the database, held, and give the name under which the old one is kept.

    The copy is read into a new database first; the two change names in one transaction. An old database without a table
    is not kept: the name is empty then. Raises RestoreFailed.
    """
    if not path.is_file():
        raise RestoreFailed(path=path, reason=msg("there is no such file."))
    fresh = f"{credentials.database}_restoring"
    with connected(database.administrator().on("postgres")) as administrator:
        try:
            run(administrator, f"DROP DATABASE IF EXISTS {quoted(fresh)} WITH (FORCE)")
            for statement in database_statements(credentials, fresh):
                run(administrator, statement)
            owner = database.dsn(Role.OWNER).on(fresh)
            with connected(owner) as inside:
                run(inside, f"COMMENT ON DATABASE {quoted(fresh)} IS '{HELD}'")
            reason = run_tool("pg_restore", owner, "--no-owner", "--exit-on-error", f"--dbname={fresh}", str(path))
            if reason:
                raise RestoreFailed(path=path, reason=reason)
            with connected(owner) as inside:
                run(inside, SHIFT)
            with connected(database.administrator().on(fresh)) as inside:
                for statement in right_statements(credentials):
                    run(inside, statement)
            return exchange(administrator, credentials.database, fresh, as_of=as_of, old=database.dsn(Role.OWNER))
        except psycopg.Error as error:
            raise RestoreFailed(path=path, reason=str(error).strip()) from error
        finally:
            run(administrator, f"DROP DATABASE IF EXISTS {quoted(fresh)} WITH (FORCE)")


def exchange(administrator: psycopg.Connection, name: str, fresh: str, *, as_of: datetime, old: Dsn) -> str:
    """Give the fresh database the name of the old one, whose connections are cut."""
    with connected(old) as inside:
        tables = inside.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone()
    kept = f"{name}_before_{as_of:%Y%m%d_%H%M%S}"
    with administrator.transaction():
        administrator.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name])
        run(administrator, f"ALTER DATABASE {quoted(name)} RENAME TO {quoted(kept)}")
        run(administrator, f"ALTER DATABASE {quoted(fresh)} RENAME TO {quoted(name)}")
    if tables is None:
        run(administrator, f"DROP DATABASE {quoted(kept)} WITH (FORCE)")
        return ""
    return kept


def is_held(connection: psycopg.Connection) -> bool:
    """Whether the connected database is a restored copy that nobody has released yet."""
    row = connection.execute(HELD_QUERY).fetchone()
    return bool(row and row[0])


def release(connection: psycopg.Connection) -> None:
    """Let a restored copy act on the world again. The connection is the owner's."""
    run(connection, f"COMMENT ON DATABASE {quoted(connection.info.dbname)} IS NULL")


def run(connection: psycopg.Connection, statement: str) -> None:
    """Run a statement made of our own words."""
    connection.execute(statement.encode())


def run_tool(name: str, dsn: Dsn, *arguments: str) -> str:
    """Run a tool of PostgreSQL against a database; what went wrong in its own words, or nothing."""
    answer = subprocess.run(
        [Binaries.find().program(name), "--no-password", *arguments],
        env={"PATH": os.defpath, "LC_ALL": "C", **dsn.environment()},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return reason_in(answer.stderr) if answer.returncode else ""
