"""What settles an invoice or uses a credit note: credit notes with their preview, write-offs, refunds, undoing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caudal.billing import actions, queries
from caudal.billing.forms.payments import (
    AllocateForm,
    CreditForm,
    PartsForm,
    RefundForm,
    WriteOffForm,
    refundable,
)
from caudal.billing.models import Invoice, InvoiceSort, InvoiceState
from caudal.billing.queries import DocumentDraft
from caudal.billing.views.payments import given, undoing
from caudal.billing.views.showing import (
    Doing,
    Part,
    Told,
    carried_out,
    customer_told,
    settled_table,
    show,
)
from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.core.money import Currency, Money
from caudal.core.settling import in_order
from caudal.kit.access import Verb, may, require
from caudal.kit.forms import refuse
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.world import now
from caudal.ui.formats import number_text, reader_locale
from caudal.ui.tables import Column, Row, Table
from caudal.workspace.queries import company_day


@needs("invoice")
@require_http_methods(["GET", "POST"])
def settling(request: HttpRequest, invoice_id: str) -> HttpResponse:
    """Show what settles a document, and credit, write off, use or refund it."""
    actor = actor_of(request)
    row = Invoice.one_for(actor, Verb.VIEW, Ref.parse(invoice_id, Invoice.kind).id)
    parts: list[Part] = []
    doings: list[Doing] = []
    if request.method == "POST":
        require(actor, "invoice", Verb.CHANGE)
    if row.state == InvoiceState.FINAL and may(actor, "invoice", Verb.CHANGE):
        of_invoice = row.sort == InvoiceSort.INVOICE
        answer = _of_invoice(request, row, parts, doings) if of_invoice else _of_note(request, row, doings)
        if answer is None:
            live = queries.live_settlements([row])
            answer = undoing(request, live, row.currency, _here(row), doings)
        if answer is not None:
            return answer
    currency = Currency(row.currency)
    settled = queries.settlements_of_document(row)
    parts.append(Part(_("What settled it"), settled_table(row, settled), id="settled"))
    number = row.number or _("Draft")
    said = {
        "title": _("Settle %(number)s") % {"number": number},
        "crumbs": [(_("Invoices"), reverse("billing:invoices")), (number, page_of(row.ref))],
        "about": str(InvoiceSort(row.sort).label),
        "facts": [
            customer_told(row.customer),
            Told(_("Total"), money=Money(row.gross_minor, currency), href=page_of(row.ref)),
            Told(_("Still open"), money=Money(row.open_minor, currency), href="#settled")
            if row.open_minor
            else Told(_("Still open"), "0"),
            *([Told(_("Due"), day=row.due_day)] if row.due_day else []),
        ],
        "parts": parts,
    }
    return show(request, said, doings)


def _here(row: Invoice) -> str:
    return reverse("billing:settling", args=[row.ref])


def _of_invoice(request: HttpRequest, row: Invoice, parts: list[Part], doings: list[Doing]) -> HttpResponse | None:
    """What can be done with an invoice: a credit note, seen before it is issued, and a write-off."""
    actor, as_of = actor_of(request), now()
    today, asked = company_day(as_of), request.POST.get("do", "")
    made: dict[str, Any] = {"actor": actor, "as_of": as_of, "invoice_id": row.pk}
    common: dict[str, Any] = {"currency": row.currency, "today": today}
    lines = queries.left_to_credit(row)
    answer = None
    if any(each.left for each in lines):
        form = CreditForm(request.POST if asked in {"credit", "credit_look"} else None, lines=lines, **common)
        buttons = [("credit_look", _("Show the credit note"), True)]
        if form.is_bound and form.is_valid():
            credit = form.credit()
            try:
                draft = None if form.errors else queries.credit_draft(row, credit, reason=form.cleaned_data["reason"])
            except Problem as problem:
                refuse(form, problem)
                draft = None
            if draft is not None:
                parts.append(_preview(draft))
                buttons = [("credit", _("Issue the credit note"), True), ("credit_look", _("Show it anew"), False)]

        def issue() -> str:
            said = {name: form.cleaned_data[name] for name in ("day", "reason")}
            note = actions.credit_invoice(**made, **said, credit=form.credit())
            return given(request, note, page_of(note.ref) or _here(row))

        answer = carried_out(form, issue) if asked == "credit" and not form.errors else None
        why = _("It corrects this invoice and settles it as far as it is open. What is owed from now on stays.")
        doings.append(Doing(_("Credit note"), (form,), buttons, why))
    if row.open_minor and answer is None:
        bound = request.POST if asked == "write_off" else None
        off = WriteOffForm(bound, **common, initial={"amount": refundable(row)})

        def write_off() -> str:
            amount = off.read("amount")
            if off.errors:
                return ""
            said = {name: off.cleaned_data[name] for name in ("day", "reason")}
            return given(request, actions.write_off(**made, **said, amount=amount), _here(row))

        answer = carried_out(off, write_off) if bound else None
        why = _("For a debt that is not paid any more. It stays invoiced, and its tax stays owed.")
        doings.append(Doing(_("Write off"), (off,), [("write_off", _("Write it off"), False)], why))
    return answer


def _of_note(request: HttpRequest, row: Invoice, doings: list[Doing]) -> HttpResponse | None:
    """What can be done with what is open of a credit note: it is used for invoices, or goes back."""
    if not row.open_minor:
        return None
    actor, as_of = actor_of(request), now()
    today, asked = company_day(as_of), request.POST.get("do", "")
    common: dict[str, Any] = {"currency": row.currency, "today": today}
    currency = Currency(row.currency)
    unpaid = list(queries.unpaid_invoices(actor, row.customer_id, row.currency, row.entity_id)[:100])
    proposed = in_order(Money(row.open_minor, currency), [Money(each.open_minor, currency) for each in unpaid])
    bound = request.POST if asked == "allocate" else None
    day, chosen = AllocateForm(bound, **common), PartsForm(bound, unpaid=unpaid, proposed=proposed, **common)

    def use() -> str:
        wanted = chosen.allocations() if chosen.is_valid() else []
        if not chosen.errors:
            on = day.cleaned_data["day"]
            actions.use_credit_note(actor=actor, as_of=as_of, credit_note_id=row.pk, day=on, allocations=wanted)
            messages.success(request, _("It was used."))
        return _here(row)

    answer = carried_out(day, use) if bound else None
    if answer is not None and not chosen.errors:
        return answer
    if unpaid:
        doings.append(Doing(_("Use for invoices"), (chosen, day), [("allocate", _("Use it"), True)]))
    bound = request.POST if asked == "refund" else None
    form = RefundForm(bound, **common, initial={"amount": refundable(row)})

    def give_back() -> str:
        amount = form.read("amount")
        if form.errors:
            return ""
        said = {name: form.cleaned_data[name] for name in ("day", "method", "reference", "reason")}
        done = actions.refund(actor=actor, as_of=as_of, of_id=row.pk, of_payment=False, amount=amount, **said)
        return given(request, done, _here(row))

    answer = carried_out(form, give_back) if bound else None
    doings.append(Doing(_("Refund"), (form,), [("refund", _("Refund it"), False)]))
    return answer


def _preview(draft: DocumentDraft) -> Part:
    """The credit note as it will be."""
    locale = reader_locale()
    columns = [
        Column(_("What for"), line=1),
        Column(_("Quantity"), kind="text", line=2),
        Column(_("Net"), kind="money", line=1),
    ]
    rows = [Row(cells=[each.due.text, number_text(each.due.quantity, locale), each.due.net]) for each in draft.lines]
    for tax in draft.taxes:
        percent = number_text(tax.subtotal.tax.percent, locale)
        rows.append(Row(cells=[_("Tax %(percent)s %%") % {"percent": percent}, "", tax.subtotal.amount]))
    table = Table(columns, rows, [_("Total"), "", draft.gross], caption=_("The credit note as it will be"))
    return Part(_("The credit note as it will be"), table, note=_("Nothing is issued yet."))
