"""Whom a run could not invoice, and why: what was refused, and errors that nobody foresaw."""

from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from caudal.billing.models import InvoiceRun, RunFailure
from caudal.core.errors import Problem, msg
from caudal.kit.actions import action
from caudal.kit.postgres.troubles import Trouble, trouble_of
from caudal.kit.world import new_id

WORDS_MOST: Final = 500

log = structlog.get_logger("caudal.billing")


class FailedUnforeseen(Problem):
    """An error that nobody foresaw kept a customer from being invoiced."""

    code = "billing.run_failed"
    status = 500
    message = msg("An error that nobody foresaw ({error}) came up, and nothing of this customer was invoiced.")
    hint = msg(
        "Give {incident} to whoever looks after this installation: the log says under it what happened. Then begin"
        " another run: it finds what is still owed."
    )


class FailedBusy(Problem):
    """Others were in the way of a customer each time that it was tried."""

    code = "billing.run_busy"
    status = 409
    message = msg("Others wrote to the same records each time it was tried, and nothing of this customer was invoiced.")
    hint = msg("Begin another run when they are done. If it happens again, the log says more under {incident}.")


KINDS: Final = {Trouble.OWN: FailedUnforeseen, Trouble.PASSING: FailedBusy}


def told_of(error: Exception, run: InvoiceRun, customer_id: UUID) -> Problem:
    """Return an error as it is told to people; one that nobody foresaw is written down in the log under its number.

    What the database says in its details may be somebody's personal values: these stand in the log alone.
    """
    if isinstance(error, Problem):
        return error
    incident = str(new_id())
    names = {"run": str(run.ref), "customer": str(customer_id)}
    log.error("run_failed_with_customer", incident=incident, exc_info=error, **names)
    return KINDS[trouble_of(error)](error=type(error).__name__, incident=incident)


@action
def note_failure(*, run: InvoiceRun, customer_id: UUID, problem: Problem, as_of: datetime) -> None:
    """Keep on a run whom it could not invoice, and why."""
    told = {
        "code": problem.code,
        "message": problem.message[:WORDS_MOST],
        "hint": problem.hint[:WORDS_MOST],
        "values": {name: str(value) for name, value in problem.params.items()},
        "happened_at": as_of,
    }
    RunFailure.objects.update_or_create(run=run, customer_id=customer_id, defaults=told)
