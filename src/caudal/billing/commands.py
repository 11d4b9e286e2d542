"""`caudal billing`: what follows from terms and documents, made anew in the terminal."""

import click

from caudal.billing.actions import rebuild_mrr
from caudal.kit.access import SYSTEM
from caudal.kit.postgres.attached import attached
from caudal.kit.world import now


@click.group()
def billing() -> None:
    """What is billed: recurring revenue and what becomes revenue, made anew from terms and documents."""


@billing.command("rebuild-mrr")
@attached()
def rebuild_mrr_command() -> None:
    """Make all movements of recurring revenue anew from subscriptions and prices, and count what was wrong."""
    wrong = rebuild_mrr(actor=SYSTEM, as_of=now())
    click.echo(f"{wrong} movements were otherwise." if wrong else "All movements were as they should be.")
