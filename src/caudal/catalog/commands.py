"""`caudal prices`: price lists in and out of the terminal."""

import json
from datetime import datetime
from pathlib import Path

import click
from django.utils.translation import gettext

from caudal.catalog.actions import add_prices
from caudal.catalog.imports.pricelists import (
    PriceListPlan,
    as_csv,
    as_workbook,
    plan_price_list,
    plan_told,
    price_list,
)
from caudal.core.errors import Severity
from caudal.kit.access import SYSTEM
from caudal.kit.postgres.attached import attached
from caudal.kit.world import now
from caudal.workspace.queries import company_day


@click.group()
def prices() -> None:
    """The price list of the catalogue, out as a file and back in."""


@prices.command("export")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--every", is_flag=True, help="All prices there ever were, and not only those that hold or come.")
def export_command(*, path: Path, every: bool) -> None:
    """Write the prices into PATH: a workbook where it ends in .xlsx, else CSV."""
    with attached():
        lines = price_list(SYSTEM, company_day(now()), every=every)
    if path.suffix.lower() == ".xlsx":
        path.write_bytes(as_workbook(lines))
    else:
        path.write_text(as_csv(lines), encoding="utf-8")
    click.echo(f"{len(lines):,} lines in {path}.")


@prices.command("import")
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--from", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day of prices that say none.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def import_command(*, path: Path, day: datetime | None, is_dry_run: bool, as_json: bool) -> None:
    """Add every price of PATH that is not known yet, all of them or none; prices are never edited."""
    with attached():
        plan = plan_price_list(SYSTEM, path.name, path.read_bytes(), from_date=day.date() if day else None)
        if plan.is_sound and not is_dry_run:
            add_prices(actor=SYSTEM, as_of=now(), prices=plan.prices())
    if as_json:
        click.echo(json.dumps({"dry_run": is_dry_run, **plan_told(plan, gettext)}, ensure_ascii=False, indent=2))
    else:
        show(plan, is_dry_run=is_dry_run)
    if not plan.is_sound:
        raise SystemExit(1)


def show(plan: PriceListPlan, *, is_dry_run: bool) -> None:
    """Print what a file changes, and what is odd or wrong about it."""
    for each in plan.findings:
        click.secho(str(each), fg="red" if each.severity is Severity.ERROR else "yellow")
    for change in plan.changes:
        new = change.new
        before = json.dumps(change.before) if change.before else "—"
        head = f"{change.charge.offering.code} {change.charge.code} {new.currency} from {new.from_date}"
        click.echo(f"{head}\n  {before}\n  {json.dumps(new.price)}")
    done = "would be added" if is_dry_run or not plan.is_sound else "added"
    click.echo(f"{len(plan.changes):,} {done}, {plan.known:,} known as they are.")
