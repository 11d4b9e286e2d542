"""Keeping an installation well: what is wrong with it, copies of it."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from caudal.core.errors import Finding, Place, Problem, Severity, msg
from caudal.kit.postgres import Credentials, Role
from caudal.kit.postgres.attached import attached
from caudal.kit.postgres.checkup import examine, examine_disk, examine_letters
from caudal.kit.postgres.connections import data_folder, own_server
from caudal.kit.postgres.copies import dump, is_held, release, restore
from caudal.kit.postgres.credentials import EMBEDDED, OWN
from caudal.kit.postgres.own import Database, administrator_script, connected, database
from caudal.kit.processes import alone
from caudal.kit.terminal import set_up_django
from caudal.kit.world import now


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--sql", "as_sql", is_flag=True, help="Print what an administrator runs on a server of your own.")
@click.pass_context
def doctor(context: click.Context, *, as_json: bool, as_sql: bool) -> None:
    """Say what is wrong with this installation."""
    if as_sql:
        click.echo(script_for_administrator(), nl=False)
        return
    set_up_django()
    findings = list(everything())
    if as_json:
        rows = [
            {"code": found.code, "severity": found.severity, "place": str(found.place), "message": found.told()}
            for found in findings
        ]
        click.echo(json.dumps({"findings": rows}, indent=2))
    else:
        for found in findings:
            click.echo(f"{found.severity.upper()}  {found}")
        click.echo("Nothing is wrong." if not findings else "")
    if any(found.severity is Severity.ERROR for found in findings):
        context.exit(1)


def script_for_administrator() -> str:
    """The statements that make the roles on the server of DATABASE_URL; their passwords are kept for later."""
    named = own_server()
    if named is None:
        raise NoOwnServer
    data = data_folder()
    credentials = Credentials.load(data, OWN)
    if credentials is None or not credentials.fit(named) or credentials.shared:
        credentials = Credentials.fresh(
            host=named.host, port=named.port, database=named.database, options=named.options
        )
        credentials.save(data, OWN)
    return administrator_script(credentials)


class NoOwnServer(Problem):
    """There is nothing for an administrator to do."""

    code = "doctor.no_own_server"
    message = msg("DATABASE_URL is not set: the embedded database makes its roles itself.")


def everything() -> Iterator[Finding]:
    """Every finding of every check that can be made."""
    data = data_folder()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    yield from examine_disk(data)
    if settings.DEBUG:
        yield Finding("doctor.debug", msg("CAUDAL_DEBUG is on: errors show code and settings to everybody."))
    try:
        with attached() as found:
            yield from examine_database(found)
    except Problem as problem:
        yield Finding(problem.code, problem.message, hint=problem.hint, params=problem.params)


def examine_database(found: Database) -> Iterator[Finding]:
    """What the database has to say."""
    shared = found.dsn(Role.APP).user == found.dsn(Role.OWNER).user
    with connected(found.dsn(Role.APP)) as connection:
        yield from examine(connection, shared=shared)
        yield from examine_letters(connection)
        if is_held(connection):
            yield Finding(
                "doctor.held",
                msg("This is a restored copy: mail, webhooks and charges are held back."),
                Severity.NOTE,
                hint=msg("When its original is no longer at work: caudal release."),
            )
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        yield Finding(
            "doctor.migrations",
            msg("{count} changes of the tables are pending."),
            place=Place(name=str(pending[0][0])),
            hint=msg("Run caudal migrate, or caudal up, which does it."),
            params={"count": len(pending)},
        )


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write a copy of the database to a file."""
    with database(data_folder()) as found:
        dump(found.dsn(Role.OWNER), file.absolute())
    click.echo(f"{file}: {file.stat().st_size >> 10} kB")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore_command(file: Path, *, yes: bool) -> None:
    """Put a copy of the database in its place."""
    data = data_folder()
    if not yes:
        click.confirm(f"Replace the database of {data} by the copy {file}?", abort=True)
    with alone(data), database(data) as found:
        credentials = Credentials.load(data, OWN if own_server() else EMBEDDED)
        if credentials is None:
            raise NoOwnServer
        kept = restore(file.absolute(), found, credentials, as_of=now())
    click.echo(f"Restored {file}. Nothing leaves this copy (mail, webhooks, charges) until “caudal release”.")
    if kept:
        click.echo(f"The database that was there is kept as {kept}.")


@click.command("release")
@click.option("--yes", is_flag=True, help="Do not ask.")
def release_command(*, yes: bool) -> None:
    """Let a restored copy send mail, webhooks and charges again."""
    data = data_folder()
    with database(data) as found, connected(found.dsn(Role.OWNER)) as connection:
        if not is_held(connection):
            click.echo("Nothing is held back: this is no restored copy, or it was released.")
            return
        if not yes:
            click.confirm("Is the original no longer at work? From now on this copy acts in its place", abort=True)
        release(connection)
    click.echo("Released. What waits is sent from now on.")
