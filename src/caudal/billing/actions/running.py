"""Invoice runs: everything that fell due up to an instant, customer by customer, in transactions of their own.

A run may be stopped, killed and started again, and several may run at once: a customer is one run's at a time, and
what is owed is compared with what was invoiced under that lock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import F, QuerySet

from caudal.billing.actions.failing import note_failure, told_of
from caudal.billing.actions.issuing import write_documents
from caudal.billing.events import LotInvoiced, RunFinished
from caudal.billing.models import Contract, Customer, Invoice, InvoiceRun, Order, RunFailure, Subscription
from caudal.billing.ports import Taxes
from caudal.billing.queries.committing import commitments_of, settles_at
from caudal.billing.queries.drafting import drafts_of
from caudal.billing.queries.gathering import Sought, ask_due
from caudal.billing.queries.owing import Owing, late_usage, owed_by
from caudal.core.errors import Problem, msg
from caudal.core.periods import in_utc
from caudal.kit.access import SYSTEM, Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.bulk import collector_paused, forget_plans, update_rows
from caudal.kit.failpoints import failpoint
from caudal.kit.lasting import steady
from caudal.kit.outbox import publish
from caudal.kit.pipelining import pipelined
from caudal.kit.postgres.troubles import Trouble, trouble_of
from caudal.workspace.queries import known_entities

CUSTOMERS: Final = 1_000
"""So many customers are invoiced in one transaction."""
TRIES: Final = 3
"""So often a lot is tried that others are in the way of."""


class RunAhead(Problem):
    """What has not fallen due yet is previewed, not invoiced."""

    code = "billing.run_ahead"
    status = 422
    message = msg("A run cannot invoice up to {up_to}: it is only {as_of} now.")
    hint = msg("Invoice what has fallen due, and look at the preview of the rest.")


@action
def begin_run(
    *, actor: Actor, as_of: datetime, up_to: datetime, issue_day: date, as_drafts: bool = False
) -> InvoiceRun:
    """Begin a run up to an instant, by what is known of usage now. Raises RunAhead."""
    require(actor, "invoice_run", Verb.CREATE)
    if in_utc(up_to) > in_utc(as_of):
        raise RunAhead(up_to=up_to.isoformat(), as_of=as_of.isoformat())
    run = InvoiceRun.stamped(actor=actor, as_of=as_of, up_to=up_to)
    run.as_of, run.issue_day, run.as_drafts = as_of, issue_day, as_drafts
    run.planned = Sought(up_to, as_of, late_usage(as_of)).customers().count()
    run.save(force_insert=True)
    return run


def invoice_all(
    *,
    actor: Actor,
    as_of: datetime,
    up_to: datetime,
    issue_day: date,
    taxes: Taxes,
    as_drafts: bool = False,
    run: InvoiceRun | None = None,
) -> InvoiceRun:
    """Invoice everything that fell due up to an instant; return the run with its counts.

    Not one transaction: each lot of customers is one, so that what is done stays done. Of a lot that is
    refused everybody is invoiced but those whom something is in the way of, and they are kept on the run with the
    reason: a price that is missing, a rate, a closed month, an error that nobody foresaw. A run that somebody stopped
    ends behind a lot. Raises RunAhead, and what the database raises when it is gone.
    """
    begun = run or begin_run(actor=actor, as_of=as_of, up_to=up_to, issue_day=issue_day, as_drafts=as_drafts)
    first = Lot(begun, Sought(up_to, as_of, late_usage(begun.as_of)), None, waits=False, as_drafts=as_drafts)
    # First whoever is free; then those whom somebody else had, once that is over.
    _invoice_lots(first, actor=actor, as_of=as_of, taxes=taxes)
    _invoice_lots(replace(first, waits=True), actor=actor, as_of=as_of, taxes=taxes)
    if _is_stopped(begun):
        return InvoiceRun.objects.get(pk=begun.pk)
    return finish_run(actor=actor, as_of=as_of, run=begun, as_drafts=as_drafts)


def _invoice_lots(lot: "Lot", *, actor: Actor, as_of: datetime, taxes: Taxes) -> None:
    """Invoice lot after lot, until no customer is left or somebody stops the run."""
    after: UUID | None = None
    while not _is_stopped(lot.run):
        forget_plans()
        with collector_paused():
            after = _invoiced(replace(lot, after=after), actor=actor, as_of=as_of, taxes=taxes)
        if after is None:
            return
        failpoint("run.after_lot")


def _is_stopped(run: InvoiceRun) -> bool:
    return InvoiceRun.objects.filter(pk=run.pk, stopped_at__isnull=False).exists()


def _invoiced(lot: "Lot", *, actor: Actor, as_of: datetime, taxes: Taxes) -> UUID | None:
    """Invoice a lot; where that fails, all of it but those it fails for. Return the last of its customers."""
    last, error = _tried(lot, actor=actor, as_of=as_of, taxes=taxes)
    if error is None:
        return last
    customers = tuple(row.pk for row in _behind(lot)[:CUSTOMERS])
    if customers:
        _invoice_halves(replace(lot, only=customers), actor=actor, as_of=as_of, taxes=taxes)
    return customers[-1] if customers else None


def _invoice_halves(lot: "Lot", *, actor: Actor, as_of: datetime, taxes: Taxes) -> None:
    """Invoice the halves of what failed together, and again their halves, down to whom it fails for."""
    middle = (len(lot.only) + 1) // 2
    for only in filter(None, (lot.only[:middle], lot.only[middle:])):
        half = replace(lot, only=only)
        _, error = _tried(half, actor=actor, as_of=as_of, taxes=taxes)
        if error is None:
            continue
        if len(only) == 1:
            problem = told_of(error, lot.run, only[0])
            note_failure(run=lot.run, customer_id=only[0], problem=problem, as_of=as_of)
        else:
            _invoice_halves(half, actor=actor, as_of=as_of, taxes=taxes)


def _tried(lot: "Lot", *, actor: Actor, as_of: datetime, taxes: Taxes) -> tuple[UUID | None, Exception | None]:
    """Invoice a lot, again where others were in the way. Return the last of its customers, or what it failed for.

    Raises what nothing works in, such as a database that is gone: the run ends there, and can go on from there.
    """
    found: Exception | None = None
    for _ in range(TRIES):
        try:
            return invoice_lot(actor=actor, as_of=as_of, lot=lot, taxes=taxes), None
        except Exception as error:  # whatever it is, those whom it is not about are invoiced
            found, trouble = error, trouble_of(error)
            if trouble is Trouble.GENERAL:
                raise
            if trouble is not Trouble.PASSING:
                break
    return None, found


@dataclass(frozen=True, slots=True)
class Lot:
    """The next customers of a run, behind one of them."""

    run: InvoiceRun
    sought: Sought
    after: UUID | None
    waits: bool
    """Whether it waits for customers that somebody else is writing to."""
    as_drafts: bool
    only: tuple[UUID, ...] = ()
    """These customers alone."""


@action
@pipelined()
def invoice_lot(*, actor: Actor, as_of: datetime, lot: Lot, taxes: Taxes) -> UUID | None:
    """Invoice the next customers in one transaction; return the last of them, None when there are none left."""
    run, sought = lot.run, lot.sought
    customers = _next_customers(lot)
    if not customers:
        return None
    day = None if lot.as_drafts else run.issue_day
    written = _invoice(
        customers, sought, actor=actor, as_of=as_of, issue_day=run.issue_day, day=day, taxes=taxes, run_id=run.pk
    )
    failpoint("run.before_commit")
    InvoiceRun.objects.filter(pk=run.pk).update(
        customers=F("customers") + len(customers), invoices=F("invoices") + len(written)
    )
    fact = LotInvoiced(
        subject=run.ref,
        up_to=sought.up_to.isoformat(),
        knew_at=as_of.isoformat(),
        issue_day=run.issue_day.isoformat(),
        drafts=lot.as_drafts,
        customers=tuple(str(each) for each in customers),
    )
    publish(fact, actor=actor, occurred_at=as_of)
    return max(customers)


@action
@pipelined()
def invoice_customer(
    *, actor: Actor, as_of: datetime, customer_id: UUID, up_to: datetime, issue_day: date, taxes: Taxes
) -> list[Invoice]:
    """Invoice one customer what fell due up to an instant, now and outside of any run. Raises NotFound, RunAhead."""
    if in_utc(up_to) > in_utc(as_of):
        raise RunAhead(up_to=up_to.isoformat(), as_of=as_of.isoformat())
    customers = {customer_id: Customer.one_for(actor, Verb.CHANGE, customer_id, lock=True)}
    sought = Sought(up_to, as_of)
    how = {"customer": str(customer_id), "up_to": in_utc(up_to).isoformat()}
    return _invoice(
        customers,
        sought,
        actor=actor,
        as_of=as_of,
        issue_day=issue_day,
        day=issue_day,
        taxes=taxes,
        how=how,
    )


def _invoice(
    customers: Mapping[UUID, Customer],
    sought: Sought,
    *,
    actor: Actor,
    as_of: datetime,
    issue_day: date,
    day: date | None,
    taxes: Taxes,
    how: Mapping[str, str] | None = None,
    run_id: UUID | None = None,
) -> list[Invoice]:
    """Invoice customers, who are locked; `day` is None for drafts, whose taxes are those of the day of issue."""
    asked = ask_due(sought, customers, lock=True)
    # Stamps are looked at behind the locks: what was agreed while we waited for them may name what is new.
    with steady():
        due = asked()
        entities = known_entities(SYSTEM, {row.entity_id for row in customers.values()})
        for row in customers.values():
            row.entity = entities[row.entity_id]
        owing = owed_by(actor, sought, due)
        drafts = drafts_of(owing.sources, owing.lines, taxes=taxes, issue_day=issue_day)
        written: list[Invoice] = []
        if drafts:
            written = write_documents(drafts, actor=actor, as_of=as_of, issue_day=day, how=how, run_id=run_id)
    _billed(owing, sought.up_to, as_of=as_of)
    return written


@action
def finish_run(*, actor: Actor, as_of: datetime, run: InvoiceRun, as_drafts: bool = False) -> InvoiceRun:
    """Say that a run is over."""
    row = InvoiceRun.objects.select_for_update().get(pk=run.pk)
    if row.finished_at is None:
        row.touch(actor=actor, as_of=as_of, finished_at=as_of)
        fact = RunFinished(
            subject=row.ref,
            up_to=row.up_to.isoformat(),
            knew_at=row.as_of.isoformat(),
            issue_day=row.issue_day.isoformat(),
            drafts=as_drafts,
            invoices=row.invoices,
            failed=tuple(str(key) for key in row.failures.order_by("customer").values_list("customer", flat=True)),
        )
        publish(fact, actor=actor, occurred_at=as_of)
    return row


def _behind(lot: Lot) -> "QuerySet[Customer]":
    """The customers of a run behind one of them, but for those whom it has failed with."""
    failed = RunFailure.objects.filter(run=lot.run).values("customer")
    rows = lot.sought.customers().exclude(pk__in=failed).order_by("pk")
    if lot.only:
        return rows.filter(pk__in=lot.only)
    return rows if lot.after is None else rows.filter(pk__gt=lot.after)


def _next_customers(lot: Lot) -> dict[UUID, Customer]:
    locked = list(_behind(lot).select_for_update(of=("self",), skip_locked=not lot.waits)[:CUSTOMERS])
    return {row.pk: row for row in locked}


def _billed(owing: Owing, up_to: datetime, *, as_of: datetime) -> None:
    """Write on what was invoiced that it is, and when it falls due again."""
    rows = []
    for one in owing.agreed.values():
        billed_at = up_to if one.row.billed_at is None else max(up_to, one.row.billed_at)
        due_at = owing.next_due[one.row.pk]
        rows.append({"pk": one.row.pk, "billed_at": billed_at, "due_at": due_at, "usage_as_of": as_of})
    update_rows(Subscription, rows, ("billed_at", "due_at", "usage_as_of"))
    if owing.orders:
        Order.objects.filter(pk__in=[order.pk for order in owing.orders]).update(due_at=None)
    for contract in owing.contracts:
        settled = settles_at(contract, commitments_of([contract])[contract.pk], up_to)
        Contract.objects.filter(pk=contract.pk).update(due_at=settled)
