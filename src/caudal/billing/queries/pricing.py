"""What an agreed charge costs: the catalogue's price of whoever bought then, or the one agreed, with every step."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Self
from uuid import UUID

from caudal.billing.offline import AgreedCharge, Item
from caudal.catalog.queries import (
    CostLine,
    PricedCharge,
    PriceModel,
    UsageGiven,
    calculate,
    known_charges,
    price_at,
    read_price,
)
from caudal.core.ids import Ref
from caudal.core.money import Currency, Rounding, portion
from caudal.core.pricing import Commitment
from caudal.kit.access import Actor
from caudal.kit.records import NotFound

if TYPE_CHECKING:
    from caudal.catalog.models import Charge

PLACES: Final = 12
"""To so many decimals a quantity is priced and kept."""


@dataclass(frozen=True, slots=True)
class Priced:
    """What a charge comes to, and the number of the price that held; 0 is one that was agreed."""

    line: CostLine
    number: int
    waterfall: Mapping[str, Any]
    """Every step of the price, as it is kept."""

    @classmethod
    def of(cls, line: CostLine, number: int) -> Self:
        """Return a line with its steps written out."""
        return cls(line, number, line.decision.to_json())


class PriceBook:
    """Prices of the charges of some offerings, read once and worked out once for each that is the same."""

    def __init__(self, actor: Actor, offering_ids: Iterable[UUID]) -> None:
        """Read the charges of offerings, with their prices."""
        self._charges = {charge.pk: charge for charge in known_charges(actor, offering_ids)}
        self._numbers: dict[tuple[object, ...], int] = {}
        self._models: dict[tuple[object, ...], PriceModel] = {}
        self._known: dict[tuple[object, ...], Priced] = {}

    def charge(self, charge_id: UUID) -> "Charge":
        """Return a charge of the offerings. Raises NotFound."""
        if charge_id not in self._charges:
            raise NotFound(kind="charge", id=Ref("charge", charge_id))
        return self._charges[charge_id]

    def fixed(self, item: Item, agreed: AgreedCharge, *, currency: Currency, day: date, quantity: Decimal) -> Priced:
        """Return what so many units cost on a day, of a whole period. Raises as `catalog.queries.price_at`."""
        number, model = self._model(item, agreed, currency, day)
        steps = tuple(each.adjustment for each in agreed.adjustments if each.holds_on(day))
        # The book keeps its models: one of them is told by where it is, and not by all that it says.
        key = agreed.charge, agreed.name, id(model), quantity, steps, agreed.volume
        if key not in self._known:
            usage = (UsageGiven(quantity),)
            self._known[key] = Priced.of(self._line(agreed, number, model, usage, currency, day), number)
        return self._known[key]

    def used(
        self,
        item: Item,
        agreed: AgreedCharge,
        usage: tuple[UsageGiven, ...],
        *,
        currency: Currency,
        day: date,
        share: Fraction,
    ) -> Priced:
        """Return what usage costs; of a part of a period, free units and limits are that part of them."""
        number, model = self._model(item, agreed, currency, day)
        return Priced.of(self._line(agreed, number, _part_of(model, share), usage, currency, day), number)

    def needs_transactions(self, item: Item, agreed: AgreedCharge, *, currency: Currency, day: date) -> bool:
        """Say whether single events are needed to price usage, and not their sum alone."""
        return self._model(item, agreed, currency, day)[1].shape.value != "tiers"

    def _model(self, item: Item, agreed: AgreedCharge, currency: Currency, day: date) -> tuple[int, PriceModel]:
        if agreed.price is not None:
            key: tuple[object, ...] = agreed.charge, currency, repr(sorted(agreed.price.items()))
            if key not in self._models:
                self._models[key] = read_price(agreed.price, currency.code)
            return 0, self._models[key]
        at = agreed.charge, currency, day, item.since
        if at not in self._numbers:
            version = price_at(self.charge(agreed.charge), currency=currency, day=day, customer_since=item.since)
            self._numbers[at] = version.number
            self._models.setdefault((agreed.charge, currency, version.number), read_price(version.price, currency.code))
        number = self._numbers[at]
        return number, self._models[agreed.charge, currency, number]

    @staticmethod
    def _line(
        agreed: AgreedCharge,
        number: int,
        model: PriceModel,
        usage: tuple[UsageGiven, ...],
        currency: Currency,
        day: date,
    ) -> CostLine:
        charge = PricedCharge(
            code=agreed.code,
            name=agreed.name,
            sort=agreed.sort,
            stream=agreed.stream,
            unit=agreed.unit,
            version=number,
            model=model,
            usage=usage,
            volume=agreed.volume,
            adjustments=tuple(each.adjustment for each in agreed.adjustments if each.holds_on(day)),
        )
        return calculate([charge], currency).lines[0]


def _part_of(model: PriceModel, share: Fraction) -> PriceModel:
    if share == 1:
        return model
    least, most = (
        None if limit is None else portion(limit, share, Rounding.HALF_UP)
        for limit in (model.commitment.minimum, model.commitment.maximum)
    )
    units = kept_quantity(Fraction(model.free_units) * share)
    return replace(model, free_units=units, commitment=Commitment(least, most))


def kept_quantity(quantity: Fraction) -> Decimal:
    """Return a quantity to the decimals that are priced and kept, half up."""
    return Decimal(Rounding.HALF_UP.whole(quantity * 10**PLACES)).scaleb(-PLACES)
