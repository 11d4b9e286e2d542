"""The targets of a plan, in the terminal."""

from fractions import Fraction
from typing import Final

import click
from rich import box
from rich.markup import escape
from rich.table import Table

from caudal.core.errors import Severity, msg
from caudal.core.intervals import exact_text
from caudal.core.plans import Plan, Target, UnitKind
from caudal.plan.commands.checking import scenario_option
from caudal.plan.commands.printing import finding_json, print_json, print_wide
from caudal.plan.offline import load_plan

WITHOUT_DATABASE: Final = True


@click.command()
@click.argument("name", metavar="PLAN")
@click.option("--version", "version", metavar="NAME", help="Show the plan at the size of one of its versions.")
@scenario_option
@click.option("--language", type=click.Choice(["en", "es"]), default="en", help="The language of the labels.")
@click.option("--json", "as_json", is_flag=True, help="Print data instead of a table; exact numbers are texts.")
def show(*, name: str, version: str | None, scenario: str | None, language: str, as_json: bool) -> None:
    """Show the targets of PLAN: the path of a plan file, or the name of a plan that comes with Caudal.

    A plan with mistakes is not shown: every mistake is, with its line and column, and the exit code is 1.
    """
    read = load_plan(name, scenario=scenario)
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
