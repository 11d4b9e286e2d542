"""Jobs of billing."""

from uuid import UUID

from procrastinate.contrib.django import app

from caudal.billing.actions import (
    RUN_TASK,
    carry_out_run,
    recognise_through,
    run_reconciliation,
    set_up_taxes,
    start_daily_run,
    turn_contracts,
)
from caudal.billing.adapters import TableTaxes
from caudal.kit.access import SYSTEM
from caudal.kit.world import now


@app.periodic(cron="7 * * * *")
@app.task(name="caudal.billing.tasks.turn_contracts_hourly", queue="nightly", queueing_lock="turn_contracts")
def turn_contracts_hourly(timestamp: int) -> int:  # noqa: ARG001  given by the scheduler
    """Renew or end what comes to its day; every hour, as days begin at other times in other zones."""
    return turn_contracts(actor=SYSTEM, as_of=now())


@app.task(name=RUN_TASK, queue="billing")
def invoice_what_is_due(run: str) -> None:
    """Invoice what fell due up to the instant of a run."""
    carry_out_run(UUID(run), taxes=TableTaxes())


@app.periodic(cron="3 * * * *")
@app.task(name="caudal.billing.tasks.invoice_daily", queue="nightly", queueing_lock="invoice_daily")
def invoice_daily(timestamp: int) -> str:  # noqa: ARG001  given by the scheduler
    """Begin the run of the day once it is morning where the company is, if it wishes so."""
    run = start_daily_run(as_of=now())
    return str(run.ref) if run else ""


@app.periodic(cron="23 * * * *")
@app.task(name="caudal.billing.tasks.keep_taxes", queue="billing", queueing_lock="keep_taxes")
def keep_taxes(timestamp: int) -> int:  # noqa: ARG001  given by the scheduler
    """Add the shipped rates that a company lacks: one that is new, or older than they are."""
    return set_up_taxes(actor=SYSTEM, as_of=now())


@app.periodic(cron="13 2 * * *")
@app.task(name="caudal.billing.tasks.recognise_nightly", queue="nightly", queueing_lock="recognise")
def recognise_nightly(timestamp: int) -> int:  # noqa: ARG001  given by the scheduler
    """Post what became revenue in months that are over; on most nights there is nothing left to post."""
    return sum(each.lines + each.accrued for each in recognise_through(actor=SYSTEM, as_of=now()))


@app.periodic(cron="43 4 * * *")
@app.task(name="caudal.billing.tasks.reconcile_nightly", queue="nightly", queueing_lock="reconcile")
def reconcile_nightly(timestamp: int) -> int:  # noqa: ARG001  given by the scheduler
    """Hold books, documents and terms against each other, and keep what was found."""
    return run_reconciliation(actor=SYSTEM, as_of=now()).red
