"""Worked examples of others, computed by the core. Needs no installation."""

import json
from decimal import Decimal
from pathlib import Path

import click

from caudal.cli.cases import NotCases, Report, run_cases


@click.command("cases")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--strict", is_flag=True, help="Exit with 1 when a figure differs or a case was not run.")
@click.pass_context
def cases(context: click.Context, *, file: Path, as_json: bool, strict: bool) -> None:
    """Compute a file of worked examples of billing, and say where the figures differ."""
    report = run_cases(read(file), file)
    if as_json:
        click.echo(json.dumps(report.to_json(), indent=2, ensure_ascii=False))
    else:
        tell(report)
    if strict and report.agreed < report.total:
        context.exit(1)


def read(file: Path) -> object:
    """What a file holds; numbers are read exactly. Raises NotCases."""
    try:
        return json.loads(file.read_bytes(), parse_float=Decimal)
    except ValueError:
        raise NotCases(file=file) from None


def tell(report: Report) -> None:
    """Say what a person wants to know of a report."""
    click.echo(
        f"{report.total} cases: {report.agreed} agree, {report.differing} differ, {len(report.not_run)} not run."
    )
    for one in report.differs:
        click.echo(f"  {one.id}  {one.key}: expected {one.expected}, got {one.got}. {one.note}".rstrip())
    for left in report.not_run:
        click.echo(f"  {left.id}  not run: {left.reason}")
