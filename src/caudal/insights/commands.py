"""`caudal metric`: any number of the registry, and the records behind it, in the terminal."""

import json
from datetime import date, datetime
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from caudal.core.metrics import METRICS, Cell
from caudal.core.periods import Grain
from caudal.insights.queries import (
    Result,
    definition_json,
    drill,
    drill_json,
    is_fed,
    measure,
    question,
    reference_page,
    result_json,
    value_json,
)
from caudal.kit.access import SYSTEM
from caudal.kit.postgres.attached import attached
from caudal.kit.world import now

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("metric")
@click.argument("metric_id", metavar="ID", required=False)
@click.option("--from", "start", type=DAY, help="First day. Default: the first on which anything happened.")
@click.option("--to", "end", type=DAY, help="The day after the last one. Default: tomorrow.")
@click.option("--grain", type=click.Choice([grain.value for grain in Grain]), help="One row for each of these.")
@click.option("--by", multiple=True, help="Break down by this: owner, pillar, product, … Repeat for more than one.")
@click.option("--where", default="", help="Count only records of which this expression is true.")
@click.option("--rows", "listed", is_flag=True, help="List the records behind the number.")
@click.option("--list", "all_metrics", is_flag=True, help="List the metrics there are.")
@click.option("--markdown", is_flag=True, help="Print the reference page of all metrics.")
@click.option("--json", "as_json", is_flag=True, help="Print data instead of a table.")
def metric(
    *,
    metric_id: str | None,
    start: datetime | None,
    end: datetime | None,
    grain: str | None,
    by: tuple[str, ...],
    where: str,
    listed: bool,
    all_metrics: bool,
    markdown: bool,
    as_json: bool,
) -> None:
    """Show what a metric comes to, by period and dimensions."""
    if markdown:
        click.echo(reference_page(), nl=False)
        return
    if all_metrics:
        _show_registry(as_json=as_json)
        return
    if metric_id is None:
        raise click.UsageError("Name a metric, or ask for --list.")
    if listed and (grain or by):
        raise click.UsageError("--rows lists the records behind one number: leave out --grain and --by.")
    with attached():
        asked = question(
            SYSTEM,
            metric_id,
            as_of=now(),
            start=_day(start),
            end=_day(end),
            grain=Grain(grain) if grain else None,
            by=_names(by),
            where=where,
        )
        if listed:
            answer = drill_json(drill(SYSTEM, metric_id, asked, Cell(asked.start)))
            _print_json(answer) if as_json else _print_records(answer)
        else:
            result = measure(SYSTEM, metric_id, asked)
            _print_json(result_json(result)) if as_json else _print_figures(result)


def _show_registry(*, as_json: bool) -> None:
    if as_json:
        _print_json({"metrics": [definition_json(one) for one in METRICS]})
        return
    table = Table(box=box.SIMPLE)
    for heading in ("Metric", "What", "Kind", "Unit", "Fed"):
        table.add_column(heading, overflow="fold")
    for one in METRICS:
        table.add_row(one.id, escape(one.description.en), one.kind, one.unit or "share", "yes" if is_fed(one) else "no")
    _print_table(table)


def _print_json(data: dict[str, Any]) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def _print_figures(result: Result) -> None:
    table = Table(box=box.SIMPLE)
    table.add_column("Period")
    for name in result.request.by:
        table.add_column(name, overflow="fold")
    table.add_column(result.currency or result.metric.unit or "share", justify="right")
    table.add_column("Of", justify="right")
    for figure in result.rows:
        value = value_json(figure.value, result.currency)
        mark = "" if figure.complete else " *"
        parts = "" if figure.denominator == 1 else f"{figure.numerator} / {figure.denominator}"
        names = ("" if value is None else escape(str(value)) for value in figure.dimensions)
        table.add_row(result.label(figure), *names, f"{_shown(value)}{mark}", parts)
    _print_table(table)
    for finding in result.findings:
        click.echo(f"* {finding.told()}", err=True)


def _shown(value: float | str | None) -> str:
    match value:
        case None:
            return "-"
        case float():
            return f"{value:.4f}"
    return str(value)


def _print_records(answer: dict[str, Any]) -> None:
    table = Table(box=box.SIMPLE)
    for heading in ("Record", "Name", "Day", "Adds", "Of"):
        table.add_column(heading, overflow="fold", justify="left" if heading in {"Record", "Name", "Day"} else "right")
    for row in answer["rows"]:
        cells = (row["ref"], row["label"], row["day"], row["numerator"], row["denominator"])
        table.add_row(*(escape(str("" if cell is None else cell)) for cell in cells))
    _print_table(table)


def _print_table(table: Table) -> None:
    console = Console()
    (console if console.is_terminal else Console(width=160)).print(table)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _names(by: tuple[str, ...]) -> tuple[str, ...]:
    """Dimensions, each given by an option of its own or several with commas between."""
    return tuple(name.strip() for each in by for name in each.split(",") if name.strip())
