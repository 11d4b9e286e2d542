"""Which days a page of the books is about: a month, a quarter or a year, chosen in the address bar."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.translation import gettext as _

from caudal.core.periods import CalendarPeriod, Grain, UnreadableLabel, day_in
from caudal.kit.pages import actor_of
from caudal.kit.world import now
from caudal.ui.formats import month_text, reader_locale
from caudal.workspace.queries import company

OFFERED: Final = {Grain.MONTH: 18, Grain.QUARTER: 8, Grain.YEAR: 4}
"""How many periods of each length can be chosen at once; earlier ones are reached step by step."""
YEARS: Final = range(1900, 2200)
"""Of which years there may be books."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The period of a page, and the others that can be chosen in its place."""

    period: CalendarPeriod
    groups: Sequence[tuple[str, Sequence[tuple[str, str, bool]]]]
    """By length: label, words, and whether it is the one."""

    @property
    def previous_href(self) -> str:
        """The way to the period before."""
        return f"?period={self.period.previous.label}"

    @property
    def next_href(self) -> str:
        """The way to the period after."""
        return f"?period={self.period.next.label}"


def chosen(request: HttpRequest) -> Choice:
    """Return the period that a request names, this month without one. Raises UnreadableLabel."""
    own = company()
    fiscal_start = own.fiscal_start_month if own else 1
    today = day_in(now(), ZoneInfo(actor_of(request).zone))
    period = CalendarPeriod.of(Grain.MONTH, today, fiscal_start)
    named = request.GET.get("period", "")
    if named:
        period = CalendarPeriod.parse(named, fiscal_start)
        if period.grain not in OFFERED or period.days.start.year not in YEARS:
            raise UnreadableLabel(text=named)
    words = {Grain.MONTH: _("Months"), Grain.QUARTER: _("Quarters"), Grain.YEAR: _("Years")}
    groups = []
    for grain, count in OFFERED.items():
        offered = [CalendarPeriod.of(grain, today, fiscal_start)]
        while len(offered) < count:
            offered.append(offered[-1].previous)
        if period.grain is grain and period not in offered:
            offered = sorted([*offered, period], key=lambda each: each.days.start, reverse=True)
        groups.append((words[grain], [(each.label, period_words(each), each == period) for each in offered]))
    return Choice(period, groups)


def period_words(period: CalendarPeriod) -> str:
    """Return a period in the reader's words: a month by its name, others by their label."""
    return month_text(period.days.start, reader_locale()) if period.grain is Grain.MONTH else period.label
