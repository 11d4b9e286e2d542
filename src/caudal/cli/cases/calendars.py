"""Examples of periods: the days on which they begin, counted from an anchor or by the calendar."""

from datetime import timedelta
from typing import Final

from caudal.cli.cases.invoices import grain_of
from caudal.cli.cases.reading import Case, NotUnderstood, Outputs, day, number
from caudal.core.periods import CalendarPeriod, Cycle, Grain, day_in

PERIODS_MAX: Final = 10_000
_PERIODS: Final = {
    "DAILY": (Grain.DAY, 1), "WEEKLY": (Grain.WEEK, 1), "BIWEEKLY": (Grain.WEEK, 2), "THIRTY_DAYS": (Grain.DAY, 30),
    "THIRTY_ONE_DAYS": (Grain.DAY, 31), "SIXTY_DAYS": (Grain.DAY, 60), "NINETY_DAYS": (Grain.DAY, 90),
    "MONTHLY": (Grain.MONTH, 1), "BIMESTRIAL": (Grain.MONTH, 2), "QUARTERLY": (Grain.QUARTER, 1),
    "TRIANNUAL": (Grain.MONTH, 4), "BIANNUAL": (Grain.MONTH, 6), "SEMIANNUAL": (Grain.MONTH, 6),
    "SEMI_ANNUAL": (Grain.MONTH, 6), "HALF_YEAR": (Grain.MONTH, 6), "HALF_YEARLY": (Grain.MONTH, 6),
    "ANNUAL": (Grain.YEAR, 1), "YEARLY": (Grain.YEAR, 1), "BIENNIAL": (Grain.YEAR, 2), "TRIENNIAL": (Grain.YEAR, 3),
}  # fmt: skip


def length_of(name: str, every: int) -> tuple[Grain, int]:
    """What an interval is a number of: months for a quarter of a year under a name of its own, and the like."""
    bare = name.replace("calendar", "").replace("anniversary", "").strip()  # these say where periods begin
    grain, count = _PERIODS.get(bare.upper().replace("-", "_").replace(" ", "_")) or (grain_of(name), 1)
    return grain, count * every


def around_a_day(case: Case, grain: Grain, every: int) -> Outputs:
    """The period that a day lies in: from its first day to its last one, and the first day of the next."""
    on = case.day("on")
    by_calendar = "calendar" in str(case.take("billing_time", "alignment", "interval", default=""))
    begun = case.day("start") if case.has("start") else on
    aligned = CalendarPeriod.of(Grain.YEAR if every > 1 else grain, begun).days.start  # half years begin with the year
    cycle = Cycle(aligned if by_calendar else begun, grain, every)
    days = cycle.days_of(cycle.number_on(on))
    return {
        **dict.fromkeys(("from", "start", "first"), days.start),
        **dict.fromkeys(("to", "last"), days.last),
        **dict.fromkeys(("end", "next"), days.end),
        "days": days.count,
    }


def first_of(case: Case, grain: Grain, every: int) -> Outputs:
    """The first period of what begins on a day: from that day on, whether the period is whole or not."""
    begun = case.day("start")
    found = around_a_day(case.within({"on": begun.isoformat()}, but="on"), grain, every)
    return {**found, **dict.fromkeys(("from", "start", "first"), begun)}


def calendar(case: Case) -> Outputs:
    """The days on which periods begin, counted from an anchor."""
    if not (case.has("period") or case.has("interval")):
        return due(case) if case.has("issued", "net_days") else days_between(case)
    name = str(case.take("period", "interval"))
    grain, every = length_of(name, int(case.number("interval_count", default=1)))
    if not case.has("start") and case.has("subscribed"):
        return calendar(case.within({"start": case.take("subscribed")}, but="subscribed"))
    if case.has("on"):
        return around_a_day(case, grain, every)
    if case.stated.keys() & {"from", "to"}:
        return first_of(case, grain, every)
    cycle = Cycle(case.day("start"), grain, every)
    if case.has("end") or case.has("ends"):
        told = case.take("ends", "end")
        whole = [cycle.number_on(day(one)) for one in (told if isinstance(told, list) else [told])]
        return dict.fromkeys(
            ("n", "count", "counts", "periods", "whole_periods"), whole if case.has("ends") else whole[0]
        )
    listed = next((value for value in case.stated.values() if isinstance(value, list)), [None])
    counts = case.take("n", "count", "periods", default=len(listed))
    many = isinstance(counts, list)
    if not many and number(counts) > PERIODS_MAX:
        raise NotUnderstood(reason=f"More than {PERIODS_MAX:,} periods are not listed.")
    numbers = [int(number(one)) for one in counts] if many else list(range(1, int(number(counts)) + 1))
    if not many and begins_with_the_anchor(case):
        numbers = [one - 1 for one in numbers]
    if any(word in case.topic for word in ("back", "reced", "previous")):
        numbers = [-one for one in numbers]
    starts = [cycle.start_of(one) for one in numbers]
    periods = [[cycle.start_of(one - 1), cycle.start_of(one)] for one in numbers]
    return {
        **dict.fromkeys(("dates", "starts", "bills", "bill_dates", "billing_dates", "bills_on", "invoices"), starts),
        **dict.fromkeys(("date", "next", "next_date"), starts[-1]),
        "days": [one.day for one in starts],
        "periods": periods,
    }


def begins_with_the_anchor(case: Case) -> bool:
    """Whether an example lists the anchor as the first of the days that are counted from it."""
    first = next((value[0] for value in case.stated.values() if isinstance(value, list) and value), None)
    start = case.day("start")
    return str(first) in {start.isoformat(), f"{start:%m-%d}"} or first == [start.isoformat()]


def due(case: Case) -> Outputs:
    """The day by which an invoice is to be paid."""
    found = case.day("issued") + timedelta(days=int(case.number("net_days")))
    return dict.fromkeys(("due", "due_on", "due_date", "payment_due_date"), found)


def days_between(case: Case) -> Outputs:
    """The days between two instants, by the calendar of a zone: one that summer time shortens is a day."""
    first, last = (day_in(case.instant(name), case.zone) for name in ("start", "end"))
    return dict.fromkeys(("days", "count"), (last - first).days)
