"""Runs of invoicing: what one would invoice now, how far one is, and whom it could not invoice."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caudal.billing import actions, queries
from caudal.billing.adapters import TableTaxes
from caudal.billing.forms import RunForm
from caudal.billing.models import InvoiceRun, RunFailure
from caudal.billing.queries import CustomerPreview, RunDocuments
from caudal.billing.views.words import documents_words, told
from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.core.periods import day_in
from caudal.kit.access import Verb, may, require
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.world import now
from caudal.ui.tables import Cell, Column, Row, Table, linked, query


@needs("invoice_run")
@require_http_methods(["GET", "POST"])
def runs(request: HttpRequest) -> HttpResponse:
    """Show what a run would invoice now, and the runs there were; begin one where that is sent."""
    actor, as_of = actor_of(request), now()
    today = day_in(as_of, ZoneInfo(actor.zone))
    form = RunForm(request.POST if request.method == "POST" else None, today=today)
    status = HTTPStatus.OK
    if request.method == "POST":
        require(actor, "invoice_run", Verb.CREATE)
        if form.is_valid():
            run = actions.start_run(actor=actor, as_of=as_of, up_to=as_of, **form.cleaned_data)
            messages.success(request, _("The run has begun. You may leave this page: it goes on by itself."))
            return redirect("billing:run", run.ref)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    shown = queries.preview(actor, up_to=as_of, as_of=as_of, issue_day=today, taxes=TableTaxes())
    found = queries.runs(actor, cursor=request.GET.get("at"))
    context = {
        "title": _("Invoice runs"),
        "preview": preview_table(shown.customers) if shown.customers else None,
        "totals": [told(each) for each in shown.totals.values()],
        "more": shown.more,
        "form": form if may(actor, "invoice_run", Verb.CREATE) else None,
        "runs": runs_table(found.rows) if found.rows else None,
        "next_href": query(request.GET.dict(), at=found.next) if found.next else "",
        "now": as_of,
    }
    return render(request, "billing/runs.html", context, status=status)


@needs("invoice_run")
@require_http_methods(["GET", "POST"])
def run(request: HttpRequest, run_id: str) -> HttpResponse:
    """Show how far a run is and whom it could not invoice; stop it or let it go on where that is sent."""
    actor, as_of = actor_of(request), now()
    row = queries.run(actor, Ref.parse(run_id, InvoiceRun.kind).id)
    if request.method == "POST":
        require(actor, "invoice_run", Verb.CHANGE)
        do = actions.stop_run if request.POST.get("do") == "stop" else actions.continue_run
        try:
            do(actor=actor, as_of=as_of, run_id=row.pk)
        except Problem as problem:
            messages.error(request, problem.told(gettext))
        return redirect("billing:run", row.ref)
    failures = queries.failures_of(row.pk)
    sums = queries.run_documents(actor, [row.pk])[row.pk]
    may_change = may(actor, "invoice_run", Verb.CHANGE) and row.finished_at is None
    context = {
        "title": _("Invoice run"),
        "crumbs": [(_("Invoice runs"), reverse("billing:runs"))],
        "run": row,
        "state": state_of(row),
        "done": min(row.planned, row.customers + len(failures)),
        "documents": documents_words(row.invoices),
        "thrown_away": queries.thrown_away(row),
        "sums": sums_table(row, sums) if sums else None,
        "failures": failures_table(failures) if failures else None,
        "goes_on": row.finished_at is None and row.stopped_at is None,
        "may_stop": may_change and row.stopped_at is None,
        "may_continue": may_change,
        "now": as_of,
    }
    return render(request, "billing/run.html", context)


def state_of(row: InvoiceRun) -> Cell:
    """Return how a run stands."""
    if row.finished_at is not None:
        return Cell(_("Finished"), tone="good")
    return Cell(_("Stopped"), tone="warn") if row.stopped_at is not None else Cell(_("Under way"), tone="accent")


def runs_table(rows: Any) -> Table:
    """Return runs as a table."""
    columns = [
        Column(_("Up to"), kind="date", line=1),
        Column(_("State"), kind="state", line=2),
        Column(_("Customers"), kind="number", line=1),
        Column(_("Documents"), kind="number", line=2),
        Column(_("Could not be invoiced"), kind="number", line=3),
    ]
    cells = [
        Row(
            cells=[each.up_to, state_of(each), each.customers, each.invoices, each.failed],
            href=reverse("billing:run", args=[each.ref]),
        )
        for each in rows
    ]
    return Table(columns, cells, caption=_("Invoice runs"))


def sums_table(row: InvoiceRun, sums: Sequence[RunDocuments]) -> Table:
    """Return what the documents of a run come to by currency, each sum with the way to them."""
    columns = [
        Column(_("Currency"), line=1),
        Column(_("Documents"), kind="number", line=3),
        Column(pgettext("invoices", "Drafts"), kind="number", line=0),
        Column(_("Before tax"), kind="money", line=0),
        Column(_("Tax"), kind="money", line=0),
        Column(_("Total"), kind="money", line=1),
        Column(pgettext("amount", "Open"), kind="money", line=2),
    ]
    rows = []
    for each in sums:
        these = documents_href(row, each.currency)
        drafts = Cell(each.drafts, href=documents_href(row, each.currency, ' and state = "draft"'))
        amounts = [linked(amount, these) for amount in (each.net, each.tax, each.gross, each.open)]
        cells = [each.currency, Cell(each.count, href=these), drafts if each.drafts else None, *amounts]
        rows.append(Row(cells=cells, href=these))
    return Table(columns, rows, caption=_("Documents of this run"))


SHOWN: Final = "number,customer,state,net,tax,gross,open"


def documents_href(row: InvoiceRun, currency: str, more: str = "") -> str:
    """Return the way to the documents of a run in a currency."""
    where = f'run = "{row.ref}" and currency = "{currency}"{more}'
    return reverse("billing:invoices") + query({"view": "all", "where": where, "columns": SHOWN})


def preview_table(found: Any) -> Table:
    """Return what customers would be invoiced, document by document, and what is in the way."""
    rows = [row for each in found for row in preview_rows(each)]
    columns = [
        Column(_("Customer"), line=1),
        Column(_("What for"), line=2),
        Column(_("Total"), kind="money", line=1),
    ]
    return Table(columns, rows, caption=_("What would be invoiced now"))


def preview_rows(each: CustomerPreview) -> list[Row]:
    """Return the rows of a customer."""
    name = Cell(each.customer.name, href=page_of(each.customer.ref))
    if each.problem is not None:
        return [Row(cells=[name, Cell(each.problem.told(gettext), tone="bad"), None])]
    rows, next_href = [], page_of(each.customer.ref) + "#next"
    for draft in each.drafts:
        amount = -draft.gross if draft.sort == "credit_note" else draft.gross
        texts = list(dict.fromkeys(line.due.text for line in draft.lines))
        rows.append(
            Row(
                cells=[
                    name,
                    Cell("; ".join(texts[:TEXTS]), note="…" if len(texts) > TEXTS else ""),
                    linked(amount, next_href),
                ]
            )
        )
    return rows


TEXTS: Final = 4
WAYS_OUT: Final = {
    "billing.no_tax_rate": "billing:tax_rates",
    "billing.no_account": "ledger:chart",
    "ledger.month_closed": "ledger:months",
    "price.no_currency": "catalog:catalogue",
    "pricing.beyond_tiers": "catalog:catalogue",
    "pricing.no_price": "catalog:catalogue",
}
"""By the code of what is in the way: the page where it is put right."""


def failures_table(failures: list[RunFailure]) -> Table:
    """Return whom a run could not invoice, and why."""
    columns = [Column(_("Customer"), line=1), Column(_("Why"), line=2), Column(_("The way out"), line=3)]
    rows = [
        Row(
            cells=[
                Cell(each.customer.name, href=page_of(each.customer.ref)),
                gettext(each.message).format(**each.values),
                Cell(gettext(each.hint).format(**each.values) if each.hint else "", href=way_out(each)),
            ]
        )
        for each in failures
    ]
    return Table(columns, rows, caption=_("Could not be invoiced"))


def way_out(failure: RunFailure) -> str:
    """Return the page where what is in the way can be put right."""
    page = WAYS_OUT.get(failure.code)
    return reverse(page) if page else ""
