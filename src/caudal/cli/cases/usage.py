"""Examples of usage: how it is added up, and what is still due when more of it becomes known."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, Final
from zoneinfo import ZoneInfo

from caudal.cli.cases.charges import price_of
from caudal.cli.cases.reading import Case, NotUnderstood, Output, Outputs, day, decimal, instant, number, numbers
from caudal.core.money import Money, Rounding, round_money
from caudal.core.periods import Days, Period
from caudal.core.pricing import Part, Tier, TierPrice, difference
from caudal.core.rating import (
    Aggregation,
    LineKind,
    Meter,
    RatedLine,
    Rating,
    Usage,
    UsageFact,
    UsageTerms,
    known_usage,
    rate_quantities,
    round_quantity,
    still_due,
)

UTC_ZONE: Final = ZoneInfo("UTC")
EPOCH: Final = datetime(2024, 1, 1, tzinfo=UTC)
_ONE_DAY: Final = timedelta(days=1)
_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth")
_ROUNDINGS: Final = {"round": Rounding.HALF_UP, "ceil": Rounding.UP, "floor": Rounding.DOWN}


def metering(case: Case) -> Outputs:
    """Events added up in every way there is, or a quantity rounded."""
    if case.has("value"):
        places = case.take("precisions", "precision", default=[None])
        rounding = _ROUNDINGS[str(case.take("function", "rounding", default="round"))]
        listed = places if isinstance(places, list) else [places]
        found = [round_quantity(case.number("value"), rounding, int(number(one or 0))) for one in listed]
        return {"results": found, "result": found[0], "value": found[0]}
    case.take("granularity", "dedupe_key", default=None)
    usage = known_usage(facts_of(case), datetime.max.replace(tzinfo=UTC))
    period = period_of(case, usage)
    carried = case.number("carried_in", default=0)
    found_by: dict[str, Output] = {
        str(way.value): Meter(way).measure(usage, period, period.end, carried=carried) for way in Aggregation
    }
    weighted = Meter(Aggregation.WEIGHTED).measure(usage, period, period.end, carried=carried)
    price = case.number("unit_price", default=0)
    amount = round_money(weighted * price, case.currency, Rounding.HALF_UP)
    return {
        **found_by,
        "max": found_by["maximum"],
        "unique_count": found_by["unique"],
        "weighted_sum": weighted,
        "value": weighted,
        "value_rounded10": weighted,
        "units": weighted,
        "units_prefix": weighted,
        "amount_cents": amount,
        "amount": amount,
        "carried_out": Meter(Aggregation.WEIGHTED).carried_out(usage, period, carried=carried),
    }


def facts_of(case: Case) -> list[UsageFact]:
    """The events of an example: pairs of an instant and a quantity, or objects with an identity."""
    return [fact_of(row, place) for place, row in enumerate(case.take("events"))]


def fact_of(row: Any, place: int) -> UsageFact:
    """One event; those without an instant or an identity are told apart by their place."""
    if isinstance(row, Mapping):
        at = instant(row.get("at", row.get("time", row.get("timestamp", EPOCH.isoformat()))))
        quantity, source = row.get("value", row.get("quantity", 1)), str(row.get("source", ""))
        identity = str(row.get("id", place))
    else:
        told = row if isinstance(row, list) else [EPOCH.isoformat(), row]
        at, quantity, source, identity = instant(told[0]), told[1], "", str(place)
    try:
        return UsageFact(source, identity, at, at, number(quantity), str(quantity))
    except NotUnderstood:  # what is only counted may be any text
        return UsageFact(source, identity, at, at, 1, str(quantity))


def period_of(case: Case, usage: tuple[Usage, ...]) -> Period:
    """The period of an example, or one that holds all of its events."""
    if case.has("period"):
        first, last = case.take("period")
        return Period(instant(first), instant(last))
    return Period(usage[0].at, usage[-1].at + _ONE_DAY)


def rerating(case: Case) -> Outputs:
    """What each run still has to bill, by what its inputs are."""
    if case.has("already_invoiced"):
        return still_to_invoice(case)
    if case.has("snapshots_at_each_run"):
        return on_their_periods(case)
    return on_the_current_period(case)


def on_the_current_period(case: Case) -> Outputs:
    """Each run bills the difference between what is right now and what was billed before."""
    price = price_of(case)
    runs: list[tuple[Part, ...]] = []
    booked: tuple[Part, ...] = ()
    for quantity in numbers(case.take("cumulative_quantities")):
        now = price.parts(quantity)
        runs.append(difference(now, booked))
        booked = now
    totals = [sum((part.amount for part in run), Fraction(0)) for run in runs]
    named: dict[str, Output] = {
        f"{name}_run_lines": [[f"tier{part.tier}", part.quantity, part.amount] for part in run]
        for name, run in zip(_ORDINALS, runs, strict=False)
    }
    return {
        "per_run": [
            {"lines": [[part.price, part.quantity, part.amount] for part in run], "total": amount}
            for run, amount in zip(runs, totals, strict=True)
        ],
        "run_totals": totals,
        "total": sum(totals, Fraction(0)),
        **named,
    }


def on_their_periods(case: Case) -> Outputs:
    """Each run bills what is missing of every period so far, on that period."""
    terms = UsageTerms("usage", Meter(Aggregation.SUM), price_of(case))
    booked: list[RatedLine] = []
    found: dict[str, Output] = {}
    for run, snapshot in enumerate(case.take("snapshots_at_each_run"), 1):
        windows = [Period(EPOCH + _ONE_DAY * count, EPOCH + _ONE_DAY * (count + 1)) for count in range(len(snapshot))]
        lines = rate_quantities(terms, windows, numbers(snapshot))
        due = still_due(Rating(lines, windows[-1].end, case.currency), booked)
        booked += due
        amounts = {
            f"p{number_of + 1}": sum((line.amount for line in due if line.key.period == window), zero(case))
            for number_of, window in enumerate(windows)
        }
        found[f"run{run}"] = {**amounts, "total": sum(amounts.values(), zero(case))}
    return found


def still_to_invoice(case: Case) -> Outputs:
    """What is still due of each period when something of it was invoiced."""
    size = case.take("block_size", default=None)
    each = Tier(unit=decimal(case.take("price", "unit_price")), block=None if size is None else number(size))
    terms = UsageTerms("usage", Meter(Aggregation.SUM), TierPrice(case.currency, (each,)))
    usage = [(day(on), number(quantity)) for on, quantity in case.take("usage")]
    due: list[Output] = []
    for (first, last), paid in zip(case.take("periods"), case.take("already_invoiced"), strict=True):
        days = Days(day(first), day(last))
        period = days.in_zone(UTC_ZONE)
        quantity = sum((size for on, size in usage if on in days), Fraction(0))
        lines = rate_quantities(terms, [period], [quantity])
        booked = [billed(line, paid, case) for line in lines[:1]]
        due.append(
            sum((line.amount for line in still_due(Rating(lines, period.end, case.currency), booked)), zero(case))
        )
    return {"amounts_still_due": due}


def billed(line: RatedLine, paid: Any, case: Case) -> RatedLine:
    """What was billed of a line before, told by its amount alone."""
    assert line.key.kind is LineKind.UNIT, "a price of blocks has one line"  # noqa: S101  our own mistake
    return RatedLine(line.key, Fraction(0), round_money(number(paid), case.currency, Rounding.HALF_UP))


def zero(case: Case) -> Money:
    """Nothing, of the example's currency."""
    return Money(0, case.currency)
