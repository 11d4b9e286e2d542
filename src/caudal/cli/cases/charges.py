"""Examples of charges: their price lists become tiers, their usage becomes quantities."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from caudal.cli.cases.reading import Case, NotUnderstood, Output, Outputs, decimal, number, numbers
from caudal.core.money import Money, Rounding, round_money
from caudal.core.pricing import (
    Carried,
    Commitment,
    Component,
    DynamicPrice,
    Mode,
    Part,
    PercentagePrice,
    Tier,
    TierPrice,
    ZeroUsage,
    difference,
)

_PERCENT: Final = 100
TIER_NAMES: Final = {
    "last": ("last", "up_to", "to", "up_to_amount", "max"),
    "unit": ("unit", "unit_price", "per_unit", "unit_amount"),
    "flat": ("flat", "flat_price", "flat_fee", "flat_amount", "price"),
    "rate_pct": ("rate_pct", "rate"),
    "size": ("size", "block_size", "package_size"),
}
"""Our names for what a tier has, and those of the sources; a price of nothing in particular is that of the tier."""
_VOLUME: Final = ("volume", "stairstep", "stair_step", "top_tier")
COUNT_MAX: Final = 100_000
ZERO_USAGE: Final = {"chargebee": ZeroUsage.ONE_BLOCK, "killbill": ZeroUsage.NOTHING}
"""What no usage costs by the documents of a source; the flat part of the first tier by those of the others."""


def charge(case: Case) -> Outputs:
    """A charge of any kind, by what its inputs are."""
    if case.has("rate_pct") and case.has("transactions"):
        return of_transactions(case)
    if case.has("rate_pct", "total", "events"):
        return of_a_total(case)
    if case.has("multiplier"):
        return times(case)
    if case.has("events") and not case.has("tiers"):
        return dynamic(case)
    if case.has("rate_pct"):
        return amounts(case, TierPrice(case.currency, (Tier(unit=percent(case.take("rate_pct"))),)))
    return amounts(case, price_of(case))


def amounts(case: Case, price: TierPrice) -> Outputs:
    """What a quantity costs, in one go or after what was billed before."""
    quantity = case.number("quantity", "units", "seats")
    before = case.number("already_billed_quantity", default=0)
    parts = price.parts(quantity + before)
    if before:
        parts = difference(parts, price.parts(before))
    found = sum((part.amount for part in parts), Fraction(0))
    limited = within_limits(case, parts, price)
    return {
        "amount": limited.get("total", found),
        "total": limited.get("total", found),
        "amount_cents": limited.get("total", round_money(found, price.currency, Rounding.HALF_UP)),
        "lines": [part.amount for part in parts] if case.topic.endswith("blocks") else [told(part) for part in parts],
        "units": quantity,
        "unit_amount": found / quantity if quantity else Fraction(0),
        "packages": sum((part.quantity for part in parts if part.component is Component.UNIT), Fraction(0)),
        **limited,
    }


def within_limits(case: Case, parts: tuple[Part, ...], price: TierPrice) -> dict[str, Output]:
    """What a minimum and a maximum make of the lines of a charge, where the example has them."""
    minimum = case.take("minimum", default=None)
    maximum = case.take("maximum", default=None)
    billed = case.take("already_billed_amount", default=0)
    if minimum is None and maximum is None:
        return {}
    lines = [round_money(part.amount, price.currency, Rounding.HALF_UP) for part in parts]
    nothing = Money(0, price.currency)
    limits = Commitment(*(None if limit is None else round_to(limit, price) for limit in (minimum, maximum)))
    found = limits.settle(lines, booked=round_to(billed, price))
    off = sum(found.off, nothing)
    return {
        "off": list(found.off),
        "line_totals": [line - less for line, less in zip(lines, found.off, strict=True)],
        "discount": off,
        "true_up": found.true_up,
        "minimum_spend": found.true_up,
        "total": sum(lines, nothing) - off + found.true_up,
    }


def round_to(value: Any, price: TierPrice) -> Money:
    """An amount in major units of a price's currency."""
    return round_money(number(value), price.currency, Rounding.HALF_UP)


def told(part: Part) -> list[Output]:
    """A part as examples list them: which price of which tier, how many, how much."""
    return [f"tier{part.tier} {part.component.value}", part.quantity, part.amount]


def price_of(case: Case) -> TierPrice:
    """The price that an example describes."""
    mode = Mode.VOLUME if any(word in case.topic for word in _VOLUME) else Mode.GRADUATED
    policy = str(case.take("policy", default="")).upper()
    mode = {"ALL_TIERS": Mode.GRADUATED, "TOP_TIER": Mode.VOLUME}.get(policy, mode)
    rows = case.take("tiers", default=None)
    tiers = tiers_of(rows, mode) if rows is not None else one_tier(case)
    return TierPrice(case.currency, tiers, mode, zero_usage_of(case))


def zero_usage_of(case: Case) -> ZeroUsage:
    """What no usage costs by the documents of the example's source."""
    source = case.source.lower()
    return next((said for name, said in ZERO_USAGE.items() if name in source), ZeroUsage.FIRST_FLAT)


def one_tier(case: Case) -> tuple[Tier, ...]:
    """A price of one tier, after free units."""
    size = case.take("package_size", "block_size", "size", default=None)
    free = case.number("free_units", default=0)
    unit = decimal(case.take("unit_price", "price", "price_per_seat", default=0))
    flat = decimal(case.take("flat", default=0))
    paid = Tier(unit=unit, flat=flat, block=None if size is None else number(size))
    return (Tier(free), paid) if free else (paid,)


def tiers_of(rows: list[Mapping[str, Any]], mode: Mode) -> tuple[Tier, ...]:
    """Tiers as sources write them: from first to last, up to, or so many blocks of a size."""
    tiers: list[Tier] = []
    end = Fraction(0)
    for row in rows:
        if "max_blocks" in row:
            end += number(row["size"]) * number(row["max_blocks"])
            tiers.append(Tier(end, unit=decimal(row["price"]), block=number(row["size"])))
            continue
        tiers.append(tier_of(row))
    if mode is Mode.VOLUME and "max_blocks" in rows[-1]:
        last_tier = tiers[-1]
        tiers[-1] = Tier(None, last_tier.unit, last_tier.flat, last_tier.block)
    return tuple(tiers)


def tier_of(row: Mapping[str, Any]) -> Tier:
    """A tier that ends at a quantity, under the names of the sources."""
    if unknown := row.keys() - {"first", "from", *(name for names in TIER_NAMES.values() for name in names)}:
        raise NotUnderstood(reason=f"A tier has {', '.join(sorted(unknown))}.")
    told = {
        ours: next((row[name] for name in names if row.get(name) is not None), None)
        for ours, names in TIER_NAMES.items()
    }
    unit = percent(told["rate_pct"]) if told["rate_pct"] is not None else decimal(told["unit"] or 0)
    end, size = (None if told[name] is None else number(told[name]) for name in ("last", "size"))
    return Tier(end, unit, decimal(told["flat"] or 0), size)


def percent(value: Any) -> Decimal:
    """A percentage as a share."""
    return decimal(number(value) / _PERCENT)


def of_transactions(case: Case) -> Outputs:
    """A percentage of each of some transactions."""
    price = percentage(case)
    fees = price.fees(numbers(case.take("transactions")))
    return {
        "charge_per_transaction": [fee.total for fee in fees],
        "amount": sum((fee.total for fee in fees), Fraction(0)),
        "free_events": sum(not fee.paid for fee in fees),
        "paid_events": sum(fee.paid for fee in fees),
        "free_units": sum((fee.free_amount for fee in fees), Fraction(0)),
        "paid_units": sum((fee.paid_amount for fee in fees), Fraction(0)),
        "percentage_part": sum((fee.percentage for fee in fees), Fraction(0)),
        "fixed_part": sum((fee.fixed for fee in fees), Fraction(0)),
    }


def of_a_total(case: Case) -> Outputs:
    """A percentage of a total of which only the first transactions are told one by one."""
    running = numbers(case.take("running_total_of_first_free_events", "running_total", default=[]))
    first = [after - before for before, after in zip([Fraction(0), *running], running, strict=False)]
    count, whole = int(case.number("events")), case.number("total")
    left = count - len(first)
    if count > COUNT_MAX:
        raise NotUnderstood(reason=f"More than {COUNT_MAX:,} transactions are not told by their number.")
    if left < 0 or (left == 0 and sum(first) != whole):
        raise NotUnderstood(reason="The transactions do not add up to the total.")
    rest = [whole - sum(first), *[Fraction(0)] * (left - 1)] if left else []
    inputs = {**case.inputs, "transactions": [*first, *rest]}
    inner = Case(case.id, case.source, case.topic, inputs, seen=case.seen)
    return of_transactions(inner)


def percentage(case: Case) -> PercentagePrice:
    """A percentage price; an allowance of zero is none of its kind."""
    count = int(case.number("free_events", default=0))
    amount = case.number("free_total", default=0)
    least, most = (case.take(name, default=None) for name in ("min_per_tx", "max_per_tx"))
    return PercentagePrice(
        case.currency,
        decimal(case.take("rate_pct")),
        fixed=decimal(case.take("fixed_per_event", default=0)),
        free_count=count or None,
        free_amount=amount or None,
        minimum=None if least is None else number(least),
        maximum=None if most is None else number(most),
    )


def times(case: Case) -> Outputs:
    """An amount that was metered, times a number."""
    metered = case.number("amount", "metered_amount", "quantity", "usage")
    amount = DynamicPrice(case.currency, decimal(case.take("multiplier"))).amount([Carried(1, metered)])
    return {"amount": amount, "total": amount, "amount_cents": round_money(amount, case.currency, Rounding.HALF_UP)}


def dynamic(case: Case) -> Outputs:
    """Amounts that events carry, in minor units with any number of places."""
    per_major = case.currency.minor_per_major
    events = [
        Carried(number(event["units"]), number(event["precise_total_amount_cents"]) / per_major)
        for event in case.take("events")
    ]
    price = DynamicPrice(case.currency)
    return {
        "units": sum((Fraction(event.units) for event in events), Fraction(0)),
        "amount": price.amount(events),
        "amount_cents": round_money(price.amount(events), case.currency, Rounding.HALF_UP),
        "unit_price": price.unit_price(events),
        **{key: price.unit_price(events) for key in case.stated if key.startswith("unit_price_rounded")},
    }
