"""The list of customers, the page of one, and its form."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from caudal.billing import actions
from caudal.billing.adapters import TableTaxes
from caudal.billing.forms.parties import CustomerForm, customer_said
from caudal.billing.models import Contract, Customer, Invoice, InvoiceSort, InvoiceState
from caudal.billing.models import Order as Sale
from caudal.billing.queries.overview import overview
from caudal.billing.views.documents import shown
from caudal.billing.views.subscriptions import listed
from caudal.core.ids import Ref
from caudal.core.money import Currency, Money
from caudal.crm.queries import company as company_of
from caudal.crm.queries import person as person_of
from caudal.kit.access import Actor, Verb, may
from caudal.kit.countries import country_name
from caudal.kit.cursors import Order, page
from caudal.kit.forms import kept, status_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.world import now
from caudal.ui.tables import Cell, Column, Row, Table, query
from caudal.workspace.queries import founded, moments

BY_NAME: Final = Order.by("name", "name")


@needs("customer")
@require_GET
def customer_list(request: HttpRequest) -> HttpResponse:
    """List the customers by name."""
    actor = actor_of(request)
    text = request.GET.get("q", "").replace("\x00", "").strip()
    rows = Customer.for_actor(actor).filter(name__icontains=text)
    found = page(rows, BY_NAME, cursor=request.GET.get("cursor") or None)
    here = reverse("billing:customers")
    columns = [
        Column(_("Customer")),
        Column(_("Tax id")),
        Column(_("Country")),
        Column(_("Currency"), line=0),
    ]
    cells = [
        Row(
            cells=[row.name, row.tax_id, country_name(row.country, request.LANGUAGE_CODE), row.currency],
            href=reverse("billing:customer", args=[row.ref]),
        )
        for row in found.rows
    ]
    context = {
        "title": _("Customers"),
        "text": text,
        "table": Table(columns, cells, caption=_("Customers")) if cells else None,
        "earlier_href": here + query({"q": text}, cursor=found.next) if found.next else "",
    }
    return render(request, "billing/customers.html", context)


@needs("customer")
@require_GET
def customer(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Show a customer: what they pay for, what is open, what is next, and what nobody pays for."""
    actor, as_of = actor_of(request), now()
    row = Customer.one_for(actor, Verb.VIEW, Ref.parse(customer_id, Customer.kind).id)
    here = reverse("billing:customer", args=[row.ref])
    writes = may(actor, "subscription", Verb.CREATE)
    context = {
        "title": row.name,
        "crumbs": [(_("Customers"), reverse("billing:customers"))],
        "facts": _facts(row, request.LANGUAGE_CODE),
        "party": _party(row),
        "subscription_href": f"{here}?form=subscription" if writes else "",
        "others": _others(actor, row),
        "contracts": contracts_listed(Contract.for_actor(actor).filter(customer=row).order_by("-start_day", "pk")),
        "orders": orders_listed(Sale.for_actor(actor).filter(customer=row).order_by("-day", "pk")[:20]),
        "moments": moments(row.ref),
        **standing(actor, row, as_of),
    }
    return render(request, "billing/customer.html", context)


def _others(actor: Actor, row: Customer) -> list[tuple[str, str, str]]:
    """What else is done with a customer: what it is called, where, and its icon."""
    here = reverse("billing:customer", args=[row.ref])
    offered = (
        ("contract", Verb.CREATE, _("New contract"), f"{here}?form=contract", "file"),
        ("order", Verb.CREATE, _("New order"), f"{here}?form=order", "plus"),
        ("customer", Verb.VIEW, _("Statement of account"), reverse("billing:statement", args=[row.ref]), "list"),
        ("customer", Verb.CHANGE, _("Edit"), f"{here}?form=edit", "edit"),
    )
    return [(label, href, icon) for kind, verb, label, href, icon in offered if may(actor, kind, verb)]


@needs("customer", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def customer_new(request: HttpRequest) -> HttpResponse:
    """Invoice a company or a person."""
    actor = actor_of(request)
    of = Ref.parse(request.GET.get("of", ""))
    who: dict[str, Any]
    if of.kind == "person":
        person = person_of(actor, of.id)
        name, who = person.name, {"person_id": of.id}
        initial = {"is_business": False, "email": person.email or ""}
    else:
        company = company_of(actor, of.id)
        name, who = company.name, {"company_id": of.id}
        initial = {each: getattr(company, each) for each in ("region", "city", "postal_code", "street")}
        initial |= {"country": company.country_code, "is_business": True}
    own = founded()
    said = {"name": name, "currency": own.currency, "zone": own.zone, "language": own.language[:2]}
    country = initial.get("country") or own.country
    form = CustomerForm(request.POST or None, initial=said | initial | {"country": country})

    def add() -> str:
        row = actions.add_customer(actor=actor, as_of=now(), **who, **form.values())
        messages.success(request, _("Invoiced from now on: %(name)s") % {"name": row.name})
        return reverse("billing:customer", args=[row.ref])

    if request.method == "POST" and (onwards := kept(form, add)):
        return redirect(onwards)
    context = {
        "title": _("Invoice %(name)s") % {"name": name},
        "crumbs": [(_("Customers"), reverse("billing:customers"))],
        "form": form,
        "back": page_of(of),
        "button": _("Save"),
    }
    return render(request, "billing/form.html", context, status=status_of(form))


@needs("customer", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def customer_edit(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Change what documents will say of a customer."""
    actor = actor_of(request)
    row = Customer.one_for(actor, Verb.CHANGE, Ref.parse(customer_id, Customer.kind).id)
    form = CustomerForm(request.POST or None, initial=customer_said(row))
    back = reverse("billing:customer", args=[row.ref])

    def save() -> str:
        version = form.cleaned_data["version"]
        actions.change_customer(actor=actor, as_of=now(), customer_id=row.pk, expected_version=version, **form.values())
        messages.success(request, _("Saved: %(name)s") % {"name": row.name})
        return back

    if request.method == "POST" and (onwards := kept(form, save)):
        return redirect(onwards)
    context = {
        "title": _("Edit %(name)s") % {"name": row.name},
        "crumbs": [(_("Customers"), reverse("billing:customers")), (row.name, back)],
        "form": form,
        "back": back,
        "button": _("Save"),
    }
    return render(request, "billing/form.html", context, status=status_of(form))


def standing(actor: Actor, row: Customer, as_of: datetime) -> dict[str, Any]:
    """Return how a customer stands, as the page shows it."""
    found = overview(actor, row, as_of, TableTaxes())
    return {
        "subscriptions": listed(found.subscriptions) if found.subscriptions else None,
        "active": found.active,
        "monthly": found.monthly,
        "monthly_href": monthly_href(row),
        "open": found.open,
        "open_href": open_href(row),
        "invoices": invoices_listed(found.invoices),
        "next": shown(found.coming, row.zone),
        "trouble": found.trouble.told(gettext) if found.trouble else "",
        "unpaid": found.unpaid,
    }


def monthly_href(row: Customer) -> str:
    """Return the way to what a customer's recurring revenue is made of."""
    asked = {"show": "level", "customer": str(row.ref), "currency": row.currency}
    return reverse("billing:movements") + query(asked)


def open_href(row: Customer) -> str:
    """Return the way to the documents of a customer that are open."""
    asked = {"view": "all", "where": f'state = "open" and customer = "{row.ref}" and currency = "{row.currency}"'}
    return reverse("billing:invoices") + query(asked)


def invoices_listed(found: Sequence[Invoice]) -> Table | None:
    """Return documents as a table, None where there are none."""
    if not found:
        return None
    columns = [
        Column(_("Document")),
        Column(_("Day"), kind="date"),
        Column(_("Total"), kind="money"),
        Column(pgettext("amount", "Open"), kind="money"),
    ]
    rows = [
        Row(
            cells=[
                each.number or InvoiceState(each.state).label,
                each.issue_day,
                _money(each, each.gross_minor),
                _money(each, each.open_minor),
            ],
            href=page_of(each.ref),
        )
        for each in found
    ]
    return Table(columns, rows, caption=_("Last documents"))


def contracts_listed(rows: Iterable[Contract]) -> Table | None:
    """Return contracts as a table, None where there are none."""
    columns = [
        Column(_("Contract")),
        Column(_("From"), kind="date"),
        Column(_("Until"), kind="date"),
    ]
    listed_rows = [
        Row(
            cells=[row.name, row.start_day, row.end_day or Cell(void=True)],
            href=reverse("billing:contract", args=[row.ref]),
        )
        for row in rows
    ]
    return Table(columns, listed_rows, caption=_("Contracts")) if listed_rows else None


def orders_listed(rows: Iterable[Sale]) -> Table | None:
    """Return orders as a table, None where there are none."""
    columns = [Column(pgettext("sale", "Order")), Column(_("Day"), kind="date"), Column(_("Status"))]
    listed_rows = [
        Row(cells=[row.name, row.day, _order_state(row)], href=reverse("billing:order", args=[row.ref])) for row in rows
    ]
    return Table(columns, listed_rows, caption=_("Orders")) if listed_rows else None


def _order_state(row: Sale) -> str:
    if row.called_off_at is not None:
        return _("Called off")
    return _("To be invoiced") if row.due_at is not None else _("Invoiced")


def _money(row: Invoice, minor: int) -> Money:
    return Money(-minor if row.sort == InvoiceSort.CREDIT_NOTE else minor, Currency(row.currency))


def _party(row: Customer) -> tuple[str, str]:
    party = row.company or row.person
    return (party.name, page_of(party.ref)) if party is not None else ("", "")


def _facts(row: Customer, language: str) -> list[tuple[str, str]]:
    address = ", ".join(each for each in (row.street, f"{row.postal_code} {row.city}".strip(), row.region) if each)
    facts = [
        (_("Tax id"), row.tax_id),
        (_("Address"), address),
        (_("Country"), country_name(row.country, language)),
        (_("E-mail for invoices"), row.email),
        (_("Currency"), row.currency),
        (_("Time zone"), row.zone),
        (_("Days to pay"), str(row.terms_days)),
        (_("Their reference"), row.reference),
        (_("Sold by"), row.entity.name),
    ]
    return [(label, value) for label, value in facts if value]
