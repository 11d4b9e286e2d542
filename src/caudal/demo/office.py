"""When people of the demo company work: weekdays without holidays, in office hours of their zone."""

import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

OPENS: Final = time(9)
OPEN_MINUTES: Final = 8 * 60
_WEEKDAYS: Final = 5
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Office:
    """The days and hours at which something can happen."""

    zone: ZoneInfo
    holidays: Collection[date] = ()

    def works(self, day: date) -> bool:
        """Say whether somebody is there on a day."""
        return day.weekday() < _WEEKDAYS and day not in self.holidays

    def at(self, day: date, luck: random.Random) -> datetime:
        """Return an instant of the office hours of a day, or of the first after it that is worked."""
        while not self.works(day):
            day += _DAY
        opens = datetime.combine(day, OPENS, tzinfo=self.zone)
        return (opens + timedelta(minutes=luck.randrange(OPEN_MINUTES), seconds=luck.randrange(60))).astimezone(UTC)

    def closing(self, day: date) -> datetime:
        """Return the instant at which a day's work is over."""
        opens = datetime.combine(day, OPENS, tzinfo=self.zone)
        return (opens + timedelta(minutes=OPEN_MINUTES)).astimezone(UTC)

    def end_of_week(self, day: date) -> datetime:
        """Return the closing hour of the Friday on or after a day, or of the first worked day after it."""
        day += (_WEEKDAYS - 1 - day.weekday()) % 7 * _DAY
        while not self.works(day):
            day += _DAY
        return self.closing(day)

    def after(self, at: datetime, days: int, luck: random.Random) -> datetime:
        """Return an instant at least one and about `days` days later."""
        return self.at(self.day(at) + max(days, 1) * _DAY, luck)

    def day(self, at: datetime) -> date:
        """Return the day of an instant, in the zone."""
        return at.astimezone(self.zone).date()
