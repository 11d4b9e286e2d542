"""What a page of the books is about, chosen in the address bar: which days, beside which others, of whose books."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from caudal.core.ids import Ref
from caudal.core.periods import CalendarPeriod, Days, Grain, UnreadableLabel, add_months, day_in
from caudal.kit.pages import actor_of
from caudal.kit.world import now
from caudal.ledger.models import Account
from caudal.ui.formats import day_text, month_text, reader_locale
from caudal.ui.tables import query
from caudal.workspace.queries import company, legal_entities

OFFERED: Final = {Grain.MONTH: 18, Grain.QUARTER: 8, Grain.YEAR: 4}
"""How many periods of each length can be chosen at once; earlier ones are reached step by step."""
YEARS: Final = range(1900, 2200)
"""Of which years there may be books."""


BEFORE: Final = "before"
YEAR: Final = "year"


@dataclass(frozen=True, slots=True)
class Choice:
    """The period of a page, the one that it is compared with, whose books it is about, and what else can be chosen."""

    period: CalendarPeriod
    groups: Sequence[tuple[str, Sequence[tuple[str, str, bool]]]]
    """By length: label, words, and whether it is the one."""
    against: str
    entity_id: UUID | None
    entities: Sequence[tuple[str, str, bool]]
    """Legal entities, where there is more than one: public id, name, and whether it is the one."""

    @property
    def compared(self) -> CalendarPeriod:
        """The period beside it: the one before, or the same a year before."""
        if self.against == BEFORE:
            return self.period.previous
        start = self.period.days.start
        fiscal_start = self.period.fiscal_start
        return CalendarPeriod.of(self.period.grain, add_months(start, -12), fiscal_start)

    @property
    def is_year_before(self) -> bool:
        """Whether it is compared with the year before."""
        return self.against == YEAR

    @property
    def previous_href(self) -> str:
        """The way to the period before."""
        return self.href(self.period.previous)

    @property
    def next_href(self) -> str:
        """The way to the period after."""
        return self.href(self.period.next)

    def href(self, period: CalendarPeriod) -> str:
        """Return what an address says of a period, with all else as it is."""
        return query(self.kept, period=period.label)

    @property
    def kept(self) -> dict[str, str]:
        """What was chosen beside the period, as addresses say it."""
        said = {} if self.against == BEFORE else {"against": self.against}
        return said | ({"entity": str(Ref("entity", self.entity_id))} if self.entity_id else {})


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some days of the books as a page tells them: which, in words, and as addresses say it."""

    days: Days
    words: str
    said: Mapping[str, str]

    def account_href(self, account: Account, choice: Choice) -> str:
        """Return the way to what was posted to an account in these days, to the books that were chosen."""
        return reverse("ledger:account", args=[account.ref]) + query({**choice.kept, **self.said})


def stretch_of(period: CalendarPeriod) -> Stretch:
    """Return the days of a period."""
    return Stretch(period.days, period_words(period), {"period": period.label})


def up_to(last: date, first: date | None = None) -> Stretch:
    """Return the days up to one, from another one on or from the beginning of the books."""
    locale = reader_locale()
    if first is None:
        words, said = _("up to %(last)s") % {"last": day_text(last, locale)}, {"through": last.isoformat()}
    else:
        words = _("%(first)s to %(last)s") % {"first": day_text(first, locale), "last": day_text(last, locale)}
        said = {"first": first.isoformat(), "through": last.isoformat()}
    return Stretch(Days(first or date.min, last + timedelta(days=1)), words, said)


def stretch_said(request: HttpRequest) -> Stretch | None:
    """Return the days that an address names by their last one, and the first one if it is there; None without."""
    first, last = (day_said(request.GET.get(name, "")) for name in ("first", "through"))
    if last is None or (first and first > last) or last.year not in YEARS:
        return None
    return up_to(last, first)


def day_said(text: str) -> date | None:
    """Return the day that an address names, none where it names none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def chosen(request: HttpRequest) -> Choice:
    """Return the period that a request names, this month without one. Raises UnreadableLabel, UnreadableId."""
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
    against = YEAR if request.GET.get("against") == YEAR else BEFORE
    return Choice(period, groups, against, entity_of(request), entities(request))


def entity_of(request: HttpRequest) -> UUID | None:
    """Return the legal entity whose books a request is about, None for all books."""
    said = request.GET.get("entity", "")
    return Ref.parse(said, "entity").id if said else None


def entities(request: HttpRequest) -> Sequence[tuple[str, str, bool]]:
    """Return the legal entities to choose from, none where there is no choice."""
    found, chosen_id = legal_entities(actor_of(request)), entity_of(request)
    return [(str(each.ref), each.name, each.pk == chosen_id) for each in found] if len(found) > 1 else []


def period_words(period: CalendarPeriod) -> str:
    """Return a period in the reader's words: a month by its name, others by their label."""
    return month_text(period.days.start, reader_locale()) if period.grain is Grain.MONTH else period.label
