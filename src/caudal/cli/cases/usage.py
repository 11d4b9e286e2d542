"""Examples of usage: how it is added up, and what is still due when more of it becomes known."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

from caudal.cli.cases.charges import ROUNDINGS, charge, price_of
from caudal.cli.cases.ledgers import ORDINALS
from caudal.cli.cases.reading import (
    Case,
    NotUnderstood,
    Output,
    Outputs,
    day,
    decimal,
    instant,
    is_number,
    major,
    number,
    numbers,
)
from caudal.core.money import Money, Rounding, round_money
from caudal.core.periods import Days, Period, start_of_day
from caudal.core.pricing import (
    Carried,
    Commitment,
    Component,
    Discount,
    DynamicPrice,
    Part,
    Tier,
    TierPrice,
    difference,
)
from caudal.core.proration import comings_and_goings, price_over, running_levels
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

EVENT_NAMES: Final = frozenset(
    {
        "id",
        "source",
        "at",
        "time",
        "timestamp",
        "subject",
        "type",
        "code",
        "transaction_id",
        "properties",
        "data",
        "specversion",
        "operation",
        "operation_type",
    }
)
"""What an event is told besides what it carries."""
LEVELS: Final = ("prorated", "recurring", "carr")
"""Words in a topic that say that units are what is there at the end, and not their average."""
KEPT_UNITS: Final = {"lago": 5}
"""To how many places a source keeps units that were there for a part of a period."""
UTC_ZONE: Final = ZoneInfo("UTC")
EPOCH: Final = datetime(2024, 1, 1, tzinfo=UTC)
_ONE_DAY: Final = timedelta(days=1)
_SHOWN: Final = 120


def metering(case: Case) -> Outputs:
    """Events added up in every way there is, or a quantity rounded."""
    if case.has("value") or ("rounding" in case.topic and not case.has("events")):
        return rounded(case)
    if case.has("usage", "periods"):
        sums = [size for _, size in by_period(case)]
        return {**dict.fromkeys(("sums", "sum", "units", "quantities"), sums), "total": sum(sums, Fraction(0))}
    if case.has("quantity") and not case.has("events"):
        return charge(case)
    case.take("granularity", "dedupe_key", default=None)
    named = "unique" in case.topic and "prorated" in case.topic  # what nothing removes stays for the rest of the period
    if named or any(operation_of(row) is not None for row in case.take("events")):
        return by_name(case)
    field = case.take("field", "field_name", "property", "value_property", default=None)
    usage = known_usage(facts_of(case, field), datetime.max.replace(tzinfo=UTC))
    period = period_of(case, usage)
    carried = case.number("carried_in", "opening", default=0)
    ways = Aggregation if all(is_number(one.value) for one in usage) else (Aggregation.COUNT, Aggregation.UNIQUE)
    found_by: dict[str, Output] = {
        str(way.value): Meter(way).measure(usage, period, period.end, carried=carried) for way in ways
    }
    if case.has("unique_field"):
        told_apart = known_usage(facts_of(case, case.take("unique_field")), datetime.max.replace(tzinfo=UTC))
        found_by["unique"] = Meter(Aggregation.UNIQUE).measure(told_apart, period, period.end)
    counted = {**found_by, **dict.fromkeys(("unique_count", "count_unique", "distinct"), found_by["unique"])}
    if Aggregation.SUM not in ways:
        return counted
    weighted = Meter(Aggregation.WEIGHTED).measure(usage, period, period.end, carried=carried)
    price = case.number("unit_price", default=0)
    amount = round_money(weighted * price, case.currency, Rounding.HALF_UP)
    level = Meter(Aggregation.WEIGHTED).carried_out(usage, period, carried=carried)
    return {
        **counted,
        "max": found_by["maximum"],
        **least_and_mean(usage),
        **dict.fromkeys(("weighted_sum", "units_prefix"), weighted),
        **dict.fromkeys(("prorated_sum", "prorated_units", "value"), as_kept(weighted, case)),
        **{key: weighted for key in case.stated if key.startswith("value_rounded")},
        "units": level if any(word in case.topic for word in LEVELS) else weighted,
        "amount_cents": amount,
        "amount": amount,
        **dict.fromkeys(("carried_out", "full_units"), level),
    }


def least_and_mean(usage: tuple[Usage, ...]) -> dict[str, Output]:
    """The smallest of some quantities and what they are on average; neither where there are none."""
    sizes = [one.quantity for one in usage]
    if not sizes:
        return {}
    mean = sum(sizes, Fraction(0)) / len(sizes)
    return {**dict.fromkeys(("min", "minimum"), min(sizes)), **dict.fromkeys(("avg", "average"), mean)}


def by_name(case: Case) -> Outputs:
    """How many there are of what events add and remove, and on average over the days of a period."""
    changes = comings_and_goings(movements_of(case.take("events")))
    there = sum(change for _, change in changes)
    found: dict[str, Output] = dict.fromkeys(("unique", "unique_count", "count_unique", "distinct", "units"), there)
    if not case.has("period"):
        return found
    first, last = case.take("period")
    days = Days(day(first), day(last))
    one_each = TierPrice(case.currency, (Tier(unit=Decimal(1)),))
    held = price_over(one_each, running_levels(changes), days)
    keys = [key for key in case.stated if key.startswith("value_rounded")]
    return {**found, **dict.fromkeys(("value", "prorated_units"), as_kept(held, case)), **dict.fromkeys(keys, held)}


def as_kept(units: Fraction, case: Case) -> Fraction:
    """Units of a part of a period with the places that their source keeps, rounded up; exact for all others."""
    places = next((kept for name, kept in KEPT_UNITS.items() if name in case.source.lower()), None)
    return units if places is None or "prorated" not in case.topic else round_quantity(units, Rounding.UP, places)


def rounded(case: Case) -> Outputs:
    """A quantity rounded to some places, or left as it is where the example says that nothing rounds it."""
    value = case.number("value", "units", "quantity")
    places = case.take("precisions", "precision", default=[None])
    listed = places if isinstance(places, list) else [places]
    if any(name in case.inputs and case.inputs[name] is None for name in ("function", "rounding")):
        found = [value for _ in listed]
    else:
        rounding = ROUNDINGS[str(case.take("function", "rounding", default="round"))]
        found = [round_quantity(value, rounding, int(number(one or 0))) for one in listed]
    return {"results": found, **dict.fromkeys(("result", "value", "rounded", "units"), found[0])}


def operation_of(row: Any) -> str | None:
    """Whether an event adds or removes what it names: told as its third part, or as its operation."""
    if isinstance(row, Mapping):
        told = row.get("operation_type", row.get("operation"))
    else:
        told = row[2] if isinstance(row, list) and len(row) > len(("at", "what")) else None
    return None if told is None else str(told)


def movements_of(rows: list[Any]) -> list[tuple[date, str, bool]]:
    """Events that add or remove something, with their days."""
    found = []
    for row in rows:
        operation = operation_of(row) or "add"
        if operation not in {"add", "remove"}:
            raise NotUnderstood(reason=f"{operation!r} neither adds nor removes."[:_SHOWN])
        at, name = (instant_told(row), value_of(row, None)) if isinstance(row, Mapping) else row[:2]
        found.append((day(at), str(name), operation == "add"))
    return found


def facts_of(case: Case, field: Any = None) -> list[UsageFact]:
    """The events of an example: pairs of an instant and a quantity, or objects with an identity."""
    return [fact_of(row, place, field) for place, row in enumerate(case.take("events"))]


def fact_of(row: Any, place: int, field: Any = None) -> UsageFact:
    """One event; those without an instant or an identity are told apart by their place."""
    if isinstance(row, Mapping):
        at = instant(instant_told(row))
        quantity, source = value_of(row, field), str(row.get("source", ""))
        identity = str(row.get("id", row.get("transaction_id", place)))
    else:
        told = row if isinstance(row, list) else [EPOCH.isoformat(), row]
        at = start_of_day(day(told[0]), ZoneInfo("UTC")) if is_bare(told[0]) else instant(told[0])
        quantity, source, identity = told[1], "", str(place)
    if quantity is None or isinstance(quantity, bool | list | Mapping):
        raise NotUnderstood(reason=f"{quantity!r} is nothing that counts."[:_SHOWN])
    size = number(quantity) if is_number(quantity) else 1  # what is only counted may be any text
    return UsageFact(source, identity, at, at, size, str(quantity))


def is_bare(told: Any) -> bool:
    """Whether a day is told without its year: `03-16`."""
    return len(str(told)) == len("03-16")


def instant_told(row: Mapping[str, Any]) -> Any:
    """When an event was, as it says."""
    return next((row[name] for name in ("at", "time", "timestamp") if name in row), EPOCH.isoformat())


def value_of(row: Mapping[str, Any], field: Any) -> Any:
    """What an event carries: the field that is asked for, a value, a quantity, or the one property that it has besides.

    One where there is none of these.
    """
    inner = row.get("properties", row.get("data"))
    held = {**row, **inner} if isinstance(inner, Mapping) else row
    if field is not None:
        return held[str(field).removeprefix("$.")]
    told = {name: value for name, value in held.items() if name not in EVENT_NAMES}
    return held.get("value", held.get("quantity", next(iter(told.values())) if len(told) == 1 else 1))


def period_of(case: Case, usage: tuple[Usage, ...]) -> Period:
    """The period of an example, or one that holds all of its events."""
    if case.has("period"):
        first, last = case.take("period")
        return Period(instant(first), instant(last))
    if usage and any(case.has(name) for name in ("month_days", "period_days", "days")):
        begun = usage[0].at.replace(day=1)
        return Period(begun, begun + timedelta(days=int(case.number("month_days", "period_days", "days"))))
    return Period(usage[0].at, usage[-1].at + _ONE_DAY)


def rerating(case: Case) -> Outputs:
    """What each run still has to bill, by what its inputs are."""
    if case.has("already_invoiced"):
        return still_to_invoice(case)
    if case.has("snapshots_at_each_run"):
        return on_their_periods(case)
    if case.has("total_quantity") or case.has("from_quantity"):
        return charge(case)
    return on_the_current_period(case)


def terms_of(case: Case) -> UsageTerms:
    """What was agreed of the usage of an example."""
    limits = (
        None if limit is None else major(number(limit), case.currency)
        for limit in (case.take("minimum", default=None), case.take("maximum", default=None))
    )
    percent = case.take("discount_pct", default=None)
    factor = case.rate("multiplier", default=0)
    return UsageTerms(
        "usage",
        Meter(Aggregation.SUM),
        TierPrice(case.currency, (Tier(unit=factor),)) if factor else price_of(case),
        allowance=case.number("usage_discount", default=0),
        discounts=() if percent is None else (Discount(percent=decimal(percent)),),
        commitment=Commitment(*limits),
    )


def runs_of(case: Case, snapshots: list[list[Fraction]]) -> list[tuple[RatedLine, ...]]:
    """What each run bills when these quantities were reached at the end of each piece so far."""
    terms = terms_of(case)
    count = max(len(snapshot) for snapshot in snapshots)
    whole = Period(EPOCH, EPOCH + _ONE_DAY * count)
    booked: list[RatedLine] = []
    runs = []
    for snapshot in snapshots:
        windows = [Period(EPOCH + _ONE_DAY * place, EPOCH + _ONE_DAY * (place + 1)) for place in range(len(snapshot))]
        over = len(snapshot) == count and snapshot is snapshots[-1]
        lines = rate_quantities(terms, windows, snapshot, last=over)
        due = still_due(Rating(lines, whole.end, case.currency), booked)
        booked += due
        runs.append(due)
    return runs


def on_the_current_period(case: Case) -> Outputs:
    """Each run bills the difference between what is right now and what was billed before."""
    reached = numbers(case.take("cumulative_quantities"))
    steps = [difference(now, before) for before, now in pairwise(rated_as(case, reached))]
    totals = [
        sum((line.amount for line in run), zero(case)) for run in runs_of(case, [[quantity] for quantity in reached])
    ]
    named: dict[str, Output] = {
        f"{name}_run_lines": [[f"tier{part.tier}", part.quantity, part.amount] for part in run]
        for name, run in zip(ORDINALS, steps, strict=False)
    }
    return {
        "per_run": [
            {"lines": [[part.price, part.quantity, part.amount] for part in run], "total": amount}
            for run, amount in zip(steps, totals, strict=True)
        ],
        "run_totals": totals,
        "total": sum(totals, zero(case)),
        **named,
    }


def rated_as(case: Case, reached: list[Fraction]) -> list[tuple[Part, ...]]:
    """The parts of each run, after none at all: by tiers, or one whose price is all that was reached times a factor."""
    if not case.has("multiplier"):
        price = price_of(case)
        return [(), *(price.parts(quantity) for quantity in reached)]
    times = DynamicPrice(case.currency, decimal(case.take("multiplier")))
    wholes = [round_money(times.amount([Carried(1, size)]), case.currency, Rounding.HALF_UP) for size in reached]
    return [(), *((Part(1, Component.UNIT, decimal(whole.amount), 1),) for whole in wholes)]


def on_their_periods(case: Case) -> Outputs:
    """Each run bills what is missing of every period so far, on that period."""
    snapshots = [numbers(snapshot) for snapshot in case.take("snapshots_at_each_run")]
    found: dict[str, Output] = {}
    for run, due in enumerate(runs_of(case, snapshots), 1):
        sums: dict[str, Output] = {}
        for place in range(len(snapshots[-1])):
            begun = EPOCH + _ONE_DAY * place
            window = Period(begun, begun + _ONE_DAY)
            sums[f"p{place + 1}"] = sum((line.amount for line in due if line.key.period == window), zero(case))
        found[f"run{run}"] = {**sums, "total": sum((line.amount for line in due), zero(case))}
    return found


def still_to_invoice(case: Case) -> Outputs:
    """What is still due of each period when something of it was invoiced."""
    due: list[Output] = []
    for (days, quantity), paid in zip(by_period(case), case.take("already_invoiced"), strict=True):
        period = days.in_zone(UTC_ZONE)
        lines = rate_quantities(terms_of(case), [period], [quantity], last=True)
        booked = [billed(line, paid, case) for line in lines[:1]]
        left = still_due(Rating(lines, period.end, case.currency), booked)
        due.append(sum((line.amount for line in left), zero(case)))
    return {"amounts_still_due": due}


def by_period(case: Case) -> list[tuple[Days, Fraction]]:
    """Periods, each with the usage of its days."""
    usage = [(day(on), number(quantity)) for on, quantity in case.take("usage")]
    periods = [Days(day(first), day(last)) for first, last in case.take("periods")]
    return [(days, sum((size for on, size in usage if on in days), Fraction(0))) for days in periods]


def billed(line: RatedLine, paid: Any, case: Case) -> RatedLine:
    """What was billed of a line before, told by its amount alone."""
    assert line.key.kind is LineKind.UNIT, "a price of blocks has one line"  # noqa: S101  our own mistake
    return RatedLine(line.key, Fraction(0), round_money(number(paid), case.currency, Rounding.HALF_UP))


def zero(case: Case) -> Money:
    """Nothing, of the example's currency."""
    return Money(0, case.currency)
