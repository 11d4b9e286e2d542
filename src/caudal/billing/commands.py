"""`caudal invoice` and `caudal billing`: what fell due is invoiced, and what follows from terms is made anew."""

import json
from datetime import date, datetime, timedelta

import click

from caudal.billing.actions import invoice_all, rebuild_mrr, set_up_taxes
from caudal.billing.adapters import TableTaxes
from caudal.core.periods import in_utc, start_of_day, zone_named
from caudal.kit.access import SYSTEM
from caudal.kit.postgres.attached import attached
from caudal.kit.world import now
from caudal.workspace.queries import company_day, founded

DAY = click.DateTime(["%Y-%m-%d"])


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
    if as_json:
        click.echo(json.dumps({"run": str(run.ref), "customers": run.customers, "invoices": run.invoices}))
    else:
        click.echo(f"{run.invoices} documents for {run.customers} customers")


@click.group()
def billing() -> None:
    """What is billed: recurring revenue, made anew from terms."""


@billing.command("rebuild-mrr")
@attached()
def rebuild_mrr_command() -> None:
    """Make all movements of recurring revenue anew from subscriptions and prices, and count what was wrong."""
    wrong = rebuild_mrr(actor=SYSTEM, as_of=now())
    click.echo(f"{wrong} movements were otherwise." if wrong else "All movements were as they should be.")


def _end_of(day: date) -> datetime:
    """The last second of a day where the company is at home."""
    following = start_of_day(day + timedelta(days=1), zone_named(founded().zone))
    return in_utc(following) - timedelta(seconds=1)


@click.command("taxes")
@attached()
def taxes() -> None:
    """Add the shipped tax rates that this company lacks; what it added itself stays."""
    click.echo(f"{set_up_taxes(actor=SYSTEM, as_of=now())} tax rates added")
