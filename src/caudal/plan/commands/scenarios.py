"""The scenarios of a plan beside it, in the terminal."""

from typing import Final

import click
from django.utils import translation
from django.utils.translation import gettext
from rich import box
from rich.markup import escape
from rich.table import Table

from caudal.core.errors import msg
from caudal.plan.commands.checking import readable
from caudal.plan.commands.printing import print_json, print_wide
from caudal.plan.offline import (
    Beside,
    about,
    chance_words,
    contrast_data,
    contrast_words,
    difference_words,
    key_numbers,
    known,
    side_by_side,
    tree_of,
)

WITHOUT_DATABASE: Final = True


@click.command()
@click.argument("name", metavar="PLAN")
@click.option("--scenario", "chosen", metavar="NAME", multiple=True, help="Only this one. May be given several times.")
@click.option("--of", "numbers", metavar="ID", multiple=True, help="Compare this number. May be given several times.")
@click.option("--version", "version", metavar="NAME", help="Take the plan at the size of one of its versions.")
@click.option("--runs", type=click.IntRange(1, 1_000_000), default=5000, help="How many futures; 5,000 by default.")
@click.option("--language", type=click.Choice(["en", "es"]), default="en", help="The language of the words.")
@click.option("--json", "as_json", is_flag=True, help="Print all of it as data.")
def scenarios(
    *,
    name: str,
    chosen: tuple[str, ...],
    numbers: tuple[str, ...],
    version: str | None,
    runs: int,
    language: str,
    as_json: bool,
) -> None:
    """Set the scenarios of PLAN beside it: what each comes to, how likely it is, what it changes and breaks.

    All meet the same fortune, so what differs is what a scenario changes.
    """
    plan, _ = readable(name, (), version, as_json=as_json)
    told = [(each.id, each.label.told(language)) for each in plan.scenarios if not chosen or each.id in chosen]
    asked = [*told, *((each, each) for each in chosen if each not in dict(told))]
    if not asked:
        raise click.ClickException(msg("{name} has no scenarios.").format(name=name))
    made = [(each, label, readable(name, (), version, each, as_json=True)[0]) for each, label in asked]
    ids = key_numbers(tree_of(plan), numbers, [tree_of(each) for _, _, each in made])
    with translation.override(language):
        sides = side_by_side((gettext("The plan"), plan), made, ids, runs=runs)
        if as_json:
            print_json({"plan": plan.id, **contrast_data(sides, ids)})
            return
        for number in ids:
            print_wide(_table(sides, number, language))
        for side in sides[1:]:
            click.echo(f"{side.name} [{side.called}]")
            for each in map(difference_words, side.changes.differences if side.changes else ()):
                ranges = f": {each.before} → {each.after}" if each.after else ""
                click.echo(f"  {each.label}{ranges} ({each.change})")
            for remark in side.breaks:
                click.echo("  " + gettext("cannot hold any more: %(what)s") % {"what": remark.statement})
            for remark in side.mends:
                click.echo("  " + gettext("holds now: %(what)s") % {"what": remark.statement})


def _table(sides: tuple[Beside, ...], number: str, language: str) -> Table:
    node = sides[0].tree.by_id[number]
    table = Table(title=escape(node.label.told(language)), box=box.SIMPLE, title_justify="left")
    headings = (gettext("Scenario"), gettext("Usually"), "P5", "P50", "P95", gettext("Reach the target"))
    for heading in (*headings, gettext("Against the plan")):
        table.add_column(heading, overflow="fold", justify="left" if not table.columns else "right")
    for side in sides:
        last = side.futures.of(number).last
        cells = (
            side.name,
            about(node.unit, known(side.usually[number])),
            *(about(node.unit, value) for value in (last.p5, last.p50, last.p95)),
            "" if last.chance is None else chance_words(last.chance),
            contrast_words(side, number),
        )
        table.add_row(*map(escape, cells))
    return table
