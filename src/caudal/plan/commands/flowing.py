"""The river in the terminal."""

import click
from django.utils import translation
from rich import box
from rich.markup import escape
from rich.table import Table

from caudal.kit.access import SYSTEM
from caudal.kit.postgres.attached import attached
from caudal.kit.world import now
from caudal.plan.commands.adopted import month_named
from caudal.plan.commands.printing import print_json, print_wide
from caudal.plan.queries import flow_name, flow_text, river, river_data, river_words
from caudal.ui.formats import percent_text, reader_locale

BAR = 24


@click.command("river")
@click.option("--month", metavar="YYYY-MM", help="Look from the end of a month that has ended.")
@click.option("--language", type=click.Choice(["en", "es"]), default="en", help="The language of the words.")
@click.option("--json", "as_json", is_flag=True, help="Print data.")
@attached()
def show_river(*, month: str | None, language: str, as_json: bool) -> None:
    """Show the way from leads to cash: what each reach carries, beside what was due by now."""
    with translation.override(language):
        found = river(SYSTEM, as_of=now(), month=month_named(month))
        if as_json:
            print_json(river_data(found))
            return
        click.echo(river_words(found))
        table = Table(box=box.SIMPLE, show_header=False)
        for flow in found.flows:
            fill = flow.fill
            bar = "" if fill is None else "\N{FULL BLOCK}" * min(round(fill * BAR / 2), BAR)
            share = "" if fill is None else percent_text(fill, reader_locale(), places=0)
            numbers = flow_text(flow, flow.actual) or "?", flow_text(flow, flow.due) or "-"
            table.add_row(escape(flow_name(flow.reach)), *map(escape, numbers), share, bar)
        print_wide(table)
