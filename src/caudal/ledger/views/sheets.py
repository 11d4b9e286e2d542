"""The balance sheet: what is owned, and whose it is, at the end of a period, beside the end of another one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from caudal.core.money import Currency, Money, total
from caudal.core.periods import CalendarPeriod, Grain
from caudal.kit.access import Actor
from caudal.kit.pages import actor_of, needs
from caudal.ledger import queries
from caudal.ledger.queries import Balance, BalanceSheet
from caudal.ledger.views.periods import Choice, Stretch, chosen, period_words, up_to
from caudal.ledger.views.statements import named, told
from caudal.ui.tables import Column, Row, Table, linked, query

Sides: TypeAlias = tuple[BalanceSheet, BalanceSheet]
Led: TypeAlias = list[tuple[Money, str]]
"""An amount of each column with the way to what it is made of."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A currency's sheet: its sides, and what they come to."""

    currency: str
    owned: str
    claimed: str
    is_even: bool
    tables: Sequence[Table]


@needs("entry")
@require_GET
def sheet(request: HttpRequest) -> HttpResponse:
    """Show what is owned, and whose it is."""
    actor, choice = actor_of(request), chosen(request)
    sides = at_end(actor, choice, choice.period), at_end(actor, choice, choice.compared)
    currencies = sorted({*sides[0].currencies, *sides[1].currencies})
    context = {
        "title": _("Balance sheet"),
        "choice": choice,
        "compares": True,
        "parts": [proved(each, sides, choice) for each in currencies],
    }
    return render(request, "ledger/sheet.html", context)


def at_end(actor: Actor, choice: Choice, period: CalendarPeriod) -> BalanceSheet:
    """Return the sheet at the end of a period; its year is the one of the period's last day."""
    year = CalendarPeriod.of(Grain.YEAR, period.days.last, period.fiscal_start)
    return queries.balance_sheet(actor, until=period.days.end, year_start=year.days.start, entity_id=choice.entity_id)


def proved(currency: Currency, sides: Sides, choice: Choice) -> Proof:
    """Return the sheet of a currency, with what both of its sides come to."""
    owned, claimed = sides[0].owned(currency), sides[0].claimed(currency)
    zero = Money.zero(currency)
    ends = [up_to(each.days.last) for each in (choice.period, choice.compared)]
    years = [year_of(each).days.start for each in (choice.period, choice.compared)]
    earlier = [up_to(each - timedelta(days=1)) for each in years]
    since = [up_to(end.days.last, first) for end, first in zip(ends, years, strict=True)]
    income, kept = reverse("ledger:income"), choice.kept

    def led(amounts: list[Money], some: list[Stretch]) -> Led:
        return [(amount, income + query({**kept, **each.said})) for amount, each in zip(amounts, some, strict=True)]

    earned = [
        (_("Earned in earlier years"), led([each.retained.get(currency, zero) for each in sides], earlier)),
        (_("Result of the year"), led([each.result.get(currency, zero) for each in sides], since)),
    ]
    tables = [
        part(_("Assets"), currency, [each.assets for each in sides], choice),
        part(_("Liabilities"), currency, [each.liabilities for each in sides], choice),
        part(_("Equity"), currency, [each.equity for each in sides], choice, earned),
    ]
    return Proof(currency.code, told(owned), told(claimed), owned == claimed, [each for each in tables if each.rows])


def part(
    title: str,
    currency: Currency,
    found: Sequence[Sequence[Balance]],
    choice: Choice,
    more: Iterable[tuple[str, Led]] = (),
) -> Table:
    """Return a part of the sheet by account, with what more belongs to it, and its sum."""
    zero = Money.zero(currency)
    amounts = [{each.account: each.natural for each in some if each.amount.currency == currency} for some in found]
    accounts = sorted({*amounts[0], *amounts[1]}, key=lambda each: each.code)
    ends = [up_to(each.days.last) for each in (choice.period, choice.compared)]
    lines = []
    for each in accounts:
        ways = [end.account_href(each, choice) for end in ends]
        held = [some.get(each, zero) for some in amounts]
        lines.append((named(each), list(zip(held, ways, strict=True)), ways[0]))
    lines += [(words, led, "") for words, led in more if any(amount for amount, _way in led)]
    rows = [Row(cells=[words, *(linked(*each) for each in led)], href=href) for words, led, href in lines]
    columns = [
        Column(title, line=1),
        Column(end_words(choice.period), kind="money", currency=currency.code, line=1),
        Column(end_words(choice.compared), kind="money", currency=currency.code, line=2),
    ]
    sums = [total((led[at][0] for _words, led, _href in lines), currency) for at in (0, 1)]
    caption = _("%(part)s in %(currency)s") % {"part": title, "currency": currency}
    return Table(columns, rows, [_("Total"), *sums], caption=caption, caption_hidden=False)


def end_words(period: CalendarPeriod) -> str:
    """Say at which end a column stands."""
    return _("End of %(period)s") % {"period": period_words(period)}


def year_of(period: CalendarPeriod) -> CalendarPeriod:
    """Return the year that a period ends in."""
    return CalendarPeriod.of(Grain.YEAR, period.days.last, period.fiscal_start)
