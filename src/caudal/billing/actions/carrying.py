"""Runs as work of their own: begun by somebody, carried out by a worker, stopped, and gone on with."""

from contextlib import suppress
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from caudal.billing.actions.running import begin_run, invoice_all
from caudal.billing.models import InvoiceRun, RunFailure
from caudal.billing.ports import Taxes
from caudal.billing.queries.gathering import Sought
from caudal.billing.queries.owing import late_usage
from caudal.core.errors import Problem, msg
from caudal.core.periods import zone_named
from caudal.kit.access import SYSTEM, Actor, Verb
from caudal.kit.actions import action
from caudal.workspace.queries import Invoicing, founded

RUN_TASK: Final = "caudal.billing.tasks.carry_out_run"
MORNING: Final = 6
"""The hour of the company's day from which what fell due is invoiced by itself."""


class RunIsOver(Problem):
    """What is finished is neither stopped nor gone on with."""

    code = "billing.run_is_over"
    status = 409
    message = msg("This run is over.")
    hint = msg("Begin another one: it finds what is still owed.")


@action
def start_run(
    *, actor: Actor, as_of: datetime, up_to: datetime, issue_day: date, as_drafts: bool = False
) -> InvoiceRun:
    """Let a worker invoice everything that fell due up to an instant. Raises RunAhead."""
    run = begin_run(actor=actor, as_of=as_of, up_to=up_to, issue_day=issue_day, as_drafts=as_drafts)
    transaction.on_commit(lambda: wake_run(run.pk))
    return run


@action
def start_daily_run(*, as_of: datetime) -> InvoiceRun | None:
    """Invoice in the morning what fell due, once a day, where the company wishes it and anybody owes something."""
    company = founded()
    local = as_of.astimezone(zone_named(company.zone))
    if company.invoicing == Invoicing.HAND or local.hour < MORNING:
        return None
    today = InvoiceRun.objects.filter(issue_day=local.date(), created_by=SYSTEM.id)
    if today.exists() or not Sought(as_of, as_of, late_usage(as_of)).customers().exists():
        return None
    drafts = company.invoicing == Invoicing.DRAFTS
    return start_run(actor=SYSTEM, as_of=as_of, up_to=as_of, issue_day=local.date(), as_drafts=drafts)


@action
def stop_run(*, actor: Actor, as_of: datetime, run_id: UUID) -> InvoiceRun:
    """Let a run end behind the customers it is at; what is invoiced stays. Raises NotFound, RunIsOver."""
    run = InvoiceRun.one_for(actor, Verb.CHANGE, run_id, lock=True)
    if run.finished_at is not None:
        raise RunIsOver
    if run.stopped_at is None:
        run.touch(actor=actor, as_of=as_of, stopped_at=as_of)
    return run


@action
def continue_run(*, actor: Actor, as_of: datetime, run_id: UUID) -> InvoiceRun:
    """Let a run go on, with those it failed with tried again. Raises NotFound, RunIsOver."""
    run = InvoiceRun.one_for(actor, Verb.CHANGE, run_id, lock=True)
    if run.finished_at is not None:
        raise RunIsOver
    RunFailure.objects.filter(run=run).delete()
    run.touch(actor=actor, as_of=as_of, stopped_at=None)
    transaction.on_commit(lambda: wake_run(run.pk))
    return run


def wake_run(run_id: UUID) -> None:
    """Let a worker carry a run out; one that waits already is enough."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(RUN_TASK, queueing_lock=f"run:{run_id}", queue="billing").defer(run=str(run_id))


def carry_out_run(run_id: UUID, *, taxes: Taxes) -> InvoiceRun:
    """Carry a run out, or what is left of it; a second worker finds nothing that the first has done."""
    run = InvoiceRun.objects.get(pk=run_id)
    if run.finished_at is not None or run.stopped_at is not None:
        return run
    return invoice_all(
        actor=SYSTEM,
        as_of=run.as_of,
        up_to=run.up_to,
        issue_day=run.issue_day,
        taxes=taxes,
        as_drafts=run.as_drafts,
        run=run,
    )
