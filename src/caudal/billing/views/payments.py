"""The list of payments with the form that records them, the page of one, and what waits for a second person."""

from collections.abc import Iterable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caudal.billing import actions, queries
from caudal.billing.forms.payments import (
    AllocateForm,
    PartsForm,
    PaymentForm,
    RefundForm,
    TakeBackForm,
    UndoForm,
    refundable,
    settled_words,
)
from caudal.billing.models import (
    Customer,
    MoneyRequest,
    Payment,
    PaymentMethod,
    RequestOutcome,
    RequestSort,
    Settlement,
    SettlementSort,
)
from caudal.billing.views.showing import (
    Doing,
    Part,
    Told,
    carried_out,
    customer_told,
    settled_table,
    show,
)
from caudal.core.ids import Ref
from caudal.core.money import Currency, Money
from caudal.core.settling import in_order
from caudal.kit.access import Verb, may, require
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.world import new_id, now
from caudal.ui.tables import Cell, Column, Row, Table, query
from caudal.workspace.queries import company_day, moments

MANY: Final = 100
"""To so many invoices a payment is proposed on a page; the API takes more."""


@needs("payment")
@require_http_methods(["GET", "POST"])
def payments(request: HttpRequest) -> HttpResponse:
    """List the payments, the latest first; record one, with what it pays seen before."""
    actor, here = actor_of(request), reverse("billing:payments")
    doings = []
    if may(actor, "payment", Verb.CREATE):
        answer = _recording(request)
        if isinstance(answer, HttpResponse):
            return answer
        doings.append(answer)
    elif request.method == "POST":
        require(actor, "payment", Verb.CREATE)
    found = queries.payments(actor, cursor=request.GET.get("cursor") or None)
    waiting = queries.waiting_requests(actor)
    parts = [Part(table=_listed(found.rows))] if found.rows else []
    if waiting:
        parts.insert(0, Part(_("Waiting for a second person"), _requests(waiting)))
    said = {
        "title": _("Payments"),
        "links": [(_("Outstanding"), reverse("billing:ageing"))],
        "parts": parts,
        "nothing": _("No payment yet"),
        "why": _("Record what came by the bank's statement. It pays the oldest invoices first, or those you say."),
        "earlier_href": here + query({}, cursor=found.next) if found.next else "",
    }
    return show(request, said, doings)


@needs("payment")
@require_http_methods(["GET", "POST"])
def payment(request: HttpRequest, payment_id: str) -> HttpResponse:
    """Show a payment with what it settled, and what can be done with it."""
    actor = actor_of(request)
    row = Payment.one_for(actor, Verb.VIEW, Ref.parse(payment_id, Payment.kind).id)
    answer = _doing(request, row) if may(actor, "payment", Verb.CHANGE) else []
    if isinstance(answer, HttpResponse):
        return answer
    if request.method == "POST":
        require(actor, "payment", Verb.CHANGE)
    currency = Currency(row.currency)
    settled = queries.settlements_of_payments([row.pk])[row.pk]
    facts = [
        customer_told(row.customer),
        Told(_("Amount"), money=Money(row.amount_minor, currency)),
        Told(_("Still open"), money=Money(row.open_minor, currency), href="#settled")
        if row.open_minor
        else Told(_("Still open"), "0"),
        Told(_("Day"), day=row.day),
        Told(_("How"), str(PaymentMethod(row.method).label)),
        Told(_("Reference"), row.reference or "—"),
    ]
    if row.note:
        facts.append(Told(_("Note"), row.note))
    said = {
        "title": _("Payment %(reference)s") % {"reference": row.reference} if row.reference else _("Payment"),
        "crumbs": [(_("Payments"), reverse("billing:payments"))],
        "warnings": [(_("It was taken back: %(why)s") % {"why": row.taken_back_why}, "")] if row.taken_back_at else [],
        "about": _("Payment"),
        "facts": facts,
        "parts": [
            Part(
                _("What it settled"),
                settled_table(row, settled),
                note="" if settled else _("It is the customer's balance, and is used for the next invoice."),
                id="settled",
            )
        ],
        "moments": moments(row.ref),
    }
    return show(request, said, answer)


@needs("money_request")
@require_http_methods(["GET", "POST"])
def money_request(request: HttpRequest, money_request_id: str) -> HttpResponse:
    """Show what waits for a second person, or what became of it; withdraw it."""
    actor = actor_of(request)
    row = MoneyRequest.one_for(actor, Verb.VIEW, Ref.parse(money_request_id, MoneyRequest.kind).id)
    here = reverse("billing:money_request", args=[row.ref])
    doings = []
    if not row.outcome and may(actor, "money_request", Verb.CHANGE):
        form = AllocateForm(request.POST or None, currency=row.currency, today=row.day)
        del form.fields["day"]

        def act() -> str:
            actions.withdraw_request(actor=actor, as_of=now(), request_id=row.pk)
            messages.success(request, _("It was withdrawn."))
            return here

        answer = carried_out(form, act) if request.method == "POST" else None
        if answer is not None:
            return answer
        why = _("Somebody else agrees or refuses on the page of approvals. Nothing of it is in the books until then.")
        doings.append(Doing(_("Withdraw"), (form,), [("withdraw", _("Withdraw it"), False)], why))
    document = row.invoice or row.payment
    outcome = str(RequestOutcome(row.outcome).label) if row.outcome else _("Waits")
    made = page_of(Ref.parse(row.made)) if row.made else ""
    said = {
        "title": _("%(what)s of %(name)s") % {"what": RequestSort(row.sort).label, "name": row.name},
        "crumbs": [(_("Payments"), reverse("billing:payments"))],
        "links": [] if row.outcome else [(_("Approvals"), reverse("workspace:approvals"))],
        "warnings": [(row.problem, "")] if row.problem else [],
        "about": _("Request"),
        "facts": [
            Told(_("State"), outcome, href=made),
            customer_told(row.customer),
            Told(_("About"), row.name, href=page_of(document.ref) if document else ""),
            Told(_("Amount"), money=Money(row.minor, Currency(row.currency))),
            Told(_("Day"), day=row.day),
            Told(_("Why"), row.reason),
        ],
        "parts": [Part(_("What would be done"), _requests([row]))],
        "moments": moments(row.ref),
    }
    return show(request, said, doings)


def _recording(request: HttpRequest) -> HttpResponse | Doing:
    """The form that records a payment: first what came, then what it pays."""
    actor, as_of = actor_of(request), now()
    today = company_day(as_of)
    asked = request.POST.get("do", "")
    form = PaymentForm(request.POST if asked in {"look", "record"} else None, currency="", today=today)
    if not form.is_bound:
        called = request.GET.get("customer", "")
        named = Customer.for_actor(actor).filter(name=called).first() if called else None
        currency = named.currency if named else queries.own_currency()
        form.initial.update({"key": new_id(), "customer": called, "currency": currency})
    look = ("look", _("Show what it pays"), True)
    why = _("What is over is the customer's balance, and is used for the next invoice.")
    if not form.is_bound or not form.is_valid():
        return Doing(_("Record a payment"), (form,), [look], why)
    found = queries.customers_called(actor, form.cleaned_data["customer"])
    amount: Money | None = form.cleaned_data.get("money")
    if len(found) != 1 or amount is None:
        names = ", ".join(each.name for each in found[:5])
        words = _("Several are called so: %(names)s.") % {"names": names} if found else _("Nobody is called so.")
        form.add_error("customer", words)
        return Doing(_("Record a payment"), (form,), [look], why)
    customer = found[0]
    unpaid = list(queries.unpaid_invoices(actor, customer.pk, amount.currency.code, customer.entity_id)[:MANY])
    proposed = in_order(amount, [Money(each.open_minor, amount.currency) for each in unpaid])
    seen = asked == "record" and "parts-seen" in request.POST
    parts = PartsForm(
        request.POST if seen else None,
        unpaid=unpaid,
        proposed=proposed,
        currency=amount.currency.code,
        today=today,
    )

    def act() -> str:
        allocations = parts.allocations() if seen else None
        if parts.errors:
            return ""
        row = actions.record_payment(
            actor=actor,
            as_of=as_of,
            customer_id=customer.pk,
            amount=amount,
            day=form.cleaned_data["day"],
            method=form.cleaned_data["method"],
            reference=form.cleaned_data["reference"],
            note=form.cleaned_data["note"],
            allocations=allocations,
            payment_id=form.cleaned_data["key"],
        )
        messages.success(request, _("The payment was recorded."))
        return reverse("billing:payment", args=[row.ref])

    if asked == "record" and (not seen or parts.is_valid()):
        answer = carried_out(form, act)
        if answer is not None and not parts.errors:
            return answer
    told = _("It pays this much of each invoice. Change the amounts if it is for others.") if unpaid else why
    buttons = [("record", _("Record the payment"), True), ("look", _("Propose anew"), False)]
    return Doing(_("Record a payment"), (form, parts), buttons, told)


def _doing(request: HttpRequest, row: Payment) -> HttpResponse | list[Doing]:
    """What can be done with a payment, or the answer once something was."""
    doings: list[Doing] = []
    if row.taken_back_at is not None:
        return doings
    live = [each for each in queries.live_settlements([row]) if each.sort != SettlementSort.TAKEN_BACK]
    here = reverse("billing:payment", args=[row.ref])
    answer = _allocating(request, row, doings) or _refunding(request, row, doings)
    answer = answer or undoing(request, live, row.currency, here, doings) or _taking_back(request, row, doings)
    return answer or doings


def _allocating(request: HttpRequest, row: Payment, doings: list[Doing]) -> HttpResponse | None:
    actor, as_of = actor_of(request), now()
    unpaid = list(queries.unpaid_invoices(actor, row.customer_id, row.currency, row.entity_id)[:MANY])
    if not row.open_minor or not unpaid:
        return None
    bound = request.POST if request.POST.get("do") == "allocate" else None
    common: dict[str, Any] = {"currency": row.currency, "today": company_day(as_of)}
    currency = Currency(row.currency)
    proposed = in_order(Money(row.open_minor, currency), [Money(each.open_minor, currency) for each in unpaid])
    day = AllocateForm(bound, **common)
    parts = PartsForm(bound, unpaid=unpaid, proposed=proposed, **common)

    def allocate() -> str:
        wanted = parts.allocations() if parts.is_valid() else []
        if not parts.errors:
            on = day.cleaned_data["day"]
            actions.allocate_payment(actor=actor, as_of=as_of, payment_id=row.pk, day=on, allocations=wanted)
            messages.success(request, _("It was allocated."))
        return reverse("billing:payment", args=[row.ref])

    answer = carried_out(day, allocate) if bound else None
    doings.append(Doing(_("Allocate"), (parts, day), [("allocate", _("Allocate it"), True)]))
    return None if parts.is_bound and parts.errors else answer


def _refunding(request: HttpRequest, row: Payment, doings: list[Doing]) -> HttpResponse | None:
    if not row.open_minor:
        return None
    actor, as_of = actor_of(request), now()
    bound = request.POST if request.POST.get("do") == "refund" else None
    initial = {"amount": refundable(row)}
    form = RefundForm(bound, currency=row.currency, today=company_day(as_of), initial=initial)

    def give_back() -> str:
        here = reverse("billing:payment", args=[row.ref])
        amount = form.read("amount")
        if form.errors:
            return here
        said = {name: form.cleaned_data[name] for name in ("day", "method", "reference", "reason")}
        made = actions.refund(actor=actor, as_of=as_of, of_id=row.pk, of_payment=True, amount=amount, **said)
        return given(request, made, here)

    answer = carried_out(form, give_back) if bound else None
    why = _("What is open goes back to the customer.")
    doings.append(Doing(_("Refund"), (form,), [("refund", _("Refund it"), False)], why))
    return answer


def _taking_back(request: HttpRequest, row: Payment, doings: list[Doing]) -> HttpResponse | None:
    actor, as_of = actor_of(request), now()
    bound = request.POST if request.POST.get("do") == "take_back" else None
    form = TakeBackForm(bound, currency=row.currency, today=company_day(as_of))

    def take_back() -> str:
        said = form.cleaned_data
        actions.take_back_payment(actor=actor, as_of=as_of, payment_id=row.pk, day=said["day"], why=said["reason"])
        messages.success(request, _("It was taken back; what it paid is open again."))
        return reverse("billing:payment", args=[row.ref])

    answer = carried_out(form, take_back) if bound else None
    why = _("For a payment that was recorded wrongly. What it paid is open again, and its reference is free.")
    doings.append(Doing(_("Take back"), (form,), [("take_back", _("Take the payment back"), False)], why))
    return answer


def undoing(
    request: HttpRequest, live: list[Settlement], currency: str, here: str, doings: list[Doing]
) -> HttpResponse | None:
    """Add the form that undoes one of some settlements; answer when one was undone."""
    if not live:
        return None
    actor, as_of = actor_of(request), now()
    form = UndoForm(
        request.POST if request.POST.get("do") == "undo" else None,
        live=[(each, settled_words(each)) for each in live],
        currency=currency,
        today=company_day(as_of),
    )

    def undo() -> str:
        said = form.cleaned_data
        ref = Ref.parse(said["settlement"], "settlement")
        actions.undo_settlement(actor=actor, as_of=as_of, settlement_id=ref.id, day=said["day"], reason=said["reason"])
        messages.success(request, _("It was undone; the amount is open again."))
        return here

    answer = carried_out(form, undo) if form.is_bound else None
    why = _("Nothing is changed: the opposite is written, and both stay.")
    doings.append(Doing(_("Undo"), (form,), [("undo", _("Undo it"), False)], why))
    return answer


def given(request: HttpRequest, made: Any, here: str) -> str:
    """Say what became of a refund, credit note or write-off, and return where to go on."""
    if isinstance(made, MoneyRequest):
        messages.info(request, _("It waits for a second person: it is above what one person may give."))
        return reverse("billing:money_request", args=[made.ref])
    messages.success(request, _("It was done."))
    return here


def _listed(rows: Iterable[Payment]) -> Table:
    columns = [
        Column(_("Day"), kind="date", line=3),
        Column(_("Customer"), line=1),
        Column(_("Reference"), line=2),
        Column(_("How"), line=0),
        Column(_("Amount"), kind="money", line=1),
        Column(_("Still open"), kind="money", line=2),
    ]
    found = []
    for row in rows:
        currency = Currency(row.currency)
        reference: object = row.reference
        if row.taken_back_at is not None:
            reference = Cell(row.reference, note=_("Taken back"))
        cells = [
            row.day,
            row.customer.name,
            reference,
            str(PaymentMethod(row.method).label),
            Money(row.amount_minor, currency),
            Money(row.open_minor, currency) if row.open_minor else Cell(void=True),
        ]
        found.append(Row(cells=cells, href=reverse("billing:payment", args=[row.ref])))
    return Table(columns, found, caption=_("Payments"))


def _requests(rows: Iterable[MoneyRequest]) -> Table:
    columns = [
        Column(_("Day"), kind="date", line=3),
        Column(_("What"), line=1),
        Column(_("About"), line=2),
        Column(_("Why"), line=0),
        Column(_("Amount"), kind="money", line=1),
    ]
    found = [
        Row(
            cells=[
                row.day,
                str(RequestSort(row.sort).label),
                f"{row.name} · {row.customer.name}",
                row.reason,
                Money(row.minor, Currency(row.currency)),
            ],
            href=reverse("billing:money_request", args=[row.ref]),
        )
        for row in rows
    ]
    return Table(columns, found, caption=_("Requests"))
