"""How much a company used day by day: what the panel of a company and its page of usage show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from uuid import UUID
from zoneinfo import ZoneInfo

from caudal.core.periods import Days
from caudal.usage.models import Hour, Meter
from caudal.usage.queries.quantities import UsageAsked, quantities


@dataclass(frozen=True, slots=True)
class MeterDays:
    """What a meter measured of a company: in all, and on each day, None for days that have not come."""

    meter: Meter
    quantity: Fraction
    days: Mapping[date, Fraction | None]


def has_usage(company_id: UUID) -> bool:
    """Say whether anything that a company used was ever counted."""
    return Hour.objects.filter(company=company_id).exists()


def by_day(
    company_id: UUID, meters: Sequence[Meter], days: Days, zone: ZoneInfo, *, as_of: datetime
) -> list[MeterDays]:
    """Return what meters measured of a company on some days of a zone, those without any usage left out."""
    whole = [UsageAsked(each.code, company_id, each.code, days.in_zone(zone)) for each in meters]
    measured = quantities(whole, as_of=as_of)
    used = [each for each in meters if measured[each.code]]
    today = as_of.astimezone(zone).date()
    asked = [
        UsageAsked(f"{each.code} {day}", company_id, each.code, Days(day, day + timedelta(days=1)).in_zone(zone))
        for each in used
        for day in days
        if day <= today
    ]
    found = quantities(asked, as_of=as_of) if asked else {}
    return [
        MeterDays(each, measured[each.code], {day: found.get(f"{each.code} {day}") for day in days}) for each in used
    ]
