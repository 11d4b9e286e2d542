"""The list prices of what is sold: what one unit of an offering's first charge costs, now and later."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from caudal.catalog.models import Charge, ChargeSort, Interval, Offering, PriceVersion
from caudal.catalog.offline import first_unit, read_price, unit_rates
from caudal.catalog.queries.offerings import by_sort, every_offering, not_sold_from
from caudal.core.ids import Ref
from caudal.kit.access import Actor

YEAR = 12


@dataclass(frozen=True, slots=True)
class ListPrice:
    """What a unit costs whoever buys from a day on; `months` is for how many it is paid, None where it is paid once."""

    offering: Ref
    code: str
    name: str
    charge: str
    currency: str
    from_date: date
    rates: tuple[Fraction, ...]
    months: int | None


def list_prices(actor: Actor, day: date) -> list[ListPrice]:
    """Return the list prices that hold on a day or begin later, of what is sold then, by offering and day.

    The first charge counts: what recurs before seats, seats before usage, usage before what is paid once. Discounts
    by volume, term or bundle are no list prices.
    """
    return [price for offering in every_offering(actor) for price in _of(offering, day)]


def _of(offering: Offering, day: date) -> Iterator[ListPrice]:
    charges = by_sort(offering.charges.all())
    if not charges:
        return
    end = not_sold_from(offering)
    for each in _running(charges[0], day):
        if end is None or max(day, each.from_date) < end:
            yield ListPrice(
                offering=offering.ref,
                code=offering.code,
                name=offering.name,
                charge=charges[0].name,
                currency=each.currency,
                from_date=each.from_date,
                rates=_rates(charges[0], each),
                months=_months(offering, charges[0]),
            )


def _running(charge: Charge, day: date) -> Iterable[PriceVersion]:
    """Of each currency what begins after the day, and the last that began by then; prices are the latest first."""
    begun: set[str] = set()
    found = []
    for each in charge.prices.all():
        if each.currency not in begun:
            found.append(each)
        if each.from_date <= day:
            begun.add(each.currency)
    return sorted(found, key=lambda each: (each.currency, each.from_date))


def _rates(charge: Charge, version: PriceVersion) -> tuple[Fraction, ...]:
    model = read_price(version.price, version.currency)
    return unit_rates(model) if charge.sort == ChargeSort.USAGE else first_unit(model)


def _months(offering: Offering, charge: Charge) -> int | None:
    if offering.interval == Interval.ONCE or charge.sort not in {ChargeSort.RECURRING, ChargeSort.SEAT}:
        return None
    return offering.interval_count * (YEAR if offering.interval == Interval.YEAR else 1)
