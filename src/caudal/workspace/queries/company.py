"""Reads of the company: its settings, its lines of business, its working time."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import holidays

from caudal.core.clocks import Shift, WorkingCalendar
from caudal.core.errors import Problem, msg
from caudal.core.periods import day_in, zone_named
from caudal.kit.access import Actor, Verb
from caudal.workspace.models import CompanySettings, Pillar


def company() -> CompanySettings | None:
    """Return the company of this installation, if it was founded."""
    return CompanySettings.objects.order_by("pk").first()


class NotFounded(Problem):
    """There is no company yet, and so neither a currency nor a calendar."""

    code = "company.not_founded"
    status = 409
    message = msg("There is no company here yet.")
    hint = msg("Make one with: caudal init.")


def founded() -> CompanySettings:
    """Return the company. Raises NotFounded."""
    own = company()
    if own is None:
        raise NotFounded
    return own


def company_day(as_of: datetime) -> date:
    """Return the day of an instant where the company is at home. Raises NotFounded."""
    return day_in(as_of, zone_named(founded().zone))


def home_country() -> str:
    """Return the ISO code of the country that the company of this installation is at home in, if it said so."""
    own = company()
    return own.country if own else ""


def company_for(actor: Actor, verb: Verb) -> CompanySettings:
    """Return the company's settings to somebody who may carry the verb to them. Raises NotFounded."""
    found = CompanySettings.for_actor(actor, verb).order_by("pk").first()
    if found is None:
        raise NotFounded
    return found


def pillars() -> list[Pillar]:
    """Return the lines of business, in their order."""
    return list(Pillar.objects.filter(deleted_at=None).order_by("position", "pk"))


def working_calendar(settings: CompanySettings, *, first: date, last: date) -> WorkingCalendar:
    """Return the company's working time: weekdays, without the public holidays of its country between two days."""
    off = (
        holidays.country_holidays(settings.country, years=range(first.year, last.year + 1)) if settings.country else {}
    )
    return WorkingCalendar(zone=ZoneInfo(settings.zone), holidays=frozenset(off))


OFFICE_HOURS: Final = ((Shift.of("09:00", "18:00"),),) * 5 + ((), ())


def office_calendar(settings: CompanySettings, *, first: date, last: date) -> WorkingCalendar:
    """Return the hours at which somebody is there to answer: nine to six on the days that the company works."""
    days = working_calendar(settings, first=first, last=last)
    return WorkingCalendar(zone=days.zone, hours=OFFICE_HOURS, holidays=days.holidays)
