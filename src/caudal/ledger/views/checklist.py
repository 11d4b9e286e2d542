"""The end of a month: its steps with how far each is, what people confirm of it, and closing it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from caudal.core.ids import Ref
from caudal.core.periods import CalendarPeriod, Grain, UnreadableLabel, add_months
from caudal.kit.access import Verb, may, require
from caudal.kit.forms import kept, status_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.ledger import actions, queries
from caudal.ledger.forms import ConfirmingForm
from caudal.ledger.models import ClosedMonth, MonthConfirmation
from caudal.ledger.queries import StepTold
from caudal.ledger.views.periods import YEARS, entities, entity_of
from caudal.ui.formats import month_text, reader_locale
from caudal.ui.tables import query
from caudal.workspace.queries import actor_names, company_day


@dataclass(frozen=True, slots=True)
class Shown:
    """A step as the page shows it."""

    key: str
    words: str
    why: str
    is_done: bool
    missing: str
    counted: tuple[int, int] | None
    """How many of how many, where that says more than done or not."""
    href: str
    under_way: bool
    by_hand: bool
    confirmation: str
    """The id of what somebody confirmed, nothing where nobody did."""
    who: str
    at: datetime | None
    note: str


@needs("closed_month")
@require_http_methods(["GET", "POST"])
def month(request: HttpRequest, label: str) -> HttpResponse:
    """Show the steps of a month's end; confirm one, take that back, or close the month where it is sent."""
    actor, entity_id, first = actor_of(request), entity_of(request), month_of(label)
    form = ConfirmingForm(request.POST if request.POST.get("do") == "confirm" else None)
    if request.method == "POST" and (onwards := done(request, form, first)):
        return redirect(onwards)
    told = queries.month_steps(actor, first, as_of=now(), entity_id=entity_id)
    steps = shown(told)
    finished = sum(each.is_done for each in steps)
    closing = queries.closing_of(actor, first, entity_id)
    is_over = first < company_day(now()).replace(day=1)
    words = month_text(first, reader_locale())
    context: dict[str, Any] = {
        "title": _("End of %(month)s") % {"month": words},
        "crumbs": [(_("Months"), reverse("ledger:months") + kept_query(entity_id))],
        "steps": steps,
        "done": finished,
        "total": len(steps),
        "open": len(steps) - finished,
        "verdict": verdict(finished, len(steps), closing, is_over=is_over, words=words),
        "closing": closing,
        "closed_by": actor_names({closing.created_by}).get(closing.created_by, "Caudal") if closing else "",
        "month_on": f"{first:%Y-%m-%d}",
        "may_close": may(actor, "closed_month", Verb.CREATE) and closing is None and is_over,
        "may_confirm": may(actor, "closed_month", Verb.CREATE) and closing is None,
        "form": form,
        "live": any(each.under_way for each in steps),
        "here": request.get_full_path(),
        "entities": entities(request),
        "previous_href": month_href(add_months(first, -1), entity_id),
        "next_href": month_href(add_months(first, 1), entity_id),
    }
    return render(request, "ledger/month.html", context, status=status_of(form))


def month_of(label: str) -> date:
    """Return the first day of a month by its label. Raises UnreadableLabel."""
    period = CalendarPeriod.parse(label)
    if period.grain is not Grain.MONTH or period.days.start.year not in YEARS:
        raise UnreadableLabel(text=label)
    return period.days.start


def month_href(first: date, entity_id: UUID | None) -> str:
    """Return the page of a month's end."""
    return reverse("ledger:month", args=[f"{first:%Y-%m}"]) + kept_query(entity_id)


def kept_query(entity_id: UUID | None) -> str:
    """Return what an address says of whose books it is about."""
    return query({"entity": str(Ref("entity", entity_id))} if entity_id else {})


def verdict(finished: int, total: int, closing: ClosedMonth | None, *, is_over: bool, words: str) -> str:
    """Return how a month stands in one sentence."""
    if closing is not None:
        return _("%(month)s is closed.") % {"month": words}
    if finished == total:
        return _("Everything is done: %(month)s can be closed.") % {"month": words}
    left = ngettext("%(count)s step is left.", "%(count)s steps are left.", total - finished) % {
        "count": total - finished
    }
    return left if is_over else _("%(month)s is not over yet.") % {"month": words} + " " + left


def done(request: HttpRequest, form: ConfirmingForm, first: date) -> str:
    """Do what was sent and return where to go on; nothing where it is refused in its form."""
    actor, as_of, entity_id = actor_of(request), now(), entity_of(request)
    require(actor, "closed_month", Verb.CHANGE)
    here, asked = month_href(first, entity_id), request.POST.get("do", "")
    if asked == "close":
        today = company_day(as_of)
        row = actions.close_month(actor=actor, as_of=as_of, month=first, today=today, entity_id=entity_id)
        messages.success(request, _("%(month)s is closed.") % {"month": month_text(row.month, reader_locale())})
        return here
    if asked == "withdraw":
        ref = Ref.parse(request.POST.get("id", ""), MonthConfirmation.kind)
        actions.withdraw_confirmation(actor=actor, as_of=as_of, confirmation_id=ref.id)
        messages.success(request, _("The confirmation was taken back."))
        return here

    def confirm() -> str:
        actions.confirm_step(actor=actor, as_of=as_of, month=first, entity_id=entity_id, **form.cleaned_data)
        messages.success(request, _("It is confirmed."))
        return here

    return kept(form, confirm)


def shown(told: list[StepTold]) -> list[Shown]:
    """Return steps as the page shows them."""
    who = actor_names({each.confirmation.created_by for each in told if each.confirmation})
    found = []
    for each in told:
        step, state, row = each.step, each.state, each.confirmation
        found.append(
            Shown(
                key=step.key,
                words=str(step.words),
                why=str(step.why),
                is_done=state.is_done,
                missing=str(state.missing),
                counted=(state.done, state.total) if step.look and state.total > 1 else None,
                href=state.href,
                under_way=state.under_way,
                by_hand=step.look is None,
                confirmation=str(row.ref) if row else "",
                who=who.get(row.created_by, "Caudal") if row else "",
                at=row.created_at if row else None,
                note=row.note if row else "",
            )
        )
    return found
