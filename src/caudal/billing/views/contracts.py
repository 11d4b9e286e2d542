"""The list of contracts, the page of one with what is done with it, orders, and their forms."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from caudal.billing import actions
from caudal.billing.actions.contracting import ends_on
from caudal.billing.forms.parties import CommitmentForm, ContractForm, DayForm, OrderForm
from caudal.billing.models import Contract, Customer, Subscription
from caudal.billing.models import Order as Sale
from caudal.billing.offline import read_items
from caudal.billing.queries import commitment_standings
from caudal.billing.queries.committing import Standing, lines_spent
from caudal.billing.queries.winning import won_with
from caudal.billing.views.customers import contracts_listed, orders_listed
from caudal.billing.views.deferred import line_columns, line_row
from caudal.billing.views.subscriptions import listed
from caudal.catalog.queries import bundles_sold, offerings_sold
from caudal.core.ids import Ref
from caudal.kit.access import Verb, may, require
from caudal.kit.cursors import Order, page
from caudal.kit.forms import kept, status_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.world import now
from caudal.ui.formats import number_text, reader_locale
from caudal.ui.tables import Column, Row, Table, linked, query
from caudal.workspace.queries import company_day, moments

LATEST: Final = Order.by("latest", "-start_day")
BY_DAY: Final = Order.by("day", "-day")


@needs("contract")
@require_GET
def contract_list(request: HttpRequest) -> HttpResponse:
    """List the contracts, or the orders, the latest first."""
    actor, cursor, here = actor_of(request), request.GET.get("cursor") or None, reverse("billing:contracts")
    orders = request.GET.get("show") == "orders"
    tabs = [(_("Contracts"), here, not orders), (_("Orders"), f"{here}?show=orders", orders)]
    context: dict[str, Any] = {"tabs": tabs, "customers_href": reverse("billing:customers")}
    if orders:
        sold = page(Sale.for_actor(actor), BY_DAY, cursor=cursor)
        context |= {
            "title": _("Orders"),
            "table": orders_listed(sold.rows),
            "earlier_href": here + query({"show": "orders"}, cursor=sold.next) if sold.next else "",
            "nothing": _("No order yet"),
            "why": _("What is sold once stands here until it is invoiced: a course, a service, a licence."),
        }
    else:
        found = page(Contract.for_actor(actor).select_related("customer"), LATEST, cursor=cursor)
        context |= {
            "title": _("Contracts"),
            "table": contracts_listed(found.rows),
            "earlier_href": here + query({}, cursor=found.next) if found.next else "",
            "nothing": _("No contract yet"),
            "why": _("What is signed stands here: how long it binds, if it renews, and what is spent at least."),
        }
    return render(request, "billing/plain_list.html", context)


@needs("contract")
@require_http_methods(["GET", "POST"])
def contract(request: HttpRequest, contract_id: str) -> HttpResponse:
    """Show a contract, and what is done with it: notice, renewal, another minimum."""
    actor, as_of = actor_of(request), now()
    row = Contract.one_for(actor, Verb.VIEW, Ref.parse(contract_id, Contract.kind).id)
    here, asked, today = reverse("billing:contract", args=[row.ref]), request.POST.get("do", ""), company_day(as_of)
    notice = DayForm(request.POST if asked == "notice" else None, today=today)
    minimum = CommitmentForm(request.POST if asked == "commit" else None, currency=row.customer.currency, today=today)
    plain = forms.Form(request.POST if asked in {"renew", "take_back"} else None)
    made: dict[str, Any] = {"actor": actor, "as_of": as_of, "contract_id": row.pk}

    def act() -> str:
        if asked == "notice":
            actions.give_notice(**made, day=notice.cleaned_data["day"])
        elif asked == "commit":
            said = minimum.cleaned_data
            actions.commit(**made, from_day=said["from_day"], amount=said["minimum"], months=said["months"])
        elif asked == "renew":
            actions.renew_contract(**made)
        else:
            actions.take_notice_back(**made)
        messages.success(request, _("Changed: %(name)s") % {"name": row.name})
        return here

    sent = {"notice": notice, "commit": minimum, "renew": plain, "take_back": plain}.get(asked)
    changes = may(actor, "contract", Verb.CHANGE)
    if request.method == "POST":
        require(actor, "contract", Verb.CHANGE)
    if sent is not None and request.method == "POST" and (onwards := kept(sent, act)):
        return redirect(onwards)
    standings = commitment_standings(row, as_of=as_of)
    under = Subscription.for_actor(actor).filter(contract=row).select_related("customer").order_by("-created_at", "pk")
    context = {
        "title": row.name,
        "crumbs": [(_("Contracts"), reverse("billing:contracts"))],
        "customer": (row.customer.name, page_of(row.customer.ref)),
        "facts": _facts(row),
        "is_over": row.ended_at is not None,
        "ends_on": ends_on(row),
        "row": {"end_day": row.end_day, "notice_day": row.notice_day, "renews": row.renews_months},
        "subscriptions": listed(list(under)),
        "orders": orders_listed(Sale.for_actor(actor).filter(contract=row).order_by("-day", "pk")),
        "standings": _standings(standings),
        "spent": _spent(row, standings, request.GET.get("spent", "")),
        "edit_href": f"{here}?form=edit" if changes and row.ended_at is None else "",
        "notice": notice if changes and row.ended_at is None else None,
        "minimum": minimum,
        "plain": plain,
        "note": row.note,
        "moments": moments(row.ref),
    }
    return render(request, "billing/contract.html", context, status=status_of(notice, minimum, plain))


@needs("contract", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def contract_new(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Keep what was signed with a customer."""
    actor, as_of = actor_of(request), now()
    customer = Customer.one_for(actor, Verb.VIEW, Ref.parse(customer_id, Customer.kind).id)
    won = won_with(actor, request.GET.get("deal", ""), ())
    form = ContractForm(request.POST or None, currency=customer.currency, today=company_day(as_of))

    def sign() -> str:
        said = form.cleaned_data
        row = actions.sign_contract(
            actor=actor,
            as_of=as_of,
            customer_id=customer.pk,
            start_day=said["start_day"],
            commitment=said["minimum"],
            commitment_months=said["commitment_months"],
            deal_id=won.deal_id,
            **form.values(),
        )
        messages.success(request, _("Signed: %(name)s") % {"name": row.name})
        return reverse("billing:contract", args=[row.ref])

    if request.method == "POST" and (onwards := kept(form, sign)):
        return redirect(onwards)
    back = reverse("billing:customer", args=[customer.ref])
    context = {
        "title": _("New contract"),
        "crumbs": [(_("Customers"), reverse("billing:customers")), (customer.name, back)],
        "form": form,
        "back": back,
        "button": _("Sign it"),
    }
    return render(request, "billing/form.html", context, status=status_of(form))


@needs("contract", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def contract_edit(request: HttpRequest, contract_id: str) -> HttpResponse:
    """Change what a contract says."""
    actor, as_of = actor_of(request), now()
    row = Contract.one_for(actor, Verb.CHANGE, Ref.parse(contract_id, Contract.kind).id)
    form = ContractForm(request.POST or None, currency=row.customer.currency, today=row.start_day, row=row)
    back = reverse("billing:contract", args=[row.ref])

    def save() -> str:
        version = form.cleaned_data["version"]
        actions.change_contract(actor=actor, as_of=as_of, contract_id=row.pk, expected_version=version, **form.values())
        messages.success(request, _("Saved: %(name)s") % {"name": row.name})
        return back

    if request.method == "POST" and (onwards := kept(form, save)):
        return redirect(onwards)
    context = {
        "title": _("Edit %(name)s") % {"name": row.name},
        "crumbs": [(_("Contracts"), reverse("billing:contracts")), (row.name, back)],
        "form": form,
        "back": back,
        "button": _("Save"),
    }
    return render(request, "billing/form.html", context, status=status_of(form))


@needs("order")
@require_http_methods(["GET", "POST"])
def order(request: HttpRequest, order_id: str) -> HttpResponse:
    """Show an order; it is called off as long as it is not invoiced."""
    actor = actor_of(request)
    row = Sale.one_for(actor, Verb.VIEW, Ref.parse(order_id, Sale.kind).id)
    plain = forms.Form(request.POST if request.method == "POST" else None)

    def call_off() -> str:
        actions.call_off(actor=actor, as_of=now(), order_id=row.pk)
        messages.success(request, _("Called off: %(name)s") % {"name": row.name})
        return reverse("billing:order", args=[row.ref])

    changes = may(actor, "order", Verb.CHANGE)
    if request.method == "POST":
        require(actor, "order", Verb.CHANGE)
    if request.method == "POST" and (onwards := kept(plain, call_off)):
        return redirect(onwards)
    columns = [Column(_("Part")), Column(_("Quantity")), Column(_("Charges"))]
    rows = [
        Row(
            cells=[
                each.name,
                number_text(each.seats, reader_locale()),
                " · ".join(charge.name for charge in each.charges),
            ]
        )
        for each in read_items(row.items)
    ]
    context = {
        "title": row.name,
        "crumbs": [(_("Orders"), f"{reverse('billing:contracts')}?show=orders")],
        "customer": (row.customer.name, page_of(row.customer.ref)),
        "facts": [(_("Day"), row.day), (_("Currency"), row.currency)],
        "table": Table(columns, rows, caption=_("What was ordered")),
        "is_called_off": row.called_off_at is not None,
        "plain": plain,
        "may_call_off": changes and row.called_off_at is None and row.due_at is not None,
        "moments": moments(row.ref),
    }
    return render(request, "billing/order.html", context, status=status_of(plain))


@needs("order", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def order_new(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Sell something once."""
    actor, as_of = actor_of(request), now()
    customer = Customer.one_for(actor, Verb.VIEW, Ref.parse(customer_id, Customer.kind).id)
    today = company_day(as_of)
    offerings = offerings_sold(actor, today)
    won = won_with(actor, request.GET.get("deal", ""), offerings)
    bundles = bundles_sold(actor, today)
    form = OrderForm(request.POST or None, offerings=offerings, today=today, bundles=bundles, won=won.once)

    def place() -> str:
        row = actions.place_order(
            actor=actor,
            as_of=as_of,
            customer_id=customer.pk,
            wanted=form.wanted(),
            day=form.cleaned_data["day"],
            deal_id=won.deal_id,
        )
        messages.success(request, _("Ordered: %(name)s") % {"name": row.name})
        return reverse("billing:order", args=[row.ref])

    if request.method == "POST" and (onwards := kept(form, place)):
        return redirect(onwards)
    back = reverse("billing:customer", args=[customer.ref])
    context = {
        "title": _("New order"),
        "crumbs": [(_("Customers"), reverse("billing:customers")), (customer.name, back)],
        "form": form,
        "back": back,
        "button": _("Place it"),
    }
    return render(request, "billing/form.html", context, status=status_of(form))


def _facts(row: Contract) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = [
        (_("Reference"), row.reference),
        (_("From"), row.start_day),
        (_("Until"), row.end_day),
        (_("Notice"), _("%(days)s days") % {"days": row.notice_days}),
    ]
    if row.renews_months:
        facts.append((_("Renews for"), _("%(months)s months") % {"months": row.renews_months}))
    return [(label, value) for label, value in facts if value]


def _standings(found: Sequence[Standing]) -> Table | None:
    """The periods of the minimum, the latest first."""
    if not found:
        return None
    columns = [
        Column(_("From"), kind="date"),
        Column(_("Until"), kind="date"),
        Column(_("Spent at least"), kind="money"),
        Column(_("Invoiced so far"), kind="money"),
        Column(_("Missing"), kind="money"),
    ]
    rows = [
        Row(
            cells=[
                each.period.days.start,
                each.period.days.end,
                each.period.amount,
                linked(each.spent, query({"spent": f"{each.period.days.start:%Y-%m-%d}"}) + "#spent"),
                each.missing,
            ]
        )
        for each in reversed(found)
    ]
    return Table(columns, rows, caption=_("What is spent at least"))


def _spent(row: Contract, found: Sequence[Standing], asked: str) -> Table | None:
    """The lines that count for the period that is asked for."""
    one = next((each for each in found if f"{each.period.days.start:%Y-%m-%d}" == asked), None)
    if one is None:
        return None
    rows = [line_row(each) for each in lines_spent(row, one)]
    totals = [_("In all"), "", "", one.spent]
    return Table(line_columns(), rows, totals, caption=_("What counts for it"))
