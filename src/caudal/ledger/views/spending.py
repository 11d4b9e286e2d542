"""The page of costs: what is owed to suppliers, what recurs every month, and files of costs."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caudal.core.ids import Ref
from caudal.core.periods import day_in
from caudal.kit.access import Verb, may, require
from caudal.kit.forms import kept, status_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import new_id, now
from caudal.ledger import actions, queries
from caudal.ledger.forms import ChangeForm, CostForm, FileForm, PaymentForm
from caudal.ledger.models import Account, RecurringCost
from caudal.ledger.queries import PAYABLE, Payable
from caudal.ledger.views.costs import offered
from caudal.ledger.views.files import file_table, handled, shown
from caudal.ledger.views.statements import named, told
from caudal.ui.formats import number_text, reader_locale
from caudal.ui.tables import Cell, Column, Row, Table, linked, query

HERE = "ledger:costs"


@needs("entry")
@require_http_methods(["GET", "POST"])
def costs(request: HttpRequest) -> HttpResponse:
    """Show what is owed, what recurs and which files came; do what is sent."""
    actor, today = actor_of(request), day_in(now(), ZoneInfo(actor_of(request).zone))
    may_post = may(actor, "entry", Verb.CREATE)
    paid = next((each for each in queries.payables(actor, request.GET.get("pay", "")) if request.GET.get("pay")), None)
    changed = recurring_of(request)
    asked = request.POST.get("do", "")

    def sent(name: str) -> Any:
        return request.POST if asked == name else None

    form = CostForm(sent("cost"), **offered(request), recurs=True)
    payment = PaymentForm(sent("pay"), chart=queries.chart(actor), today=today, owed=paid.owed if paid else None)
    change = ChangeForm(sent("change"), today=today, amount=changed.amount if changed else None)
    file_form = FileForm(sent("file"), request.FILES if asked == "file" else None)
    if request.method == "POST":
        require(actor, "entry", Verb.CREATE)
        onwards = {
            "cost": lambda: kept(form, lambda: post(request, form)),
            "pay": lambda: kept(payment, lambda: pay(request, payment, paid)),
            "change": lambda: kept(change, lambda: alter(request, change, changed)),
        }.get(asked, lambda: handled(request, file_form))()
        if onwards:
            return redirect(onwards)
    context = {
        "title": _("Costs"),
        "owed": owed_table(queries.payables(actor), queries.chart(actor), may_pay=may_post),
        "recurring": recurring_table(queries.recurring_costs(actor), may_change=may_post),
        "barred": len(queries.due_costs(actor, today)[1]),
        "files": file_table(actor),
        "file": shown(request),
        "form": form if may_post and not (paid or changed) else None,
        "payment": payment if may_post and paid else None,
        "paid": paid,
        "change": change if may_post and changed and not paid else None,
        "changed": words_of(changed) if changed else "",
        "file_form": file_form if may_post else None,
        "here": reverse(HERE),
    }
    return render(request, "ledger/costs.html", context, status=status_of(form, payment, change, file_form))


def recurring_of(request: HttpRequest) -> RecurringCost | None:
    """Return the recurring cost that an address names."""
    said = request.GET.get("recurring", "")
    return queries.recurring_cost(actor_of(request), Ref.parse(said, RecurringCost.kind).id) if said else None


def post(request: HttpRequest, form: CostForm) -> str:
    """Post a cost, or let it recur; what is due of it is posted at once."""
    actor, as_of = actor_of(request), now()
    if not form.cleaned_data["recurs"]:
        row = actions.post_cost(actor=actor, as_of=as_of, cost=form.cost())
        messages.success(request, _("The cost was posted."))
        return reverse("ledger:entry", args=[row.ref])
    draft = actions.RecurringDraft(cost=form.cost(), last_day=form.cleaned_data["until"])
    actions.add_recurring_cost(actor=actor, as_of=as_of, draft=draft)
    count = actions.post_due_costs(as_of=as_of, today=day_in(as_of, ZoneInfo(actor.zone)))
    said = ngettext(
        "It is posted every month; %(count)s was due and is posted.",
        "It is posted every month; %(count)s were due and are posted.",
        count,
    )
    messages.success(request, said % {"count": number_text(count, reader_locale())})
    return reverse(HERE)


def pay(request: HttpRequest, form: PaymentForm, paid: Payable | None) -> str:
    """Pay what is owed for something."""
    if paid is None:
        raise actions.NothingOwed(document=request.GET.get("pay", ""))
    said = form.cleaned_data
    row = actions.pay_supplier(
        actor=actor_of(request),
        as_of=now(),
        key=str(said["key"]),
        document=paid.document,
        amount=said["money"],
        day=said["day"],
        paid_from=form.accounts[said["paid_from"]],
    )
    messages.success(request, _("The payment was posted."))
    return reverse("ledger:entry", args=[row.ref])


def alter(request: HttpRequest, form: ChangeForm, changed: RecurringCost | None) -> str:
    """End a recurring cost, or let another amount recur from a day on."""
    actor, said = actor_of(request), form.cleaned_data
    row = changed or queries.recurring_cost(actor, new_id())
    if said["ends"]:
        actions.end_recurring_cost(actor=actor, as_of=now(), cost_id=row.pk, last_day=said["day"])
        messages.success(request, _("It ends with that day."))
    else:
        actions.change_recurring_cost(
            actor=actor, as_of=now(), cost_id=row.pk, from_day=said["day"], amount=said["money"]
        )
        messages.success(request, _("Another amount is posted from that day on."))
    return reverse(HERE)


def owed_table(found: Sequence[Payable], chart: Sequence[Account], *, may_pay: bool) -> Table | None:
    """Return what is owed to suppliers, the oldest first; an amount leads to what was posted about its document."""
    payable = next((reverse("ledger:account", args=[each.ref]) for each in chart if each.purpose == PAYABLE), "")
    rows = [
        Row(
            cells=[
                Cell(each.party or each.text or each.document, note=each.document),
                each.since,
                linked(each.owed, payable + query({"about": each.document})),
                *([Cell(_("Pay"), href=query({"pay": each.document}))] if may_pay else []),
            ],
            href=reverse("ledger:entry", args=[each.entry]),
        )
        for each in found
    ]
    columns = [
        Column(_("Owed to"), line=1),
        Column(_("Since"), kind="date", line=2),
        Column(_("Still owed"), kind="money", line=1),
        *([Column(_("Payment"), line=3)] if may_pay else []),
    ]
    return Table(columns, rows, caption=_("Owed to suppliers"), caption_hidden=False) if rows else None


def recurring_table(found: Sequence[RecurringCost], *, may_change: bool) -> Table | None:
    """Return the costs that recur, those that go on first."""
    language = get_language() or "en"
    rows = [
        Row(
            cells=[
                Cell(words_of(each), note=each.pillar.label(language) if each.pillar else ""),
                named(each.account),
                each.amount,
                each.first_day,
                each.last_day,
                *(
                    [Cell(_("Alter"), href=query({"recurring": str(each.ref)})) if each.last_day is None else ""]
                    if may_change
                    else []
                ),
            ],
            href=reverse("ledger:entries") + query({"q": str(each.ref)}),
        )
        for each in found
    ]
    columns = [
        Column(_("Every month"), line=1),
        Column(_("Account"), line=2),
        Column(_("Amount"), kind="money", line=1),
        Column(_("From"), kind="date", line=0),
        Column(_("Up to"), kind="date", line=0),
        *([Column(_("Change"), line=3)] if may_change else []),
    ]
    return Table(columns, rows, caption=_("Every month"), caption_hidden=False) if rows else None


def words_of(row: RecurringCost) -> str:
    """Say what a recurring cost is."""
    return row.note or row.party or told(row.amount)
