"""From what somebody wants to what is agreed: items with their charges, discounts and since when they are paid for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from caudal.billing.offline import AgreedAdjustment, AgreedCharge, Item
from caudal.catalog.queries import (
    NoSuchTerm,
    NotSoldAnyMore,
    bundle,
    bundle_steps,
    known_charges,
    not_sold_from,
    offerings_wanted,
    parts_of,
    price_at,
    read_price,
    write_price,
)
from caudal.core.errors import msg
from caudal.core.money import Currency
from caudal.core.pricing import Adjustment, Effect, Stage
from caudal.kit.access import Actor
from caudal.kit.problems import BadInput

if TYPE_CHECKING:
    from caudal.catalog.models import Bundle, Charge, Offering

ITEMS_MAX: Final = 30
_HUNDRED: Final = 100
_ONCE: Final = "once"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An offering that somebody wants: so many seats, perhaps at a discount or at prices that were negotiated.

    `item` names the part of a subscription that it goes on from. The discount counts up to `discount_until`. `prices`
    are those of charges, by their codes, written as the catalogue writes them. A bundle's discount counts when all that
    belongs to it is wanted.
    """

    offering_id: UUID
    seats: Decimal = Decimal(1)
    item: str = ""
    discount_percent: Decimal | None = None
    discount_until: date | None = None
    prices: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    bundle_id: UUID | None = None

    @property
    def is_as_before(self) -> bool:
        """Whether nothing is said of its price: what was agreed of it stays."""
        return self.discount_percent is None and not self.prices and self.bundle_id is None


def agree(
    actor: Actor,
    wanted: Sequence[Wanted],
    *,
    currency: Currency,
    day: date,
    months: int | None = None,
    before: Iterable[Item] = (),
    strict_terms: bool = True,
) -> tuple[Item, ...]:
    """Return items as they are agreed on a day. An offering that was there `before` keeps its day and its terms.

    Raises BadInput, NotFound, NotSoldAnyMore, NoSuchTerm, NoPriceInCurrency, NoPriceYet.
    """
    if len(wanted) > ITEMS_MAX:
        raise BadInput({"items": msg("There are too many parts.")})
    rows = offerings_wanted(actor, [each.offering_id for each in wanted])
    charges: dict[UUID, list[Charge]] = {row_id: [] for row_id in rows}
    for charge in known_charges(actor, rows):
        charges[charge.offering_id].append(charge)
    kept = {(item.key, item.offering): item for item in before}
    by_offering = {item.offering: item for item in before}
    _check_rhythm([rows[each.offering_id] for each in wanted])
    lowered = _bundled(actor, wanted, charges, currency=currency, day=day)
    taken: set[str] = {item.key for item in kept.values()}
    items = []
    for each in wanted:
        check_discount(each)
        row = rows[each.offering_id]
        old = kept.get((each.item, row.pk)) or (by_offering.get(row.pk) if not each.item else None)
        if old is not None and each.is_as_before:
            items.append(Item(old.key, row.pk, old.name, each.seats, old.since, old.charges))
            continue
        _check_sold(row, day)
        key = each.item or (old.key if old else _new_key(taken))
        taken.add(key)
        steps = [
            *_by_term(row, months, main=each is wanted[0] and strict_terms),
            *_negotiated(each),
        ]
        agreed = _charges(charges[row.pk], each, steps, lowered.get(each.bundle_id, {}), currency, day)
        items.append(Item(key, row.pk, row.name, each.seats, day, agreed))
    if len({item.key for item in items}) != len(items):
        raise BadInput({"items": msg("A part is named twice.")})
    return tuple(items)


def check_discount(wanted: Wanted) -> None:
    """Refuse a discount that is none, and seats that nobody has. Raises BadInput."""
    percent = wanted.discount_percent
    if percent is not None and not (percent.is_finite() and 0 <= percent <= _HUNDRED):
        raise BadInput({"discount_percent": msg("Write a percentage from 0 to 100.")})
    if not (wanted.seats.is_finite() and 0 <= wanted.seats <= Decimal(10) ** 9):
        raise BadInput({"seats": msg("Write how many seats, from 0 to 1,000,000,000.")})


def _check_rhythm(rows: Sequence["Offering"]) -> None:
    main = rows[0]
    for row in rows[1:]:
        if row.interval not in {_ONCE, main.interval} or (
            row.interval == main.interval and row.interval_count != main.interval_count
        ):
            raise BadInput({"items": msg("What is subscribed together is paid in the same rhythm.")})
    if main.role == "add_on":
        raise BadInput({"items": msg("An add-on is bought beside another offering.")})


def _check_sold(row: "Offering", day: date) -> None:
    end = not_sold_from(row)
    if end is not None and day >= end:
        raise NotSoldAnyMore(offering=row.name, day=end)


def _by_term(row: "Offering", months: int | None, *, main: bool) -> list[AgreedAdjustment]:
    if months is None:
        return []
    term = next((each for each in row.terms.all() if each.months == months), None)
    if term is None and main:
        raise NoSuchTerm(offering=row.name, months=months)
    if term is None or not term.discount_percent:
        return []
    return [AgreedAdjustment(Adjustment("term", Stage.TERM, Effect.PERCENT, -term.discount_percent))]


def _negotiated(wanted: Wanted) -> list[AgreedAdjustment]:
    if not wanted.discount_percent:
        return []
    step = Adjustment("negotiated", Stage.NEGOTIATED, Effect.PERCENT, -wanted.discount_percent)
    return [AgreedAdjustment(step, until_day=wanted.discount_until)]


def of_bundle(row: "Bundle", *, count: int = 1, **said: Any) -> list[Wanted]:
    """Return what is wanted of whoever wants so many of a bundle, with what is said of all of its parts."""
    return [
        Wanted(each.offering_id, Decimal(each.quantity * count), bundle_id=row.pk, **said) for each in parts_of(row)
    ]


def _bundled(
    actor: Actor, wanted: Sequence[Wanted], charges: Mapping[UUID, Sequence["Charge"]], *, currency: Currency, day: date
) -> dict[UUID | None, dict[UUID, AgreedAdjustment]]:
    """What bundles make of charges. Raises BadInput where something that belongs to one is not wanted."""
    chosen = {each.offering_id for each in wanted}
    found: dict[UUID | None, dict[UUID, AgreedAdjustment]] = {}
    for bundle_id in dict.fromkeys(each.bundle_id for each in wanted if each.bundle_id is not None):
        row = bundle(actor, bundle_id)
        parts = {part.offering_id for part in row.parts.all()}
        named = {each.offering_id: each.seats for each in wanted if each.bundle_id == bundle_id}
        if not parts <= chosen or not named.keys() <= parts:
            raise BadInput(
                {"bundle": msg("A bundle costs less when all that belongs to it is bought, and nothing else.")}
            )
        own = [charge for key in parts for charge in charges[key]]
        quantities = {each.offering_id: each.seats for each in wanted} | named
        steps = bundle_steps(row, own, quantities, currency=currency, day=day)
        found[bundle_id] = {charge: AgreedAdjustment(step) for charge, step in steps.items()}
    return found


def _charges(
    charges: Sequence["Charge"],
    wanted: Wanted,
    steps: Sequence[AgreedAdjustment],
    bundled: Mapping[UUID, AgreedAdjustment],
    currency: Currency,
    day: date,
) -> tuple[AgreedCharge, ...]:
    if set(wanted.prices) - {charge.code for charge in charges}:
        raise BadInput({"prices": msg("The offering has no such charge.")})
    agreed = []
    for charge in charges:
        price = wanted.prices.get(charge.code)
        said = None if price is None else write_price(read_price(price, currency.code))
        own = [bundled[charge.pk], *steps] if charge.pk in bundled else steps
        agreed.append(_charge(charge, own, currency, day, said))
    return tuple(agreed)


def _charge(
    charge: "Charge", lowered: Sequence[AgreedAdjustment], currency: Currency, day: date, price: dict[str, Any] | None
) -> AgreedCharge:
    if price is None:
        price_at(charge, currency=currency, day=day, customer_since=day)
    recurs = charge.sort in {"recurring", "seat"}
    own = [each for each in lowered if recurs or each.adjustment.stage is not Stage.TERM]
    return AgreedCharge(
        charge.pk,
        charge.code,
        charge.name,
        charge.sort,
        charge.stream,
        charge.unit,
        charge.meter,
        charge.offering.product.pillar_id,
        tuple((each.quantity_min, each.discount_percent) for each in charge.volume_discounts.all()),
        tuple(own),
        price,
    )


def _new_key(taken: set[str]) -> str:
    number = len(taken) + 1
    while f"i{number}" in taken:
        number += 1
    return f"i{number}"
