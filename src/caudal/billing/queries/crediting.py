"""Credit notes by hand: what is left to credit of an invoice, and the document that a credit would be.

Their lines bear no obligation, so what runs think is owed stays as it was: whoever wants less to be owed from now on
changes the subscription. A line is never credited for more than is left of it, by hand or by a run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from caudal.billing.models import Invoice, InvoiceLine, InvoiceSort, InvoiceState, InvoiceTax, LineSort
from caudal.billing.ports import Taxed
from caudal.billing.queries.drafting import DocumentDraft, DraftLine, DraftTax, document
from caudal.billing.queries.due import DueLine
from caudal.core.errors import Problem, msg
from caudal.core.money import Currency, Money, Rounding, portion, total
from caudal.core.periods import Period
from caudal.core.pricing import Subtotal, Tax
from caudal.core.recognition import Pattern
from caudal.core.settling import MoreThanLeft, of_units, spread
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound

WHOLE: Final = 100


class NothingToCredit(Problem):
    """What is asked for comes to nothing."""

    code = "credit.nothing"
    status = 409
    message = msg("Nothing of {invoice} is credited by this.")
    hint = msg("Choose lines or an amount of which something is left.")


@dataclass(frozen=True, slots=True)
class LineCredit:
    """What is credited of one line: so many units, an amount before tax, or all that is left."""

    line_id: UUID
    quantity: Decimal | None = None
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """What is credited of an invoice: an amount before tax, a percentage, single lines, or all that is left."""

    amount: Money | None = None
    percent: Decimal | None = None
    lines: tuple[LineCredit, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as it is kept while it waits."""
        return {
            "amount": self.amount and self.amount.to_json(),
            "percent": None if self.percent is None else f"{self.percent:f}",
            "lines": [
                {
                    "line": str(each.line_id),
                    "quantity": None if each.quantity is None else f"{each.quantity:f}",
                    "amount": each.amount and each.amount.to_json(),
                }
                for each in self.lines
            ],
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Credit":
        """Read what `to_json` wrote."""
        return cls(
            amount=Money.from_json(said["amount"]) if said["amount"] else None,
            percent=None if said["percent"] is None else Decimal(said["percent"]),
            lines=tuple(
                LineCredit(
                    UUID(each["line"]),
                    None if each["quantity"] is None else Decimal(each["quantity"]),
                    Money.from_json(each["amount"]) if each["amount"] else None,
                )
                for each in said["lines"]
            ),
        )


@dataclass(frozen=True, slots=True)
class LineLeft:
    """A line of an invoice, and what of it was not credited yet."""

    line: InvoiceLine
    credited_minor: int
    """What credit notes by hand name of it."""
    left: Money


def left_to_credit(invoice: Invoice) -> list[LineLeft]:
    """Return the lines of an invoice, which the caller may see, in their order, with what is left of each."""
    currency = Currency(invoice.currency)
    lines = list(invoice.lines.order_by("position"))
    by_hand: dict[UUID, int] = {}
    lowered: dict[UUID, int] = {line.pk: 0 for line in lines}
    corrections = InvoiceLine.objects.filter(corrects__in=lines).exclude(invoice__state=InvoiceState.VOID)
    nets = {line.pk: line.net_minor for line in lines}
    for row in corrections.select_related("invoice").order_by("pk"):
        assert row.corrects_id is not None  # noqa: S101  asked for
        apart = -row.net_minor if row.invoice.sort == InvoiceSort.CREDIT_NOTE else row.net_minor
        if row.source is None:
            by_hand[row.corrects_id] = by_hand.get(row.corrects_id, 0) - apart
        if apart * nets[row.corrects_id] < 0:
            lowered[row.corrects_id] += apart
    return [
        LineLeft(line, by_hand.get(line.pk, 0), Money(_towards_zero(line.net_minor, lowered[line.pk]), currency))
        for line in lines
    ]


def credit_draft(invoice: Invoice, credit: Credit, *, reason: str = "") -> DocumentDraft:
    """Return the credit note that a credit would be: the preview, and what is issued.

    Taxes are what all credits of a rate together come to, less what the notes before say: so the last one takes what
    rounding left, and notes for all of an invoice come to exactly its taxes. Raises BadInput, NotFound, CannotAllocate,
    MoreThanLeft, NothingToCredit.
    """
    lines = left_to_credit(invoice)
    parts = _parts(invoice, lines, credit)
    taxes = list(invoice.taxes.order_by("position"))
    if sum(part.minor for part in parts) <= 0:
        raise NothingToCredit(invoice=invoice.number or invoice.ref)
    chosen = [(each, part, _quantity_of(each, part, credit)) for each, part in zip(lines, parts, strict=True) if part]
    draft = _document(invoice, [(each.line, part, quantity) for each, part, quantity in chosen], taxes, reason)
    together = [
        (each.line, part + Money(each.credited_minor, part.currency), Decimal(1))
        for each, part in zip(lines, parts, strict=True)
        if part or each.credited_minor
    ]
    return _with_taxes(draft, _document(invoice, together, taxes, reason), _taxes_before(invoice))


def _parts(invoice: Invoice, lines: Sequence[LineLeft], credit: Credit) -> list[Money]:
    """What is credited of each line, with the sign of the line."""
    lefts = [each.left for each in lines]
    currency = Currency(invoice.currency)
    said = [credit.amount is not None, credit.percent is not None, bool(credit.lines)]
    if sum(said) > 1:
        raise BadInput({"credit": msg("Credit an amount, a percentage or lines, and not several of them.")})
    if credit.lines:
        return _parts_of_lines(lines, credit.lines)
    if credit.percent is not None:
        if not 0 < credit.percent <= WHOLE:
            raise BadInput({"percent": msg("Give a percentage of more than 0 and at most 100.")})
        net = total((Money(each.line.net_minor, currency) for each in lines), currency)
        return list(spread(portion(net, Fraction(credit.percent) / WHOLE, Rounding.HALF_UP), lefts))
    if credit.amount is not None:
        if credit.amount.minor <= 0 or credit.amount.currency != currency:
            raise BadInput({"amount": msg("Give an amount of more than nothing, in the currency of the invoice.")})
        return list(spread(credit.amount, lefts))
    return lefts


def _parts_of_lines(lines: Sequence[LineLeft], wanted: Sequence[LineCredit]) -> list[Money]:
    by_id = {each.line.pk: each for each in lines}
    found: dict[UUID, Money] = {}
    for each in wanted:
        if each.line_id not in by_id:
            raise NotFound(kind="line", id=each.line_id)
        left = by_id[each.line_id].left
        part = _part_of(by_id[each.line_id], each)
        if part.currency != left.currency or part.minor * left.minor < 0 or abs(part) > abs(left):
            raise MoreThanLeft(amount=part, left=left)
        if each.line_id in found:
            raise BadInput({"lines": msg("A line is named once.")})
        found[each.line_id] = part
    return [found.get(each.line.pk, Money(0, each.left.currency)) for each in lines]


def _part_of(one: LineLeft, wanted: LineCredit) -> Money:
    if wanted.amount is not None:
        return wanted.amount
    if wanted.quantity is None:
        return one.left
    if not 0 < wanted.quantity <= one.line.quantity:
        raise BadInput({"quantity": msg("Give a number of units of more than 0 and at most those of the line.")})
    net = Money(one.line.net_minor, one.left.currency)
    return of_units(net, wanted.quantity, of=one.line.quantity, left=one.left)


def _quantity_of(one: LineLeft, part: Money, credit: Credit) -> Decimal:
    """How many units a line of the note is of: those that were said, all of the line, else one of the amount."""
    said = next((each.quantity for each in credit.lines if each.line_id == one.line.pk), None)
    if said is not None:
        return said
    return one.line.quantity if part.minor == one.line.net_minor else Decimal(1)


def _document(
    invoice: Invoice,
    lines: Sequence[tuple[InvoiceLine, Money, Decimal]],
    taxes: Sequence[InvoiceTax],
    reason: str,
) -> DocumentDraft:
    why = {(each.category, each.percent): each.why for each in taxes}
    made = [
        DraftLine(
            _due(line, part, quantity),
            Taxed(Tax(line.tax_category, line.tax_percent), why.get((line.tax_category, line.tax_percent), "")),
        )
        for line, part, quantity in lines
    ]
    draft = document(
        invoice.customer,
        made,
        Currency(invoice.currency),
        invoice.due_from,
        invoice.money_policy,
        contract_id=invoice.contract_id,
        corrects_id=invoice.pk,
        reason=reason,
    )
    # What comes to less than nothing would be turned round by it, and is refused before.
    return replace(draft, sort=InvoiceSort.CREDIT_NOTE.value, entity_id=invoice.entity_id)


def _due(line: InvoiceLine, part: Money, quantity: Decimal) -> DueLine:
    whole = quantity == line.quantity and part.minor == line.net_minor
    return DueLine(
        sort=LineSort.CORRECTION.value,
        source=None,
        obligation="",
        text=line.text,
        stream=line.stream,
        whole=Money(line.whole_minor, part.currency) if whole else part,
        net=part,
        due_at=line.due_at,
        period=Period(line.service_start, line.service_end),
        quantity=quantity,
        unit=line.unit if quantity != 1 or whole else "",
        share=Fraction(line.share) if whole else Fraction(1),
        charge=line.charge_id,
        pillar=line.pillar_id,
        pattern=Pattern(line.pattern),
        corrects=line.pk,
        price_number=line.price_number,
    )


def _taxes_before(invoice: Invoice) -> dict[tuple[str, Decimal], int]:
    """The taxes of the notes by hand that correct an invoice, by category and rate."""
    notes = invoice.corrections.exclude(state=InvoiceState.VOID).filter(lines__source=None).distinct()
    found: dict[tuple[str, Decimal], int] = {}
    for row in InvoiceTax.objects.filter(invoice__in=notes).order_by("pk"):
        key = row.category, row.percent
        found[key] = found.get(key, 0) + row.tax_minor
    return found


def _with_taxes(
    draft: DocumentDraft, together: DocumentDraft, before: Mapping[tuple[str, Decimal], int]
) -> DocumentDraft:
    """Return a draft with those taxes that it and the notes before come to together, less theirs."""
    whole = {each.subtotal.tax: each.subtotal.amount.minor for each in together.taxes}
    taxes = []
    for each in draft.taxes:
        own = each.subtotal
        minor = whole[own.tax] - before.get((own.tax.category, own.tax.percent), 0)
        taxes.append(DraftTax(Subtotal(own.tax, own.taxable, Money(minor, draft.currency)), each.why))
    tax = total((each.subtotal.amount for each in taxes), draft.currency)
    return replace(draft, taxes=tuple(taxes), tax=tax)


def _towards_zero(net: int, apart: int) -> int:
    """What is left of a net amount that something of the other sign was taken from; never beyond nothing."""
    left = net + apart
    return left if left * net > 0 else 0
