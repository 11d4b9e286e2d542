"""Recurring revenue: what there is, how it moved month by month, whose it is, and the movements behind each number."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from caudal.billing import queries
from caudal.billing.forms.recurring import DIMENSIONS, SPANS, MovedForm, PartForm, SpanForm
from caudal.billing.models import Customer, MovementSort, MrrChange, SubscriptionChange
from caudal.billing.queries import Dimension, Level, Moved, MrrMonth, MrrPart, Retention, Slice
from caudal.billing.views import shares
from caudal.billing.views.shares import level_href, moved_href, share_words, shown_href
from caudal.billing.views.words import signed_text, told
from caudal.catalog.queries import streams
from caudal.core.ids import Ref
from caudal.core.money import Money, total
from caudal.core.periods import add_months, day_in
from caudal.kit.access import Verb
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.world import now
from caudal.ui.charts import Bar, Chart, Fall, stacks, waterfall
from caudal.ui.formats import dated, month_text, number_text, reader_locale
from caudal.ui.tables import Cell, Column, Row, Table, linked, query
from caudal.workspace.queries import founded, pillars

ORDER: Final = (
    MovementSort.NEW,
    MovementSort.REACTIVATION,
    MovementSort.EXPANSION,
    MovementSort.CONTRACTION,
    MovementSort.CHURN,
)
"""As movements are told: first what was won, then what was lost."""
TONES: Final = ("--series-1", "--series-4", "--series-2", "--series-3", "--bad")
LEVEL: Final = "level"


@needs("subscription")
@require_GET
def recurring(request: HttpRequest) -> HttpResponse:
    """Show recurring revenue: its movements month by month, what became of customers, and its parts."""
    actor, as_of = actor_of(request), now()
    form = SpanForm(request.GET or None, **choices_of(request, as_of))
    part = slice_of(request, form, as_of)
    last, count = form.month_said("until"), form.said("months") or SPANS[0]
    found = queries.mrr_months(actor, part, until=last.end, count=count)
    months = found.months
    context: dict[str, Any] = {
        "title": _("Recurring revenue"),
        "form": form,
        "narrows": form.narrows,
        "here": reverse("billing:recurring"),
        "has_any": bool(months[-1].closing) or any(any(each.moved.values()) for each in months),
        "unconverted": lacking_words(found.unconverted, part),
        "now": as_of,
    }
    if context["has_any"]:
        by = Dimension(form.said("by") or Dimension.STREAM)
        since = months[0].month
        before = add_months(last.end, -shares.BACK)
        kept = queries.mrr_retention(actor, part, since=before, until=last.end)
        parts = queries.mrr_parts(actor, part, by, since=since, until=last.end)
        asked = asked_of(request, form)
        context |= {
            "figures": figures(months, kept, asked),
            "chart": chart_of(months, asked),
            "bridge": bridge_of(months),
            "customers": customers_table(months, asked),
            "parts": parts_table(parts, by, asked, (since, last.start), part),
            "parts_title": DIMENSIONS[by],
        }
    return render(request, "billing/recurring.html", context)


@needs("subscription")
@require_GET
def movements(request: HttpRequest) -> HttpResponse:
    """Show the movements of a month, of one kind if asked, each leading to its subscription and what was changed.

    Asked for the level, it shows what recurs at the end of the month instead; for shares, how they are worked out.
    """
    actor, as_of = actor_of(request), now()
    form = MovedForm(request.GET or None, **choices_of(request, as_of))
    part = slice_of(request, form, as_of)
    match request.GET.get("show"):
        case "level":
            return level(request, form, part)
        case shares.MONTH:
            return shares.shares(request, form, part, asked_of(request, form))
        case shares.YEAR:
            return shares.kept(request, form, part, asked_of(request, form))
    kind = MovementSort(form.said("kind")) if form.said("kind") else None
    month = form.month_said("month")
    found = queries.mrr_moved(actor, part, month, kind=kind, cursor=request.GET.get("at"))
    asked = asked_of(request, form)
    names = {"month": month_text(month.start, reader_locale()), "kind": kind.label if kind else ""}
    context = {
        "title": (_("%(kind)s in %(month)s") if kind else _("Movements in %(month)s")) % names,
        "crumbs": [(_("Recurring revenue"), reverse("billing:recurring"))],
        "form": form,
        "table": moved_table(found) if found.page.rows else None,
        "net": signed_text(found.net),
        "next_href": query(asked, at=found.page.next) if found.page.next else "",
        "now": as_of,
    }
    return render(request, "billing/movements.html", context)


def level(request: HttpRequest, form: MovedForm, part: Slice) -> HttpResponse:
    """Show what recurs at the end of a month, by charge and subscription."""
    actor, month = actor_of(request), form.month_said("month")
    del form.fields["kind"]
    named = request.GET.get("customer", "")
    customer = Customer.one_for(actor, Verb.VIEW, Ref.parse(named, Customer.kind).id) if named else None
    found = queries.mrr_level(actor, replace(part, customer=customer.pk) if customer else part, month.end)
    words = _("What recurs at the end of %(month)s")
    title = words % {"month": month_text(month.start, reader_locale())}
    of_whom = ngettext("Paid by %(count)s customer", "Paid by %(count)s customers", found.customers)
    context = {
        "title": f"{title} · {customer.name}" if customer else title,
        "crumbs": [(_("Recurring revenue"), reverse("billing:recurring"))],
        "form": form,
        "level": LEVEL,
        "customer": customer,
        "table": level_table(found, title) if found.rows else None,
        "told": of_whom % {"count": number_text(found.customers, reader_locale())},
        "now": part.as_of,
    }
    return render(request, "billing/movements.html", context)


def level_table(found: Level, caption: str) -> Table:
    """Return what recurs, with what all of it comes to; a year is twelve times a month."""
    code = found.monthly.currency.code
    columns = [
        Column(_("Customer"), line=1),
        Column(_("Subscription"), line=2),
        Column(_("Charge"), line=3),
        Column(_("Per year"), kind="money", currency=code, line=2),
        Column(_("Per month"), kind="money", currency=code, line=1),
    ]
    rows = [
        Row(
            [
                Cell(each.subscription.customer.name, href=page_of(each.subscription.customer.ref)),
                Cell(each.subscription.name, href=page_of(each.subscription.ref)),
                each.charge,
                each.monthly * 12,
                each.monthly,
            ],
        )
        for each in found.rows
    ]
    return Table(columns, rows, [_("Total"), "", "", found.monthly * 12, found.monthly], caption=caption)


def choices_of(request: HttpRequest, as_of: datetime) -> dict[str, Any]:
    """Return what can be chosen."""
    actor, own = actor_of(request), founded()
    return {
        "this_month": day_in(as_of, ZoneInfo(own.zone)).replace(day=1),
        "own": own.currency,
        "currencies": queries.mrr_currencies(actor),
        "plans": queries.mrr_plans(actor),
    }


def slice_of(request: HttpRequest, form: PartForm, as_of: datetime) -> Slice:
    """Return what of recurring revenue is looked at."""
    names = ("currency", "pillar", "stream", "plan")
    said = {name: form.said(name) for name in names if form.said(name)}
    return queries.mrr_slice(actor_of(request), as_of=as_of, currencies=form.currencies, **said)


def asked_of(request: HttpRequest, form: PartForm) -> dict[str, str]:
    """Return what the address says of the form."""
    return {name: str(value) for name, value in request.GET.items() if value and name in form.fields}


def lacking_words(count: int, part: Slice) -> str:
    """Say how many movements are not counted, as their day has no rate; nothing where all are."""
    if not count:
        return ""
    words = ngettext(
        "%(count)s movement is not counted: its day has no rate to %(currency)s.",
        "%(count)s movements are not counted: their days have no rate to %(currency)s.",
        count,
    )
    return words % {"count": number_text(count, reader_locale()), "currency": part.currency.code}


def figures(months: Sequence[MrrMonth], kept: Retention, asked: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """Return the figures at the head of the page: its name, the value, a word beside it, and what it is made of."""
    last, first = months[-1], months[0]
    href = level_href(asked, last.month)
    mean = shown_href(asked, shares.MONTH, last.month) + f"#{shares.ARPA}"
    year = shown_href(asked, shares.YEAR, last.month) + "#" if kept.customers else ""
    grown = _("%(change)s in these months") % {"change": signed_text(last.closing - first.opening)}
    each = last.per_customer
    of_whom = ngettext(
        "of %(count)s customer twelve months before",
        "of %(count)s customers twelve months before",
        kept.customers,
    ) % {"count": number_text(kept.customers, reader_locale())}
    of_whom = of_whom if kept.customers else _("nobody paid twelve months before")
    lost = Fraction(kept.customers - kept.kept, kept.customers) if kept.customers else None
    return [
        (_("MRR"), told(last.closing), grown, href),
        (_("ARR"), told(last.closing * 12), _("twelve times the MRR"), href),
        (_("Customers"), number_text(last.customers, reader_locale()), _("at the end"), href),
        (_("ARPA"), told(each) if each else "—", _("each customer, per month"), mean if each else ""),
        (_("NRR"), share_words(kept.net), of_whom, year and year + shares.NRR),
        (_("GRR"), share_words(kept.gross), of_whom, year and year + shares.GRR),
        (_("Customer churn"), share_words(lost), of_whom, year and year + shares.CHURN),
    ]


def chart_of(months: Sequence[MrrMonth], asked: Mapping[str, str]) -> Chart:
    """Return the chart of movements by month, over the table that leads to each of them."""
    locale = reader_locale()
    bars = [
        Bar(
            at=dated("yMMM", each.month, locale),
            of=str(kind.label),
            size=float(each.moved[kind].amount),
            told=signed_text(each.moved[kind]),
        )
        for each in months
        for kind in ORDER
    ]
    net = months[-1].closing - months[0].opening
    words = _("Recurring revenue grew by %(amount)s from %(first)s to %(last)s.")
    if net.minor < 0:
        words = _("Recurring revenue fell by %(amount)s from %(first)s to %(last)s.")
    ends = {"first": month_text(months[0].month, locale), "last": month_text(months[-1].month, locale)}
    colours = dict(zip([str(kind.label) for kind in ORDER], TONES, strict=True))
    title = words % ({"amount": told(abs(net))} | ends)
    return Chart("movements", title, stacks(bars, colours), months_table(months, asked), open=True)


def bridge_of(months: Sequence[MrrMonth]) -> Chart:
    """Return the waterfall from what there was to what there is: each kind of movement of all the months."""
    unit = months[0].opening.currency
    level = months[0].opening
    falls = [Fall(_("At the beginning"), 0, float(level.amount), "whole", told(level))]
    rows = [Row([_("At the beginning"), level])]
    for kind in ORDER:
        moved = total((each.moved[kind] for each in months), unit)
        after = level + moved
        ends = float(level.amount), float(after.amount)
        falls.append(Fall(str(kind.label), *ends, "bad" if moved.minor < 0 else "good", signed_text(moved)))
        rows.append(Row([kind.label, moved]))
        level = after
    closing = months[-1].closing
    falls.append(Fall(_("At the end"), 0, float(closing.amount), "whole", told(closing)))
    rows.append(Row([_("At the end"), closing]))
    columns = [Column(_("Movement")), Column(_("MRR"), kind="money", currency=unit.code)]
    title = _("From %(before)s to %(after)s") % {"before": told(months[0].opening), "after": told(closing)}
    return Chart("bridge", title, waterfall(falls), Table(columns, rows, caption=title))


def told_months(months: Sequence[MrrMonth]) -> list[MrrMonth]:
    """Return the months of tables, the latest first, from the first in which anybody paid again and again."""
    begun = itertools.dropwhile(lambda each: not each.opening and not any(each.moved.values()), months)
    return list(begun)[::-1]


def months_table(months: Sequence[MrrMonth], asked: Mapping[str, str]) -> Table:
    """Return the months, the latest first, each number of a movement leading to who moved."""
    unit = months[-1].closing.currency
    kinds = [Column(kind.label, kind="money", currency=unit.code, line=0) for kind in ORDER]
    columns = [
        Column(_("Month"), line=1),
        Column(_("At the beginning"), kind="money", currency=unit.code, line=0),
        *kinds,
        Column(_("Net new"), kind="money", currency=unit.code, line=2),
        Column(_("MRR"), kind="money", currency=unit.code, line=1),
    ]
    rows = []
    for each in told_months(months):
        month = f"{each.month:%Y-%m}"
        moved = [
            Cell(each.moved[kind], href=moved_href(asked, month, kind.value)) if each.moved[kind] else Cell(void=True)
            for kind in ORDER
        ]
        before = linked(each.opening, level_href(asked, add_months(each.month, -1)))
        net = linked(each.closing - each.opening, moved_href(asked, month))
        after = linked(each.closing, level_href(asked, each.month))
        cells = [month_text(each.month, reader_locale()), before, *moved, net, after]
        rows.append(Row(cells, href=moved_href(asked, month)))
    sums = [total((each.moved[kind] for each in months), unit) for kind in ORDER]
    first, last = months[0].opening, months[-1].closing
    ends = [
        linked(money, level_href(asked, month))
        for money, month in ((first, add_months(months[0].month, -1)), (last, months[-1].month))
    ]
    totals = [_("All months"), ends[0], *sums, last - first, ends[1]]
    return Table(columns, rows, totals, caption=_("Movements of recurring revenue by month"))


def customers_table(months: Sequence[MrrMonth], asked: Mapping[str, str]) -> Table:
    """Return what became of customers month by month, the latest first."""
    columns = [
        Column(_("Month"), line=1),
        Column(_("Customers"), kind="number", line=1),
        Column(_("Customers won"), kind="number", line=0),
        Column(_("Customers lost"), kind="number", line=0),
        Column(_("Customer churn"), kind="percent", line=0),
        Column(_("ARPA"), kind="money", currency=months[-1].closing.currency.code, line=0),
        Column(_("NRR"), kind="percent", line=2),
        Column(_("GRR"), kind="percent", line=3),
    ]
    rows = [
        Row(
            [
                month_text(each.month, reader_locale()),
                linked(each.customers, level_href(asked, each.month)),
                each.won or Cell(void=True),
                each.lost or Cell(void=True),
                *share_cells(each, asked),
            ],
            href=moved_href(asked, f"{each.month:%Y-%m}"),
        )
        for each in told_months(months)
    ]
    return Table(columns, rows, caption=_("Customers and retention by month"))


def share_cells(each: MrrMonth, asked: Mapping[str, str]) -> list[Cell]:
    """Return the shares and the mean of a month, each leading to how it is worked out."""
    href = shown_href(asked, shares.MONTH, each.month)
    found = (
        (each.churn, shares.CHURN),
        (each.per_customer, shares.ARPA),
        (each.net_retention, shares.NRR),
        (each.gross_retention, shares.GRR),
    )
    return [Cell(void=True) if value is None else Cell(value, href=f"{href}#{name}") for value, name in found]


def parts_table(
    parts: Sequence[MrrPart], by: Dimension, asked: Mapping[str, str], ends: tuple[date, date], part: Slice
) -> Table:
    """Return recurring revenue by one dimension, with shares, each leading to the page of that part alone."""
    unit, (first, last) = part.currency, ends

    def led(each: MrrPart, money: Money, month: date) -> Cell:
        return linked(money, level_href(asked, month, **{by.value: each.key or queries.NO_PILLAR}))

    opening, closing = (total((getattr(each, name) for each in parts), unit) for name in ("opening", "closing"))
    columns = [
        Column(DIMENSIONS[by], line=1),
        Column(_("At the beginning"), kind="money", currency=unit.code, line=0),
        Column(_("Change"), kind="money", currency=unit.code, line=2),
        Column(_("MRR"), kind="money", currency=unit.code, line=1),
        Column(_("Share of MRR"), kind="percent", line=3),
    ]
    rows = [
        Row(
            [
                part_words(each, by),
                led(each, each.opening, add_months(first, -1)),
                each.closing - each.opening,
                led(each, each.closing, last),
                Fraction(each.closing.minor, closing.minor) if closing else None,
            ],
            href=query(asked, **{by.value: each.key or queries.NO_PILLAR}),
        )
        for each in parts
    ]
    return Table(columns, rows, [_("Total"), opening, closing - opening, closing, None], caption=_("Parts"))


def part_words(each: MrrPart, by: Dimension) -> str:
    """Return what a part is called."""
    if by is Dimension.STREAM:
        return str(dict(streams()).get(each.key, each.key))
    if by is Dimension.PILLAR:
        language = get_language() or "en"
        return {one.key: one.label(language) for one in pillars()}.get(each.key, each.key) or _("No pillar")
    return each.name


def moved_table(found: Moved) -> Table:
    """Return movements with their customers, subscriptions, and what was changed."""
    columns = [
        Column(_("Customer"), line=1),
        Column(_("Subscription"), line=2),
        Column(_("Charge"), line=0),
        Column(_("From when on"), kind="date", line=3),
        Column(_("Movement"), line=0),
        Column(_("What was changed"), line=0),
        Column(_("Per month before"), kind="money", line=0),
        Column(_("Per month after"), kind="money", line=2),
        Column(_("Change per month"), kind="money", line=1),
    ]
    rows = [moved_row(each, found.causes[each.pk]) for each in found.page.rows]
    return Table(columns, rows, caption=_("Movements"))


def moved_row(row: MrrChange, causes: Sequence[SubscriptionChange]) -> Row:
    """Return a movement as a row whose cells lead to its customer and subscription."""
    before, after = (queries.per_month(row, minor) for minor in (row.before_minor, row.after_minor))
    words = ", ".join(dict.fromkeys(str(each.get_sort_display()) for each in causes))
    why = "; ".join(dict.fromkeys(each.why for each in causes if each.why))
    offering = row.charge.offering.name
    charge = offering if row.charge.name == offering else f"{offering}: {row.charge.name}"
    return Row(
        [
            Cell(row.customer.name, href=page_of(row.customer.ref)),
            Cell(row.subscription.name, href=page_of(row.subscription.ref)),
            charge,
            row.at,
            str(MovementSort(row.kind).label),
            Cell(words or _("Trial, price or discount"), note=why),
            before,
            after,
            queries.per_month(row, row.after_minor - row.before_minor),
        ]
    )
