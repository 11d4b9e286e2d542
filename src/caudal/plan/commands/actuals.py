"""Actuals that are typed or come from a file, in the terminal."""

from pathlib import Path

import click
from django.utils import translation
from rich import box
from rich.markup import escape
from rich.table import Table

from caudal.core.errors import msg
from caudal.core.intervals import exact_text
from caudal.kit.access import SYSTEM
from caudal.kit.postgres.attached import attached
from caudal.kit.world import now
from caudal.plan.actions import type_actuals
from caudal.plan.commands.printing import finding_json, print_json, print_wide
from caudal.plan.imports import Said, Spelling, draft_of, import_actuals
from caudal.plan.queries import Typed, adopted_plan, history_of, typed_lately, typists
from caudal.workspace.queries import company


@click.command()
@click.argument("target", metavar="TARGET")
@click.argument("period", metavar="PERIOD")
@click.argument("value", metavar="VALUE")
@click.option("--through", metavar="YYYY-MM-DD", default="", help="The last day that the value speaks of.")
@click.option("--source", default="", help="Where it comes from.")
@attached()
def actual(*, target: str, period: str, value: str, through: str, source: str) -> None:
    """Type what the number of TARGET came to in PERIOD (2026-03), where nothing counts it; a share as 26% or 0.26."""
    with translation.override("en"):
        _, plan = adopted_plan(SYSTEM)
        said = Said(name=target, period=period, value=value, through=through, source=source)
        draft = draft_of(plan, said, Spelling(fiscal_start=_fiscal_start()))
        (row,) = type_actuals(actor=SYSTEM, as_of=now(), drafts=[draft])
        known = msg("{target} of {period} is known so already.")
        kept = msg("{target} of {period} is {value} {unit}, typed.")
        click.echo(
            (known if row is None else kept).format(
                target=draft.target.id, period=draft.period.label, value=draft.value, unit=draft.target.unit.text
            )
        )


@click.command()
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--target", metavar="TARGET", help="List everything that was ever typed of one target.")
@click.option("--json", "as_json", is_flag=True, help="Print data.")
@attached()
def actuals(*, file: Path | None, target: str | None, as_json: bool) -> None:
    """Take the actuals of FILE (CSV or XLSX: target, period, value), or list what was typed.

    Good lines are taken; every other one is named with its line and why, and the exit code is 1.
    """
    if file is not None:
        _take(file, as_json=as_json)
        return
    _, plan = adopted_plan(SYSTEM)
    found = (
        history_of(SYSTEM, plan.target(target), _fiscal_start()) if target else typed_lately(SYSTEM, _fiscal_start())
    )
    if as_json:
        print_json({"actuals": [_row(each) for each in found]})
    else:
        print_wide(_table(found))


def _take(file: Path, *, as_json: bool) -> None:
    with file.open("rb") as opened:
        report = import_actuals(actor=SYSTEM, as_of=now(), name=file.name, file=opened)
    if as_json:
        findings = [finding_json(finding) for finding in report.findings]
        print_json({"lines": report.lines, "typed": report.typed, "known": report.known, "findings": findings})
    else:
        for finding in report.findings:
            click.echo(str(finding), err=True)
        words = msg("{typed} actuals typed, {known} known so already, {refused} lines refused.")
        click.echo(words.format(typed=report.typed, known=report.known, refused=len(report.findings)))
    if report.findings:
        raise click.exceptions.Exit(1)


def _row(told: Typed) -> dict[str, object]:
    return {
        "number": told.number.id,
        "pillar": told.number.pillar or None,
        "unit": told.number.unit,
        "period": told.period.label,
        "through": told.through.isoformat(),
        "value": None if told.value is None else exact_text(told.value),
        "source": told.source,
        "typed_by": told.by,
        "typed_at": told.at.isoformat(),
        "counts": told.counts and told.value is not None,
    }


def _table(found: list[Typed]) -> Table:
    table, names = Table(box=box.SIMPLE), typists(found)
    for heading in ("Number", "Pillar", "Period", "Up to", "Value", "Unit", "Source", "Typed by", "Typed"):
        table.add_column(heading, justify="right" if heading == "Value" else "left", overflow="fold")
    for each in found:
        value = "taken back" if each.value is None else exact_text(each.value)
        cells = (each.number.id, each.number.pillar, each.period.label, each.through.isoformat(), value)
        said = (each.number.unit, each.source, names[each.by], f"{each.at:%Y-%m-%d %H:%M}")
        table.add_row(*map(escape, (*cells, *said)), style="" if each.counts and each.value is not None else "dim")
    return table


def _fiscal_start() -> int:
    own = company()
    return own.fiscal_start_month if own else 1
