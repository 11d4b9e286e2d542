"""Plans in the terminal: adopted, and compared with what happened."""

from zoneinfo import ZoneInfo

import click
from django.utils import translation

from caudal.core.periods import CalendarPeriod, Grain, UnreadableLabel, day_in
from caudal.kit.access import SYSTEM
from caudal.kit.postgres.attached import attached
from caudal.kit.world import now
from caudal.plan.actions import PlanRefused, adopt_plan
from caudal.plan.commands.printing import print_json, print_wide
from caudal.plan.queries import Measuring, read_bytes, standing, standing_rows, standing_table
from caudal.workspace.queries import company


@click.command()
@click.argument("name", metavar="PLAN")
@click.option("--version", "version", metavar="NAME", default="", help="Adopt it at the size of one of its versions.")
@click.option("--starts", metavar="YYYY-MM", help="The month it starts in; this one by default.")
@attached()
def adopt(*, name: str, version: str, starts: str | None) -> None:
    """Make PLAN, a plan file or one that comes with Caudal, the plan that counts."""
    as_of = now()
    month = month_named(starts) or CalendarPeriod.of(Grain.MONTH, day_in(as_of, _zone()))
    file, data = read_bytes(name)
    try:
        adopted = adopt_plan(
            actor=SYSTEM, as_of=as_of, text=data, version=version, starts_on=month.days.start, file=file
        )
    except PlanRefused as refused:
        for finding in refused.findings:
            click.echo(str(finding), err=True)
        raise click.ClickException(refused.said(refused.message)) from refused
    size = f" ({version})" if version else ""
    click.echo(f"{adopted.name}{size} counts from {month.label}.")


@click.command()
@click.option("--month", metavar="YYYY-MM", help="Look from the end of a month that has ended.")
@click.option("--all", "every", is_flag=True, help="List the targets that nothing feeds yet as well.")
@click.option("--language", type=click.Choice(["en", "es"]), default="en", help="The language of the words.")
@click.option("--json", "as_json", is_flag=True, help="Print every target as data.")
@attached()
def status(*, month: str | None, every: bool, language: str, as_json: bool) -> None:
    """Compare the plan with what happened."""
    as_of = now()
    with translation.override(language):
        found = standing(actor=SYSTEM, as_of=as_of, month=month_named(month), measuring=Measuring(SYSTEM, as_of))
        if as_json:
            print_json({"as_of": found.moment.at.isoformat(), "targets": standing_rows(found.targets)})
        else:
            print_wide(standing_table(found, unfed=every))


def month_named(text: str | None) -> CalendarPeriod | None:
    if not text:
        return None
    month = CalendarPeriod.parse(text)
    if month.grain is not Grain.MONTH:
        raise UnreadableLabel(text=text)
    return month


def _zone() -> ZoneInfo:
    own = company()
    return ZoneInfo(own.zone if own else "UTC")
