"""Items of a subscription: an offering, so many seats, since when, and its charges as they were agreed.

They are kept as JSON with every number a string, in one spelling, so that a copy of the terms gives the same invoices.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from caudal.core.decimals import plain_decimal
from caudal.core.pricing import Adjustment, Effect, Stage
from caudal.core.subscriptions import Component, Sort

_DIGEST: Final = 16
KNOWN: Final = 4096
"""So many charges, and what they are told apart by, are remembered."""
_SORTS: Final = {"usage": Sort.USAGE, "once": Sort.ONCE}


@dataclass(frozen=True, slots=True)
class AgreedAdjustment:
    """A step of the waterfall that was agreed, for prices from a day on and up to another (None: for good)."""

    adjustment: Adjustment
    from_day: date | None = None
    until_day: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it counts for a price of a day."""
        return (self.from_day is None or self.from_day <= day) and (self.until_day is None or day < self.until_day)


@dataclass(frozen=True, slots=True)
class AgreedCharge:
    """A charge as it was agreed. Without a price of its own it costs what the catalogue says of whoever bought then."""

    charge: UUID
    code: str
    name: str
    sort: str
    stream: str
    unit: str = ""
    meter: str = ""
    pillar: UUID | None = None
    volume: tuple[tuple[int, Decimal], ...] = ()
    adjustments: tuple[AgreedAdjustment, ...] = ()
    price: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """An offering within a subscription, under a key that stays while it does."""

    key: str
    offering: UUID
    name: str
    seats: Decimal
    since: date
    charges: tuple[AgreedCharge, ...] = field(default=())


def components(items: Iterable[Item]) -> dict[str, tuple[Item, AgreedCharge, Component]]:
    """Return what items consist of, by the key of each component."""
    found = {}
    for item in items:
        for charge in item.charges:
            quantity = item.seats if charge.sort == "seat" else Decimal(1)
            key = f"{item.key}.{charge.code}"
            terms = _terms(item.offering, item.since, charge)
            found[key] = item, charge, Component(key, _SORTS.get(charge.sort, Sort.FIXED), quantity, terms)
    return found


def _terms(offering: UUID, since: date, charge: AgreedCharge) -> str:
    # What was negotiated is somebody's alone; all else is the same for everybody who bought on that day.
    is_own = charge.price is not None or charge.adjustments
    return (_terms_said if is_own else _terms_of_catalogue)(offering, since, charge)


def _terms_said(offering: UUID, since: date, charge: AgreedCharge) -> str:
    return digest([str(offering), since.isoformat(), _charge_said(charge)])


_terms_of_catalogue: Final = lru_cache(maxsize=KNOWN)(_terms_said)


def digest(said: object) -> str:
    """Return a short text that differs when what is said does."""
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST]


def write_items(items: Iterable[Item]) -> list[dict[str, Any]]:
    """Return items as JSON keeps them."""
    return [
        {
            "key": item.key,
            "offering": str(item.offering),
            "name": item.name,
            "seats": f"{item.seats:f}",
            "since": item.since.isoformat(),
            "charges": [_charge_said(charge) for charge in item.charges],
        }
        for item in items
    ]


def read_items(said: Sequence[Mapping[str, Any]]) -> tuple[Item, ...]:
    """Return the items that `write_items` wrote."""
    return tuple(
        Item(
            each["key"],
            UUID(each["offering"]),
            each["name"],
            Decimal(each["seats"]),
            date.fromisoformat(each["since"]),
            tuple(_charge_read(charge) for charge in each["charges"]),
        )
        for each in said
    )


def _charge_said(charge: AgreedCharge) -> dict[str, Any]:
    said: dict[str, Any] = {
        "charge": str(charge.charge),
        "code": charge.code,
        "name": charge.name,
        "sort": charge.sort,
        "stream": charge.stream,
    }
    optional = {
        "unit": charge.unit,
        "meter": charge.meter,
        "pillar": str(charge.pillar) if charge.pillar else "",
        "volume": [[str(quantity), plain_decimal(percent)] for quantity, percent in charge.volume],
        "adjustments": [_adjustment_said(each) for each in charge.adjustments],
        "price": charge.price,
    }
    return said | {name: value for name, value in optional.items() if value}


def _charge_read(said: Mapping[str, Any]) -> AgreedCharge:
    if all(isinstance(value, str) for value in said.values()):
        return _plain_charge(tuple(said.items()))
    return _charge_of(said)


@lru_cache(maxsize=KNOWN)
def _plain_charge(said: tuple[tuple[str, str], ...]) -> AgreedCharge:
    """A charge of which nothing was negotiated: thousands of subscriptions have the same."""
    return _charge_of(dict(said))


def _charge_of(said: Mapping[str, Any]) -> AgreedCharge:
    return AgreedCharge(
        UUID(said["charge"]),
        said["code"],
        said["name"],
        said["sort"],
        said["stream"],
        said.get("unit", ""),
        said.get("meter", ""),
        UUID(said["pillar"]) if said.get("pillar") else None,
        tuple((int(quantity), Decimal(percent)) for quantity, percent in said.get("volume", ())),
        tuple(_adjustment_read(each) for each in said.get("adjustments", ())),
        said.get("price"),
    )


def _adjustment_said(each: AgreedAdjustment) -> dict[str, str]:
    own = each.adjustment
    days = {"from": each.from_day, "until": each.until_day}
    said = {"name": own.name, "stage": own.stage.name.lower(), "effect": own.effect.value, "value": f"{own.value:f}"}
    return said | {name: day.isoformat() for name, day in days.items() if day is not None}


def _adjustment_read(said: Mapping[str, str]) -> AgreedAdjustment:
    own = Adjustment(said["name"], Stage[said["stage"].upper()], Effect(said["effect"]), Decimal(said["value"]))
    return AgreedAdjustment(own, _day(said.get("from")), _day(said.get("until")))


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
