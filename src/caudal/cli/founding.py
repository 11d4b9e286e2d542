"""Making an installation: the database, its tables, an empty company."""

from datetime import datetime
from importlib import import_module
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from caudal.kit.postgres import Role
from caudal.kit.postgres.attached import attached
from caudal.kit.postgres.connections import data_folder, make_secret
from caudal.kit.postgres.copies import dump
from caudal.kit.postgres.own import Database, database
from caudal.kit.terminal import set_up_django


@click.command("init")
@click.option("--company", required=True, help="The company's name.")
@click.option("--currency", required=True, help="The currency it reports in, such as EUR.")
@click.option("--zone", required=True, help="Where its days begin and end, such as Europe/Madrid.")
@click.option("--plan", help="A plan to begin with: the path of a file, or the name of one that comes with Caudal.")
@click.option("--single-role", is_flag=True, help="On a server of your own: use its one role for everything.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def init(*, company: str, currency: str, zone: str, plan: str | None, single_role: bool, yes: bool) -> None:
    """Make an empty company."""
    data = data_folder()
    if not yes:
        click.confirm(f"Make the company {company} in {data}?", abort=True)
    make_secret(data)
    with database(data, single_role=single_role, progress=tell):
        set_up_django()
        with attached(Role.OWNER) as found:
            migrate_tables(found, data)
        with attached():
            found_company(company=company, currency=currency, zone=zone, plan=plan)
    click.echo(f"{company} is ready in {data}. Serve it with: caudal up")


@click.command("migrate")
def migrate() -> None:
    """Bring the tables up to date, after writing a copy."""
    set_up_django()
    make_secret(data_folder())
    with attached(Role.OWNER, progress=tell) as found:
        migrate_tables(found, data_folder())


def migrate_tables(found: Database, data: Path) -> None:
    """Apply what is pending; tables that hold something are copied to the data folder first."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    views = import_module("caudal.insights.actions")
    if not pending:
        views.publish_views()
        complete_chart()
        return
    if executor.loader.applied_migrations:
        path = data / "backups" / f"before-migrating-{import_module('caudal.kit.world').now():%Y%m%d-%H%M%S}.dump"
        tell(f"Writing a copy to {path}")
        dump(found.dsn(Role.OWNER), path)
    tell(f"Bringing the tables up to date ({len(pending)} steps)")
    views.withdraw_views()
    call_command("migrate", interactive=False, verbosity=0)
    views.publish_views()
    complete_chart()


def complete_chart() -> None:
    """Give a company that was founded before there were books, or before something is posted, the accounts for it."""
    if import_module("caudal.workspace.queries").company() is not None:
        as_of = import_module("caudal.kit.world").now()
        system = import_module("caudal.kit.access").SYSTEM
        import_module("caudal.ledger.actions").complete_chart(actor=system, as_of=as_of)


def found_company(*, company: str, currency: str, zone: str, plan: str | None) -> None:
    """Record the company. The rooms are loaded here because they need Django set up."""
    as_of: datetime = import_module("caudal.kit.world").now()
    system = import_module("caudal.kit.access").SYSTEM
    workspace = import_module("caudal.workspace.actions")
    workspace.found_company(company=company, currency=currency, zone=zone, actor=system, as_of=as_of)
    import_module("caudal.ledger.actions").set_up_chart(actor=system, as_of=as_of)
    if plan is not None:
        first = as_of.astimezone(ZoneInfo(zone)).date().replace(day=1)
        file, text = import_module("caudal.plan.queries").read_bytes(plan)
        import_module("caudal.plan.actions").adopt_plan(
            actor=system, as_of=as_of, text=text, starts_on=first, file=file
        )


def tell(text: str) -> None:
    """Say on the terminal what takes long; standard output is for data."""
    click.secho(text, err=True, dim=True)
