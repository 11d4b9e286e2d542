"""What an entry of the books is made of, and where what accounts hold is told: shown on pages of the ledger."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from caudal.billing import queries
from caudal.billing.models import (
    AccruedRow,
    Invoice,
    InvoiceLine,
    InvoiceSort,
    Payment,
    RecognisedRow,
    Settlement,
)
from caudal.core.ids import NotAnId, Ref
from caudal.core.money import Currency, Money
from caudal.core.periods import zone_named
from caudal.kit.access import Actor, Verb, may
from caudal.kit.panels import page_of
from caudal.ledger.queries import account, chart, entry
from caudal.ui.formats import day_text, reader_locale
from caudal.ui.tables import Cell, Column, Row, Table

ROWS: Final = 100
"""So many lines of an entry are shown on its page."""
HOLDS: Final = {
    "receivable": (gettext_lazy("Open documents, by customer and age"), "billing:ageing"),
    "stored_value": (gettext_lazy("Payments, and what is open of them"), "billing:payments"),
    "deferred": (gettext_lazy("Deferred revenue by month, and its lines"), "billing:deferred"),
}
"""Where what an account holds is told by its parts, by the purpose of the account."""


def parts_of_account(ref: Ref, actor: Actor, _as_of: datetime) -> Mapping[str, Any] | None:
    """Return the way to what an account holds; None where the books themselves tell it."""
    found = HOLDS.get(account(actor, ref.id).purpose or "")
    return {"words": found[0], "href": reverse(found[1])} if found else None


def parts_of_entry(ref: Ref, actor: Actor, _as_of: datetime) -> Mapping[str, Any] | None:
    """Return the lines that an entry is made of; None for one that nothing of billing was posted for."""
    row = entry(actor, ref.id)
    if not may(actor, "invoice", Verb.VIEW):
        return None
    origin, names = row.reverses or row, _names(actor)
    what = origin.source.partition(":")[0]
    if what == "recognition":
        rows, count = queries.recognised_in(actor, origin.pk, ROWS)
        return _shown((_recognised(each, names) for each in rows), count)
    if what == "accrual":
        accrued, count = queries.accrued_in(actor, origin.pk, ROWS)
        return _shown((_accrued(each, names) for each in accrued), count)
    try:
        ref = Ref.parse(origin.source)
    except NotAnId:
        return None
    of_kind = {Invoice.kind: _of_document, Payment.kind: _of_payment, Settlement.kind: _of_settlement}.get(ref.kind)
    return of_kind(actor, ref.id, names) if of_kind else None


def _of_document(actor: Actor, document_id: UUID, names: Mapping[str, str]) -> Mapping[str, Any] | None:
    found = Invoice.for_actor(actor).filter(pk=document_id).select_related("customer").first()
    if found is None or found.issue_day is None:
        return None
    lines = queries.lines_of(found)
    rows = [_line(each, found, each.net_minor, names, document=False) for each in lines[:ROWS]]
    taxed = queries.taxes_of(found)
    said = queries.paper(found, lines, taxed, get_language() or "en")
    sign = -1 if found.sort == InvoiceSort.CREDIT_NOTE else 1
    taxes = [
        Row(
            cells=[
                Cell(words.label, note=_("of %(taxable)s") % {"taxable": words.taxable}),
                day_text(found.issue_day, reader_locale()),
                names.get("tax_payable", ""),
                Money(sign * tax.tax_minor, Currency(found.currency)),
            ],
            href=page_of(found.ref),
        )
        for tax, words in zip(taxed, said.taxes, strict=True)
        if tax.tax_minor
    ]
    return _shown([*rows, *taxes], len(lines) + len(taxes))


def _of_payment(actor: Actor, payment_id: UUID, names: Mapping[str, str]) -> Mapping[str, Any] | None:
    """What came from a customer: it is theirs until it is allocated."""
    found = Payment.for_actor(actor).filter(pk=payment_id).select_related("customer").first()
    if found is None:
        return None
    return _shown([_moved(found, found.amount_minor, found.day, names)], 1)


def _of_settlement(actor: Actor, settlement_id: UUID, names: Mapping[str, str]) -> Mapping[str, Any] | None:
    """What an amount was taken from, and what it settled."""
    rows = Settlement.for_actor(actor).filter(pk=settlement_id)
    found = rows.select_related("payment__customer", "credit_note__customer", "invoice__customer").first()
    if found is None:
        return None
    between = [each for each in (found.payment, found.credit_note, found.invoice) if each is not None]
    return _shown([_moved(each, found.minor, found.day, names) for each in between], len(between))


def _moved(row: Payment | Invoice, minor: int, day: date, names: Mapping[str, str]) -> Row:
    """What an entry moved of a payment or a document, on the account that holds it."""
    is_payment = isinstance(row, Payment)
    name = (row.reference or _("Payment")) if isinstance(row, Payment) else row.number or ""
    return Row(
        cells=[
            Cell(name, note=row.customer.name),
            day_text(day, reader_locale()),
            names.get("stored_value" if is_payment else "receivable", ""),
            Money(minor, Currency(row.currency)),
        ],
        href=page_of(row.ref),
    )


def _shown(rows: Iterable[Row], count: int) -> Mapping[str, Any] | None:
    columns = [
        Column(_("What"), line=1),
        Column(_("When"), line=2),
        Column(_("Account"), line=3),
        Column(_("Amount"), kind="money", line=1),
    ]
    found = list(rows)
    return {"table": Table(columns, found, caption=_("Lines")), "shown": len(found), "count": count} if found else None


def _names(actor: Actor) -> dict[str, str]:
    """What the accounts of each purpose are called."""
    language = get_language() or "en"
    return {each.purpose: f"{each.code} {each.label(language)}" for each in chart(actor) if each.purpose}


def _line(line: InvoiceLine, row: Invoice, minor: int, names: Mapping[str, str], *, document: bool) -> Row:
    """A line of an entry: of a document with the account that it was posted to, else with that of its revenue."""
    locale, zone = reader_locale(), zone_named(row.customer.zone)
    assert row.issue_day is not None  # noqa: S101  it is in the books
    purpose = f"revenue_{line.stream}" if document else queries.earned_by(line, row.issue_day)
    sign = -1 if row.sort == InvoiceSort.CREDIT_NOTE and not document else 1
    return Row(
        cells=[
            Cell(line.text, note=f"{row.number} · {row.customer.name}" if document else ""),
            queries.period_told(line.service_start, line.service_end, zone, locale),
            names.get(purpose, ""),
            Money(sign * minor, Currency(row.currency)),
        ],
        href=reverse("billing:line", args=[row.ref, line.position]),
    )


def _recognised(each: RecognisedRow, names: Mapping[str, str]) -> Row:
    return _line(each.line, each.line.invoice, each.amount_minor, names, document=True)


def _accrued(each: AccruedRow, names: Mapping[str, str]) -> Row:
    if each.line is not None:
        return _line(each.line, each.line.invoice, each.amount_minor, names, document=True)
    assert each.subscription is not None  # noqa: S101  the database asks for one of both
    note = f"{each.subscription.name} · {each.subscription.customer.name}"
    amount = Money(each.amount_minor, Currency(each.currency))
    cells = [Cell(each.text, note=note), _("not invoiced yet then"), names.get(f"revenue_{each.stream}", ""), amount]
    return Row(cells=cells, href=page_of(each.subscription.ref))
