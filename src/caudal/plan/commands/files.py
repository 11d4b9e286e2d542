"""Plans in the terminal: shown, adopted, and compared with what happened."""

from fractions import Fraction
from zoneinfo import ZoneInfo

import click
from django.utils import translation
from rich import box
from rich.markup import escape
from rich.table import Table

from caudal.core.errors import Severity, msg
from caudal.core.intervals import exact_text
from caudal.core.periods import CalendarPeriod, Grain, UnreadableLabel, day_in
from caudal.core.plans import Plan, Target, UnitKind
from caudal.kit.access import SYSTEM
from caudal.kit.postgres.attached import attached
from caudal.kit.world import now
from caudal.plan.actions import PlanRefused, adopt_plan
from caudal.plan.commands.printing import finding_json, print_json, print_wide
from caudal.plan.queries import Measuring, load_plan, read_bytes, standing, standing_rows, standing_table
from caudal.workspace.queries import company


@click.command()
@click.argument("name", metavar="PLAN")
@click.option("--version", "version", metavar="NAME", help="Show the plan at the size of one of its versions.")
@click.option("--language", type=click.Choice(["en", "es"]), default="en", help="The language of the labels.")
@click.option("--json", "as_json", is_flag=True, help="Print data instead of a table; exact numbers are texts.")
def show(*, name: str, version: str | None, language: str, as_json: bool) -> None:
    """Show the targets of PLAN: the path of a plan file, or the name of a plan that comes with Caudal.

    A plan with mistakes is not shown: every mistake is, with its line and column, and the exit code is 1.
    """
    read = load_plan(name)
    shown = read.plan and (read.plan.in_version(version) if version else read.plan)
    if shown is None and as_json:
        print_json({"findings": [finding_json(finding) for finding in read.findings]})
    else:
        for finding in read.findings:
            click.echo(str(finding), err=True)
    if shown is None:
        errors = sum(finding.severity is Severity.ERROR for finding in read.findings)
        raise click.ClickException(msg("{count} mistakes in {name}.").format(count=errors, name=name))
    if as_json:
        print_json(shown.to_json())
    else:
        _print_table(shown, language)


@click.command()
@click.argument("name", metavar="PLAN")
@click.option("--version", "version", metavar="NAME", default="", help="Adopt it at the size of one of its versions.")
@click.option("--starts", metavar="YYYY-MM", help="The month it starts in; this one by default.")
@attached()
def adopt(*, name: str, version: str, starts: str | None) -> None:
    """Make PLAN, a plan file or one that comes with Caudal, the plan that counts."""
    as_of = now()
    month = _month(starts) or CalendarPeriod.of(Grain.MONTH, day_in(as_of, _zone()))
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
        found = standing(actor=SYSTEM, as_of=as_of, month=_month(month), measuring=Measuring(SYSTEM, as_of))
        if as_json:
            print_json({"as_of": found.moment.at.isoformat(), "targets": standing_rows(found.targets)})
        else:
            print_wide(standing_table(found, unfed=every))


def _month(text: str | None) -> CalendarPeriod | None:
    if not text:
        return None
    month = CalendarPeriod.parse(text)
    if month.grain is not Grain.MONTH:
        raise UnreadableLabel(text=text)
    return month


def _zone() -> ZoneInfo:
    own = company()
    return ZoneInfo(own.zone if own else "UTC")


def _print_table(shown: Plan, language: str) -> None:
    size = f" x {exact_text(shown.version.scale)}" if shown.version else ""
    table = Table(title=escape(f"{shown.name.told(language)}{size}"), box=box.SIMPLE, title_justify="left")
    for heading in (msg("Target"), msg("What"), msg("Range"), msg("Unit"), msg("Pillar"), msg("Metric"), msg("Lines")):
        table.add_column(heading, justify="right" if heading == "Range" else "left", overflow="fold")
    for target in shown.targets:
        lines = ", ".join(map(str, target.lines))
        cells = (
            target.id,
            target.label.told(language),
            _range(target),
            target.unit.text,
            target.pillar or "",
            target.metric or "",
            lines,
        )
        table.add_row(*(escape(cell) for cell in cells))
    print_wide(table)


def _range(target: Target) -> str:
    """A range as people write it: 5,000+, 25-30 %, 30 %."""
    lo = _figure(target, target.lo)
    sign = " %" if target.unit.kind is UnitKind.PERCENT else ""
    if target.hi is None:
        return f"{lo}{sign}+"
    return f"{lo}{sign}" if target.hi == target.lo else f"{lo}-{_figure(target, target.hi)}{sign}"


def _figure(target: Target, number: Fraction) -> str:
    words = exact_text(number * 100 if target.unit.kind is UnitKind.PERCENT else number)
    whole, point, decimals = words.partition(".")
    return words if "/" in words else f"{int(whole):,}{point}{decimals}"
