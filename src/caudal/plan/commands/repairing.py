"""The least to change so that a plan adds up, in the terminal."""

from pathlib import Path
from typing import Final

import click
from django.utils import translation
from django.utils.translation import gettext, ngettext

from caudal.core.errors import msg
from caudal.core.intervals import Reading
from caudal.core.plans import Plan, read_plan
from caudal.plan.adapters import minimiser
from caudal.plan.commands.checking import readable
from caudal.plan.commands.printing import print_json
from caudal.plan.offline import (
    RepairOffer,
    RepairReport,
    Shift,
    checks_of,
    least_change,
    read_bytes,
    repair_data,
    repair_diff,
    repair_report,
    repaired_text,
    shifts,
)

WITHOUT_DATABASE: Final = True


@click.command()
@click.argument("name", metavar="PLAN")
@click.option(
    "--with",
    "beside",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    multiple=True,
    help="Checks of this file count as well.",
)
@click.option(
    "--checks",
    "chosen",
    metavar="SET",
    default="all",
    help="Which checks must hold: all, standard, own, given, a group, or ids.",
)
@click.option(
    "--reading",
    type=click.Choice([each.value for each in Reading]),
    default="target",
    help="What 5,000+ means: 5,000, or 5,000 and above.",
)
@click.option("--version", "version", metavar="NAME", help="Repair the plan at the size of one of its versions.")
@click.option(
    "--lock",
    "locked",
    metavar="TARGET",
    multiple=True,
    help="A target that keeps its range. May be given several times.",
)
@click.option(
    "--weight",
    "weights",
    metavar="TARGET=N",
    multiple=True,
    help="How dear a change of a target is; 1 without. May be given several times.",
)
@click.option("--each", is_flag=True, help="Let every check hold by itself, and not all with one set of numbers.")
@click.option(
    "--take", type=click.IntRange(min=1), default=1, help="Which of the repairs to show as a diff or to write."
)
@click.option("--chances", is_flag=True, help="Say what the repair that is shown does to the chance of each target.")
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False), help="Write the repaired plan file here.")
@click.option("--language", type=click.Choice(["en", "es"]), default="en", help="The language of the words.")
@click.option("--json", "as_json", is_flag=True, help="Print the repairs as data, with exact numbers as p/q.")
def repair(
    *,
    name: str,
    beside: tuple[str, ...],
    chosen: str,
    reading: str,
    version: str | None,
    locked: tuple[str, ...],
    weights: tuple[str, ...],
    each: bool,
    take: int,
    chances: bool,
    out: str | None,
    language: str,
    as_json: bool,
) -> None:
    """Find the fewest targets of PLAN to change so that its checks can hold, prove it, and show the change as a diff.

    With one set of numbers for all checks, unless some of them exclude each other whatever the numbers are.
    """
    plan, given = readable(name, beside, version, as_json=as_json)
    file, data = read_bytes(name)
    text = data.decode("utf-8-sig")
    with translation.override(language):
        checks = checks_of(plan, given, chosen)
        found = least_change(
            plan,
            checks,
            Reading(reading),
            minimiser=minimiser(),
            weights=_weights(weights),
            locked=locked,
            each=each,
        )
        report = repair_report(plan, checks, found)
        picked = report.offers[min(take, len(report.offers)) - 1] if report.offers else None
        moved = _shifts(plan, text, picked, version) if chances and picked else ()
        if as_json:
            more = {"chances": [shift.to_json() for shift in moved]} if chances else {}
            print_json({**repair_data(report, text, file), **more})
        else:
            _print_report(report, text, file, picked)
            for shift in moved:
                click.echo("\n   ".join(shift.told()))
    if out and picked:
        Path(out).write_text(repaired_text(text, plan, picked.proposal), encoding="utf-8")


def _shifts(plan: Plan, text: str, picked: RepairOffer, version: str | None) -> tuple[Shift, ...]:
    """What a repair does to the chances: the plan that is read from its text beside the one that is repaired."""
    after = read_plan(repaired_text(text, plan, picked.proposal)).plan
    if after is None:
        return ()
    return shifts(plan, after.in_version(version) if version else after)


def _weights(written: tuple[str, ...]) -> dict[str, int]:
    found = {}
    for one in written:
        target, equals, number = one.partition("=")
        if not equals or not number.isdigit() or not int(number):
            raise click.BadParameter(msg("Write --weight leads=3, with a whole number from 1 up."))
        found[target] = int(number)
    return found


def _print_report(report: RepairReport, text: str, file: str, picked: RepairOffer | None) -> None:
    click.echo(report.summary)
    if report.found.exclusive:
        click.echo(
            gettext("These checks exclude each other whatever the numbers are, so each holds by itself: %(checks)s.")
            % {"checks": ", ".join(report.found.exclusive)}
        )
    for number, offer in enumerate(report.offers, 1):
        click.echo(f"\n{number}. " + "\n   ".join(offer.words))
        if offer.proposal.broken:
            click.echo("   " + gettext("Still broken: %(checks)s") % {"checks": ", ".join(offer.proposal.broken)})
    if report.cores:
        click.echo("\n" + gettext("Why not fewer:"))
        for words in report.cores:
            click.echo(f"  {words}")
    if report.rebases:
        count = len(report.rebases)
        words = ngettext(
            "Counted apart, %(count)s number that may be told for another time:",
            "Counted apart, %(count)s numbers that may be told for another time:",
            count,
        )
        click.echo("\n" + words % {"count": count})
    for one in report.rebases:
        click.echo(f"  {one.words} {one.becomes}")
    if picked:
        click.echo("\n" + repair_diff(text, repaired_text(text, report.plan, picked.proposal), file))
