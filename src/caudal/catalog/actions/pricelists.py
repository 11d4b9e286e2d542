"""Putting a price list into effect: all of its new prices, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from caudal.catalog.actions.charges import add_price
from caudal.catalog.models import PriceVersion
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action


@dataclass(frozen=True, slots=True)
class NewPrice:
    """A price that a charge is to have in a currency from a day on."""

    charge_id: UUID
    currency: str
    from_date: date
    existing_from_date: date | None
    price: dict[str, Any]


@action
def add_prices(*, actor: Actor, as_of: datetime, prices: Sequence[NewPrice]) -> list[PriceVersion]:
    """Give charges new prices, all of them or none. Raises what `add_price` raises of the first that is refused."""
    require(actor, PriceVersion.kind, Verb.CREATE)
    return [
        add_price(
            actor=actor,
            as_of=as_of,
            charge_id=each.charge_id,
            currency=each.currency,
            from_date=each.from_date,
            existing_from_date=each.existing_from_date,
            price=each.price,
        )
        for each in prices
    ]
