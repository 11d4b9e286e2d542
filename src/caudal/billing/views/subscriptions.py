"""The list of subscriptions, and the page of one: its course, what it consists of, what is next, and its changes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from caudal.billing import actions
from caudal.billing.adapters import TableTaxes
from caudal.billing.forms.changes import ChangeForm, SubscriptionForm
from caudal.billing.models import (
    ChangeSort,
    Contract,
    Customer,
    Subscription,
    SubscriptionStatus,
)
from caudal.billing.queries import Agreed, agreed_of
from caudal.billing.queries.upcoming import Recurring, next_documents, preview_change, recurring
from caudal.billing.queries.winning import won_with
from caudal.billing.views.documents import shown
from caudal.billing.views.drawing import draw
from caudal.billing.views.words import told
from caudal.catalog.queries import bundles_sold, every_offering, is_sold, offerings_sold
from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.core.periods import day_in, zone_named
from caudal.kit.access import Actor, Verb, may, require
from caudal.kit.cursors import Order, page
from caudal.kit.forms import kept, refuse, status_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.world import now
from caudal.ui.formats import number_text, reader_locale
from caudal.ui.tables import Cell, Column, Row, Table, query
from caudal.workspace.queries import company_day, moments

if TYPE_CHECKING:
    from caudal.catalog.models import Offering

LATEST: Final = Order.by("latest", "-created_at")
SOON: Final = timedelta(days=60)
TONES: Final = {"active": "good", "paused": "warn", "ended": "idle"}
CHANGES: Final = {
    ChangeSort.SEATS: gettext_lazy("Seats"),
    ChangeSort.PLAN: gettext_lazy("Plan"),
    ChangeSort.ADD_ONS: gettext_lazy("Add-ons"),
    ChangeSort.PAUSE: gettext_lazy("Pause"),
    ChangeSort.RENEW: gettext_lazy("Renew"),
    ChangeSort.CANCEL: gettext_lazy("Cancel"),
}
DUE: Final = "due"
ENDING: Final = "ending"


class FilterForm(forms.Form):
    """Which subscriptions are listed."""

    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[
            ("", gettext_lazy("Any")),
            *SubscriptionStatus.choices,
            (ENDING, gettext_lazy("Ends within 60 days")),
            (DUE, gettext_lazy("Due now")),
        ],
    )
    offering = forms.ChoiceField(label=gettext_lazy("Offering"), required=False)

    def __init__(self, data: Any, offerings: "list[Offering]") -> None:
        super().__init__(data)
        named = [(str(each.pk), each.name) for each in offerings]
        self.fields["offering"] = forms.ChoiceField(
            label=gettext_lazy("Offering"), required=False, choices=[("", gettext("Any")), *named]
        )

    def condition(self, as_of: datetime) -> Q:
        """Return what is asked for; nothing narrows that was not understood."""
        said = self.cleaned_data if self.is_valid() else {}
        status, offering = said.get("status", ""), said.get("offering", "")
        wanted = Q()
        if status == ENDING:
            wanted &= Q(ends_at__gt=as_of, ends_at__lte=as_of + SOON)
        elif status == DUE:
            wanted &= Q(due_at__lte=as_of)
        elif status:
            wanted &= Q(status=status)
        if offering:
            wanted &= Q(changes__items__contains=[{"offering": offering}])
        return wanted


@needs("subscription")
@require_GET
def subscription_list(request: HttpRequest) -> HttpResponse:
    """List the subscriptions that are looked for, the latest first."""
    actor, as_of = actor_of(request), now()
    form = FilterForm(request.GET, every_offering(actor))
    rows = Subscription.for_actor(actor).filter(form.condition(as_of)).select_related("customer").distinct()
    cursor = request.GET.get("cursor") or None
    found = page(rows, LATEST, cursor=cursor)
    kept_values = {name: value for name, value in request.GET.dict().items() if value and name != "cursor"}
    here = reverse("billing:subscriptions")
    context = {
        "title": _("Subscriptions"),
        "form": form,
        "narrows": bool(kept_values),
        "all_href": here,
        "table": listed(found.rows) if found.rows else None,
        "earlier_href": here + query(kept_values, cursor=found.next) if found.next else "",
        "customers_href": reverse("billing:customers"),
    }
    return render(request, "billing/subscriptions.html", context, status=status_of(form))


def listed(rows: Any) -> Table:
    """Return subscriptions as a table."""
    columns = [
        Column(_("Subscription")),
        Column(_("Customer")),
        Column(_("Status"), kind="state"),
        Column(_("Next due"), kind="date", line=0),
        Column(_("Ends"), kind="date", line=0),
    ]
    return Table(
        columns,
        [
            Row(
                cells=[
                    row.name,
                    Cell(row.customer.name, href=page_of(row.customer.ref)),
                    Cell(SubscriptionStatus(row.status).label, tone=TONES[row.status]),
                    day_in(row.due_at, zone_named(row.zone)) if row.due_at else Cell(void=True),
                    day_in(row.ends_at, zone_named(row.zone)) if row.ends_at else Cell(void=True),
                ],
                href=reverse("billing:subscription", args=[row.ref]),
            )
            for row in rows
        ],
        caption=_("Subscriptions"),
    )


@needs("subscription")
@require_http_methods(["GET", "POST"])
def subscription(request: HttpRequest, subscription_id: str) -> HttpResponse:
    """Show a subscription, and make the change that is chosen of it; before that, what it would cost."""
    actor, as_of = actor_of(request), now()
    row = Subscription.one_for(actor, Verb.VIEW, Ref.parse(subscription_id, Subscription.kind).id)
    agreed = agreed_of([row])[row.pk]
    here = reverse("billing:subscription", args=[row.ref])
    if request.method == "POST":
        require(actor, "subscription", Verb.CHANGE)
    form = _form(request, actor, row, agreed, as_of) if may(actor, "subscription", Verb.CHANGE) else None
    cost: Mapping[str, Any] = {}

    def change() -> str:
        assert form is not None  # noqa: S101  only then is there something to send
        actions.change_subscription(actor=actor, as_of=as_of, subscription_id=row.pk, asked=form.proposal())
        messages.success(request, _("Changed: %(name)s") % {"name": row.name})
        return here

    if form is not None and request.method == "POST" and (onwards := kept(form, change)):
        return redirect(onwards)
    if form is not None and form.is_bound:
        cost = _cost(actor, row, form, as_of)
    context = {
        "title": row.name,
        "crumbs": [(_("Subscriptions"), reverse("billing:subscriptions"))],
        "status": SubscriptionStatus(row.status).label,
        "tone": TONES[row.status],
        "drawing": draw(agreed, as_of=as_of),
        "facts": _facts(row),
        "customer": (row.customer.name, page_of(row.customer.ref)),
        "changes": _changes(row, agreed, here, as_of) if form is not None else [],
        "sort": form.sort.value if form is not None else "",
        "form": form,
        "here": here,
        "cost": cost,
        "moments": moments(row.ref),
    }
    numbers = _numbers(actor, agreed, as_of)
    context |= numbers | {"parts": _parts(agreed, numbers["costs"])}
    status = status_of(form) if request.method == "POST" else 200
    return render(request, "billing/subscription.html", context, status=status)


@needs("subscription", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def subscription_new(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Begin a subscription of a customer."""
    actor, as_of = actor_of(request), now()
    customer = Customer.one_for(actor, Verb.VIEW, Ref.parse(customer_id, Customer.kind).id)
    contracts = Contract.for_actor(actor).filter(customer=customer, ended_at=None).order_by("name", "pk")
    today = company_day(as_of)
    offerings = offerings_sold(actor, today)
    won = won_with(actor, request.GET.get("deal", ""), offerings).recurring
    form = SubscriptionForm(
        request.POST or None,
        offerings=offerings,
        contracts=contracts,
        today=today,
        bundles=bundles_sold(actor, today),
        won=won,
    )

    def begin() -> str:
        row = actions.subscribe(
            actor=actor,
            as_of=as_of,
            customer_id=customer.pk,
            wanted=form.wanted(),
            terms=form.terms(),
            contract_id=form.contract_id(),
        )
        messages.success(request, _("Begun: %(name)s") % {"name": row.name})
        return reverse("billing:subscription", args=[row.ref])

    if request.method == "POST" and (onwards := kept(form, begin)):
        return redirect(onwards)
    back = reverse("billing:customer", args=[customer.ref])
    context = {
        "title": _("New subscription"),
        "crumbs": [(_("Customers"), reverse("billing:customers")), (customer.name, back)],
        "form": form,
        "back": back,
        "button": _("Begin it"),
    }
    return render(request, "billing/form.html", context, status=status_of(form))


def _form(request: HttpRequest, actor: Actor, row: Subscription, agreed: Agreed, as_of: datetime) -> ChangeForm | None:
    sent = request.POST if request.method == "POST" else request.GET
    chosen = sent.get("change", "")
    if chosen not in ChangeSort.values or chosen == ChangeSort.START:
        return ChangeForm(None, sort=ChangeSort.KEEP, row=row, items=(), offerings=(), as_of=as_of)
    today, has = company_day(as_of), {item.offering for item in agreed.items}
    possible = [each for each in every_offering(actor) if each.pk in has or is_sold(each, today)]
    offerings = [each for each in possible if _fits(each, row)]
    bound = sent if request.method == "POST" or "go" in request.GET else None
    return ChangeForm(bound, sort=ChangeSort(chosen), row=row, items=agreed.items, offerings=offerings, as_of=as_of)


def _fits(offering: "Offering", row: Subscription) -> bool:
    rhythm = offering.interval, offering.interval_count
    return offering.interval == "once" or rhythm == (row.interval, row.interval_count)


def _cost(actor: Actor, row: Subscription, form: ChangeForm, as_of: datetime) -> dict[str, Any]:
    if not form.is_valid():
        return {}
    try:
        found = preview_change(actor, row, form.proposal(), as_of=as_of, taxes=TableTaxes())
    except Problem as problem:
        refuse(form, problem)
        return {}
    return {
        "counts_from": found.change.at,
        "at_once": shown(found.at_once, row.zone),
        "following": shown(found.following, row.zone),
        "without": shown(found.following_without, row.zone),
        "before": found.before,
        "after": found.after,
    }


def _numbers(actor: Actor, agreed: Agreed, as_of: datetime) -> dict[str, Any]:
    """What it costs and what is invoiced next; where a price or a tax is missing, the page says so."""
    try:
        return {
            "costs": recurring(actor, agreed, max(as_of, agreed.subscribed.standings[0].at)),
            "next": shown(
                next_documents(actor, agreed.row.customer, as_of=as_of, taxes=TableTaxes(), only=agreed),
                agreed.row.zone,
            ),
        }
    except Problem as problem:
        return {"costs": None, "next": [], "trouble": problem.told(gettext)}


def _changes(row: Subscription, agreed: Agreed, here: str, as_of: datetime) -> list[tuple[str, str, str]]:
    """The changes that can be made: value, words and address."""
    sorts: dict[ChangeSort, Any] = {}
    if row.status == SubscriptionStatus.ACTIVE:
        sorts = dict(CHANGES)
    elif row.status == SubscriptionStatus.PAUSED:
        sorts = {ChangeSort.RESUME: gettext_lazy("Go on")}
    last = agreed.subscribed.standings[-1]
    now_standing = agreed.subscribed.at(as_of)
    if last.at > as_of and now_standing is not None:
        sorts = {ChangeSort.KEEP: gettext_lazy("Take back what is to come"), **sorts}
    return [(sort.value, str(words), f"{here}?change={sort.value}#change") for sort, words in sorts.items()]


def _parts(agreed: Agreed, costs: Recurring | None) -> Table:
    items = {each.key: each for each in agreed.items or agreed.items_before_pause}
    if costs is not None:
        # A change to come may have taken something away that is paid until then.
        items |= {item.key: item for item, _ in agreed.parts.values() if item.key in costs.by_item.keys() - items}
    months = costs.by_month if costs is not None else {}
    columns = [
        Column(_("Part")),
        Column(_("Seats"), kind="text"),
        Column(_("Since"), kind="date"),
        Column(_("Charges"), line=0),
    ]
    if costs is not None and costs.by_item:
        columns += [Column(_("Every period"), kind="money", line=1), Column(_("Every month"), kind="money", line=2)]
    rows = [
        Row(
            cells=[
                Cell(each.name, href=page_of(Ref("offering", UUID(str(each.offering))))),
                number_text(each.seats, reader_locale()),
                each.since,
                " · ".join(charge.name for charge in each.charges),
                *([_by_charge(costs, each.key), months.get(each.key)] if costs is not None and costs.by_item else []),
            ]
        )
        for each in items.values()
    ]
    totals: list[object] = []
    if costs is not None and costs.by_item:
        totals = [_("Total"), "", None, "", costs.per_period, costs.per_month]
    return Table(columns, rows, totals, caption=_("What it consists of"))


def _by_charge(costs: Recurring, key: str) -> Cell:
    """What an item costs every period, with its charges where there are several."""
    charges = costs.by_charge.get(key, ())
    note = " · ".join(f"{name} {told(amount)}" for name, amount in charges) if len(charges) > 1 else ""
    return Cell(costs.by_item.get(key), note=note)


def _facts(row: Subscription) -> list[tuple[str, str]]:
    """What was agreed, in words."""
    every = {"month": _("Every %(count)s months"), "year": _("Every %(count)s years")}[row.interval]
    once = {"month": _("Every month"), "year": _("Every year")}[row.interval]
    facts = [
        (_("Paid"), once if row.interval_count == 1 else every % {"count": row.interval_count}),
        (_("Invoiced"), str(row.get_timing_display())),
        (_("Periods begin with"), str(row.get_alignment_display())),
        (_("Time zone"), row.zone),
    ]
    if row.trial_days:
        facts.append((_("Trial"), _("%(days)s days") % {"days": row.trial_days}))
    if row.months:
        facts.append((_("Committed for"), _("%(months)s months") % {"months": row.months}))
    if row.contract is not None:
        facts.append((_("Contract"), row.contract.name))
    if row.subjects:
        facts.append((_("Usage of"), ", ".join(row.subjects)))
    return facts
