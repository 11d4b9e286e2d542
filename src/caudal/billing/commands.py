"""`caudal invoice`, `caudal prove`, `caudal billing`: invoice what fell due, prove it, make anew what follows."""

import json
from datetime import date, datetime, timedelta
from typing import Final

import click
from django.apps import apps

from caudal.billing.actions import (
    invoice_all,
    rebuild_mrr,
    recognise_through,
    run_reconciliation,
    set_up_taxes,
    tell_again,
)
from caudal.billing.adapters import TableTaxes
from caudal.billing.queries import canonical_documents, story
from caudal.core.errors import Problem, msg
from caudal.core.periods import in_utc, start_of_day, zone_named
from caudal.kit.access import SYSTEM
from caudal.kit.postgres import Role
from caudal.kit.postgres.attached import attached, point
from caudal.kit.postgres.connections import data_folder, own_server
from caudal.kit.postgres.copies import twin
from caudal.kit.postgres.credentials import EMBEDDED, OWN, Credentials
from caudal.kit.postgres.own import database
from caudal.kit.world import now
from caudal.workspace.queries import company_day, founded

DAY = click.DateTime(["%Y-%m-%d"])
KNOWN: Final = frozenset({"billing_taxrate", "ledger_account"})
"""What a second database holds of billing and of the books."""
NEWS: Final = ("kit_fact", "kit_stream", "kit_delivery", "procrastinate_*")


class NotTheSame(Problem):
    """A document came out otherwise."""

    code = "prove.not_the_same"
    status = 500
    message = msg("{differing} of {documents} documents came out otherwise.")
    hint = msg("The first of them: {first}.")


@click.command("invoice")
@click.option("--through", type=DAY, help="The last day on which what is invoiced fell due. Default: today.")
@click.option("--dated", type=DAY, help="The day of issue. Default: today.")
@click.option("--drafts", is_flag=True, help="Put the documents together, and issue none.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@attached()
def invoice(*, through: datetime | None, dated: datetime | None, drafts: bool, as_json: bool) -> None:
    """Invoice everything that fell due. Run again, or twice at once, it invoices nothing twice."""
    as_of = now()
    run = invoice_all(
        actor=SYSTEM,
        as_of=as_of,
        up_to=min(as_of, _end_of(through.date())) if through else as_of,
        issue_day=dated.date() if dated else company_day(as_of),
        taxes=TableTaxes(),
        as_drafts=drafts,
    )
    failed = run.failures.count()
    if as_json:
        told = {"run": str(run.ref), "customers": run.customers, "invoices": run.invoices, "failed": failed}
        click.echo(json.dumps(told))
    else:
        click.echo(f"{run.invoices} documents for {run.customers} customers")
        if failed:
            click.echo(f"{failed} could not be invoiced: the page of {run.ref} says why")


@click.command("prove")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@attached()
def prove(*, as_json: bool) -> None:
    """Work out every invoice again and compare it to the byte.

    A second database is made for a while, with the catalogue, the parties, the usage and the rates. What was agreed and
    decided is done there again, at the same instants, by the same actions.
    """
    told, documents = story(), canonical_documents()
    data = data_folder()
    credentials = Credentials.load(data, OWN if own_server() else EMBEDDED)
    assert credentials is not None, "a database that is attached to has credentials"  # noqa: S101  our own mistake
    with database(data) as found:
        first = found.dsn(Role.APP)
        with twin(found, credentials, without=_left_out()) as second:
            point(second)
            tell_again(told, TableTaxes)
            again = canonical_documents()
            point(first)
    differing = sorted(key for key in documents.keys() | again.keys() if documents.get(key) != again.get(key))
    if as_json:
        click.echo(json.dumps({"facts": len(told.told), "documents": len(documents), "differing": differing}))
    elif not differing:
        click.echo(f"{len(documents)} documents, all the same to the byte")
    if differing:
        raise NotTheSame(differing=len(differing), documents=len(documents), first=differing[0])


def _left_out() -> list[str]:
    """The tables whose rows a second database does not get: what follows from what was agreed, and all facts."""
    models = [model for name in ("billing", "ledger") for model in apps.get_app_config(name).get_models()]
    return [*(model._meta.db_table for model in models if model._meta.db_table not in KNOWN), *NEWS]


@click.group()
def billing() -> None:
    """What is billed: recurring revenue, what is earned, and whether books, documents and terms fit together."""


@billing.command("rebuild-mrr")
@attached()
def rebuild_mrr_command() -> None:
    """Make all movements of recurring revenue anew from subscriptions and prices, and count what was wrong."""
    wrong = rebuild_mrr(actor=SYSTEM, as_of=now())
    click.echo(f"{wrong} movements were otherwise." if wrong else "All movements were as they should be.")


@billing.command("recognise")
@attached()
def recognise_command() -> None:
    """Post what became revenue in months that are over, and what was earned and not invoiced; nothing twice."""
    found = recognise_through(actor=SYSTEM, as_of=now())
    for each in found:
        click.echo(f"{each.month:%Y-%m}: {each.lines} lines became revenue, {each.accrued} amounts were accrued.")
    if not found:
        click.echo("All revenue was in the books already.")


@billing.command("reconcile")
@click.option("--json", "as_json", is_flag=True, help="Print every check as JSON, with the rows that differ.")
@attached()
def reconcile_command(*, as_json: bool) -> None:
    """Hold books, documents and terms against each other; exit with 1 where something differs."""
    row = run_reconciliation(actor=SYSTEM, as_of=now())
    if as_json:
        click.echo(json.dumps({"red": row.red, "checks": row.checks}))
    for check in () if as_json else row.checks:
        click.echo(f"{'fits   ' if check['green'] else 'DIFFERS'} {check['key']}")
        for odd in check["odd"]:
            said = odd["compared"]
            click.echo(f"          {odd['row']}: {said['one']} and {said['other']} {said['currency']}")
    if row.red:
        raise SystemExit(1)


def _end_of(day: date) -> datetime:
    """The last second of a day where the company is at home."""
    following = start_of_day(day + timedelta(days=1), zone_named(founded().zone))
    return in_utc(following) - timedelta(seconds=1)


@click.command("taxes")
@attached()
def taxes() -> None:
    """Add the shipped tax rates that this company lacks; what it added itself stays."""
    click.echo(f"{set_up_taxes(actor=SYSTEM, as_of=now())} tax rates added")
