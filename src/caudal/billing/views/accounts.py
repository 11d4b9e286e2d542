"""The account of a customer, also as a file, and what is outstanding by age."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from io import StringIO
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from caudal.billing import queries
from caudal.billing.forms.payments import DayForm, SpanForm, amount_words
from caudal.billing.models import Customer, Invoice, Payment
from caudal.billing.queries import Ageing, OpenDocument, Statement
from caudal.billing.views.showing import Part, Told, customer_told, show
from caudal.core.ids import Ref
from caudal.core.money import Money, total
from caudal.core.settling import Age
from caudal.kit.access import Verb
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.world import now
from caudal.ui.formats import number_text, reader_locale
from caudal.ui.tables import Cell, Column, Row, Table, linked, query
from caudal.workspace.queries import company_day

AGES: Final = {
    Age.CURRENT: gettext_lazy("Not due yet"),
    Age.TO_30: gettext_lazy("1 to 30 days"),
    Age.TO_60: gettext_lazy("31 to 60 days"),
    Age.TO_90: gettext_lazy("61 to 90 days"),
    Age.OVER_90: gettext_lazy("Over 90 days"),
}
SORTS: Final = {
    "invoice": gettext_lazy("Invoice"),
    "credit_note": gettext_lazy("Credit note"),
    "payment": gettext_lazy("Payment"),
    "refund": gettext_lazy("Refund"),
    "write_off": gettext_lazy("Write-off"),
    "taken_back": gettext_lazy("Payment taken back"),
}
UNUSED: Final = "unused"
"""Asks for what customers have to their credit, where an age is asked for."""
HEAD: Final = ("currency", "day", "what", "undone", "number", "due_day", "reason", "amount", "balance")


@needs("customer")
@require_GET
def statement(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Show the account of a customer in order, with the balance after each line."""
    row = Customer.one_for(actor_of(request), Verb.VIEW, Ref.parse(customer_id, Customer.kind).id)
    first, last = _span(request)
    here = reverse("billing:statement", args=[row.ref])
    asked = urlencode({name: day.isoformat() for name, day in (("first", first), ("last", last)) if day})
    found = queries.statements(row, first=first, last=last)
    balances = [Told(_("Balance"), money=each.closing, href=f"#{each.currency.code}") for each in found]
    said = {
        "title": _("Account of %(name)s") % {"name": row.name},
        "crumbs": [(_("Outstanding"), reverse("billing:ageing"))],
        "links": [
            ("CSV", f"{here}.csv?{asked}"),
            (_("Record a payment"), f"{reverse('billing:payments')}?{urlencode({'customer': row.name})}"),
        ],
        "choosing": SpanForm(initial={"first": first, "last": last}),
        "parts": [Part(each.currency.code, _account(each), id=each.currency.code) for each in found],
        "about": _("Account"),
        "facts": [customer_told(row), *balances],
    }
    return show(request, said)


@needs("customer", Verb.EXPORT)
@require_GET
def statement_file(request: HttpRequest, customer_id: str) -> StreamingHttpResponse:
    """Return the account of a customer as a file: points before decimals, amounts in major units."""
    row = Customer.one_for(actor_of(request), Verb.EXPORT, Ref.parse(customer_id, Customer.kind).id)
    first, last = _span(request)
    found = queries.statements(row, first=first, last=last)
    answer = StreamingHttpResponse(_csv(found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="account-{row.ref}.csv"'
    return answer


@needs("invoice")
@require_GET
def ageing(request: HttpRequest) -> HttpResponse:
    """Show what is outstanding on a day by customer and age; of one of them, or one age, the invoices behind it."""
    day_form = DayForm(request.GET or None)
    day = day_form.cleaned_data["day"] if day_form.is_bound and day_form.is_valid() else company_day(now())
    named, age = request.GET.get("customer", ""), request.GET.get("age", "")
    customer = None
    actor = actor_of(request)
    if named:
        customer = Customer.one_for(actor, Verb.VIEW, Ref.parse(named, Customer.kind).id)
    found = queries.ageing(actor, day, customer_id=customer.pk if customer else None)
    chosen = Age(age) if age in set(Age) else None
    parts = []
    if found.rows and customer is None and chosen is None and age != UNUSED:
        parts.append(Part("", _by_customer(found)))
    else:
        documents = [each for each in found.documents if age != UNUSED and chosen in {None, each.age}]
        if documents:
            parts.append(Part(str(AGES[chosen]) if chosen else "", _by_document(documents, found)))
        if found.credits and chosen is None:
            parts.append(Part(_("To their credit"), _by_credit(found)))
    lacking = [
        (_("%(amount)s has no rate of that day, and is not counted.") % {"amount": amount_words(each)}, "")
        for each in found.unconverted
    ]
    pace = found.days_outstanding
    here = reverse("billing:ageing") + query({"day": f"{day:%Y-%m-%d}"} | ({"customer": named} if customer else {}))
    facts = [
        Told(_("Outstanding"), money=found.owed, href=here),
        Told(_("To their credit"), money=found.unused, href=f"{here}&age={UNUSED}"),
        Told(_("Days sales outstanding"), "—" if pace is None else number_text(round(pace), reader_locale())),
    ]
    if customer is not None:
        facts.insert(0, Told(_("Customer"), customer.name, href=reverse("billing:statement", args=[customer.ref])))
    said = {
        "title": _("Outstanding of %(name)s") % {"name": customer.name} if customer else _("Outstanding"),
        "crumbs": [(_("Outstanding"), f"{reverse('billing:ageing')}?day={day:%Y-%m-%d}")] if customer or age else [],
        "links": [(_("Payments"), reverse("billing:payments"))],
        "choosing": DayForm(initial={"day": day}),
        "warnings": lacking,
        "parts": parts,
        "nothing": _("Nobody owes anything"),
        "why": _("What is invoiced and not paid stands here by age, from not due yet to over 90 days late."),
        "about": _("In total"),
        "facts": facts,
    }
    return show(request, said)


def _span(request: HttpRequest) -> tuple[date | None, date]:
    form = SpanForm(request.GET or None)
    if form.is_bound and form.is_valid():
        return form.cleaned_data["first"], form.cleaned_data["last"]
    return None, company_day(now())


def _account(found: Statement) -> Table:
    columns = [
        Column(_("What"), line=1),
        Column(_("Day"), kind="date", line=2),
        Column(_("Number"), line=3),
        Column(_("Due"), kind="date", line=0),
        Column(_("Amount"), kind="money", currency=found.currency.code, line=1),
        Column(_("Balance"), kind="money", currency=found.currency.code, line=2),
    ]
    opening = [_("Opening balance"), None, "", None, found.opening, found.opening]
    rows = [Row(cells=opening)] if found.opening else []
    for line in found.lines:
        what = str(SORTS[line.sort])
        what = _("Undone: %(what)s") % {"what": what} if line.undone else what
        due: object = line.due_day or Cell(void=True)
        cells = [Cell(what, note=line.reason), line.day, line.name, due, line.amount, line.balance]
        rows.append(Row(cells=cells, href=page_of(line.ref)))
    totals = [_("Balance"), None, "", None, found.closing, found.closing]
    return Table(columns, rows, totals, caption=_("Account in %(currency)s") % {"currency": found.currency})


def _csv(found: Iterable[Statement]) -> Iterator[str]:
    buffer = StringIO()
    writer = csv.writer(buffer)

    def line(cells: Iterable[object]) -> str:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow([_plain(each) for each in cells])
        return buffer.getvalue()

    yield line(HEAD)
    for each in found:
        yield line([each.currency.code, "", "opening", "", "", "", "", "", each.opening.major])
        for one in each.lines:
            due = one.due_day.isoformat() if one.due_day else ""
            undone = "undone" if one.undone else ""
            said = (one.day.isoformat(), one.sort, undone, one.name, due, one.reason)
            yield line([each.currency.code, *said, one.amount.major, one.balance.major])


def _plain(cell: object) -> object:
    """A text that no spreadsheet takes for a formula."""
    text = str(cell)
    risky = text[:1] in {"=", "+", "@", "\t", "\r"} or (text[:1] == "-" and not text[1:].replace(".", "").isdigit())
    return f"'{text}" if risky else text


def _by_customer(found: Ageing) -> Table:
    base = f"{reverse('billing:ageing')}?day={found.day:%Y-%m-%d}"
    code = found.currency.code
    columns = [
        Column(_("Customer"), line=1),
        *(Column(AGES[age], kind="money", currency=code, line=0, href=f"{base}&age={age.value}") for age in Age),
        Column(_("To their credit"), kind="money", currency=code, line=2),
        Column(_("Balance"), kind="money", currency=code, line=1),
    ]
    rows = [
        Row(
            cells=[
                row.customer.name,
                *(_led(row.by_age[age], f"{base}&customer={row.customer.ref}&age={age.value}") for age in Age),
                _led(-row.unused, f"{base}&customer={row.customer.ref}&age={UNUSED}"),
                linked(row.balance, f"{base}&customer={row.customer.ref}"),
            ],
            href=f"{base}&customer={row.customer.ref}",
        )
        for row in found.rows
    ]
    by_age = [linked(found.total(age), f"{base}&age={age.value}") for age in Age]
    totals = [_("Total"), *by_age, linked(-found.unused, f"{base}&age={UNUSED}"), found.owed - found.unused]
    return Table(columns, rows, totals, caption=_("Outstanding by customer and age"))


def _by_document(documents: Sequence[OpenDocument], found: Ageing) -> Table:
    columns = [
        Column(_("Number"), line=1),
        Column(_("Customer"), line=2),
        Column(_("Due"), kind="date", line=3),
        Column(_("Days late"), kind="number", line=0),
        Column(_("Still open"), kind="money", line=1),
        Column(_("In %(currency)s") % {"currency": found.currency}, kind="money", line=2),
    ]
    rows = [
        Row(
            cells=[
                each.invoice.number,
                each.invoice.customer.name,
                each.invoice.due_day,
                each.days_late if each.days_late > 0 else Cell(void=True),
                each.open,
                each.own,
            ],
            href=page_of(each.invoice.ref),
        )
        for each in documents
    ]
    shared = {each.open.currency for each in documents}
    opened = total((each.open for each in documents), shared.pop()) if len(shared) == 1 else None
    own = total((each.own for each in documents if each.own), found.currency)
    totals = [_("Total"), "", None, None, opened, own]
    return Table(columns, rows, totals, caption=_("Invoices that are open"))


def _by_credit(found: Ageing) -> Table:
    columns = [
        Column(_("Payment or credit note"), line=1),
        Column(_("Customer"), line=2),
        Column(_("Still open"), kind="money", line=1),
        Column(_("In %(currency)s") % {"currency": found.currency}, kind="money", line=2),
    ]
    rows = [
        Row(cells=[_called(each.of), each.of.customer.name, each.open, each.own], href=page_of(each.of.ref))
        for each in found.credits
    ]
    own = total((each.own for each in found.credits if each.own), found.currency)
    return Table(columns, rows, [_("Total"), "", None, own], caption=_("To their credit"))


def _called(row: Payment | Invoice) -> str:
    return (row.reference or _("Payment")) if isinstance(row, Payment) else row.number or ""


def _led(amount: Money, href: str) -> Cell:
    """An amount that leads to its documents; a dash where there is none."""
    return Cell(amount, href=href) if amount else Cell(void=True)
