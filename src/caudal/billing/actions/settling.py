"""What settles what: rows that are only added, each with its entry in the journal, and what undoes them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from caudal.billing.actions.posting import RECEIVABLE, Accounts
from caudal.billing.events import AmountSettled, SettlementUndone
from caudal.billing.models import (
    Customer,
    Invoice,
    InvoiceSort,
    InvoiceState,
    Payment,
    Settlement,
    SettlementSort,
)
from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.core.journal import move
from caudal.core.money import Currency, Money
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.failpoints import failpoint
from caudal.kit.outbox import publish, publish_many
from caudal.kit.records import NotFound
from caudal.ledger.actions import EntryDraft, post_entries, reverse_entry
from caudal.ledger.queries import entry_posted_for

BANK: Final = "bank"
STORED: Final = "stored_value"
BAD_DEBT: Final = "bad_debt"


class NotAnInvoice(Problem):
    """Only an issued invoice is paid, credited or given up."""

    code = "settling.not_an_invoice"
    status = 409
    message = msg("{document} is no issued invoice, so nothing is owed for it.")


class NotACreditNote(Problem):
    """Only an issued credit note is used or paid out."""

    code = "settling.not_a_credit_note"
    status = 409
    message = msg("{document} is no issued credit note.")


class OtherCurrency(Problem):
    """An amount settles what is owed in its own currency."""

    code = "settling.other_currency"
    status = 422
    message = msg("{document} is in {expected}, and cannot be settled with {currency}.")
    hint = msg("Record what came in the currency of the invoice, or allocate it to invoices of its own.")


class OtherCustomer(Problem):
    """What a customer paid settles what that customer owes."""

    code = "settling.other_customer"
    status = 409
    message = msg("{document} is another customer's.")


class OtherBooks(Problem):
    """What one legal entity got does not settle what is owed to another."""

    code = "settling.other_books"
    status = 409
    message = msg("{document} is in the books of another of your legal entities.")


class MoreThanOpen(Problem):
    """More is settled than is open."""

    code = "settling.more_than_open"
    status = 409
    message = msg("{amount} is more than is open of {document}: {left}.")
    hint = msg("Give a smaller amount.")


class NoAmount(Problem):
    """Nothing, or less, settles nothing."""

    code = "settling.no_amount"
    status = 422
    message = msg("Give an amount of more than nothing.")


class UndoneBefore(Problem):
    """What was settled is undone once."""

    code = "settling.undone_before"
    status = 409
    message = msg("This was undone before.")


class CannotBeUndone(Problem):
    """What undoes something, and a payment taken back, stay."""

    code = "settling.cannot_be_undone"
    status = 409
    message = msg("This cannot be undone.")
    hint = msg("Do again what was undone, or record the payment anew.")


@dataclass(frozen=True, slots=True)
class Piece:
    """An amount that is about to settle, and between what."""

    sort: SettlementSort
    customer: Customer
    amount: Money
    day: date
    payment: Payment | None = None
    credit_note: Invoice | None = None
    invoice: Invoice | None = None
    method: str = ""
    reference: str = ""
    reason: str = ""

    @property
    def words(self) -> str:
        """What settles what, as people call both."""
        return " → ".join(name_of(row) for row in (self.payment, self.credit_note, self.invoice) if row is not None)

    @property
    def subject(self) -> Ref:
        """What the settlement is news of: the invoice, else what is given back."""
        found = self.invoice or self.credit_note or self.payment
        assert found is not None  # noqa: S101  the database asks for one
        return found.ref


def customer_locked(actor: Actor, customer_id: UUID) -> Customer:
    """Return a customer whose money nobody else moves until the transaction ends. Raises NotFound."""
    rows = Customer.for_actor(actor).filter(pk=customer_id).select_for_update(of=("self",), no_key=True)
    found = rows.first()
    if found is None:
        raise NotFound(kind=Customer.kind, id=Ref(Customer.kind, customer_id))
    return found


def open_of(row: Invoice | Payment) -> Money:
    """Return what is open of a document or a payment."""
    return Money(row.open_minor, Currency(row.currency))


def name_of(row: Invoice | Payment) -> str:
    """Return what people call a document or a payment."""
    if isinstance(row, Invoice):
        return row.number or str(row.ref)
    return row.reference or str(row.ref)


def check_piece(piece: Piece, *, left_minor: int | None = None) -> None:
    """Refuse in words what the database would refuse; `left_minor` is what pieces before it leave of what settles.

    Raises NoAmount, NotAnInvoice, NotACreditNote, OtherCustomer, OtherCurrency, OtherBooks, MoreThanOpen.
    """
    if piece.amount.minor <= 0:
        raise NoAmount
    if piece.invoice is not None:
        check_invoice(piece.invoice)
    if piece.credit_note is not None:
        check_credit_note(piece.credit_note)
    books = None
    for row in (piece.payment, piece.credit_note, piece.invoice):
        if row is None:
            continue
        document = name_of(row)
        if row.customer_id != piece.customer.pk:
            raise OtherCustomer(document=document)
        if row.currency != piece.amount.currency.code:
            raise OtherCurrency(document=document, expected=row.currency, currency=piece.amount.currency)
        if books is not None and row.entity_id != books:
            raise OtherBooks(document=document)
        books = row.entity_id
        left = open_of(row)
        if row is not piece.invoice and left_minor is not None:
            left = Money(left_minor, left.currency)
        if piece.amount > left:
            raise MoreThanOpen(amount=piece.amount, document=document, left=left)


def check_invoice(row: Invoice) -> None:
    """Refuse what nothing is owed for. Raises NotAnInvoice."""
    if row.sort != InvoiceSort.INVOICE or row.state != InvoiceState.FINAL:
        raise NotAnInvoice(document=name_of(row))


def check_credit_note(row: Invoice) -> None:
    """Refuse what gives nothing back. Raises NotACreditNote."""
    if row.sort != InvoiceSort.CREDIT_NOTE or row.state != InvoiceState.FINAL:
        raise NotACreditNote(document=name_of(row))


def settle(pieces: Sequence[Piece], *, actor: Actor, as_of: datetime) -> list[Settlement]:
    """Write what settles what, with entries and facts, within the action that calls and holds the customer.

    Both sides of each piece are lowered by the database. Raises MonthIsClosed, NoAccountFor.
    """
    require(actor, "settlement", Verb.CREATE)
    rows = [
        Settlement.stamped(
            actor=actor,
            as_of=as_of,
            sort=piece.sort,
            customer_id=piece.customer.pk,
            payment=piece.payment,
            credit_note=piece.credit_note,
            invoice=piece.invoice,
            currency=piece.amount.currency.code,
            minor=piece.amount.minor,
            day=piece.day,
            method=piece.method,
            reference=piece.reference,
            reason=piece.reason,
        )
        for piece in pieces
    ]
    Settlement.objects.bulk_create(rows)
    failpoint("settling.after_rows")
    _post(list(zip(rows, pieces, strict=True)), actor=actor, as_of=as_of)
    failpoint("settling.after_journal")
    facts = [_settled(row, piece) for row, piece in zip(rows, pieces, strict=True)]
    publish_many(facts, actor=actor, occurred_at=as_of)
    _read_anew(pieces)
    return rows


@action
def undo_settlement(*, actor: Actor, as_of: datetime, settlement_id: UUID, day: date, reason: str = "") -> Settlement:
    """Undo an allocation, the use of a credit note, a write-off or a refund: the amount is open again.

    Raises NotFound, UndoneBefore, CannotBeUndone, MonthIsClosed, MoreThanOpen.
    """
    require(actor, "settlement", Verb.CREATE)
    found = Settlement.one_for(actor, Verb.CHANGE, settlement_id)
    customer_locked(actor, found.customer_id)
    if found.undoes_id is not None or found.sort == SettlementSort.TAKEN_BACK:
        raise CannotBeUndone
    if Settlement.objects.filter(undoes=found).exists():
        raise UndoneBefore
    return opposite(found, actor=actor, as_of=as_of, day=day, reason=reason)


def opposite(found: Settlement, *, actor: Actor, as_of: datetime, day: date, reason: str) -> Settlement:
    """Write the row that undoes another one, and reverse its entry, within the action that calls."""
    row = Settlement.stamped(
        actor=actor,
        as_of=as_of,
        sort=found.sort,
        customer_id=found.customer_id,
        payment_id=found.payment_id,
        credit_note_id=found.credit_note_id,
        invoice_id=found.invoice_id,
        currency=found.currency,
        minor=-found.minor,
        day=max(day, found.day),
        undoes=found,
        reason=reason,
    )
    row.save(force_insert=True)
    entry = entry_posted_for(str(found.ref))
    if entry is not None:
        reverse_entry(actor=actor, as_of=as_of, entry_id=entry.pk, day=row.day, text=reason, source=str(row.ref))
    subject, *about = _refs(found)
    fact = SettlementUndone(
        subject=subject,
        about=tuple(about),
        settlement=str(row.ref),
        undid=str(found.ref),
        sort=found.sort,
        currency=found.currency,
        amount=Money(found.minor, Currency(found.currency)).major,
        day=row.day.isoformat(),
    )
    publish(fact, actor=actor, occurred_at=as_of)
    return row


def _refs(row: Settlement) -> list[Ref]:
    """The rows that a settlement is about, the one whose news it is first."""
    named = (
        (Invoice.kind, row.invoice_id),
        (Invoice.kind, row.credit_note_id),
        (Payment.kind, row.payment_id),
        (Customer.kind, row.customer_id),
    )
    return [Ref(kind, row_id) for kind, row_id in named if row_id is not None]


def _settled(row: Settlement, piece: Piece) -> AmountSettled:
    subject, *about = _refs(row)
    return AmountSettled(
        subject=subject,
        about=tuple(about),
        settlement=str(row.ref),
        sort=row.sort,
        currency=row.currency,
        amount=piece.amount.major,
        day=row.day.isoformat(),
        personal={"reason": (None, row.reason)} if row.reason else {},
    )


def _post(pairs: Sequence[tuple[Settlement, Piece]], *, actor: Actor, as_of: datetime) -> None:
    """Post what moves between accounts; a credit note and the invoice it is used for are both receivable."""
    accounts = Accounts(as_of)
    drafts = []
    for row, piece in pairs:
        between = _accounts_of(piece)
        if between is None:
            continue
        debit, credit = (accounts.code(purpose) for purpose in between)
        entry = move(piece.amount, debit=debit, credit=credit, day=piece.day, text=(piece.reason or piece.words)[:200])
        about = {"party": str(piece.customer.ref), "document": str(piece.subject)}
        postings = tuple(replace(each, about=about) for each in entry.postings)
        books = piece.invoice or piece.payment or piece.credit_note
        assert books is not None  # noqa: S101  the database asks for one
        drafts.append(EntryDraft(str(row.ref), replace(entry, postings=postings), books.entity_id))
    if drafts:
        post_entries(actor=actor, as_of=as_of, drafts=drafts)


def _accounts_of(piece: Piece) -> tuple[str, str] | None:
    """The purposes of the accounts that are debited and credited."""
    if piece.sort == SettlementSort.REFUND:
        return (STORED if piece.payment is not None else RECEIVABLE), BANK
    return {
        SettlementSort.ALLOCATION: (STORED, RECEIVABLE),
        SettlementSort.WRITE_OFF: (BAD_DEBT, RECEIVABLE),
        SettlementSort.CREDIT: None,
        SettlementSort.TAKEN_BACK: None,
    }[piece.sort]


def _read_anew(pieces: Iterable[Piece]) -> None:
    """Let the rows that the caller holds say what is open of them now."""
    rows = {row.pk: row for piece in pieces for row in (piece.payment, piece.credit_note, piece.invoice) if row}
    for row in rows.values():
        row.refresh_from_db(fields=["open_minor"])
