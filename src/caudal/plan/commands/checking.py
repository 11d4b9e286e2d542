"""Whether a plan adds up, in the terminal."""

from typing import Final

import click
from django.utils import translation
from django.utils.translation import gettext
from rich import box
from rich.markup import escape
from rich.table import Table

from caudal.core.errors import Severity, msg
from caudal.core.intervals import Reading
from caudal.core.plans import BYTES_MAX, Check, Plan
from caudal.plan.commands.printing import finding_json, print_json, print_wide
from caudal.plan.offline import Review, checks_beside, checks_of, load_plan, review, review_rows

WITHOUT_DATABASE: Final = True
_STYLES = {"good": "green", "warn": "yellow", "bad": "red", "idle": "dim"}

scenario_option: Final = click.option(
    "--scenario", "scenario", metavar="NAME", help="Take the plan as one of its scenarios has it."
)


@click.command()
@click.argument("name", metavar="PLAN")
@click.option(
    "--with",
    "beside",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    multiple=True,
    help="Check what this file says as well: TOML tables [checks.…], or JSON. May be given several times.",
)
@click.option(
    "--checks",
    "chosen",
    metavar="SET",
    default="all",
    help="Which checks: all, standard, own, given, a group, or ids with commas between them.",
)
@click.option(
    "--reading",
    type=click.Choice([each.value for each in Reading]),
    default="target",
    help="What 5,000+ means: 5,000, or 5,000 and above.",
)
@click.option("--version", "version", metavar="NAME", help="Check the plan at the size of one of its versions.")
@scenario_option
@click.option("--strict", is_flag=True, help="Exit with 1 when something is contradictory or impossible.")
@click.option("--language", type=click.Choice(["en", "es"]), default="en", help="The language of the words.")
@click.option("--json", "as_json", is_flag=True, help="Print every check as data, with exact numbers as p/q.")
def check(
    *,
    name: str,
    beside: tuple[str, ...],
    chosen: str,
    reading: str,
    version: str | None,
    scenario: str | None,
    strict: bool,
    language: str,
    as_json: bool,
) -> None:
    """Check whether PLAN adds up: its own checks, those beside it, and the standard identities of its metrics.

    Both readings of an open target are computed; --reading says which one the words are about.
    """
    plan, given = readable(name, beside, version, scenario, as_json=as_json)
    with translation.override(language):
        found = review(plan, checks_of(plan, given, chosen), Reading(reading))
        if as_json:
            print_json(
                {
                    "plan": plan.id,
                    "scenario": scenario,
                    "reading": reading,
                    "counts": {verdict.value: count for verdict, count in found.counts.items()},
                    "broken": len(found.broken),
                    "broken_by_standard_identities": found.standard_broken,
                    "checks": review_rows(found),
                }
            )
        else:
            _print_review(found)
    if strict and found.broken:
        raise click.ClickException(msg("{count} checks cannot hold.").format(count=len(found.broken)))


def readable(
    name: str, beside: tuple[str, ...], version: str | None, scenario: str | None = None, *, as_json: bool
) -> tuple[Plan, tuple[Check, ...]]:
    """Read a plan and the files of checks beside it, and end with everything that is wrong with them."""
    read = load_plan(name, scenario=scenario)
    findings = list(read.findings)
    given: list[Check] = []
    for path in beside:
        with click.open_file(path, "rb") as file:
            checks, said = checks_beside(file.read(BYTES_MAX + 1), path)
        given.extend(checks)
        findings.extend(said)
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors and as_json:
        print_json({"findings": [finding_json(finding) for finding in findings]})
    elif errors or not as_json:
        for finding in findings:
            click.echo(str(finding), err=True)
    if read.plan is None or errors:
        raise click.ClickException(msg("{count} mistakes in {name}.").format(count=len(errors), name=name))
    return (read.plan.in_version(version) if version else read.plan), tuple(given)


def _print_review(found: Review) -> None:
    table = Table(box=box.SIMPLE, title_justify="left", show_lines=False)
    for heading in (gettext("Verdict"), gettext("Check"), gettext("Arithmetic"), gettext("It would hold with")):
        table.add_column(heading, overflow="fold")
    for remark in found.remarks:
        word = remark.word if remark.word == remark.word_open else f"{remark.word} / {remark.word_open}"
        judged = f" ({remark.judgement})" if remark.judgement else ""
        table.add_row(
            f"[{_STYLES[remark.tone]}]{escape(word)}[/]{escape(judged)}",
            escape(f"{remark.statement} [{remark.result.check.id}]"),
            escape(remark.arithmetic or " ".join(remark.said)),
            escape("; ".join(text for text in (*remark.needs, remark.holds_if) if text)),
        )
    print_wide(table)
    words = gettext("%(broken)s of %(all)s checks cannot hold; %(standard)s of them were found by standard identities.")
    click.echo(words % {"broken": len(found.broken), "all": len(found.remarks), "standard": found.standard_broken})
