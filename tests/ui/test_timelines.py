"""Moments are grouped by the reader's day, newest first."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from caudal.ui.timelines import Moment, by_day


def test_a_day_begins_at_the_readers_midnight() -> None:
    evening = Moment(datetime(2026, 3, 3, 22, 30, tzinfo=UTC), "evening")  # 23:30 in Madrid
    night = Moment(datetime(2026, 3, 3, 23, 30, tzinfo=UTC), "night")  # 00:30 of the 4th in Madrid
    grouped = by_day([evening, night], ZoneInfo("Europe/Madrid"))
    assert grouped == [(date(2026, 3, 4), [night]), (date(2026, 3, 3), [evening])]
