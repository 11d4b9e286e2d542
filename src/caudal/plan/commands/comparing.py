"""What two plans say differently, in the terminal."""

from typing import Final

import click
from django.utils import translation
from django.utils.translation import gettext
from rich import box
from rich.markup import escape
from rich.table import Table

from caudal.core.errors import msg
from caudal.core.ids import NotAnId, Ref
from caudal.core.plans import Fate, Plan, PlanDifference, difference
from caudal.kit.terminal import reading_rows
from caudal.plan.commands.checking import readable
from caudal.plan.commands.printing import print_json, print_wide
from caudal.plan.offline import difference_summary, difference_words, section_word

WITHOUT_DATABASE: Final = True
_STYLES = {Fate.ADDED: "green", Fate.REMOVED: "red", Fate.CHANGED: "yellow"}


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="[B]", required=False)
@click.option("--version", "version", metavar="NAME", help="Compare both at the size of one of their versions.")
@click.option("--scenario", "scenario", metavar="NAME", help="Take B, or A where there is no B, as a scenario has it.")
@click.option("--strict", is_flag=True, help="Exit with 1 when they differ.")
@click.option("--language", type=click.Choice(["en", "es"]), default="en", help="The language of the words.")
@click.option("--json", "as_json", is_flag=True, help="Print every difference as data; exact numbers are texts.")
def diff(
    *,
    before: str,
    after: str | None,
    version: str | None,
    scenario: str | None,
    strict: bool,
    language: str,
    as_json: bool,
) -> None:
    """Say what B says differently from A: targets, prices, budget, phases, drivers and all the rest.

    Each is the path of a plan file, the name of a plan that comes with Caudal, or the id of a plan that was adopted
    or is being written; of a scenario that was kept, the id says the whole of B. With --scenario and without B it is
    said what a scenario of A changes.
    """
    if after is None and scenario is None:
        raise click.UsageError(msg("Say which plan A is compared with: another one, or a scenario of it."))
    after = before if after is None else after
    one = _plan(before, version, None, as_json=as_json)
    other = _plan(after, version, scenario, as_json=as_json)
    found = difference(one, other)
    with translation.override(language):
        if as_json:
            print_json({"before": before, "after": after, "scenario": scenario, **found.to_json()})
        else:
            _print(found)
    if strict and found.differences:
        raise click.ClickException(msg("{count} differences.").format(count=len(found.differences)))


def _plan(name: str, version: str | None, scenario: str | None, *, as_json: bool) -> Plan:
    try:
        ref = Ref.parse(name)
    except NotAnId:
        return readable(name, (), version, scenario, as_json=as_json)[0]
    plan: Plan = reading_rows("caudal.plan.commands.kept").plan_kept(ref, scenario)
    return plan.in_version(version) if version and plan.version is None else plan


def _print(found: PlanDifference) -> None:
    table = Table(box=box.SIMPLE, title_justify="left", show_lines=False)
    for heading in ("", gettext("Section"), gettext("What"), "A", "B", gettext("What changed")):
        table.add_column(heading, overflow="fold")
    for each in map(difference_words, found.differences):
        one = each.difference
        table.add_row(
            f"[{_STYLES[one.fate]}]{escape(each.fate)}[/]",
            escape(section_word(one.section)),
            escape(f"{each.label} [{one.id}]" if one.id else each.label),
            escape(each.before),
            escape(each.after),
            escape(each.change if one.fate is Fate.CHANGED else ""),
        )
    if found.differences:
        print_wide(table)
    click.echo(difference_summary(found))
