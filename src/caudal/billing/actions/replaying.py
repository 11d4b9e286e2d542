"""Telling the story of billing again in a database without a document: the same actions, at the same instants.

What comes out must be the same documents, to the byte; whoever doubts an invoice has it worked out anew.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from caudal.billing.actions.giving import plan_credit
from caudal.billing.actions.issuing import discard, finalise, void, write_documents
from caudal.billing.actions.running import Lot, finish_run, invoice_customer, invoice_lot
from caudal.billing.models import (
    Contract,
    Invoice,
    InvoiceLine,
    InvoiceRun,
    Order,
    RunFailure,
    Subscription,
    SubscriptionChange,
)
from caudal.billing.ports import Taxes
from caudal.billing.queries.changing import following, moved
from caudal.billing.queries.committing import commitments_of, settles_at
from caudal.billing.queries.crediting import Credit
from caudal.billing.queries.gathering import Sought
from caudal.billing.queries.owing import late_usage
from caudal.billing.queries.standing import agreed_of
from caudal.billing.queries.story import KINDS, Story, Told, changes_of
from caudal.core.periods import start_of_day, zone_named
from caudal.kit.access import SYSTEM
from caudal.kit.actions import action


def tell_again(story: Story, taxes: Callable[[], Taxes]) -> None:
    """Do everything that a story tells, one after the other. Raises what the actions raise.

    `taxes` is asked for each run, as rates are added over time.
    """
    for told in story.told:
        _tell(told, taxes)


@action
def _tell(told: Told, taxes: Callable[[], Taxes]) -> None:
    fact = told.fact
    if told.row is not None:
        told.row.save(force_insert=True)
        if isinstance(told.row, Order):
            due_at = start_of_day(told.row.day, zone_named(told.row.zone))
            Order.objects.filter(pk=told.row.pk).update(due_at=due_at)
    if fact.name in DOINGS:
        DOINGS[fact.name](told, taxes)
    elif fact.subject.kind in KINDS and told.row is None:
        _change(told)


def _change(told: Told) -> None:
    """Write on a row of terms what a fact says that it became."""
    fact = told.fact
    model = KINDS[fact.subject.kind]
    columns = {each.attname: each for each in model._meta.concrete_fields}
    said = {name: after for name, (_, after) in changes_of(fact).items() if name in columns}
    values = {name: columns[name].to_python(value) for name, value in said.items()}
    if values:
        model._default_manager.filter(pk=fact.subject.id).update(**values)


def _agreed(told: Told, _taxes: object) -> None:
    """What follows from a change of a subscription."""
    if not isinstance(told.row, SubscriptionChange):
        return
    row = Subscription.objects.get(pk=told.fact.subject.id)
    since = told.row.at if told.row.number > 1 else None
    Subscription.objects.filter(pk=row.pk).update(**following(row, agreed_of([row])[row.pk], since=since))


def _retermed(told: Told, _taxes: object) -> None:
    row = Subscription.objects.get(pk=told.fact.subject.id)
    before = row.end_day
    _change(told)
    row.refresh_from_db()
    Subscription.objects.filter(pk=row.pk).update(**moved(row, before))


def _committed(told: Told, _taxes: object) -> None:
    contract = Contract.objects.get(pk=told.fact.subject.id)
    due_at = settles_at(contract, commitments_of([contract])[contract.pk], None)
    Contract.objects.filter(pk=contract.pk).update(due_at=due_at)


def _renewed(told: Told, taxes: object) -> None:
    end_day = date.fromisoformat(told.fact.data["end_day"])
    Contract.objects.filter(pk=told.fact.subject.id).update(end_day=end_day)
    _committed(told, taxes)


def _called_off(told: Told, _taxes: object) -> None:
    at = told.fact.occurred_at
    Order.objects.filter(pk=told.fact.subject.id).update(called_off_at=at, due_at=None)


def _run(told: Told) -> InvoiceRun:
    """The run that a fact is about, begun when it is heard of for the first time."""
    said, key = told.fact.data, told.fact.subject.id
    found = InvoiceRun.objects.filter(pk=key).first()
    if found is not None:
        return found
    as_of, up_to = datetime.fromisoformat(said["knew_at"]), datetime.fromisoformat(said["up_to"])
    run = InvoiceRun.stamped(actor=SYSTEM, as_of=as_of, up_to=up_to, as_drafts=said["drafts"])
    run.pk, run.as_of, run.issue_day = key, as_of, date.fromisoformat(said["issue_day"])
    run.save(force_insert=True)
    return run


def _looked(told: Told, taxes: Callable[[], Taxes]) -> None:
    """The customers whom a run looked at in one transaction, and no others: it may have been cut short there."""
    run, said = _run(told), told.fact.data
    as_of = datetime.fromisoformat(said["knew_at"])
    sought = Sought(run.up_to, as_of, late_usage(run.as_of))
    only = tuple(UUID(each) for each in said["customers"])
    lot = Lot(run, sought, None, waits=True, as_drafts=said["drafts"], only=only)
    invoice_lot(actor=SYSTEM, as_of=as_of, lot=lot, taxes=taxes())


def _ran(told: Told, _taxes: object) -> None:
    run, at = _run(told), told.fact.occurred_at
    failed = [RunFailure(run=run, customer_id=UUID(each), happened_at=at) for each in told.fact.data.get("failed", ())]
    RunFailure.objects.bulk_create(failed)
    finish_run(actor=SYSTEM, as_of=at, run=run)


def _issued(told: Told, taxes: Callable[[], Taxes]) -> None:
    """A document that was issued outside of a run: one that is there already is left."""
    said, at = told.fact.data, told.fact.occurred_at
    how: Mapping[str, Any] = said["how"]
    day = date.fromisoformat(said["issue_day"])
    if not how or Invoice.objects.filter(number=said["number"], entity=said["entity"]).exists():
        return
    if "customer" in how:
        up_to, customer_id = datetime.fromisoformat(how["up_to"]), UUID(how["customer"])
        invoice_customer(actor=SYSTEM, as_of=at, customer_id=customer_id, up_to=up_to, issue_day=day, taxes=taxes())
    elif "draft" in how:
        finalise(actor=SYSTEM, as_of=at, invoice_id=_draft(how), issue_day=day)
    else:
        credited = Invoice.objects.get(number=how["credits"], entity=how["entity"])
        lines = dict(credited.lines.values_list("position", "pk"))
        asked = {**how, "lines": [{**each, "line": str(lines[each["line"]])} for each in how["lines"]]}
        reason = (told.fact.personal or {})["reason"][1]
        plan = plan_credit(
            actor=SYSTEM, as_of=at, invoice_id=credited.pk, day=day, reason=reason, credit=Credit.from_json(asked)
        )
        # What it settles is no part of the story, and neither are payments: documents do not depend on them.
        write_documents([plan.draft], actor=SYSTEM, as_of=at, issue_day=plan.day)


def _draft(how: Mapping[str, Any]) -> UUID:
    source, obligation, revision = how["draft"]
    held = InvoiceLine.objects.filter(source=source, obligation=obligation, revision=revision, holds=True)
    return held.values_list("invoice", flat=True).get()


def _discarded(told: Told, _taxes: object) -> None:
    discard(actor=SYSTEM, as_of=told.fact.occurred_at, invoice_id=_draft(told.fact.data["how"]))


def _voided(told: Told, _taxes: object) -> None:
    row = Invoice.objects.get(number=told.fact.data["number"], entity=told.fact.data["entity"])
    void(
        actor=SYSTEM,
        as_of=told.fact.occurred_at,
        invoice_id=row.pk,
        day=told.fact.occurred_at.date(),
        why=told.fact.data["why"],
    )


DOINGS: Final[Mapping[str, Callable[[Told, Callable[[], Taxes]], None]]] = {
    "billing.subscription_changed": _agreed,
    "billing.subscription_terms_changed": _retermed,
    "billing.contract_committed": _committed,
    "billing.contract_renewed": _renewed,
    "billing.order_called_off": _called_off,
    "billing.lot_invoiced": _looked,
    "billing.run_finished": _ran,
    "billing.invoice_issued": _issued,
    "billing.invoice_discarded": _discarded,
    "billing.invoice_voided": _voided,
}
