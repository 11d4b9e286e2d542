"""Issuing documents: rows, numbers, what is known of the parties, and the journal, all in one transaction."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from caudal.billing.actions.posting import post_documents
from caudal.billing.events import InvoiceDiscarded, InvoiceDrafted, InvoiceIssued, InvoiceSent, InvoiceVoided
from caudal.billing.models import (
    Contract,
    Invoice,
    InvoiceLine,
    InvoiceSort,
    InvoiceState,
    InvoiceTax,
    Order,
    PartySnapshot,
    Subscription,
)
from caudal.billing.queries.drafting import DocumentDraft
from caudal.billing.queries.parties import buyer_said, seller_said, snapshot_id
from caudal.core.errors import Problem, msg
from caudal.core.money import Currency, Money
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.bulk import insert_rows, made
from caudal.kit.failpoints import failpoint
from caudal.kit.outbox import publish, publish_many
from caudal.kit.pipelining import send
from caudal.kit.problems import BadInput
from caudal.kit.records import stamp
from caudal.ledger.actions import HeldMonths, reverse_entry
from caudal.ledger.queries import entry_posted_for

PARTIES: Final = frozenset({PartySnapshot})
SERIES: Final = {InvoiceSort.INVOICE: "INV", InvoiceSort.CREDIT_NOTE: "CN"}
DIGITS: Final = 5
TAKE: Final = """
INSERT INTO billing_numberseries AS s (id, entity_id, code, year, following) VALUES (gen_random_uuid(), %s, %s, %s, %s)
ON CONFLICT (entity_id, code, year) DO UPDATE SET following = s.following + %s RETURNING s.following
"""


class AlreadyIssued(Problem):
    """An issued document stays as it is."""

    code = "invoice.issued"
    status = 409
    message = msg("{number} was issued, and stays as it is.")
    hint = msg("Write a credit note for it.")


class AlreadySent(Problem):
    """A document that went out cannot be made void."""

    code = "invoice.sent"
    status = 409
    message = msg("{number} was sent to the customer, and cannot be made void.")
    hint = msg("Write a credit note for it.")


class PartlySettled(Problem):
    """A document that was paid or credited cannot be made void."""

    code = "invoice.settled"
    status = 409
    message = msg("{number} was paid or credited in part, and cannot be made void.")
    hint = msg("Take the payment off it first, or write a credit note.")


class CorrectedLater(Problem):
    """What something else corrects stays."""

    code = "invoice.corrected_later"
    status = 409
    message = msg("{document} corrects what this draft says, so the draft stays.")
    hint = msg("Issue it; what is wrong about it is made void or credited afterwards.")


class NotIssued(Problem):
    """A draft cannot be sent, voided or credited."""

    code = "invoice.not_issued"
    status = 409
    message = msg("This document is not issued.")


def write_documents(
    drafts: Sequence[DocumentDraft],
    *,
    actor: Actor,
    as_of: datetime,
    issue_day: date | None,
    how: Mapping[str, Any] | None = None,
    run_id: UUID | None = None,
) -> list[Invoice]:
    """Write documents, as drafts when they have no day of issue, within the action that calls.

    Every obligation is written once: the database refuses a second line of it. The months of the books are held first,
    and numbers taken last, as everybody waits for those.
    """
    require(actor, "invoice", Verb.CREATE)
    rows = [_row(draft, actor, as_of, run_id) for draft in drafts]
    lines = {row.pk: _lines(row, draft) for row, draft in zip(rows, drafts, strict=True)}
    taxes = {row.pk: _taxes(row, draft) for row, draft in zip(rows, drafts, strict=True)}
    held = None if issue_day is None else HeldMonths((row.entity_id, issue_day) for row in rows)
    parties = [] if issue_day is None else _stamp(rows, as_of=as_of, issue_day=issue_day)
    failpoint("invoice.after_number")
    insert_rows(
        parties,
        rows,
        [line for row in rows for line in lines[row.pk]],
        [tax for row in rows for tax in taxes[row.pk]],
        once=PARTIES,
    )
    failpoint("invoice.after_lines")
    if held is None:
        facts = [InvoiceDrafted(subject=row.ref, about=(row.customer.ref,)) for row in rows]
        publish_many(facts, actor=actor, occurred_at=as_of)
        return rows
    post_documents(rows, lines, taxes, actor=actor, as_of=as_of, held=held, are_new=True)
    failpoint("invoice.after_journal")
    publish_many([_issued(row, how or {}) for row in rows], actor=actor, occurred_at=as_of)
    failpoint("invoice.after_facts")
    return rows


@action
def finalise(*, actor: Actor, as_of: datetime, invoice_id: UUID, issue_day: date) -> Invoice:
    """Issue a draft: it gets its number and is posted. Said of one that is issued, it stays. Raises NotFound.

    Two who do it at once get the same document, issued once.
    """
    row = Invoice.one_for(actor, Verb.CHANGE, invoice_id, lock=True)
    if row.state == InvoiceState.VOID:
        raise AlreadyIssued(number=row.number)
    if row.state == InvoiceState.FINAL:
        return row
    lines = {row.pk: list(row.lines.order_by("position"))}
    taxes = {row.pk: list(row.taxes.order_by("position"))}
    held = HeldMonths([(row.entity_id, issue_day)])
    insert_rows(_stamp([row], as_of=as_of, issue_day=issue_day), once=PARTIES)
    fields = ("state", "number", "issue_day", "due_day", "seller_id", "buyer_id", "finalised_at")
    row.touch(actor=actor, as_of=as_of, **{name: getattr(row, name) for name in fields})
    failpoint("invoice.after_number")
    post_documents([row], lines, taxes, actor=actor, as_of=as_of, held=held)
    publish(_issued(row, draft_said(row)), actor=actor, occurred_at=as_of)
    return row


@action
def discard(*, actor: Actor, as_of: datetime, invoice_id: UUID) -> None:
    """Throw a draft away; what it was for is due again. Raises NotFound, AlreadyIssued, CorrectedLater."""
    row = Invoice.one_for(actor, Verb.DELETE, invoice_id, lock=True)
    if row.state != InvoiceState.DRAFT:
        raise AlreadyIssued(number=row.number)
    later = InvoiceLine.objects.filter(corrects__invoice=row).select_related("invoice").order_by("pk").first()
    if later is not None:
        raise CorrectedLater(document=later.invoice.number or msg("Another draft"))
    fact = InvoiceDiscarded(subject=row.ref, about=(row.customer.ref,), how=draft_said(row))
    _due_again(row, actor=actor, as_of=as_of)
    row.lines.all().delete()
    row.taxes.all().delete()
    Invoice.objects.filter(pk=row.pk).delete()
    publish(fact, actor=actor, occurred_at=as_of)


@action
def mark_sent(*, actor: Actor, as_of: datetime, invoice_id: UUID) -> Invoice:
    """Say that a document went out: it cannot be made void any more. Raises NotFound, NotIssued."""
    row = Invoice.one_for(actor, Verb.CHANGE, invoice_id, lock=True)
    if row.state != InvoiceState.FINAL:
        raise NotIssued
    if row.sent_at is None:
        row.touch(actor=actor, as_of=as_of, sent_at=as_of)
        publish(InvoiceSent(subject=row.ref, about=(row.customer.ref,)), actor=actor, occurred_at=as_of)
    return row


@action
def void(*, actor: Actor, as_of: datetime, invoice_id: UUID, day: date, why: str) -> Invoice:
    """Make a document void before it was sent: its number stays used, its entry is reversed, what it was for is due.

    Raises NotFound, NotIssued, AlreadySent, PartlySettled, BadInput, MonthIsClosed.
    """
    row = Invoice.one_for(actor, Verb.CHANGE, invoice_id, lock=True)
    why = " ".join(why.split())
    if not why:
        raise BadInput({"why": msg("Say why: the number stays used, and auditors ask.")})
    if row.state == InvoiceState.DRAFT:
        raise NotIssued
    if row.state == InvoiceState.VOID:
        return row
    if row.sent_at is not None:
        raise AlreadySent(number=row.number)
    if row.open_minor != row.gross_minor:
        raise PartlySettled(number=row.number)
    row.touch(actor=actor, as_of=as_of, state=InvoiceState.VOID, voided_at=as_of, open_minor=0)
    _due_again(row, actor=actor, as_of=as_of)
    entry = entry_posted_for(str(row.ref))
    if entry is not None:
        reverse_entry(actor=actor, as_of=as_of, entry_id=entry.pk, day=max(day, entry.day), text=row.number or "")
    fact = InvoiceVoided(
        subject=row.ref,
        about=(row.customer.ref,),
        number=row.number or "",
        entity=str(row.entity_id),
        why=why[:200],
    )
    publish(fact, actor=actor, occurred_at=as_of)
    return row


def _due_again(row: Invoice, *, actor: Actor, as_of: datetime) -> None:
    """Let the obligations of a document go, and its sources be looked at again from before they fell due."""
    held = list(row.lines.filter(holds=True, source__isnull=False).values_list("source", "due_at"))
    row.lines.filter(holds=True).update(holds=False)
    since: dict[UUID, datetime] = {}
    for source, due_at in held:
        assert source is not None  # noqa: S101  asked for
        since[source] = min(due_at, since.get(source, due_at))
    tick = timedelta(seconds=1)
    for subscription in Subscription.objects.filter(pk__in=since).order_by("pk").select_for_update():
        due_at = since[subscription.pk]
        if subscription.billed_at is not None and subscription.billed_at >= due_at:
            subscription.touch(actor=actor, as_of=as_of, billed_at=due_at - tick, due_at=due_at)
    for order in Order.objects.filter(pk__in=since, called_off_at=None).order_by("pk").select_for_update():
        order.touch(actor=actor, as_of=as_of, due_at=since[order.pk])
    for contract in Contract.objects.filter(pk__in=since).order_by("pk").select_for_update():
        due_at = min(since[contract.pk], contract.due_at or since[contract.pk])
        contract.touch(actor=actor, as_of=as_of, due_at=due_at)


def _row(draft: DocumentDraft, actor: Actor, as_of: datetime, run_id: UUID | None) -> Invoice:
    row = made(
        Invoice,
        **stamp(actor, as_of),
        customer_id=draft.customer.pk,
        contract_id=draft.contract_id,
        entity_id=draft.entity_id or draft.customer.entity_id,
        run_id=run_id,
        sort=draft.sort,
        corrects_id=draft.corrects_id,
        reason=draft.reason,
        currency=draft.currency.code,
        language=draft.customer.language,
        due_from=draft.due_from,
        reference=draft.customer.reference,
        money_policy=draft.money_policy,
        line_count=len(draft.lines),
        net_minor=draft.net.minor,
        tax_minor=draft.tax.minor,
        gross_minor=draft.gross.minor,
        open_minor=draft.gross.minor,
    )
    row.customer = draft.customer
    return row


def _lines(row: Invoice, draft: DocumentDraft) -> list[InvoiceLine]:
    return [
        made(
            InvoiceLine,
            invoice_id=row.pk,
            position=position,
            sort=each.due.sort,
            source=each.due.source,
            obligation=each.due.obligation,
            revision=each.due.revision,
            corrects_id=each.due.corrects,
            charge_id=each.due.charge,
            pillar_id=each.due.pillar,
            stream=each.due.stream,
            text=each.due.text[:300],
            unit=each.due.unit,
            quantity=each.due.quantity,
            share=str(each.due.share),
            whole_minor=each.due.whole.minor,
            net_minor=each.due.net.minor,
            tax_category=each.taxed.tax.category,
            tax_percent=each.taxed.tax.percent,
            due_at=each.due.due_at,
            service_start=each.due.period.start,
            service_end=each.due.period.end,
            pattern=each.due.pattern.value,
            price_number=each.due.price_number,
            waterfall=dict(each.due.waterfall),
            usage_as_of=each.due.usage_as_of,
        )
        for position, each in enumerate(draft.lines, start=1)
    ]


def _taxes(row: Invoice, draft: DocumentDraft) -> list[InvoiceTax]:
    return [
        made(
            InvoiceTax,
            invoice_id=row.pk,
            position=position,
            category=each.subtotal.tax.category,
            percent=each.subtotal.tax.percent,
            why=each.why,
            taxable_minor=each.subtotal.taxable.minor,
            tax_minor=each.subtotal.amount.minor,
        )
        for position, each in enumerate(draft.taxes, start=1)
    ]


def _stamp(rows: Sequence[Invoice], *, as_of: datetime, issue_day: date) -> list[PartySnapshot]:
    """Give documents their numbers, in their order; return what is known of the parties today, to be kept."""
    said: dict[UUID, dict[str, object]] = {}
    sellers: dict[UUID, UUID] = {}
    for row in rows:
        if row.entity_id not in sellers:
            seller = seller_said(row.customer.entity)
            sellers[row.entity_id] = snapshot_id(seller)
            said[sellers[row.entity_id]] = seller
        buyer = buyer_said(row.customer)
        row.seller_id, row.buyer_id = sellers[row.entity_id], snapshot_id(buyer)
        said[row.buyer_id] = buyer
        row.state, row.issue_day, row.finalised_at = InvoiceState.FINAL, issue_day, as_of
        row.due_day = issue_day + timedelta(days=row.customer.terms_days)
    _number(rows, issue_day.year)
    return [PartySnapshot(id=key, said=value, made_at=as_of) for key, value in sorted(said.items())]


def _number(rows: Iterable[Invoice], year: int) -> None:
    listed = list(rows)
    wanted = Counter((row.entity_id, row.sort) for row in listed)
    following: dict[tuple[UUID, str], int] = {}
    for (entity, sort), count in sorted(wanted.items(), key=str):
        ((taken,),) = send(TAKE, [entity, SERIES[InvoiceSort(sort)], year, count + 1, count]).rows()
        following[entity, sort] = taken - count
    for row in listed:
        key = row.entity_id, row.sort
        row.number = f"{SERIES[InvoiceSort(row.sort)]}-{year}-{following[key]:0{DIGITS}d}"
        following[key] += 1


def draft_said(row: Invoice) -> dict[str, Any]:
    """Return which draft a document is, in words that hold in a copy of the terms too: what no other one holds."""
    held = row.lines.filter(holds=True, source__isnull=False).order_by("position")
    source, obligation, revision = held.values_list("source", "obligation", "revision")[0]
    return {"draft": [str(source), obligation, revision]}


def _issued(row: Invoice, how: Mapping[str, Any]) -> InvoiceIssued:
    currency = Currency(row.currency)
    assert row.issue_day is not None and row.due_day is not None  # noqa: S101, PT018  it is issued
    return InvoiceIssued(
        subject=row.ref,
        about=(row.customer.ref,),
        sort=row.sort,
        number=row.number or "",
        currency=row.currency,
        net=Money(row.net_minor, currency).major,
        gross=Money(row.gross_minor, currency).major,
        issue_day=row.issue_day.isoformat(),
        due_day=row.due_day.isoformat(),
        entity=str(row.entity_id),
        corrects=str(row.corrects_id or ""),
        how=how,
        personal={"reason": ("", row.reason)} if row.reason else {},
    )
