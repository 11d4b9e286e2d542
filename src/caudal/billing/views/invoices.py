"""Invoices and credit notes: their list, the page of one with what may be done, and the page of a line."""

from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from caudal.billing import actions, adapters, queries
from caudal.billing.forms import IssueForm, VoidForm
from caudal.billing.models import Invoice, InvoiceLine, InvoiceSort, InvoiceState
from caudal.billing.queries import LinePlan, Paper
from caudal.billing.views.lists import listing
from caudal.billing.views.words import STEPS, documents_words, money_of, name_of, state_cell, told
from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.core.money import Currency, Money
from caudal.core.periods import day_in
from caudal.core.pricing import PriceDecision
from caudal.kit.access import Actor, Verb, may, require
from caudal.kit.downloads import pdf_answer
from caudal.kit.lists import ListView
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of, panels_of
from caudal.kit.world import now
from caudal.ui.formats import month_text, reader_locale
from caudal.ui.lists.asking import ALL
from caudal.ui.lists.pages import Empty, Listing
from caudal.ui.tables import Cell, Column, Row, Table
from caudal.usage.queries import UsageTransaction
from caudal.workspace.queries import company_day, moments

EVENTS_SHOWN: Final = 100
COLUMNS: Final = ("number", "customer", "sort", "state", "issue_day", "due_day", "gross", "open")


def number_cell(row: Invoice) -> Cell:
    """Return what a document is called in a list."""
    return Cell(row.number or _("Draft"))


def listed_state(row: Invoice) -> Cell:
    """Return how a document stands today."""
    return state_cell(row, company_day(now()))


def href_of(row: Invoice) -> str:
    """Return the page of a document."""
    return page_of(row.ref)


INVOICES: Final = Listing(
    plural=gettext_lazy("Invoices"),
    href_of=href_of,
    count_words=documents_words,
    search_label=gettext_lazy("Find by number, customer or reference"),
    totals=True,
    cells={"number": number_cell, "state": listed_state},
    kinds={"state": "state"},
    views=(
        ListView(key=ALL, label=pgettext_lazy("invoices", "All"), columns=COLUMNS),
        ListView(key="drafts", label=pgettext_lazy("invoices", "Drafts"), where='state = "draft"', columns=COLUMNS),
        ListView(
            key="open",
            label=pgettext_lazy("invoices", "Open"),
            where='state = "open"',
            columns=COLUMNS,
            sort="due_day",
        ),
        ListView(
            key="overdue", label=pgettext_lazy("invoices", "Overdue"), where="overdue", columns=COLUMNS, sort="due_day"
        ),
        ListView(
            key="credit-notes",
            label=pgettext_lazy("invoices", "Credit notes"),
            where='sort = "credit_note"',
            columns=COLUMNS,
        ),
    ),
    empty=Empty(
        gettext_lazy("No invoices yet"),
        gettext_lazy("Here stands what was invoiced and credited, what is still open, and since when it is overdue."),
        "bill",
        gettext_lazy("For example: INV-2026-00042, Acme, €1,210.00, to be paid by June 30"),
    ),
)
invoices = listing(Invoice.kind, INVOICES)


@needs("invoice")
@require_http_methods(["GET", "POST"])
def invoice(request: HttpRequest, invoice_id: str) -> HttpResponse:
    """Show a document; issue, send, void or discard it where that is sent."""
    actor, as_of = actor_of(request), now()
    row = queries.invoice(actor, Ref.parse(invoice_id, Invoice.kind).id)
    today = day_in(as_of, ZoneInfo(actor.zone))
    do = request.POST.get("do", "")
    issuing = IssueForm(request.POST if do == "issue" else None, today=today)
    voiding = VoidForm(request.POST if do == "void" else None, today=max(today, row.issue_day or today))
    status = HTTPStatus.OK
    if request.method == "POST":
        require(actor, "invoice", Verb.CHANGE)
        done = acted(request, row, do, issuing, voiding)
        if done is not None:
            return done
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        row = queries.invoice(actor, row.pk)
    context = page_context(actor, row, today) | {
        "issuing": issuing if row.state == InvoiceState.DRAFT and may(actor, "invoice", Verb.CHANGE) else None,
        "voiding": voiding if (may_be_voided(row) or voiding.errors) and may(actor, "invoice", Verb.CHANGE) else None,
        "may_discard": row.state == InvoiceState.DRAFT and may(actor, "invoice", Verb.DELETE),
        "may_mail": row.state == InvoiceState.FINAL
        and may(actor, "invoice", Verb.CHANGE)
        and all(each.failed_at is not None for each in queries.letters_about(row)),
        "may_mark": row.state == InvoiceState.FINAL and row.sent_at is None and may(actor, "invoice", Verb.CHANGE),
        "now": as_of,
    }
    return render(request, "billing/invoice.html", context, status=status)


@needs("invoice")
@require_GET
def invoice_pdf(request: HttpRequest, invoice_id: str) -> HttpResponse:
    """Hand a document out as PDF, in its own language. Raises ExtraMissing."""
    row = queries.invoice(actor_of(request), Ref.parse(invoice_id, Invoice.kind).id)
    return pdf_answer(adapters.invoice_pdf(row), adapters.file_name(row))


def may_be_voided(row: Invoice) -> bool:
    """Say whether a document is issued, and neither sent nor settled in part."""
    return row.state == InvoiceState.FINAL and row.sent_at is None and row.open_minor == row.gross_minor


def acted(request: HttpRequest, row: Invoice, do: str, issuing: IssueForm, voiding: VoidForm) -> HttpResponse | None:
    """Do what was sent, and return where to go from there; None where a form says what is wrong."""
    actor, as_of = actor_of(request), now()
    try:
        if do == "discard":
            actions.discard(actor=actor, as_of=as_of, invoice_id=row.pk)
            messages.success(request, _("The draft was thrown away: what it was for is due again."))
            return redirect("billing:invoices")
        if do == "mail":
            name, file = adapters.file_name(row), adapters.invoice_pdf(row)
            actions.send_invoice(actor=actor, as_of=as_of, invoice_id=row.pk, file=file, file_name=name)
            messages.success(request, _("It is on its way to %(address)s.") % {"address": row.customer.email})
        elif do == "sent":
            actions.mark_sent(actor=actor, as_of=as_of, invoice_id=row.pk)
            messages.success(request, _("%(number)s is marked as sent.") % {"number": row.number})
        elif do == "issue" and issuing.is_valid():
            issued = actions.finalise(actor=actor, as_of=as_of, invoice_id=row.pk, **issuing.cleaned_data)
            messages.success(request, _("It was issued as %(number)s.") % {"number": issued.number})
        elif do == "void" and voiding.is_valid():
            actions.void(actor=actor, as_of=as_of, invoice_id=row.pk, **voiding.cleaned_data)
            messages.success(request, _("%(number)s is void; what it was for is due again.") % {"number": row.number})
        else:
            return None
    except Problem as problem:
        if do == "mail" and problem.status == HTTPStatus.CONFLICT:
            messages.error(request, problem.told(gettext))
            return redirect(href_of(row))
        form = {"issue": issuing, "void": voiding}.get(do)
        if form is None or problem.status not in {HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}:
            raise
        form.add_error(None, problem.told(gettext))
        return None
    return redirect(href_of(row))


def page_context(actor: Actor, row: Invoice, today: date) -> dict[str, Any]:
    """Return what the page of a document shows."""
    lines, taxes = queries.lines_of(row), queries.taxes_of(row)
    around = queries.around(actor, row)
    loaded = ((panel, panel.load(row.ref, actor, now())) for panel in panels_of(Invoice.kind))
    sign = -1 if row.sort == InvoiceSort.CREDIT_NOTE else 1
    said = queries.paper(row, lines, taxes, get_language() or "en")
    return {
        "title": name_of(row),
        "crumbs": [(_("Invoices"), reverse("billing:invoices"))],
        "row": row,
        "state": state_cell(row, today),
        "paper": said,
        "gross": money_of(row, sign * row.gross_minor),
        "open": money_of(row, sign * row.open_minor),
        "settling_href": reverse("billing:settling", args=[row.ref]) + "#settled",
        "is_issued": row.state == InvoiceState.FINAL,
        "is_invoice": row.sort == InvoiceSort.INVOICE,
        "lines": lines_table(row, lines, said),
        "customer": Cell(row.customer.name, href=page_of(row.customer.ref) or party_href(row)),
        "run": Cell(row.run.name, href=page_of(row.run.ref))
        if row.run and may(actor, "invoice_run", Verb.VIEW)
        else None,
        "corrects": Cell(name_of(row.corrects), href=href_of(row.corrects)) if row.corrects else None,
        "corrections": [Cell(name_of(each), href=href_of(each)) for each in around.corrections],
        "entry": page_of(around.entry) if around.entry and may(actor, "entry", Verb.VIEW) else "",
        "letters": [letter_cell(each) for each in queries.letters_about(row)],
        "panels": [(panel, values) for panel, values in loaded if values is not None],
        "moments": moments(row.ref, body=lambda fact: str(fact.data.get("why", ""))),
    }


def letter_cell(letter: Any) -> Cell:
    """Return where a letter with a document is, and why it failed if it did."""
    if letter.failed_at is not None:
        return Cell(
            _("Could not be sent to %(address)s") % {"address": letter.recipient}, tone="bad", note=letter.error
        )
    if letter.sent_at is not None:
        return Cell(_("Sent to %(address)s") % {"address": letter.recipient}, tone="good")
    words = _("Waits to be sent to %(address)s") % {"address": letter.recipient}
    return Cell(words, tone="warn" if letter.error else "idle", note=letter.error)


def party_href(row: Invoice) -> str:
    """Return the page of whom a document is for."""
    party = row.customer.company or row.customer.person
    return page_of(party.ref) if party else ""


def lines_table(row: Invoice, lines: Any, said: Paper) -> Table:
    """Return the lines of a document, each with the way to how it came about."""
    rows = [
        Row(
            cells=[
                Cell(shown.text, note=" · ".join(shown.notes)),
                shown.period,
                shown.quantity,
                shown.tax,
                money_of(row, line.net_minor),
            ],
            href=reverse("billing:line", args=[row.ref, line.position]),
        )
        for line, shown in zip(lines, said.lines, strict=True)
    ]
    columns = [
        Column(_("Line"), line=1),
        Column(_("Period"), line=2),
        Column(_("Quantity"), line=3),
        Column(_("Tax"), line=0),
        Column(_("Amount"), kind="money", line=1),
    ]
    return Table(columns, rows, caption=_("Lines"))


@needs("invoice")
@require_GET
def line(request: HttpRequest, invoice_id: str, position: int) -> HttpResponse:
    """Show how a line came about: every step of its price, its share, what was used, and what corrects it."""
    actor = actor_of(request)
    row = queries.invoice(actor, Ref.parse(invoice_id, Invoice.kind).id)
    found = queries.line_at(row, position)
    origin = queries.origin_of(row, found, most=EVENTS_SHOWN)
    locale, zone = reader_locale(), ZoneInfo(row.customer.zone)
    corrects = found.corrects
    plan = queries.line_plan(row, found)
    context = {
        "title": found.text,
        "crumbs": [(_("Invoices"), reverse("billing:invoices")), (name_of(row), href_of(row))],
        "line": found,
        "amount": money_of(row, found.net_minor),
        "whole": money_of(row, found.whole_minor),
        "share": queries.share_told(found.share, locale) if found.share != "1" else "",
        "period": queries.period_told(found.service_start, found.service_end, zone, locale),
        "quantity": " ".join(part for part in (queries.quantity_told(found.quantity, locale), found.unit) if part),
        "tax": queries.tax_told(found.tax_category, found.tax_percent, locale),
        "steps": steps_table(row, found),
        "plan": plan_table(plan, books=may(actor, "entry", Verb.VIEW)) if plan else None,
        "accrued": accrued_cells(plan) if plan and may(actor, "entry", Verb.VIEW) else [],
        "corrects": line_cell(corrects) if corrects is not None else None,
        "corrections": [line_cell(each) for each in queries.corrections_of(actor, found)],
        "source": Cell(origin.source.name, href=page_of(origin.source.ref)) if origin.source else None,
        "pillar": found.pillar.label(get_language() or "en") if found.pillar else "",
        "meter": origin.meter,
        "events": events_table(origin.events, ZoneInfo(actor.zone)) if origin.events else None,
        "has_more": origin.has_more,
        "shown": EVENTS_SHOWN,
        "now": now(),
    }
    return render(request, "billing/line.html", context)


def line_cell(found: InvoiceLine) -> Cell:
    """Return the way to another line."""
    words = _("%(document)s, line %(line)s") % {"document": name_of(found.invoice), "line": found.position}
    return Cell(words, href=reverse("billing:line", args=[found.invoice.ref, found.position]))


def steps_table(row: Invoice, found: InvoiceLine) -> Table | None:
    """Return the waterfall of a line's price, from the catalogue price to what is on the document."""
    if not found.waterfall:
        return None
    decision, currency = PriceDecision.from_json(found.waterfall), Currency(row.currency)
    rows = []
    for step in decision.steps:
        change = exact(step.after - step.before, currency)
        rows.append(Row(cells=[STEPS.get(step.name, step.name), change, exact(step.after, currency)]))
    whole, net = money_of(row, found.whole_minor), money_of(row, found.net_minor)
    if net != whole:
        words = _("What was invoiced before") if found.revision else _("Share of the period")
        rows.append(Row(cells=[words, net - whole, net]))
    columns = [
        Column(_("Step"), line=1),
        Column(_("Change"), kind="money", line=1),
        Column(_("So far"), kind="money", line=2),
    ]
    return Table(columns, rows, caption=_("From the catalogue price to the amount"), caption_hidden=False)


def plan_table(plan: LinePlan, *, books: bool) -> Table:
    """Return when a line becomes revenue, month by month; whoever may see the books is led to their entries."""
    locale = reader_locale()
    rows = []
    for each in plan.months:
        # What one entry told leads to it; where several did, each of them stands in a row of its own.
        for place, one in enumerate(each.told or [None]):
            href = page_of(one.entry) if one and books else ""
            rows.append(
                Row(
                    cells=[
                        month_text(each.days.start, locale),
                        each.planned if not place else None,
                        Cell(one.amount if one else None, href=href),
                    ]
                )
            )
    columns = [
        Column(_("Month"), line=1),
        Column(_("Becomes revenue"), kind="money", line=1),
        Column(_("In the books"), kind="money", line=2),
    ]
    return Table(columns, rows, [_("All months"), plan.planned, plan.booked], caption=_("When it becomes revenue"))


def accrued_cells(plan: LinePlan) -> list[Cell]:
    """Return what of a line was accrued before it was invoiced, each with its entry."""
    words = _("%(amount)s at the end of %(month)s")
    return [
        Cell(
            words % {"amount": told(each.amount), "month": month_text(days.start, reader_locale())},
            href=page_of(each.entry),
        )
        for days, each in plan.accrued
    ]


def exact(amount: Decimal, currency: Currency) -> Money:
    """Return a step of a price, which is rounded to the currency where it is made."""
    return Money.of(amount, currency)


def events_table(events: Any, zone: ZoneInfo) -> Table:
    """Return the events that a quantity was made of."""
    locale = reader_locale()

    def row(each: UsageTransaction) -> Row:
        quantity = queries.quantity_told(Decimal(each.quantity.numerator) / each.quantity.denominator, locale)
        return Row(
            cells=[f"{each.at.astimezone(zone):%Y-%m-%d %H:%M:%S}", each.subject, each.source, each.id, quantity]
        )

    columns = [
        Column(_("At"), line=2),
        Column(_("Subject"), line=0),
        Column(_("Source"), line=0),
        Column(_("Event"), line=1),
        Column(_("Quantity"), line=3),
    ]
    return Table(columns, [row(each) for each in events], caption=_("Events"))
