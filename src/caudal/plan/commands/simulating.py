"""The futures of a plan in the terminal: its tree, what must be true, many runs by chance, and the best split."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
from django.utils import translation
from django.utils.translation import gettext
from rich import box
from rich.markup import escape
from rich.table import Table

from caudal.core.drivers import Tree
from caudal.core.errors import Severity, msg
from caudal.plan.commands.checking import readable, scenario_option
from caudal.plan.commands.printing import finding_json, print_json, print_wide
from caudal.plan.offline import (
    about,
    bar_rows,
    bars_of,
    chance_words,
    changes_of,
    futures_of,
    must_rows,
    musts_of,
    numbers_of,
    split_data,
    split_of,
    split_range,
    tree_data,
    tree_of,
    wanted_of,
)

if TYPE_CHECKING:
    from caudal.core.simulate import Futures

WITHOUT_DATABASE: Final = True
F = TypeVar("F", bound=Callable[..., Any])
_MATTER = 3
"""How many drivers are named beside a number."""


def _common(command: F) -> F:
    """Add what all of these commands are told."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print all of it as data."),
        click.option("--language", type=click.Choice(["en", "es"]), default="en", help="The language of the words."),
        click.option("--version", "version", metavar="NAME", help="Take the plan at the size of one of its versions."),
        scenario_option,
        click.option(
            "--set", "sets", metavar="DRIVER=VALUE", multiple=True, help="Set a driver. May be given several times."
        ),
        click.argument("name", metavar="PLAN"),
    ):
        command = option(command)
    return command


@click.command()
@_common
@click.option("--month", type=click.IntRange(1, 120), help="The month to look at; the last one of the plan by default.")
@click.option("--of", "number", metavar="ID", help="Say what moves this number, and what must be true for it.")
@click.option("--to", "wanted", type=float, help="What the number of --of should be; its target by default.")
def tree(
    *,
    name: str,
    sets: tuple[str, ...],
    version: str | None,
    scenario: str | None,
    language: str,
    as_json: bool,
    month: int | None,
    number: str | None,
    wanted: float | None,
) -> None:
    """Show the driver tree of PLAN: what each number is in a month, and what follows when a driver is set."""
    grown = _grown(name, version, scenario, as_json=as_json)
    changed, month = changes_of(grown, sets), month or grown.plan.months
    told = tree_data(grown, month, changed)
    if number is not None:
        wanted = wanted_of(grown, number, wanted)
        told["moved_by"] = bar_rows(bars_of(grown, number, month=month, changed=changed))
        if wanted is not None:
            told["must"] = must_rows(musts_of(grown, number, wanted, month=month, changed=changed))
            told["wanted"] = wanted
    if as_json:
        print_json(told)
        return
    with translation.override(language):
        print_wide(_tree_table(grown, month, changed, language))
        if number is not None:
            print_wide(_bars_table(grown, number, told, language))


@click.command()
@_common
@click.option("--runs", type=click.IntRange(1, 1_000_000), default=10_000, help="How many futures; 10,000 by default.")
@click.option("--months", type=click.IntRange(1, 120), help="How many months; those of the plan by default.")
@click.option("--seed", type=click.IntRange(0), default=1, help="The same seed gives the same futures.")
def simulate(
    *,
    name: str,
    sets: tuple[str, ...],
    version: str | None,
    scenario: str | None,
    language: str,
    as_json: bool,
    runs: int,
    months: int | None,
    seed: int,
) -> None:
    """Play PLAN many times by chance: quantiles of every number, and how many futures reach each target."""
    grown = _grown(name, version, scenario, as_json=as_json)
    found = futures_of(grown, runs=runs, months=months, seed=seed, changed=changes_of(grown, sets))
    if as_json:
        print_json({"plan": grown.plan.id, "seed": seed, **found.to_json()})
        return
    with translation.override(language):
        print_wide(_futures_table(found, language))
        for capacity in found.capacities:
            words = gettext("%(what)s: short in %(chance)s in month %(month)s.")
            label = capacity.need.label.told(language)
            said = {"what": label, "chance": chance_words(capacity.short[-1]), "month": found.months}
            click.echo(words % said)
        if found.together is not None:
            said = {"chance": chance_words(found.together), "month": found.months}
            click.echo(gettext("All targets at once: %(chance)s in month %(month)s.") % said)


@click.command()
@_common
@click.option("--budget", type=float, help="What to split; what the channels usually spend by default.")
def split(
    *,
    name: str,
    sets: tuple[str, ...],
    version: str | None,
    scenario: str | None,
    language: str,
    as_json: bool,
    budget: float | None,
) -> None:
    """Split a budget over the channels of PLAN that bring less for each further sum, and prove that none is better."""
    grown = _grown(name, version, scenario, as_json=as_json)
    changes_of(grown, sets)
    found = split_of(grown, budget if budget is not None else split_range(grown)[1])
    if as_json:
        print_json({"plan": grown.plan.id, **split_data(found)})
        return
    with translation.override(language):
        table = Table(box=box.SIMPLE)
        for heading in (gettext("Channel"), gettext("Spend"), gettext("Brings"), gettext("The next 1,000 bring")):
            table.add_column(heading, justify="left" if not table.columns else "right")
        for each in found.shares:
            money, brought = grown.by_id[each.response.spend].unit, each.response.unit
            cells = (about(money, each.spend), about(brought, each.brings), about(brought, each.marginal * 1000))
            table.add_row(escape(each.response.label.told(language)), *map(escape, cells))
        print_wide(table)


def _grown(name: str, version: str | None, scenario: str | None, *, as_json: bool) -> Tree:
    """Read a plan and grow its tree; say what cannot be used, and end where nothing can."""
    plan, _ = readable(name, (), version, scenario, as_json=as_json)
    grown = tree_of(plan)
    errors = [finding for finding in grown.findings if finding.severity is Severity.ERROR]
    if errors and as_json:
        print_json({"findings": [finding_json(finding) for finding in grown.findings]})
    elif not as_json:
        for finding in grown.findings:
            click.echo(str(finding), err=True)
    if errors:
        raise click.ClickException(msg("{count} mistakes in {name}.").format(count=len(errors), name=name))
    return grown


def _tree_table(grown: Tree, month: int, changed: dict[str, float], language: str) -> Table:
    before, after = numbers_of(grown, month), numbers_of(grown, month, changed)
    table = Table(title=gettext("Month %(month)s") % {"month": month}, box=box.SIMPLE, title_justify="left")
    for heading in (gettext("Number"), gettext("What"), gettext("Usually"), gettext("Now"), gettext("Comes from")):
        table.add_column(heading, overflow="fold", justify="right" if len(table.columns) in {2, 3} else "left")
    for node in grown.nodes:
        moved = before[node.id] != after[node.id] and after[node.id] == after[node.id]
        cells = (
            node.id,
            node.label.told(language),
            about(node.unit, before[node.id], per=True),
            about(node.unit, after[node.id], per=True) if moved else "",
            node.formula or node.origin.value,
        )
        table.add_row(*map(escape, cells))
    return table


def _bars_table(grown: Tree, number: str, told: dict[str, Any], language: str) -> Table:
    node = grown.number(number)
    table = Table(title=escape(node.label.told(language)), box=box.SIMPLE, title_justify="left")
    for heading in (gettext("Driver"), gettext("Low"), gettext("High"), gettext("Must be")):
        table.add_column(heading, justify="left" if not table.columns else "right")
    musts = {row["driver"]: row for row in told.get("must", ())}
    for bar in told["moved_by"]:
        driver = grown.number(bar["driver"])
        must = musts.get(driver.id)
        needed = about(driver.unit, must["value"]) if must and must["value"] is not None else ""
        needed = f"{needed} *" if needed and must and not must["within"] else needed
        cells = (
            driver.label.told(language),
            about(node.unit, bar["at_low"]),
            about(node.unit, bar["at_high"]),
            needed or ("-" if must else ""),
        )
        table.add_row(*map(escape, cells))
    return table


def _futures_table(found: "Futures", language: str) -> Table:
    title = gettext("Month %(month)s of %(runs)s futures") % {"month": found.months, "runs": f"{found.runs:,}"}
    table = Table(title=title, box=box.SIMPLE, title_justify="left")
    headings = (gettext("Number"), "P5", "P50", "P95", gettext("Reach the target"), gettext("What matters"))
    for heading in headings:
        table.add_column(heading, overflow="fold", justify="right" if heading.startswith("P") else "left")
    for series in found.series:
        if series.node.driver is not None:
            continue
        last = series.last
        matter = ", ".join(f"{one.driver} {one.share:.0%}" for one in series.influences[:_MATTER])
        cells = (
            series.node.label.told(language),
            *(about(series.node.unit, value) for value in (last.p5, last.p50, last.p95)),
            "" if last.chance is None else chance_words(last.chance),
            matter,
        )
        table.add_row(*map(escape, cells))
    return table
