"""Closing months, with what is still open in them, and opening them again, which takes two people."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caudal.core.errors import msg
from caudal.core.ids import Ref
from caudal.core.periods import add_months, day_in
from caudal.kit.access import Actor, Verb, may, require
from caudal.kit.forms import kept, status_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.problems import BadInput
from caudal.kit.world import now
from caudal.ledger import actions, queries
from caudal.ledger.forms import ClosingForm, ReopeningForm
from caudal.ledger.models import ClosedMonth
from caudal.ledger.queries import MonthState
from caudal.ledger.views.checklist import month_href
from caudal.ledger.views.opening import LOOK, OPEN, opening
from caudal.ledger.views.periods import entities, entity_of
from caudal.ui.formats import month_text, reader_locale
from caudal.ui.tables import Cell, Column, Row, Table, linked, query
from caudal.workspace.queries import actor_names, hands_of


@dataclass(frozen=True, slots=True)
class Open:
    """A step that a month waits for: in words, what is missing, and where it is done."""

    words: str
    missing: str
    href: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A closed month that somebody asks to reopen."""

    id: str
    month: str
    who: str
    why: str
    is_own: bool


@needs("closed_month")
@require_http_methods(["GET", "POST"])
def months(request: HttpRequest) -> HttpResponse:
    """Show which months are closed; close the next one, ask to reopen one or agree to that where it is sent."""
    actor, entity_id = actor_of(request), entity_of(request)
    today = day_in(now(), ZoneInfo(actor.zone))
    form = ReopeningForm(request.POST if request.POST.get("do") == "ask" else None)
    moved_in = opening(request)
    is_opening = request.POST.get("do") in {LOOK, OPEN}
    onwards = moved_in.onwards if moved_in else ""
    if request.method == "POST" and (onwards := onwards if is_opening else done(request, form, today)):
        return redirect(onwards)
    states = queries.month_states(actor, today=today, entity_id=entity_id)
    due = [each for each in states if not each.is_closed and each.month < today.replace(day=1)]
    to_close = due[-1] if due else None
    locale = reader_locale()
    asked = [state.closing for state in states if state.is_closed and state.closing and state.closing.asked_by]
    closed = [each for each in states if each.is_closed]
    context = {
        "title": _("Months"),
        "table": table_of(states, today, entity_id),
        "entities": entities(request),
        "to_close": month_text(to_close.month, locale) if to_close else "",
        "to_close_on": f"{to_close.month:%Y-%m-%d}" if to_close else "",
        "may_close": may(actor, "closed_month", Verb.CREATE),
        "asked": [asked_of(each, actor) for each in asked],
        "closed": [(str(each.closing.ref), month_text(each.month, locale)) for each in closed if each.closing],
        "form": form,
        "opening": moved_in,
    } | (waiting(actor, to_close, entity_id) if to_close else {})
    status = status_of(form, moved_in.form if moved_in else None)
    return render(request, "ledger/months.html", context, status=status)


def waiting(actor: Actor, month: MonthState, entity_id: UUID | None) -> dict[str, Any]:
    """Return how far the steps of a month are that may be closed, and which are open."""
    told = queries.month_steps(actor, month.month, as_of=now(), entity_id=entity_id)
    steps = [
        Open(str(each.step.words), str(each.state.missing), each.state.href) for each in told if not each.state.is_done
    ]
    here = month_href(month.month, entity_id)
    return {"open_steps": steps, "steps_done": len(told) - len(steps), "steps": len(told), "month_href": here}


def done(request: HttpRequest, form: ReopeningForm, today: date) -> str:
    """Do what was sent and return where to go on; nothing where it is refused in its form."""
    actor, here = actor_of(request), reverse("ledger:months")
    require(actor, "closed_month", Verb.CHANGE)
    asked = request.POST.get("do", "")
    if asked == "close":
        return close(request, today)
    ref = Ref.parse(request.POST.get("id", ""), ClosedMonth.kind)
    if asked == "reopen":
        row = actions.reopen_month(actor=actor, as_of=now(), closed_month_id=ref.id)
        messages.success(request, _("%(month)s is open again.") % {"month": month_text(row.month, reader_locale())})
        return here

    def ask() -> str:
        actions.ask_reopening(actor=actor, as_of=now(), closed_month_id=ref.id, why=form.cleaned_data["why"])
        messages.success(request, _("Somebody else can reopen it now."))
        return here

    return kept(form, ask)


def close(request: HttpRequest, today: date) -> str:
    """Close the month that was sent, and return where to go on. Raises BadInput and what `close_month` raises."""
    form = ClosingForm(request.POST)
    if not form.is_valid():
        raise BadInput({"month": msg("Say which month, by one of its days.")})
    month, entity_id = form.cleaned_data["month"], entity_of(request)
    row = actions.close_month(actor=actor_of(request), as_of=now(), month=month, today=today, entity_id=entity_id)
    messages.success(request, _("%(month)s is closed.") % {"month": month_text(row.month, reader_locale())})
    return reverse("ledger:months")


def table_of(states: list[MonthState], today: date, entity_id: UUID | None) -> Table:
    """Return the months with their state, the latest first."""
    locale = reader_locale()
    who = actor_names({each.closing.created_by for each in states if each.closing})
    rows = []
    for each in states:
        closing = each.closing
        closed = closing if each.is_closed else None
        rows.append(
            Row(
                cells=[
                    month_text(each.month, locale),
                    state_of(each, today),
                    linked(each.entries, entries_href(each.month, entity_id)),
                    who.get(closed.created_by, "Caudal") if closed else None,
                    closed.created_at if closed else None,
                ],
                href=month_href(each.month, entity_id),
            )
        )
    columns = [
        Column(_("Month"), line=1),
        Column(_("State"), kind="state", line=2),
        Column(_("Entries"), kind="number", line=1),
        Column(_("Closed by"), line=3),
        Column(_("Closed at"), kind="date", line=0),
    ]
    return Table(columns, rows, caption=_("Months"))


def entries_href(month: date, entity_id: UUID | None) -> str:
    """Return the way to the entries of a month."""
    days = {"first": f"{month:%Y-%m-%d}", "last": f"{add_months(month, 1) - timedelta(days=1):%Y-%m-%d}"}
    return reverse("ledger:entries") + query(days | ({"entity": str(Ref("entity", entity_id))} if entity_id else {}))


def state_of(each: MonthState, today: date) -> Cell:
    """Return what a month is: closed, open, open again, or not over."""
    if each.is_closed:
        asked = each.closing is not None and each.closing.asked_by is not None
        return Cell(_("Asked to reopen"), tone="warn") if asked else Cell(_("Closed month"), tone="good")
    if each.month >= today.replace(day=1):
        return Cell(_("Not over"), tone="idle")
    return Cell(_("Reopened") if each.closing else _("Open month"), tone="warn")


def asked_of(row: ClosedMonth, actor: Actor) -> Asked:
    """Return who asks to reopen a month, and why."""
    by = row.asked_by or ""
    return Asked(
        id=str(row.ref),
        month=month_text(row.month, reader_locale()),
        who=actor_names({by}).get(by, "Caudal"),
        why=row.asked_why,
        is_own=by in hands_of(actor),
    )
