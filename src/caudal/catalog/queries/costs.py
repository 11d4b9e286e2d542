"""What an offering costs somebody on a day: the price that holds, line by line, with every step.

A price is asked here for now; where rules of price are kept above the catalogue, they hand in their own steps
(`adjustments`), and the first one stays the catalogue's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from caudal.catalog.models import Charge, ChargeSort, Interval, Offering, OfferingRole, PriceVersion
from caudal.catalog.offline import Calculation, PricedCharge, PriceModel, UsageGiven, calculate, lint, read_price
from caudal.catalog.queries.offerings import charges_of, not_sold_from
from caudal.core.errors import Finding, Problem, msg
from caudal.core.money import Currency, Money
from caudal.core.pricing import Adjustment, BeyondTiers, Effect, Stage, check_versions, flat, version_for
from caudal.core.pricing import PriceVersion as DatedPrice
from caudal.kit.access import Actor, Verb

POINTS: Final = 24
"""How many quantities a curve of totals is drawn through."""


class NoPriceInCurrency(Problem):
    """The charge has no price in the currency at all."""

    code = "price.no_currency"
    status = 409
    message = msg("“{charge}” has no price in {currency}.")
    hint = msg("Add a price in this currency, or ask in another one: {others}.")


class NotSoldAnyMore(Problem):
    """The offering was retired before somebody wanted to buy it."""

    code = "offering.not_sold"
    status = 409
    message = msg("“{offering}” is not sold to new customers from {day} on.")
    hint = msg("Who bought it before goes on with it: say since when.")


class NoSuchTerm(Problem):
    """Nobody can commit for so long."""

    code = "offering.no_term"
    status = 422
    message = msg("“{offering}” cannot be bought for {months} months.")
    hint = msg("Leave the term out, or choose one that the offering has.")


class NoSuchMeter(Problem):
    """No charge is counted by the meter."""

    code = "offering.no_meter"
    status = 422
    message = msg("Nothing in “{offering}” is paid by the meter “{meter}”.")


class NotBeside(Problem):
    """The add-on is not bought beside this offering."""

    code = "offering.not_beside"
    status = 422
    message = msg("“{add_on}” cannot be bought beside “{base}”.")


@dataclass(frozen=True, slots=True)
class MeterUsage:
    """So much usage of one meter."""

    meter: str
    usage: UsageGiven


@dataclass(frozen=True, slots=True)
class Asked:
    """Of what a price is asked: for whom, when, how much."""

    day: date
    currency: Currency
    customer_since: date | None = None
    """When they bought it; None buys it on the day."""
    seats: Decimal = Decimal(1)
    usage: tuple[MeterUsage, ...] = ()
    months: int | None = None
    add_on_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Cost:
    """What an offering costs, with what was asked."""

    offering: Offering
    asked: Asked
    calculation: Calculation
    charges: tuple[PricedCharge, ...] = field(repr=False, default=())


def price_at(charge: Charge, *, currency: Currency, day: date, customer_since: date | None = None) -> PriceVersion:
    """Return the price of a charge that somebody pays on a day. Raises NoPriceInCurrency, NoPriceYet."""
    versions = {each.number: each for each in charge.prices.all() if each.currency == currency.code}
    versions = {number: each for number, each in versions.items() if each.deleted_at is None}
    if not versions:
        others = sorted({each.currency for each in charge.prices.all() if each.deleted_at is None})
        raise NoPriceInCurrency(charge=charge.name, currency=currency, others=", ".join(others) or "—")
    # Which version holds is a matter of days alone: the core is not asked what it comes to.
    any_price = flat("0", currency.code)
    dated = [DatedPrice(each.number, each.from_date, any_price, each.existing_from_date) for each in versions.values()]
    return versions[version_for(dated, day=day, subscribed=customer_since or day).number]


def odd_about(
    charge: Charge, model: PriceModel, *, from_date: date, existing_from_date: date | None
) -> tuple[Finding, ...]:
    """Return everything that is odd about a price: in itself, and beside the other prices of the charge."""
    any_price = flat("0", model.currency.code)
    others = [each for each in charge.prices.all() if each.currency == model.currency.code and each.deleted_at is None]
    number = max((each.number for each in others), default=0) + 1
    dated = [DatedPrice(each.number, each.from_date, any_price, each.existing_from_date) for each in others]
    new = DatedPrice(number, from_date, any_price, existing_from_date)
    return *lint(model, charge.name), *check_versions([*dated, new], charge.name)


def cost_of(actor: Actor, offering_id: UUID, asked: Asked, *, adjustments: Sequence[Adjustment] = ()) -> Cost:
    """Return what an offering costs, with its add-ons, each line with its waterfall.

    `adjustments` are steps that come after those of the catalogue, by their stage. Raises NotFound, NoPriceYet,
    NoPriceInCurrency, NotSoldAnyMore, NoSuchTerm, NoSuchMeter, NotBeside, and what prices raise of quantities.
    """
    base = Offering.one_for(actor, Verb.VIEW, offering_id)
    parts = [base, *_beside(actor, base, asked.add_on_ids)]
    since = asked.customer_since or asked.day
    for each in parts:
        end = not_sold_from(each)
        if end is not None and since >= end:
            raise NotSoldAnyMore(offering=each.name, day=end)
    lowered = {each.pk: by_term(base, each, asked.months) for each in parts}
    charges = charges_of(actor, [each.pk for each in parts])
    meters = {charge.meter for charge in charges if charge.meter}
    for given in asked.usage:
        if given.meter not in meters:
            raise NoSuchMeter(offering=base.name, meter=given.meter)
    found = tuple(
        priced(charge, asked, [*recurring(charge, lowered[charge.offering_id]), *adjustments])
        for charge in sorted(charges, key=lambda one: one.offering_id != base.pk)
    )
    all_once = base.interval == Interval.ONCE
    return Cost(base, asked, calculate(found, asked.currency, all_once=all_once), found)


def total_by_quantity(cost: Cost, *, most: int | None = None) -> list[tuple[int, Money]]:
    """Return what the offering comes to for quantities around the one that was asked: of seats, else of usage.

    Everything else stays. Empty where nothing depends on a quantity; it ends where the price does.
    """
    varied = next((each for sort in ("seat", "usage") for each in cost.charges if _varies(each, sort)), None)
    if varied is None:
        return []
    end = most or max(10, int(varied.quantity) * 2)
    step = max(1, -(-end // POINTS))
    all_once = cost.offering.interval == Interval.ONCE
    found = []
    for quantity in range(0, end + 1, step):
        given = tuple(
            replace(each, usage=(replace(each.usage[0], quantity=Decimal(quantity)),))
            if each is varied or (varied.sort == "seat" and each.sort == "seat")
            else each
            for each in cost.charges
        )
        try:
            total = calculate(given, cost.asked.currency, all_once=all_once)
        except BeyondTiers:
            break
        found.append((quantity, total.first))
    return found


def _varies(charge: PricedCharge, sort: str) -> bool:
    return charge.sort == sort and len(charge.usage) == 1 and not charge.usage[0].amounts


def priced(charge: Charge, asked: Asked, adjustments: Sequence[Adjustment]) -> PricedCharge:
    """Return a charge with the price that holds, what is asked of it, and what lowers it. Raises as `price_at`."""
    version = price_at(charge, currency=asked.currency, day=asked.day, customer_since=asked.customer_since)
    own = tuple(each.usage for each in asked.usage if each.meter == charge.meter)
    counted: Mapping[str, tuple[UsageGiven, ...]] = {
        ChargeSort.SEAT: (UsageGiven(asked.seats),),
        ChargeSort.USAGE: own or (UsageGiven(),),
    }
    return PricedCharge(
        code=charge.code,
        name=charge.name,
        sort=charge.sort,
        stream=charge.stream,
        unit=charge.unit,
        version=version.number,
        model=read_price(version.price, version.currency),
        usage=counted.get(charge.sort, (UsageGiven(Decimal(1)),)),
        volume=tuple((each.quantity_min, each.discount_percent) for each in charge.volume_discounts.all()),
        adjustments=tuple(adjustments),
    )


def _beside(actor: Actor, base: Offering, add_on_ids: Iterable[UUID]) -> list[Offering]:
    wanted = list(dict.fromkeys(add_on_ids))
    found = Offering.many_for(actor, Verb.VIEW, wanted)
    offered = set(base.add_ons.filter(add_on__role=OfferingRole.ADD_ON).values_list("add_on_id", flat=True))
    for each in wanted:
        if each not in offered:
            raise NotBeside(add_on=found[each].name, base=base.name)
    return [found[each] for each in wanted]


def by_term(base: Offering, each: Offering, months: int | None) -> list[Adjustment]:
    """Return what a term lowers an offering by: an add-on without terms of its own has none. Raises NoSuchTerm."""
    if months is None:
        return []
    term = each.terms.filter(months=months).first()
    if term is None and each.pk == base.pk:
        raise NoSuchTerm(offering=base.name, months=months)
    if term is None or not term.discount_percent:
        return []
    return [Adjustment("term", Stage.TERM, Effect.PERCENT, -term.discount_percent)]


def recurring(charge: Charge, lowered: Sequence[Adjustment]) -> list[Adjustment]:
    """Return what lowers a charge: a term lowers what recurs, and neither usage nor what is paid once."""
    recurs = charge.sort in {ChargeSort.RECURRING, ChargeSort.SEAT}
    return [each for each in lowered if recurs or each.stage is not Stage.TERM]
