"""Examples of charges: their price lists become tiers, their usage becomes quantities."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Any, Final, cast

from caudal.cli.cases.dimensions import by_dimension, percentages_by_dimension
from caudal.cli.cases.reading import Adapter, Case, NotUnderstood, Output, Outputs, decimal, number, numbers
from caudal.cli.cases.taxing import TAXED, with_tax
from caudal.cli.cases.transactions import dynamic, of_a_total, of_transactions
from caudal.cli.cases.vocabulary import in_our_words
from caudal.core.money import Money, Rounding, round_money
from caudal.core.pricing import (
    Carried,
    Commitment,
    Component,
    Discount,
    DynamicPrice,
    Mode,
    Part,
    Tier,
    TierPrice,
    ZeroUsage,
    difference,
    discounted,
    use_allowance,
)
from caudal.core.rating import round_quantity

_PERCENT: Final = 100
_WITH_DISCOUNT: Final = 5
"""How long a line is that also tells what it loses and what is left of it."""
BASES: Final = ("base_price", "fixed", "base_fee", "platform_fee", "recurring")
"""What sources call what is paid besides usage."""
TIER_NAMES: Final = {
    "last": ("last", "up_to", "to", "up_to_amount", "max", "to_value", "last_unit", "ending_unit", "max_seats"),
    "unit": (
        "unit", "unit_price", "per_unit", "unit_amount", "per_unit_amount", "price_per_unit", "price_per_seat",
        "amount", "price",
    ),
    "flat": ("flat", "flat_price", "flat_fee", "flat_amount"),
    "rate_pct": ("rate_pct", "rate"),
    "size": ("size", "block_size", "package_size"),
}  # fmt: skip
"""Our names for what a tier has, and those of the sources."""
STAIR_NAMES: Final = {**TIER_NAMES, "unit": TIER_NAMES["unit"][:-2], "flat": (*TIER_NAMES["flat"], "amount", "price")}
"""The same where a tier has one price whatever the quantity."""
FIRST_NAMES: Final = frozenset({"first", "from", "from_value", "first_unit", "starting_unit", "min_seats", "name"})
"""What a tier is told besides; it begins where the one before ends."""
ENDLESS: Final = frozenset({"inf", "infinity", "∞", "unlimited"})
_STAIRS: Final = ("stair", "capacity")
_VOLUME: Final = ("volume", "top_tier", *_STAIRS)
ROUNDINGS: Final = {
    **dict.fromkeys(("round", "half_up"), Rounding.HALF_UP),
    **dict.fromkeys(("ceil", "ceiling", "up"), Rounding.UP),
    **dict.fromkeys(("floor", "down"), Rounding.DOWN),
}
"""What sources call the ways in which a quantity is rounded; quantities are not negative."""
ZERO_USAGE: Final = {"chargebee": ZeroUsage.ONE_BLOCK, "killbill": ZeroUsage.NOTHING}
"""What no usage costs by the documents of a source; the flat part of the first tier by those of the others."""
CLAMPS: Final = ("lago", "openmeter")
"""Sources by whose documents usage below zero costs nothing; Caudal refuses to price it."""


def charge(case: Case) -> Outputs:
    """A charge of any kind, in units of account where it is told what one is worth, and with its tax where one is."""
    if isinstance(properties := case.take("properties", default=None), Mapping):
        case = case.within(in_our_words(properties), but="properties")
    found = charged(case)
    if case.has("conversion_rate"):
        found = worth(found, case.number("conversion_rate"))
    if not case.has(TAXED):
        return found
    net = round_money(number(found["amount"]), case.currency, Rounding.HALF_UP)
    return with_tax(case, {**found, "amount": net})


def charged(case: Case) -> Outputs:
    """A charge of any kind, by what its inputs are."""
    if "percentage" in case.topic and case.has("rate") and not case.has("rate_pct"):
        case = case.within({"rate_pct": case.take("rate")}, but="rate")
    if case.has("rate_pct") and "advance" in case.topic and isinstance(case.inputs.get("events"), list):
        case = case.within({"transactions": case.take("events")}, but="events")
    for names, adapter in SHAPES:
        if case.has(*names):
            return adapter(case)
    if isinstance(case.inputs.get("units"), Mapping):
        return of_many(case)
    if case.has("events") and ("dynamic" in case.topic or carries_amounts(case)):
        return dynamic(case)
    if "flat" in case.topic and not case.has("tiers"):
        price = case.money("flat", "amount", "price", "flat_price")
        return {"amount": price, "total": price, **discounted_within_limits(case, [price])}
    if case.has("rate_pct"):
        return amounts(case, TierPrice(case.currency, (Tier(unit=percent(case.take("rate_pct"))),)))
    return amounts(case, price_of(case))


def worth(found: Outputs, rate: Fraction) -> Outputs:
    """A charge in units of account (credits, tokens) as money, at what one of them is worth."""
    units = number(found["amount"])
    names = ("pricing_units", "pricing_unit_amount", "credits", "amount_in_credits")
    return {**found, **dict.fromkeys(names, units), **dict.fromkeys(("amount", "total"), units * rate)}


def quantity_of(case: Case) -> Fraction:
    """What is priced: told as a number, or as events that are counted or added up."""
    if case.has("events") and not any(case.has(name) for name in ("quantity", "units", "seats")):
        events = case.take("events")
        return sum(sizes_of(events), Fraction(0)) if isinstance(events, list) else number(events)
    return case.number("quantity", "units", "seats")


def sizes_of(events: list[Any]) -> list[Fraction]:
    """What each of some events adds: numbers, or instants with one."""
    return [number(row[-1] if isinstance(row, list) else row) for row in events]


STEP_NAMES: Final = ("charge_per_event", "charge_per_transaction", "amounts")
"""What sources call what each event adds."""


def event_by_event(case: Case, price: TierPrice) -> dict[str, Output]:
    """What each event adds to a price that is paid as they come in, where events are listed."""
    events = case.inputs.get("events")
    if not isinstance(events, list) or case.has("quantity"):
        return {}
    reached = [Fraction(0), *accumulate(sizes_of(events))]
    booked = [Fraction(0), *(price.amount(size) for size in reached[1:])]
    steps = [now - before for before, now in pairwise(booked)]
    each: Output = list(steps)
    return {**dict.fromkeys(STEP_NAMES, each), "amount_after_each_event": booked[1:]}


def carries_amounts(case: Case) -> bool:
    """Whether events bring amounts of their own."""
    rows = case.take("events")
    return isinstance(rows, list) and all(isinstance(row, Mapping) for row in rows)


def one_after_the_other(case: Case) -> Outputs:
    """What each of some quantities costs by itself: every output is a list."""
    found = [charge(case.within({"quantity": one}, but="quantities")) for one in case.take("quantities")]
    listed: dict[str, Output] = {key: [one[key] for one in found] for key in found[0]}
    return {**listed, **{f"{key}s": value for key, value in listed.items() if not key.endswith("s")}}


def of_many(case: Case) -> Outputs:
    """What several kinds of units cost, each at its own price, and all together."""
    each: dict[str, Output] = {}
    whole = case.number(*BASES, default=0)
    for name, row in case.take("units").items():
        inner = case.within(in_our_words(row), but="units", without=BASES)
        each[str(name)] = amount = charge(inner)["amount"]
        if unread := sorted(row.keys() & set(inner.unread())):
            raise NotUnderstood(reason=f"Nobody reads {', '.join(unread)} of {name}.")
        whole += amount.amount if isinstance(amount, Money) else number(amount)
    return {**each, **dict.fromkeys(("amount", "total"), whole), "amounts": each}


def quantities_of(case: Case) -> tuple[Fraction, Fraction]:
    """What was billed before, and what is billed now: told as such, or as what was reached."""
    if case.has("from_quantity", "to_quantity"):
        before, reached = (case.number(name) for name in ("from_quantity", "to_quantity"))
        return before, converted(case, reached - before)
    before = case.number("already_billed_quantity", default=0)
    if case.has("total_quantity"):
        return before, converted(case, case.number("total_quantity") - before)
    quantity = converted(case, quantity_of(case))
    if case.has("minimum_packages"):
        quantity = max(quantity, case.number("minimum_packages") * case.number("package_size") - before)
    return before, quantity


def amounts(case: Case, price: TierPrice) -> Outputs:
    """What a quantity costs, in one go or after what was billed before, besides what is paid for in any case."""
    before, quantity = quantities_of(case)
    if quantity + before < 0 and any(name in case.source.lower() for name in CLAMPS):
        return {"amount": Fraction(0), "lines": [], "units": quantity, "unit_amount": Fraction(0)}
    free = case.number("usage_discount", default=0)
    paid_before, reached = (use_allowance(free, [one])[0][0] for one in (before, quantity + before))
    parts = price.parts(reached)
    if before:
        parts = difference(parts, price.parts(paid_before))
    usage = sum((part.amount for part in parts), Fraction(0))
    gross = [round_money(part.amount, price.currency, Rounding.HALF_UP) for part in parts]
    limited = discounted_within_limits(case, gross)
    found = usage + case.number(*BASES, default=0)
    charged_units = quantity - case.number("free_units", default=0)
    return {
        "amount": found,
        "total": found,
        "usage": usage,
        "lines": told_in(case, parts) if names_lines(case) else [part.amount for part in parts],
        **dict.fromkeys(("tiers", "ranges"), tier_by_tier(parts, case)),
        **event_by_event(case, price),
        **of_components(parts),
        "free_units": min(quantity, case.number("free_units", default=0)),
        "paid_units": max(charged_units, Fraction(0)),
        "units": quantity,
        "billed_quantity": reached - paid_before,
        "unit_amount": usage / charged_units if charged_units > 0 else Fraction(0),
        "overage": sum(
            (part.quantity for part in parts if part.component is Component.UNIT and part.price), Fraction(0)
        ),
        "packages": packages_of(price, parts, reached - paid_before),
        **limited,
        **({"lines": limited_lines(case, parts, limited)} if limited else {}),
    }


def packages_of(price: TierPrice, parts: Iterable[Part], quantity: Fraction) -> Fraction:
    """How many packages are paid: those of the lines, or of the quantity where packages have no price."""
    size = price.tiers[-1].block
    if len(price.tiers) == 1 and size and not price.tiers[0].unit:
        return round_quantity(quantity / Fraction(size), ROUNDINGS["ceiling"], 0)
    return sum((Fraction(part.quantity) for part in parts if part.component is Component.UNIT), Fraction(0))


def limited_lines(case: Case, parts: Iterable[Part], limited: Mapping[str, Output]) -> list[Output]:
    """The lines of a charge that a maximum lowers, each with what it loses where that is told, and its minimum."""
    rows = told_in(case, parts)
    stated = case.stated.get("lines")
    if isinstance(stated, list) and any(isinstance(row, list) and len(row) == _WITH_DISCOUNT for row in stated):
        lost = zip(rows, cast("list[Money]", limited["off"]), cast("list[Money]", limited["line_totals"]), strict=True)
        rows = [[*row, off, left] for row, off, left in lost]
    true_up = cast("Money", limited["true_up"])
    return [*rows, ["minimum spend", 1, true_up]] if true_up else [*rows]


def of_components(parts: Sequence[Part]) -> dict[str, Output]:
    """What all flat parts of a charge come to, and what its units do."""
    sums = {kind: sum((part.amount for part in parts if part.component is kind), Fraction(0)) for kind in Component}
    return {
        **dict.fromkeys(("flat", "flat_amount", "flat_unit_amount"), sums[Component.FLAT]),
        **dict.fromkeys(("per_unit_total", "per_unit_total_amount"), sums[Component.UNIT]),
    }


def names_lines(case: Case) -> bool:
    """Whether an example lists the lines of a charge with what they are, and not by their amounts alone."""
    lines = case.stated.get("lines")
    return bool(lines) and isinstance(lines[0], list) if isinstance(lines, list) else "blocks" not in case.topic


def tier_by_tier(parts: Sequence[Part], case: Case) -> list[Output]:
    """What each tier of a charge comes to: its units, what they cost, and its flat part."""
    found: list[Output] = []
    shown = case.stated.get("tiers", case.stated.get("ranges"))
    as_rows = isinstance(shown, list) and bool(shown) and isinstance(shown[0], list)
    for tier in sorted({part.tier for part in parts}):
        units = [part for part in parts if part.tier == tier and part.component is Component.UNIT]
        of_units = sum((part.amount for part in units), Fraction(0))
        flat = sum((part.amount for part in parts if part.tier == tier and part not in units), Fraction(0))
        if as_rows:
            found.append([tier, sum((part.quantity for part in units), Fraction(0)), of_units + flat])
            continue
        row: dict[str, Output] = {"tier": tier, "units": sum((part.quantity for part in units), Fraction(0))}
        row |= dict.fromkeys(("unit_amount", "per_unit_total_amount"), of_units)
        row |= dict.fromkeys(("flat", "flat_amount", "flat_unit_amount"), flat)
        found.append(row | dict.fromkeys(("amount", "total", "total_with_flat_amount"), of_units + flat))
    return found


def converted(case: Case, metered: Fraction) -> Fraction:
    """A metered quantity in the units that are priced: divided or multiplied, and rounded where that is told."""
    told = case.take("conversion", "unit_config", default=None) or plainly_told(case)
    factor = number(told.get("factor", told.get("conversion_factor", 1)))
    quantity = metered / factor if str(told.get("operation", "divide")).startswith("div") else metered * factor
    rounding = str(told.get("rounding", "none"))
    if rounding == "none":
        return quantity
    return round_quantity(quantity, ROUNDINGS[rounding], int(number(told.get("precision", 0))))


def plainly_told(case: Case) -> dict[str, Any]:
    """How a quantity is converted where the inputs themselves say so."""
    if not case.has("operation"):
        return {}
    names = ("operation", "factor", "conversion_factor", "rounding", "precision")
    return {name: case.take(name) for name in names if case.has(name)}


def discounted_within_limits(case: Case, gross: list[Money]) -> dict[str, Output]:
    """What a percentage, a minimum and a maximum make of the lines of a charge, where the example has them."""
    limits = Commitment(case.limit("minimum", "commitment"), case.limit("maximum"))
    billed = case.money("already_billed_amount", default=0)
    percent_off = case.take("discount_pct", default=None)
    if limits.minimum is None and limits.maximum is None and percent_off is None:
        return {}
    nothing = Money(0, case.currency)
    cut = () if percent_off is None else (Discount(percent=decimal(percent_off)),)
    lines = [discounted(line, cut, Rounding.HALF_UP) for line in gross]
    found = limits.settle([nothing, *lines], booked=billed, last=case.take("last", default=True) is True)
    over = found.off[1:]
    usage, off, net = sum(gross, nothing), sum(over, nothing), sum(lines, nothing)
    whole = net - off + found.true_up
    return {
        "amount": usage if case.stated.keys() & {"total", "net", "payable"} else whole,  # before and after the limits
        "usage": usage,
        "subtotal": usage,
        "off": list(over),
        "line_totals": [line - less for line, less in zip(lines, over, strict=True)],
        "percentage_discount": usage - net,
        "maximum_discount": off,
        "discount": usage - net + off,
        **dict.fromkeys(("true_up", "minimum_spend"), found.true_up),
        "total": whole,
    }


def for_a_part(case: Case) -> Outputs:
    """Units that were there for a part of a period: all of them say the tier, the part of them is paid."""
    paid = case.number("prorated_quantity") if case.has("prorated_quantity") else case.number("quantity", "units")
    whole = case.number("full_quantity", "quantity", "units")
    price = price_of(case)
    if price.mode is not Mode.VOLUME and len(price.tiers) > 1:
        raise NotUnderstood(reason="Only units of one tier are paid in part.")
    found = sum(
        (part.amount * (paid / whole if part.component is Component.UNIT else 1) for part in price.parts(whole)),
        Fraction(0),
    )
    unit = next((part.price for part in price.parts(whole) if part.component is Component.UNIT), Decimal(0))
    each = found / whole if whole else Fraction(0)
    return {
        "amount": found,
        "units": paid,
        "unit_amount": each,
        **dict.fromkeys(("tier_unit", "tier_price", "tier_unit_price"), unit),
    }


def one_by_one(case: Case) -> Outputs:
    """What each of some transactions adds to a price by tiers."""
    price = price_of(case)
    reached = [Fraction(0), *accumulate(numbers(case.take("transactions")))]
    booked = [Fraction(0), *(price.amount(size) for size in reached[1:])]
    steps = [now - before for before, now in pairwise(booked)]
    return {"charge_per_transaction": steps, "amount": booked[-1]}


def told_in(case: Case, parts: Iterable[Part]) -> list[list[Output]]:
    """Parts as an example lists them: which tier and which of its prices, or the tier alone, how many, how much."""
    lines = case.stated.get("lines")
    alone = isinstance(lines, list) and all(isinstance(row, list) and " " not in str(row[0]) for row in lines)
    return [
        [f"tier{part.tier}" if alone else f"tier{part.tier} {part.component.value}", part.quantity, part.amount]
        for part in parts
    ]


def price_of(case: Case) -> TierPrice:
    """The price that an example describes."""
    told = f"{case.topic} {case.take('policy', 'mode', 'model', 'charge_model', default='')}".lower()
    mode = Mode.VOLUME if any(word in told for word in _VOLUME) else Mode.GRADUATED
    rows = case.take("tiers", default=None)
    tiers = tiers_of(case, rows, mode) if rows is not None else one_tier(case)
    return TierPrice(case.currency, tiers, mode, zero_usage_of(case))


def zero_usage_of(case: Case) -> ZeroUsage:
    """What no usage costs by the documents of the example's source."""
    if "graduated_percentage" in case.topic:
        return ZeroUsage.NOTHING
    source = case.source.lower()
    return next((said for name, said in ZERO_USAGE.items() if name in source), ZeroUsage.FIRST_FLAT)


def one_tier(case: Case) -> tuple[Tier, ...]:
    """A price of one tier, after free units."""
    size = case.take("package_size", "block_size", "size", default=None)
    free = case.number("free_units", default=0)
    unit = case.rate("unit_price", "price", "price_per_seat", "amount", default=0)
    flat = case.rate("flat", default=0)
    paid = Tier(unit=unit, flat=flat, block=None if size is None else number(size))
    return (Tier(free), paid) if free else (paid,)


def tiers_of(case: Case, rows: list[Mapping[str, Any]], mode: Mode) -> tuple[Tier, ...]:
    """Tiers as sources write them: from first to last, up to, or so many blocks of a size."""
    tiers: list[Tier] = []
    end = Fraction(0)
    for row in rows:
        if "max_blocks" in row:
            blocks = number(-1 if row["max_blocks"] is None else row["max_blocks"])  # −1 is without end
            end += number(row["size"]) * blocks
            tiers.append(Tier(None if blocks < 0 else end, unit=decimal(row["price"]), block=number(row["size"])))
            continue
        tiers.append(tier_of(row, case))
    if mode is Mode.VOLUME and "max_blocks" in rows[-1]:
        last_tier = tiers[-1]
        tiers[-1] = Tier(None, last_tier.unit, last_tier.flat, last_tier.block)
    return tuple(tiers)


def tier_of(row: Mapping[str, Any], case: Case) -> Tier:
    """A tier that ends at a quantity, under the names of the sources; prices may be in minor units."""
    told: dict[str, Any] = {}
    known = set(FIRST_NAMES)
    for ours, names in (STAIR_NAMES if any(word in case.topic for word in _STAIRS) else TIER_NAMES).items():
        for name in names:
            known |= {name, f"{name}_cents"}
            if isinstance(row.get(name), Mapping) and row[name].keys() <= {"amount", "type"}:
                told.setdefault(ours, row[name]["amount"])
                continue
            if row.get(name) is not None:
                told.setdefault(ours, row[name])
            if row.get(f"{name}_cents") is not None:
                told.setdefault(ours, number(row[f"{name}_cents"]) / case.currency.minor_per_major)
    if unknown := row.keys() - known:
        raise NotUnderstood(reason=f"A tier has {', '.join(sorted(unknown))}.")
    end = told.get("last")
    end = None if end is None or str(end).lower() in ENDLESS else number(end)
    unit = percent(told["rate_pct"]) if "rate_pct" in told else decimal(told.get("unit", 0))
    size = None if "size" not in told else number(told["size"])
    return Tier(end, unit, decimal(told.get("flat", 0)), size)


def percent(value: Any) -> Decimal:
    """A percentage as a share."""
    return decimal(number(value) / _PERCENT)


def times(case: Case) -> Outputs:
    """An amount that was metered, times a number."""
    metered = case.number("amount", "metered_amount", "quantity", "usage")
    amount = DynamicPrice(case.currency, decimal(case.take("multiplier"))).amount([Carried(1, metered)])
    limited = discounted_within_limits(case, [round_money(amount, case.currency, Rounding.HALF_UP)])
    return {"amount": amount, "total": amount, "lines": [], **limited}


SHAPES: Final[tuple[tuple[tuple[str, ...], Adapter], ...]] = (
    (("transactions", "filters"), percentages_by_dimension),
    (("transactions", "rate_pct"), of_transactions),
    (("transactions",), one_by_one),
    (("rate_pct", "total", "events"), of_a_total),
    (("multiplier",), times),
    (("prorated_quantity",), for_a_part),
    (("full_quantity",), for_a_part),
    (("filters",), by_dimension),
    (("groups",), by_dimension),
    (("precise_total_amount_cents",), dynamic),
    (("quantities",), one_after_the_other),
)
"""Which inputs say which kind of example it is; the first that are all there count, or else it is a quantity."""
