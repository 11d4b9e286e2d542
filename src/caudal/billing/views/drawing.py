"""The timeline of a subscription as a drawing: where it stands, and the periods that it is paid by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from caudal.billing.queries import Agreed
from caudal.core.periods import Period, day_in, ratio, start_of_day
from caudal.ui.formats import day_text, reader_locale

WIDTH: Final = 1_000
BACK: Final = timedelta(days=400)
AHEAD: Final = timedelta(days=200)
PERIODS_MAX: Final = 60


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a lane: where it is, its width, how it looks, and what it says."""

    x: str
    width: str
    look: str
    words: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Two lanes over the same time: standings, and periods; today is a line across both."""

    first: datetime
    last: datetime
    standings: Sequence[Stretch]
    periods: Sequence[Stretch]
    today: str


def draw(one: Agreed, *, as_of: datetime) -> Drawing:
    """Return the drawing of a subscription around an instant."""
    schedule = one.subscribed.schedule
    zone = schedule.zone
    begun = min(one.subscribed.standings[0].at, start_of_day(schedule.start, zone))
    first = max(begun, as_of - BACK)
    ends_at = one.row.ends_at
    last = max(as_of, first) + AHEAD
    if ends_at is not None:
        last = min(last, max(ends_at, as_of) + timedelta(days=14))
    shown = Period(first, max(last, first + timedelta(days=30)))
    return Drawing(
        first=shown.start,
        last=shown.end,
        standings=[_stretch(shown, part, look, words, zone) for part, look, words in _standings(one, shown)],
        periods=[_stretch(shown, part, look, words, zone) for part, look, words in _periods(one, shown)],
        today=_at(shown, as_of) if as_of in shown else "",
    )


def _standings(one: Agreed, shown: Period) -> Iterator[tuple[Period, str, str]]:
    zone = one.subscribed.schedule.zone
    paid_from = start_of_day(one.subscribed.schedule.paid_from, zone)
    edges = sorted({shown.start, paid_from, one.end or shown.end, *(each.at for each in one.subscribed.standings)})
    inside = [edge for edge in edges if shown.start <= edge < shown.end]
    for start, end in zip(inside, [*inside[1:], shown.end], strict=True):
        if start == end:
            continue
        standing = one.subscribed.at(start)
        if standing is None:
            continue
        look, words = "active", _("Active")
        if standing.ends or (one.end is not None and start >= one.end):
            look, words = "ended", _("Ended")
        elif not standing.components:
            look, words = "paused", _("Paused")
        elif start < paid_from:
            look, words = "trial", _("Trial")
        yield Period(start, end), look, words


def _periods(one: Agreed, shown: Period) -> Iterator[tuple[Period, str, str]]:
    schedule = one.subscribed.schedule_at(shown.start)
    billed_at = one.row.billed_at
    passed = schedule.cycle.number_on(shown.start.astimezone(schedule.zone).date())
    since = max(0, passed - schedule.cycle.number_on(schedule.paid_from) - 1)
    coming = takewhile(lambda each: each.period.start < shown.end, schedule.periods(since))
    for _number, billed in zip(range(PERIODS_MAX), coming, strict=False):
        part = billed.period.overlap(shown)
        standing = one.subscribed.at(billed.period.start)
        over = standing is not None and standing.ends
        if part is None or over:
            continue
        is_billed = billed_at is not None and billed.due_at <= billed_at
        look, words = ("billed", _("Invoiced")) if is_billed else ("coming", _("To come"))
        yield part, look, words


def _stretch(shown: Period, part: Period, look: str, words: str, zone: ZoneInfo) -> Stretch:
    locale = reader_locale()
    first, last = (day_text(day_in(at, zone), locale) for at in (part.start, part.end))
    told = f"{words}: {first} → {last}"
    width = ratio(part.end - part.start, shown.end - shown.start) * WIDTH
    return Stretch(_at(shown, part.start), f"{float(width):.1f}", look, told)


def _at(shown: Period, at: datetime) -> str:
    return f"{float(ratio(at - shown.start, shown.end - shown.start) * WIDTH):.1f}"
