"""What a bundle costs on a day, and what that makes of each charge of its parts.

A price of a bundle is split by what its charges cost alone, to the last unit, and becomes the discount of each: so that
further seats, prorated parts and other prices later go on from it as from any other discount. It is a price of what
recurs, where the parts recur; what is paid once beside that, and usage, costs what it costs alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from caudal.catalog.models import Bundle, BundlePart, Charge, ChargeSort, Interval, Offering
from caudal.catalog.offline import Calculation, CostLine, PricedCharge, UsageGiven, calculate
from caudal.catalog.queries.costs import Asked, NotSoldAnyMore, by_term, priced, recurring
from caudal.catalog.queries.offerings import bundle, charges_of, not_sold_from
from caudal.core.errors import Problem, msg
from caudal.core.money import Currency, Money, allocate, total
from caudal.core.pricing import Adjustment, Effect, Stage
from caudal.kit.access import Actor

PLACES: Final = 12
"""Decimals of a percentage that an amount is told by: more than any amount can need."""
STEP: Final = "bundle"


class NotInWholeBundles(Problem):
    """A price of a bundle is one of whole bundles."""

    code = "bundle.not_whole"
    status = 422
    message = msg("“{bundle}” costs its price when {parts} are bought together, or a multiple of that.")
    hint = msg("Ask for whole bundles. What recurs as a whole, and not by seats, is bought in one bundle.")


@dataclass(frozen=True, slots=True)
class BundleCost:
    """What a bundle costs, line by line, and what its parts cost alone."""

    bundle: Bundle
    asked: Asked
    calculation: Calculation
    alone: Calculation


def parts_of(row: Bundle) -> list[BundlePart]:
    """Return the parts of a bundle: what is bought by itself first, what recurs before what is paid once, by name."""
    return sorted(
        row.parts.all(),
        key=lambda each: (
            each.offering.role != "main",
            each.offering.interval == Interval.ONCE,
            each.offering.name_key,
            each.pk,
        ),
    )


def bundle_price(row: Bundle, currency: Currency, day: date) -> Money | None:
    """Return what one bundle costs on a day in a currency, before tax; None leaves it to its discount."""
    said = [each for each in row.prices.all() if each.currency == currency.code and each.from_date <= day]
    last = max(said, key=lambda each: (each.from_date, each.number), default=None)
    return None if last is None or last.amount_minor is None else Money(last.amount_minor, currency)


def bundle_steps(
    row: Bundle, charges: Iterable[Charge], quantities: Mapping[UUID, Decimal], *, currency: Currency, day: date
) -> dict[UUID, Adjustment]:
    """Return what a bundle makes of the charges of its parts, by charge: a step of the waterfall each.

    `quantities` is how much of each offering is bought. Raises NotInWholeBundles, and what prices raise.
    """
    parts = {each.offering_id: each for each in row.parts.all()}
    own = [each for each in charges if each.offering_id in parts]
    price = bundle_price(row, currency, day)
    if price is None:
        step = _percent(-row.discount_percent)
        return {each.pk: step for each in own} if row.discount_percent else {}
    count = _count(row, parts, own, quantities)
    recurs = any(each.offering.interval != Interval.ONCE for each in parts.values())
    covered = [each for each in own if _is_covered(each, recurs=recurs)]
    alone = [_line(each, quantities[each.offering_id], currency, day) for each in covered]
    weights = [line.amount.minor for line in alone]
    if not any(weights):
        return {}
    shares = allocate(Money(price.minor * count, currency), weights)
    return {
        charge.pk: _percent(_apart(line.amount, share))
        for charge, line, share in zip(covered, alone, shares, strict=True)
        if line.amount and share != line.amount
    }


def cost_of_bundle(actor: Actor, bundle_id: UUID, asked: Asked, *, count: int = 1) -> BundleCost:
    """Return what so many of a bundle cost on a day, each line with its waterfall; of what is asked, usage too.

    Raises NotFound, NotSoldAnyMore, NotInWholeBundles, NoSuchTerm, and what prices raise.
    """
    row = bundle(actor, bundle_id)
    parts = parts_of(row)
    quantities = {each.offering_id: Decimal(each.quantity * count) for each in parts}
    since = asked.customer_since or asked.day
    for each in parts:
        end = not_sold_from(each.offering)
        if end is not None and since >= end:
            raise NotSoldAnyMore(offering=each.offering.name, day=end)
    charges = charges_of(actor, quantities)
    steps = bundle_steps(row, charges, quantities, currency=asked.currency, day=asked.day)
    lowered, alone = [], []
    for each in parts:
        own = [charge for charge in charges if charge.offering_id == each.offering_id]
        said = replace(asked, seats=quantities[each.offering_id])
        term = by_term(parts[0].offering, each.offering, asked.months)
        lowered.append(_part(each.offering, own, said, {key: [step] for key, step in steps.items()}, term))
        alone.append(_part(each.offering, own, said, {}, term))
    return BundleCost(row, asked, _together(lowered, asked.currency), _together(alone, asked.currency))


def _part(
    offering: Offering,
    charges: Sequence[Charge],
    asked: Asked,
    steps: Mapping[UUID, list[Adjustment]],
    term: Sequence[Adjustment],
) -> Calculation:
    once = offering.interval == Interval.ONCE
    found = []
    for charge in charges:
        one = priced(charge, asked, recurring(charge, [*steps.get(charge.pk, []), *term]))
        if once and charge.sort != ChargeSort.USAGE:
            one = replace(one, usage=(UsageGiven(asked.seats),))
        found.append(one)
    return calculate(found, asked.currency, all_once=once)


def _together(parts: Sequence[Calculation], currency: Currency) -> Calculation:
    return Calculation(
        tuple(line for each in parts for line in each.lines),
        total((each.once for each in parts), currency),
        total((each.every_period for each in parts), currency),
    )


def _count(
    row: Bundle, parts: Mapping[UUID, BundlePart], charges: Sequence[Charge], quantities: Mapping[UUID, Decimal]
) -> int:
    counts = {Fraction(quantities.get(key, Decimal(0))) / each.quantity for key, each in parts.items()}
    whole = any(each.sort == ChargeSort.RECURRING and each.offering.interval != Interval.ONCE for each in charges)
    count = counts.pop()
    if counts or count.denominator != 1 or count < 1 or (whole and count != 1):
        told = ", ".join(f"{each.quantity} × {each.offering.name}" for each in parts_of(row))
        raise NotInWholeBundles(bundle=row.name, parts=told)
    return int(count)


def _is_covered(charge: Charge, *, recurs: bool) -> bool:
    if charge.sort == ChargeSort.USAGE:
        return False
    is_once = charge.sort == ChargeSort.ONCE or charge.offering.interval == Interval.ONCE
    return is_once != recurs


def _line(charge: Charge, quantity: Decimal, currency: Currency, day: date) -> CostLine:
    one: PricedCharge = priced(charge, Asked(day=day, currency=currency, seats=quantity), [])
    if charge.offering.interval == Interval.ONCE:
        one = replace(one, usage=(UsageGiven(quantity),))
    return calculate([one], currency).lines[0]


def _apart(alone: Money, share: Money) -> Decimal:
    """By how many per cent a share differs from what something costs alone, so exactly that it gives the share."""
    percent = Fraction(share.minor - alone.minor, alone.minor) * 100
    return Decimal(round(percent * 10**PLACES)).scaleb(-PLACES).normalize()


def _percent(value: Decimal) -> Adjustment:
    return Adjustment(STEP, Stage.PLAN, Effect.PERCENT, value)
