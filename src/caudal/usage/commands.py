"""`caudal usage`: what the machine's administrator does for usage in the terminal."""

import click

from caudal.kit.access import SYSTEM
from caudal.kit.postgres.attached import attached
from caudal.kit.world import now
from caudal.usage import actions


@click.group()
def usage() -> None:
    """What customers use: the sums by the hour, made anew from the readings."""


@usage.command("sum-anew")
@attached()
def sum_anew_command() -> None:
    """Make the sums of all hours anew from the readings, and say how many were otherwise."""
    found = actions.sum_anew(actor=SYSTEM, as_of=now())
    click.echo(f"{found.hours:,} hours summed anew, {found.differed:,} of them were otherwise.")
