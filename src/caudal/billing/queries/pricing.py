"""What an agreed charge costs: the catalogue's price of whoever bought then, or the one agreed, with every step."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar
from uuid import UUID

from caudal.billing.offline import AgreedCharge, Item
from caudal.catalog.queries import (
    CostLine,
    PricedCharge,
    PriceModel,
    UsageGiven,
    calculate,
    catalogue_reach,
    known_charges,
    price_at,
    read_price,
)
from caudal.core.ids import Ref
from caudal.core.money import Currency, Rounding, portion
from caudal.core.pricing import Commitment
from caudal.kit.access import Actor
from caudal.kit.lasting import Lasting
from caudal.kit.records import NotFound

if TYPE_CHECKING:
    from caudal.catalog.models import Charge, PriceVersion

K = TypeVar("K")

BOOKS: Final = 16
PRICES: Final = 1024
"""So many books are kept, and so many prices of each: two kilobytes a price."""
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

    def __init__(self, charges: "Iterable[Charge]") -> None:
        """Take charges with their prices."""
        self._charges = {charge.pk: charge for charge in charges}
        self._versions: dict[Hashable, PriceVersion] = {}
        self._models: dict[Hashable, PriceModel] = {}
        self._priced: dict[Hashable, Priced] = {}

    @classmethod
    def of(cls, actor: Actor, offering_ids: Iterable[UUID]) -> "PriceBook":
        """Return the book of offerings as somebody sees them, kept while the catalogue stands."""
        named = frozenset(offering_ids)
        return _BOOKS.get((catalogue_reach(actor), named), lambda: cls(known_charges(actor, named)))

    def charge(self, charge_id: UUID) -> "Charge":
        """Return a charge of the offerings. Raises NotFound."""
        if charge_id not in self._charges:
            raise NotFound(kind="charge", id=Ref("charge", charge_id))
        return self._charges[charge_id]

    def fixed(self, item: Item, agreed: AgreedCharge, *, currency: Currency, day: date, quantity: Decimal) -> Priced:
        """Return what so many units cost on a day, of a whole period. Raises as `catalog.queries.price_at`."""
        number, told, model = self._model(item, agreed, currency, day)
        steps = tuple(each.adjustment for each in agreed.adjustments if each.holds_on(day))
        key = told, agreed.code, agreed.name, agreed.sort, agreed.stream, agreed.unit, quantity, steps, agreed.volume

        def price() -> Priced:
            return Priced.of(self._line(agreed, number, model, (UsageGiven(quantity),), currency, day), number)

        return _kept(self._priced, key, price)

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
        number, _, model = self._model(item, agreed, currency, day)
        return Priced.of(self._line(agreed, number, _part_of(model, share), usage, currency, day), number)

    def needs_transactions(self, item: Item, agreed: AgreedCharge, *, currency: Currency, day: date) -> bool:
        """Say whether single events are needed to price usage, and not their sum alone."""
        return self._model(item, agreed, currency, day)[2].shape.value != "tiers"

    def _model(
        self, item: Item, agreed: AgreedCharge, currency: Currency, day: date
    ) -> tuple[int, Hashable, PriceModel]:
        """The number of the price that holds, what it is told from others by, and how it is worked out."""
        said = agreed.price
        if said is not None:
            own = agreed.charge, currency, repr(sorted(said.items()))
            return 0, own, _kept(self._models, own, lambda: read_price(said, currency.code))
        at = agreed.charge, currency, day, item.since
        charge = self.charge(agreed.charge)
        version = _kept(
            self._versions,
            at,
            lambda: price_at(charge, currency=currency, day=day, customer_since=item.since),
        )
        model = _kept(self._models, version.pk, lambda: read_price(version.price, currency.code))
        return version.number, version.pk, model

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


_BOOKS: "Final[Lasting[Hashable, PriceBook]]" = Lasting("catalog", most=BOOKS)


def _kept(kept: dict[Hashable, K], key: Hashable, make: Callable[[], K]) -> K:
    """Return what is kept under a key, made if it is not there."""
    found = kept.get(key)
    if found is None:
        found = make()
        if len(kept) >= PRICES:
            kept.clear()
        kept[key] = found
    return found


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
