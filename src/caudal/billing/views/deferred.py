"""Deferred revenue as pages: month by month in the books and to come, and what is behind each number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from caudal.billing import queries
from caudal.billing.actions import recognise_through
from caudal.billing.models import InvoiceLine
from caudal.billing.queries import DeferredMonth, LineSums, ToCome
from caudal.billing.views.words import name_of, told
from caudal.core.ids import Ref
from caudal.core.money import Currency, Money
from caudal.core.periods import CalendarPeriod, Days, Grain, UnreadableLabel, add_months, day_in, zone_named
from caudal.kit.access import Actor, Verb, may, require
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.world import now
from caudal.ledger.queries import entry_texts
from caudal.ui.charts import Bar, Chart, stacks
from caudal.ui.formats import dated, month_text, reader_locale
from caudal.ui.tables import Cell, Column, Row, Table, linked, query
from caudal.workspace.queries import company, legal_entities

MONTHS: Final = 12
"""So many months stand on the page each way."""
LINES: Final = 50
SHORTEST: Final = 4
"""So many months the chart has at least, also where nothing is left to come."""
YEARS: Final = range(1990, 2200)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page about deferred revenue is about: a currency of some, whose books, and which month is this one."""

    currency: Currency | None
    currencies: Sequence[str]
    entity_id: UUID | None
    entities: Sequence[tuple[str, str, bool]]
    """Legal entities, where there is more than one: public id, name, and whether it is the one."""
    this_month: Days

    @property
    def kept(self) -> dict[str, str]:
        """What addresses say of it."""
        said = {"currency": self.currency.code} if self.currency else {}
        return said | ({"entity": str(Ref("entity", self.entity_id))} if self.entity_id else {})

    def lines_href(self, what: str, month: Days) -> str:
        """Return the way to what is behind a number of a month."""
        return reverse("billing:deferred_lines") + query(self.kept, what=what, month=f"{month.start:%Y-%m}")


def asked_of(request: HttpRequest) -> Asked:
    """Return what a request is about: the first currency and all books without more. Raises UnreadableId."""
    actor = actor_of(request)
    codes = queries.deferred_currencies(actor)
    own, code, entity = company(), request.GET.get("currency", ""), request.GET.get("entity", "")
    home = own.currency if own and own.currency in codes else next(iter(codes), "")
    chosen = code if code in codes else home
    entity_id = Ref.parse(entity, "entity").id if entity else None
    found = legal_entities(actor)
    offered = [(str(each.ref), each.name, each.pk == entity_id) for each in found] if len(found) > 1 else []
    zone = zone_named(own.zone) if own else ZoneInfo("UTC")
    first = day_in(now(), zone).replace(day=1)
    return Asked(Currency(chosen) if chosen else None, codes, entity_id, offered, Days(first, add_months(first, 1)))


@needs("entry")
@require_http_methods(["GET", "POST"])
def deferred(request: HttpRequest) -> HttpResponse:
    """Show deferred revenue by month; post what the months that are over have earned where that is sent."""
    actor, asked = actor_of(request), asked_of(request)
    if request.method == "POST":
        require(actor, "entry", Verb.CREATE)
        done = recognise_through(actor=actor, as_of=now())
        lines = sum(each.lines + each.accrued for each in done)
        words = ngettext("%(count)s line was posted.", "%(count)s lines were posted.", lines)
        messages.success(request, words % {"count": lines} if lines else _("All revenue was in the books already."))
        return redirect(reverse("billing:deferred") + query(asked.kept))
    context: dict[str, Any] = {
        "title": _("Deferred revenue"),
        "asked": asked,
        "may_recognise": may(actor, "entry", Verb.CREATE),
        "untold": queries.over_and_untold(asked.this_month.start),
    }
    if asked.currency is not None:
        first = asked.this_month.start
        months = queries.months_from(add_months(first, 1 - MONTHS), MONTHS)
        past = since_begun(queries.deferred_months(actor, asked.currency, months, entity_id=asked.entity_id))
        ahead = queries.revenue_to_come(
            actor, asked.currency, queries.months_from(first, MONTHS), entity_id=asked.entity_id
        )
        context |= {
            "chart": chart_of(past, ahead, asked),
            "past": past_table(past, asked),
            "ahead": ahead_table(ahead, asked),
            "csv": reverse("billing:deferred_csv") + query(asked.kept),
        }
    return render(request, "billing/deferred.html", context)


def since_begun(months: Sequence[DeferredMonth]) -> list[DeferredMonth]:
    """Return months from the first one on in which there was something, at least the last one."""
    found = list(months)
    while len(found) > 1 and not any((found[0].closing, found[0].invoiced, found[0].recognised, found[0].other)):
        del found[0]
    return found


def chart_of(past: Sequence[DeferredMonth], ahead: ToCome, asked: Asked) -> Chart:
    """Return the chart of what is deferred at the end of each month, in the books and as it will be."""
    locale = reader_locale()
    books, coming = _("In the books"), _("If nothing more is invoiced")
    bars = [
        Bar(dated("yMMM", each.days.start, locale), books, float(each.closing.amount), told(each.closing))
        for each in past
    ]
    ways = [asked.lines_href("left", each.days) for each in past]
    left = ahead.whole - ahead.over
    for days, money in ahead.months:
        left -= money
        if days != asked.this_month and (left + money or len(bars) < SHORTEST):
            bars.append(Bar(dated("yMMM", days.start, locale), coming, float(left.amount), told(left)))
            ways.append(asked.lines_href("later", Days(days.end, add_months(days.end, 1))))
    becomes = ahead.whole - left
    title = _("%(all)s is deferred; %(soon)s of it becomes revenue within a year") % {
        "all": told(past[-1].closing),
        "soon": told(becomes),
    }
    code = past[-1].closing.currency.code
    columns = [
        Column(_("Month"), line=1),
        Column("", line=2),
        Column(_("Deferred at its end"), kind="text", unit=code, line=3),
    ]
    rows = [Row([bar.at, bar.of, Cell(bar.told, href=way)]) for bar, way in zip(bars, ways, strict=True)]
    return Chart(
        "deferred", title, stacks(bars, {books: "--series-1", coming: "--plan"}), Table(columns, rows, caption=title)
    )


def past_table(past: Sequence[DeferredMonth], asked: Asked) -> Table:
    """Return the months in the books, the latest first; each number leads to what it is made of."""
    locale, code = reader_locale(), past[0].closing.currency.code
    by_hand = any(each.other for each in past)
    columns = [
        Column(_("Month"), unit=code, line=1),
        Column(_("Opening"), kind="money", currency=code, line=2),
        Column(_("Invoiced ahead"), kind="money", currency=code, line=3),
        Column(_("Became revenue"), kind="money", currency=code, line=0),
        *([Column(_("By hand"), kind="money", currency=code, line=0)] if by_hand else []),
        Column(_("Closing"), kind="money", currency=code, line=1),
    ]
    rows = []
    for each in reversed(past):
        days = each.days
        before = Days(add_months(days.start, -1), days.start)
        cells = [
            Cell(month_text(days.start, locale), note=_("so far") if days == asked.this_month else ""),
            linked(each.opening, asked.lines_href("left", before)),
            linked(each.invoiced, asked.lines_href("invoiced", days)),
            linked(each.recognised, asked.lines_href("recognised", days)),
            *([linked(each.other, asked.lines_href("by_hand", days))] if by_hand else []),
            linked(each.closing, asked.lines_href("left", days)),
        ]
        rows.append(Row(cells))
    return Table(columns, rows, caption=_("Deferred revenue in the books"))


def ahead_table(ahead: ToCome, asked: Asked) -> Table:
    """Return what becomes revenue in each month to come, and what is left after it."""
    locale, code = reader_locale(), ahead.later.currency.code
    left = ahead.later
    for _days, money in ahead.months:
        left += money
    rows = []

    def rest(first: date) -> Cell:
        """What is left to become revenue from a month on leads to its lines."""
        return linked(left, asked.lines_href("later", Days(first, add_months(first, 1))))

    if ahead.over:
        over = Days(add_months(asked.this_month.start, -1), asked.this_month.start)
        rows.append(
            Row(
                [
                    Cell(_("Of months that are over"), tone="warn"),
                    linked(ahead.over, asked.lines_href("coming", over)),
                    rest(asked.this_month.start),
                ]
            )
        )
    for days, money in ahead.months:
        left -= money
        if money or left:
            becomes = linked(money, asked.lines_href("coming", days))
            rows.append(Row([month_text(days.start, locale), becomes, rest(days.end)]))
    if ahead.later:
        later = rest(ahead.months[-1][0].end)
        rows.append(Row([_("Later"), later, Money(0, ahead.later.currency)]))
    columns = [
        Column(_("Month"), unit=code, line=1),
        Column(_("Becomes revenue"), kind="money", currency=code, line=1),
        Column(_("Left after it"), kind="money", currency=code, line=2),
    ]
    return Table(columns, rows, caption=_("What is still to become revenue"))


@needs("entry")
@require_GET
def deferred_lines(request: HttpRequest) -> HttpResponse:
    """Show what a number of a month is made of: documents that deferred, or lines with what becomes revenue."""
    asked, month = asked_of(request), month_said(request)
    kinds = {
        "left": left_page,
        "invoiced": invoiced_page,
        "by_hand": by_hand_page,
        "recognised": recognised_page,
        "coming": coming_page,
        "later": coming_page,
    }
    what = request.GET.get("what", "")
    show = kinds.get(what, left_page)
    try:
        offset = max(0, int(request.GET.get("from", "0")))
    except ValueError:
        offset = 0
    context: dict[str, Any] = {"title": _("Deferred revenue"), "table": None, "count": 0}
    if asked.currency is not None:
        context |= show(request, asked, month, offset)
    here = asked.kept | {"what": what, "month": f"{month.start:%Y-%m}"}
    more = offset + LINES < context["count"]
    context |= {
        "crumbs": [(_("Deferred revenue"), reverse("billing:deferred") + query(asked.kept))],
        "next_href": query(here, **{"from": str(offset + LINES)}) if more else "",
        "first_href": query(here) if offset else "",
        "shown": (offset + 1, min(offset + LINES, context["count"])),
    }
    return render(request, "billing/deferred_lines.html", context)


def left_page(request: HttpRequest, asked: Asked, month: Days, offset: int) -> dict[str, Any]:
    """Return the lines of which something is deferred at the end of a month."""
    assert asked.currency is not None  # noqa: S101  the caller looked
    found = queries.lines_deferred(
        actor_of(request), asked.currency, month.end, entity_id=asked.entity_id, offset=offset, limit=LINES
    )
    title = _("Deferred at the end of %(month)s") % {"month": month_text(month.start, reader_locale())}
    by_hand = entries_by_hand(actor_of(request), asked, Days(queries.EARLIEST, month.end), 0)
    return {
        "title": title,
        "table": lines_table(found, _("Deferred"), title) if found.rows else None,
        "beside": by_hand["table"],
        "count": found.count,
        "sum": found.total + by_hand["sum"],
    }


def coming_page(request: HttpRequest, asked: Asked, month: Days, offset: int) -> dict[str, Any]:
    """Return the lines behind what becomes revenue in a month to come, or from it on."""
    assert asked.currency is not None  # noqa: S101  the caller looked
    and_later = request.GET.get("what") == "later"
    found = queries.lines_to_come(
        actor_of(request),
        asked.currency,
        month,
        asked.this_month,
        and_later=and_later,
        entity_id=asked.entity_id,
        offset=offset,
        limit=LINES,
    )
    words = _("Becomes revenue from %(month)s on") if and_later else _("Becomes revenue in %(month)s")
    title = words % {"month": month_text(month.start, reader_locale())}
    if month.start < asked.this_month.start:
        title = _("Earned in months that are over, and not posted yet")
    return {
        "title": title,
        "table": lines_table(found, _("Becomes revenue"), title),
        "count": found.count,
        "sum": found.total,
    }


def lines_table(found: LineSums, label: str, caption: str) -> Table:
    """Return lines with an amount each; a line leads to how it came about."""
    lines = queries.lines_by_id([line_id for line_id, _money in found.rows])
    rows = [line_row(lines[line_id], money) for line_id, money in found.rows]
    return Table(
        [*line_columns(), Column(label, kind="money", currency=found.total.currency.code, line=1)],
        rows,
        caption=caption,
    )


def line_columns() -> list[Column]:
    """Return the columns that say which line of which document it is."""
    return [
        Column(_("Line"), line=1),
        Column(_("Document"), line=2),
        Column(_("Period"), line=3),
        Column(_("Whole line"), kind="money", line=2),
    ]


def line_row(line: InvoiceLine, *money: object) -> Row:
    """Return a line as a row."""
    row, locale = line.invoice, reader_locale()
    period = queries.period_told(line.service_start, line.service_end, ZoneInfo(row.customer.zone), locale)
    sign = -1 if row.sort == "credit_note" else 1
    whole = Money(sign * line.net_minor, Currency(row.currency))
    document = Cell(name_of(row), href=page_of(row.ref), note=row.customer.name)
    here = reverse("billing:line", args=[row.ref, line.position])
    return Row([Cell(line.text, href=here), document, period, whole, *money])


def recognised_page(request: HttpRequest, asked: Asked, month: Days, offset: int) -> dict[str, Any]:
    """Return the lines that became revenue in a month, each with its entry."""
    assert asked.currency is not None  # noqa: S101  the caller looked
    found = queries.lines_recognised(
        actor_of(request), asked.currency, month.start, entity_id=asked.entity_id, offset=offset, limit=LINES
    )
    title = _("Became revenue in %(month)s") % {"month": month_text(month.start, reader_locale())}
    rows = [
        line_row(each.line, Cell(Money(each.amount_minor, Currency(each.currency)), href=page_of(each.entry.ref)))
        for each in found.rows
    ]
    columns = [*line_columns(), Column(_("Became revenue"), kind="money", currency=asked.currency.code, line=1)]
    table = Table(columns, rows, caption=title) if rows else None
    return {"title": title, "table": table, "count": found.count, "sum": found.total}


def invoiced_page(request: HttpRequest, asked: Asked, month: Days, offset: int) -> dict[str, Any]:
    """Return the documents of a month that were for a time to come, with what each deferred."""
    assert asked.currency is not None  # noqa: S101  the caller looked
    found = queries.entries_deferring(
        actor_of(request), asked.currency, month, entity_id=asked.entity_id, offset=offset, limit=LINES
    )
    documents = queries.documents_of(each.root for each in found.rows)
    title = _("Invoiced ahead in %(month)s") % {"month": month_text(month.start, reader_locale())}
    rows = []
    for entry in found.rows:
        row = documents.get(entry.root)
        undone = entry.source != entry.root
        name = Cell(name_of(row), href=page_of(row.ref), note=_("made void") if undone else "") if row else entry.root
        amount = Cell(Money(-entry.minor, asked.currency), href=page_of(Ref("entry", entry.entry_id)))
        rows.append(Row([name, Cell(row.customer.name, href=page_of(row.customer.ref)) if row else "", amount]))
    columns = [
        Column(pgettext("billing", "Document"), line=1),
        Column(_("Customer"), line=2),
        Column(_("Deferred"), kind="money", currency=asked.currency.code, line=1),
    ]
    table = Table(columns, rows, caption=title) if rows else None
    return {"title": title, "table": table, "count": found.count, "sum": Money(-found.whole, asked.currency)}


def by_hand_page(request: HttpRequest, asked: Asked, month: Days, offset: int) -> dict[str, Any]:
    """Return the entries of a month on the account that people posted."""
    title = _("Posted by hand in %(month)s") % {"month": month_text(month.start, reader_locale())}
    return {"title": title} | entries_by_hand(actor_of(request), asked, month, offset)


def entries_by_hand(actor: Actor, asked: Asked, days: Days, offset: int) -> dict[str, Any]:
    """Return what people posted to the account in some days."""
    assert asked.currency is not None  # noqa: S101  the caller looked
    found = queries.entries_deferring(
        actor, asked.currency, days, by_hand=True, entity_id=asked.entity_id, offset=offset, limit=LINES
    )
    texts = entry_texts(actor, [each.entry_id for each in found.rows])
    rows = [
        Row([texts[each.entry_id], Money(-each.minor, asked.currency)], href=page_of(Ref("entry", each.entry_id)))
        for each in found.rows
    ]
    columns = [Column(_("Entry"), line=1), Column(_("Deferred"), kind="money", currency=asked.currency.code, line=1)]
    table = Table(columns, rows, caption=_("Posted by hand")) if rows else None
    return {"table": table, "count": found.count, "sum": Money(-found.whole, asked.currency)}


def month_said(request: HttpRequest) -> Days:
    """Return the month that a request names, this one without. Raises UnreadableLabel."""
    label = request.GET.get("month", "")
    if not label:
        return asked_of(request).this_month
    period = CalendarPeriod.parse(label)
    if period.grain is not Grain.MONTH or period.days.start.year not in YEARS:
        raise UnreadableLabel(text=label)
    return period.days


@needs("entry", Verb.EXPORT)
@require_GET
def deferred_csv(request: HttpRequest) -> HttpResponse:
    """Return the waterfall as a file: a row for each month of invoicing, a column for each month of revenue."""
    asked = asked_of(request)
    rows: list[list[str]] = []
    if asked.currency is not None:
        first: date = add_months(asked.this_month.start, 1 - MONTHS)
        found = queries.deferred(actor_of(request), asked.currency, first=first, count=2 * MONTHS)
        rows = queries.deferred_rows(found)
    answer = HttpResponse(queries.as_csv(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="deferred.csv"'
    return answer
