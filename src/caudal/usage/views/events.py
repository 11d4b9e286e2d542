"""The page of events: of everybody, of a company with its days and meters, or a single one with its correction."""

from calendar import monthrange
from datetime import date, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.core.periods import Days, zone_named
from caudal.crm import queries as crm
from caudal.kit.access import Actor, Verb, may, require
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.world import new_id, now
from caudal.ui.charts import Chart
from caudal.ui.formats import day_text, month_text, reader_locale
from caudal.ui.tables import Cell, Column, Row, Table, query
from caudal.usage import actions, queries
from caudal.usage.actions import Outcome
from caudal.usage.forms.meters import CorrectionForm
from caudal.usage.forms.words import STATES, amount_of, data_told, label_of, shown
from caudal.usage.models import Event
from caudal.usage.offline import parsed
from caudal.usage.queries import EventFilters, EventSeen, MeterDays
from caudal.workspace.queries import company_day, founded

if TYPE_CHECKING:
    from caudal.crm.models import Company

KEPT = ("company", "subject", "type", "meter", "waiting", "month", "day")


@needs("usage")
@require_http_methods(["GET", "POST"])
def events(request: HttpRequest) -> HttpResponse:
    """Show events, the last received first, and over them what a company used day by day; correct a single one."""
    actor = actor_of(request)
    if ref := request.GET.get("event", ""):
        return single(request, actor, Ref.parse(ref, Event.kind).id)
    zone = zone_named(founded().zone)
    ref = request.GET.get("company", "")
    company = crm.company(actor, Ref.parse(ref, "company").id) if ref else None
    days = _month(request.GET.get("month", ""), company_day(now()))
    day = _day(request.GET.get("day", ""), days)
    kept = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    filters = EventFilters(
        company_id=company.pk if company else None,
        subject=request.GET.get("subject", ""),
        type=request.GET.get("type", ""),
        meter=request.GET.get("meter", ""),
        waiting=request.GET.get("waiting", ""),
        period=(day or days).in_zone(zone) if company else None,
    )
    found = queries.events(actor, filters, cursor=request.GET.get("cursor") or None)
    context = {
        "title": _("Usage of %(name)s") % {"name": company.name} if company else _("Usage events"),
        "crumbs": [(company.name, page_of(company.ref))] if company else [(_("Usage"), reverse("usage:overview"))],
        "table": events_table(found.events) if found.events else None,
        "older_href": query(kept, cursor=found.next) if found.next else "",
        "newest_href": query(kept) if request.GET.get("cursor") else "",
        "filters": kept,
        "waiting_word": STATES[filters.waiting][0] if filters.waiting in STATES else "",
        **(_of_company(actor, company, days, day, zone, kept) if company else {}),
    }
    return render(request, "usage/events.html", context)


def single(request: HttpRequest, actor: Actor, event_id: UUID) -> HttpResponse:
    """Show one event with what became of it, and take its correction."""
    found = queries.event(actor, event_id)
    row = found.event
    if request.method == "POST":
        require(actor, "usage", Verb.CREATE)
    may_correct = may(actor, "usage", Verb.CREATE) and not found.corrected_by and row.data is not None
    form = CorrectionForm(request.POST or None, initial={"content": data_told(row.data)})
    if request.method == "POST" and may_correct and form.is_valid():
        try:
            data = None if "take" in request.POST else parsed(form.cleaned_data["content"])
            answer = _correct(actor, found, data)
            for finding in answer.findings:
                form.add_error("content", finding.told(gettext))
        except Problem as problem:
            form.add_error("content", problem.told(gettext))
        if not form.errors:
            messages.success(request, _("The correction counts from now on."))
            return redirect(f"{reverse('usage:events')}{query({'event': str(Ref(Event.kind, event_id))})}")
    word, tone = STATES[found.state]
    context = {
        "title": _("Event %(id)s") % {"id": row.key},
        "crumbs": [(_("Usage events"), reverse("usage:events"))],
        "event": row,
        "counted": [f"{each.meter}: {amount_of(each.quantity)}" for each in found.counted],
        "corrected_by": found.corrected_by,
        "word": word,
        "tone": tone,
        "data": data_told(row.data),
        "form": form if may_correct else None,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "usage/event.html", context, status=status)


def events_table(found: tuple[EventSeen, ...]) -> Table:
    """Return events as a table."""
    rows = []
    for each in found:
        word, tone = STATES[each.state]
        counted = ", ".join(f"{one.meter} {amount_of(one.quantity)}" for one in each.counted)
        rows.append(
            Row(
                cells=[
                    Cell(each.event.key, note=each.event.source),
                    each.event.type,
                    each.event.subject,
                    each.event.occurred_at,
                    counted,
                    Cell(word, tone=tone),
                ],
                href=query({"event": each.id}),
            )
        )
    columns = [
        Column(_("Event"), line=1),
        Column(_("Type"), line=0),
        Column(_("Usage subject"), line=0),
        Column(_("Happened"), kind="date", line=3),
        Column(_("What counts"), line=2),
        Column(_("State"), kind="state", line=0),
    ]
    return Table(columns, rows, caption=_("Usage events"))


def _correct(actor: Actor, found: EventSeen, data: Any) -> actions.Answer:
    """Send what an event should have said, or that it is nothing, as a correction from a page."""
    row = found.event
    sent: dict[str, Any] = {"source": row.source, "id": f"{row.key[:150]}~{new_id()}", "corrects": row.key}
    if data is not None:
        time = row.occurred_at.isoformat() if row.occurred_at else None
        sent |= {"type": row.type, "subject": row.subject, "time": time, "data": data}
    actions.wait_for_turn()
    (answer,) = actions.record_events(actor=actor, as_of=now(), events=[sent])
    assert answer.outcome is not Outcome.CONFLICTING, "the id is new"  # noqa: S101  our own mistake
    return answer


def _of_company(
    actor: Actor, company: "Company", days: Days, day: Days | None, zone: ZoneInfo, kept: dict[str, str]
) -> dict[str, Any]:
    """What a company used in a month: each meter, and the chosen one day by day."""
    locale = reader_locale()
    used = queries.by_day(company.pk, queries.meters(actor), days, zone, as_of=now())
    chosen = next((each for each in used if each.meter.code == kept.get("meter")), used[0] if used else None)
    before = days.start - timedelta(days=1)
    rows = [
        Row(
            cells=[Cell(label_of(each.meter), note=each.meter.code), each.meter.unit, shown(each.quantity)],
            href=query(kept, meter=each.meter.code, day=None),
            current=each is chosen,
        )
        for each in used
    ]
    columns = [Column(_("Meter")), Column(_("Unit"), line=2), Column(_("In the month"), kind="number", line=1)]
    return {
        "month": month_text(days.start, locale),
        "day": day_text(day.start, locale) if day else "",
        "month_href": query(kept, day=None),
        "earlier_href": query(kept, month=f"{before:%Y-%m}", day=None),
        "later_href": query(kept, month=f"{days.end:%Y-%m}", day=None) if days.end <= company_day(now()) else "",
        "meters": Table(columns, rows, caption=_("Meters")) if rows else None,
        "chart": chart_of(chosen, days, kept) if chosen else None,
    }


def chart_of(used: MeterDays, days: Days, kept: dict[str, str]) -> Chart:
    """Return the days of a meter as bars, under a title that says the largest."""
    locale = reader_locale()
    known = {day: quantity for day, quantity in used.days.items() if quantity is not None}
    most = max(known, key=lambda day: known[day])
    title = _("%(meter)s: %(much)s in %(month)s, most on %(day)s") % {
        "meter": label_of(used.meter),
        "much": amount_of(used.quantity),
        "month": month_text(days.start, locale),
        "day": day_text(most, locale),
    }
    values = [
        {"day": day.day, "much": float(quantity), "told": f"{day_text(day, locale)}: {amount_of(quantity)}"}
        for day, quantity in known.items()
    ]
    spec = {
        "data": {"values": values},
        "mark": {"type": "bar", "color": "--accent", "cornerRadiusEnd": 2},
        "encoding": {
            "x": {
                "field": "day",
                "type": "ordinal",
                "title": None,
                "scale": {"domain": [day.day for day in days]},
                "axis": {"labelAngle": 0, "labelOverlap": True},
            },
            "y": {"field": "much", "type": "quantitative", "title": None, "axis": {"format": "~s"}},
            "tooltip": [{"field": "told", "title": " "}],
        },
    }
    rows = [
        Row(cells=[day_text(day, locale), shown(quantity)], href=query(kept, day=day.isoformat()))
        for day, quantity in known.items()
        if quantity
    ]
    columns = [Column(_("Day")), Column(_("Quantity"), kind="number", unit=used.meter.unit)]
    return Chart("usage-by-day", title, spec, Table(columns, rows, caption=title), short=True)


def _month(text: str, today: date) -> Days:
    """The days of the month that an address names, else of this one."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        first = today.replace(day=1)
    return Days(first, first + timedelta(days=monthrange(first.year, first.month)[1]))


def _day(text: str, within: Days) -> Days | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return Days(found, found + timedelta(days=1)) if found in within else None
