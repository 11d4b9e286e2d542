"""The prices of a charge over time as a drawing: for who buys now above, for who bought first below."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from django.utils.translation import gettext as _

from caudal.catalog import queries
from caudal.catalog.models import Charge
from caudal.catalog.views.words import price_told
from caudal.core.money import Currency
from caudal.core.periods import ratio
from caudal.ui.formats import day_text, reader_locale

BACK: Final = timedelta(days=3 * 365)
AHEAD: Final = timedelta(days=180)
LOOKS: Final = ("a", "b")
"""Two shades by turns, so that one price is told from the next."""


@dataclass(frozen=True, slots=True)
class Span:
    """A price in a lane: from where how wide, in per cent of the drawing, and what it says."""

    x: str
    width: str
    look: str
    words: str
    is_current: bool = False
    """Whether it is told while none is pointed at: what who buys today pays."""


@dataclass(frozen=True, slots=True)
class PriceDrawing:
    """Two lanes over the same time, in one currency; today is a line across both."""

    currency: str
    first: date
    last: date
    new: Sequence[Span]
    existing: Sequence[Span]
    today: str


def drawings(charge: Charge, today: date) -> list[PriceDrawing]:
    """Return a drawing of the prices of a charge for each currency, by its code."""
    return [draw(charge, Currency(code), today) for code in queries.currencies_of([charge])]


def draw(charge: Charge, currency: Currency, today: date) -> PriceDrawing:
    """Return the prices of a charge in a currency, each from the day on which it holds for whom."""
    versions = sorted(
        (each for each in charge.prices.all() if each.currency == currency.code), key=lambda v: v.from_date
    )
    begun = versions[0].from_date
    days = [each.from_date for each in versions] + [v.existing_from_date for v in versions if v.existing_from_date]
    first = max(begun, min(today, begun) if begun > today else today - BACK)
    last = max(*days, today) + AHEAD
    edges = sorted({first, last, *(day for day in days if first <= day < last)})

    def spans(words: str, since: date | None) -> Iterator[Span]:
        for number, (start, end, told) in enumerate(_runs(charge, currency, edges, since)):
            day = day_text(start, reader_locale())
            said = _("%(who)s from %(day)s: %(price)s") % {"who": words, "day": day, "price": told}
            current = since is None and start <= today < end
            yield Span(_at(first, last, start), _share(first, last, end - start), LOOKS[number % 2], said, current)

    return PriceDrawing(
        currency=currency.code,
        first=first,
        last=last,
        new=list(spans(_("Who buys then"), None)),
        existing=list(spans(_("Who bought first"), begun)),
        today=_at(first, last, today) if first <= today <= last else "",
    )


def _runs(
    charge: Charge, currency: Currency, edges: Sequence[date], since: date | None
) -> list[tuple[date, date, str]]:
    """Which price holds from when to when, one after the other."""
    found: list[tuple[date, date, str, int]] = []
    for start, end in pairwise(edges):
        version = queries.price_at(charge, currency=currency, day=start, customer_since=since)
        if found and found[-1][3] == version.number:
            found[-1] = (found[-1][0], end, found[-1][2], version.number)
        else:
            found.append((start, end, price_told(version.price, currency.code), version.number))
    return [run[:3] for run in found]


def _at(first: date, last: date, day: date) -> str:
    return _share(first, last, day - first)


def _share(first: date, last: date, part: timedelta) -> str:
    return f"{float(ratio(part, last - first) * 100):.3f}%"
