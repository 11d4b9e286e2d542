"""How shares and means of recurring revenue are worked out: what stands above and below their line, and whose it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from caudal.billing import queries
from caudal.billing.forms.recurring import MovedForm
from caudal.billing.models import MovementSort
from caudal.billing.queries import MrrMonth, Retention, Slice, Stayed
from caudal.billing.views.words import told
from caudal.core.money import Money, total
from caudal.core.periods import Days, add_months
from caudal.kit.pages import actor_of
from caudal.kit.panels import page_of
from caudal.ui.formats import day_text, month_text, number_text, percent_text, reader_locale
from caudal.ui.tables import Cell, Column, Pager, Row, Table, linked, query

MONTH: Final = "shares"
"""Asks for the shares of a month, which are told of its movements."""
YEAR: Final = "kept"
"""Asks for those of twelve months, which are told of the customers at their beginning."""
BACK: Final = 12
"""Over so many months retention is told at the head of the page."""
KEPT: Final = ("currency", "pillar", "stream", "plan")
"""What an address says of the part that is looked at."""
CUSTOMERS: Final = 100
"""So many customers stand on a page."""
NRR: Final = "nrr"
GRR: Final = "grr"
CHURN: Final = "churn"
ARPA: Final = "arpa"


@dataclass(frozen=True, slots=True)
class Share:
    """One share or mean: where it stands on the page, how it is worked out in words, and what it is made of."""

    id: str
    title: str
    sentence: str
    table: Table


def share_words(share: Fraction | None) -> str:
    """Return a share in per cent; a dash where there is nothing that it could be of."""
    return "—" if share is None else percent_text(share, reader_locale())


def level_href(asked: Mapping[str, str], month: date, **more: str) -> str:
    """Return the address of what recurs at the end of a month."""
    return shown_href(asked, "level", month, **more)


def shown_href(asked: Mapping[str, str], show: str, month: date, **more: str) -> str:
    """Return the address of what is behind a number of a month."""
    kept = {name: asked[name] for name in KEPT if name in asked}
    return reverse("billing:movements") + query(kept, show=show, month=f"{month:%Y-%m}", **more)


def moved_href(asked: Mapping[str, str], month: str, kind: str | None = None) -> str:
    """Return the address of the movements behind a number."""
    kept = {name: asked[name] for name in KEPT if name in asked}
    return reverse("billing:movements") + query(kept, month=month, kind=kind)


def shares(request: HttpRequest, form: MovedForm, part: Slice, asked: Mapping[str, str]) -> HttpResponse:
    """Show how NRR, GRR, customer churn and ARPA of a month are worked out from its movements."""
    month = form.month_said("month")
    (found,) = queries.mrr_months(actor_of(request), part, until=month.end, count=1).months
    named = month_text(month.start, reader_locale())
    context = {
        "title": _("How retention in %(month)s is worked out") % {"month": named},
        "level": MONTH,
        "shares": [
            kept_share(found, asked, with_more=True),
            kept_share(found, asked, with_more=False),
            churn_share(found, asked),
            mean_share(found, asked),
        ],
    }
    return _rendered(request, form, context)


def kept(request: HttpRequest, form: MovedForm, part: Slice, asked: Mapping[str, str]) -> HttpResponse:
    """Show how NRR, GRR and customer churn over twelve months are worked out, customer by customer."""
    actor, month = actor_of(request), form.month_said("month")
    days = Days(add_months(month.end, -BACK), month.end)
    found = queries.mrr_retention(actor, part, since=days.start, until=days.end)
    rows = queries.mrr_stayed(actor, part, since=days.start, until=days.end)
    given = request.GET.get("first", "")
    first = int(given) if given.isascii() and given.isdigit() and int(given) < len(rows) else 0
    last = min(first + CUSTOMERS, len(rows))
    values = {each: request.GET[each] for each in request.GET}
    context = {
        "title": _("How retention up to %(month)s is worked out") % {"month": month_text(month.start, reader_locale())},
        "level": YEAR,
        "shares": year_shares(found, days) if rows else [],
        "table": stayed_table(rows[first:last], found, days, asked) if rows else None,
        "pager": Pager(
            first=first + 1,
            last=last,
            total=len(rows),
            previous_href=query(values, first=str(max(0, first - CUSTOMERS))) if first else "",
            next_href=query(values, first=str(last)) if last < len(rows) else "",
        ),
    }
    return _rendered(request, form, context)


def _rendered(request: HttpRequest, form: MovedForm, context: dict[str, Any]) -> HttpResponse:
    del form.fields["kind"]
    crumbs = [(_("Recurring revenue"), reverse("billing:recurring"))]
    return render(request, "billing/shares.html", {"form": form, "crumbs": crumbs, **context})


def working(rows: list[Row], caption: str, currency: str = "", totals: tuple[object, ...] = ()) -> Table:
    """Return what a share is made of as a table; amounts are all of one currency, if one is said."""
    amount = Column(_("Comes to"), "money" if currency else "number", currency=currency, line=1)
    return Table([Column(_("What"), line=1), Column(_("How it counts"), line=2), amount], rows, totals, caption=caption)


def titled(name: str, value: str) -> str:
    """Return the title of a share with its value."""
    return _("%(name)s: %(value)s") % {"name": name, "value": value}


def kept_share(found: MrrMonth, asked: Mapping[str, str], *, with_more: bool) -> Share:
    """Return net retention of a month, or gross retention, which leaves out what customers pay more."""
    month, unit = f"{found.month:%Y-%m}", found.opening.currency
    kinds = [MovementSort.CONTRACTION, MovementSort.CHURN]
    kinds = [MovementSort.EXPANSION, *kinds] if with_more else kinds
    both, above = _("numerator and denominator"), _("numerator")
    opening = linked(found.opening, level_href(asked, add_months(found.month, -1)))
    rows = [Row([_("MRR at the beginning"), both, opening])]
    rows += [
        Row([kind.label, above, linked(found.moved[kind], moved_href(asked, month, kind.value))]) for kind in kinds
    ]
    whole = found.opening + total((found.moved[kind] for kind in kinds), unit)
    share = share_words(found.net_retention if with_more else found.gross_retention)
    words = (
        _("What those who paid at the beginning of the month bring at its end, over what they brought")
        if with_more
        else _("What is kept of the MRR at the beginning of the month, without what customers pay more, over all of it")
    )
    name = _("NRR") if with_more else _("GRR")
    totals = (_("Numerator in all"), above, whole)
    sentence = _quotient(words, told(whole), told(found.opening), share)
    return Share(NRR if with_more else GRR, titled(name, share), sentence, working(rows, name, unit.code, totals))


def churn_share(found: MrrMonth, asked: Mapping[str, str]) -> Share:
    """Return which part of the customers of the beginning of a month was lost in it."""
    before = linked(found.customers_before, level_href(asked, add_months(found.month, -1)))
    lost = linked(found.lost, moved_href(asked, f"{found.month:%Y-%m}", MovementSort.CHURN.value))
    rows = [
        Row([_("Customers lost"), _("numerator"), lost]),
        Row([_("Customers at the beginning"), _("denominator"), before]),
    ]
    share, locale = share_words(found.churn), reader_locale()
    words = _("Customers who were lost in the month, over those at its beginning")
    sentence = _quotient(words, number_text(found.lost, locale), number_text(found.customers_before, locale), share)
    return Share(CHURN, titled(_("Customer churn"), share), sentence, working(rows, _("Customer churn")))


def mean_share(found: MrrMonth, asked: Mapping[str, str]) -> Share:
    """Return what a customer brings in the mean at the end of a month."""
    href, count = level_href(asked, found.month), number_text(found.customers, reader_locale())
    each = told(found.per_customer) if found.per_customer else "—"
    rows = [
        Row([_("MRR at the end"), _("numerator"), linked(format_html("{}", told(found.closing)), href)]),
        Row([_("Customers at the end"), _("denominator"), linked(format_html("{}", count), href)]),
    ]
    sentence = _quotient(_("MRR at the end of the month for each customer then"), told(found.closing), count, each)
    return Share(ARPA, titled(_("ARPA"), each), sentence, working(rows, _("ARPA")))


def year_shares(found: Retention, days: Days) -> list[Share]:
    """Return the shares of twelve months, each made of the customers below them."""
    locale, lost, code = reader_locale(), found.customers - found.kept, found.before.currency.code
    ends = {
        "first": day_text(days.start - timedelta(days=1), locale),
        "last": day_text(days.last, locale),
    }
    above, below = _("numerator"), _("denominator")
    then = Row([_("MRR on %(first)s") % ends, below, linked(found.before, "#customers")])
    net, gross = share_words(found.net), share_words(found.gross)
    churn = share_words(Fraction(lost, found.customers) if found.customers else None)
    after = Row([_("MRR on %(last)s of those who paid on %(first)s") % ends, above, linked(found.after, "#customers")])
    held = Row([_("MRR on %(first)s that was kept") % ends, above, linked(found.held, "#customers")])
    people = [
        Row([_("Customers of %(first)s who pay nothing on %(last)s") % ends, above, linked(lost, "#customers")]),
        Row([_("Customers on %(first)s") % ends, below, linked(found.customers, "#customers")]),
    ]
    of_net = _("What the customers of %(first)s bring on %(last)s, over what they brought") % ends
    of_gross = _("The same without what anybody pays more: of each customer the smaller one of both amounts")
    of_churn = _("Customers of %(first)s who pay nothing any more, over all of them") % ends
    counts = number_text(lost, locale), number_text(found.customers, locale)
    return [
        Share(
            NRR,
            titled(_("NRR"), net),
            _quotient(of_net, told(found.after), told(found.before), net),
            working([after, then], _("NRR"), code),
        ),
        Share(
            GRR,
            titled(_("GRR"), gross),
            _quotient(of_gross, told(found.held), told(found.before), gross),
            working([held, then], _("GRR"), code),
        ),
        Share(
            CHURN,
            titled(_("Customer churn"), churn),
            _quotient(of_churn, *counts, churn),
            working(people, _("Customer churn")),
        ),
    ]


def _quotient(words: str, above: str, below: str, share: str) -> str:
    said = {"words": words, "above": above, "below": below, "share": share}
    return _("%(words)s: %(above)s ÷ %(below)s = %(share)s") % said


def stayed_table(rows: list[Stayed], found: Retention, days: Days, asked: Mapping[str, str]) -> Table:
    """Return the customers of the first day with what they bring then and now; the totals are of all pages."""
    code, locale = found.before.currency.code, reader_locale()
    first, last = days.start - timedelta(days=1), days.last
    columns = [
        Column(_("Customer"), line=1),
        Column(_("MRR on %(day)s") % {"day": day_text(first, locale)}, "money", currency=code, line=1),
        Column(_("MRR on %(day)s") % {"day": day_text(last, locale)}, "money", currency=code, line=2),
        Column(_("Kept of it"), "money", currency=code, line=3),
    ]

    def cell(each: Stayed, amount: Money, day: date) -> Cell:
        return linked(amount, level_href(asked, day.replace(day=1), customer=str(each.customer.ref)))

    told_rows = [
        Row(
            [
                Cell(
                    each.customer.name,
                    href=page_of(each.customer.ref),
                    note="" if each.after else pgettext("customer", "lost"),
                ),
                cell(each, each.before, first),
                cell(each, each.after, last),
                each.held,
            ]
        )
        for each in rows
    ]
    totals = [_("All customers"), found.before, found.after, found.held]
    return Table(columns, told_rows, totals, caption=_("Customers that retention is told of"))
