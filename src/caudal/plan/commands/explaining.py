"""Where a difference to the plan comes from, in the terminal."""

import click
from django.utils import translation

from caudal.core.plans import UnknownTarget
from caudal.kit.access import SYSTEM
from caudal.kit.postgres.attached import attached
from caudal.kit.world import now
from caudal.plan.commands.adopted import month_named
from caudal.plan.commands.printing import print_json, print_wide
from caudal.plan.queries import (
    Against,
    course_data,
    course_of,
    explain,
    explanation_data,
    explanation_tables,
    explanation_words,
    nothing_to_explain,
    outlook_words,
    reason,
    standing,
)


@click.command("explain")
@click.argument("target_id", metavar="TARGET")
@click.option(
    "--against",
    type=click.Choice([each.value for each in Against]),
    default="plan",
    help="What it is compared with: the plan, or the time before.",
)
@click.option("--by", metavar="DIMENSION", help="What it is divided by: channel, owner, team, product…")
@click.option("--month", metavar="YYYY-MM", help="Look from the end of a month that has ended.")
@click.option("--language", type=click.Choice(["en", "es"]), default="en", help="The language of the words.")
@click.option("--json", "as_json", is_flag=True, help="Print data; amounts are exact, and sum exactly.")
@attached()
def explain_target(
    *, target_id: str, against: str, by: str | None, month: str | None, language: str, as_json: bool
) -> None:
    """Say how TARGET stands, where it will end, and where its difference to the plan comes from."""
    as_of = now()
    with translation.override(language):
        found = standing(actor=SYSTEM, as_of=as_of, month=month_named(month), only={target_id})
        if not found.targets:
            raise UnknownTarget(plan=found.plan.id, target=target_id)
        own = found.targets[0]
        course = course_of(SYSTEM, found, own, as_of=as_of)
        said = explain(SYSTEM, found, own, as_of=as_of, against=Against(against), by=by)
        if as_json:
            data = explanation_data(found.plan, own, Against(against), said)
            print_json({**data, **{name: told for name, told in course_data(own, course).items() if name != "days"}})
            return
        click.echo(reason(own))
        if course.outlook is not None:
            click.echo(outlook_words(own.target, course.outlook))
        if said is None:
            raise nothing_to_explain(own, Against(against))
        click.echo(explanation_words(said, found.plan))
        for table in explanation_tables(found.plan, said):
            print_wide(table)
