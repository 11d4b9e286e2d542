"""Writes of bundles: offerings that are sold together for less, at a discount or at a price from a day on."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypedDict, Unpack
from uuid import UUID

from caudal.catalog.actions.reading import named, percent
from caudal.catalog.events import BundleAdded, BundleChanged, BundlePriced
from caudal.catalog.models import Bundle, BundlePart, BundlePrice, Offering
from caudal.core.errors import msg
from caudal.core.money import Currency, Money
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.kit.records import first_values, plain

PARTS_MAX: Final = 50
PARTS_MIN: Final = 2
QUANTITY_MAX: Final = 1_000_000
Parts = Mapping[UUID, int]
"""So many of each offering."""


class BundleValues(TypedDict, total=False):
    """What may be said of a bundle."""

    name: str
    code: str
    discount_percent: Decimal
    parts: Parts


@action
def add_bundle(*, actor: Actor, as_of: datetime, **values: Unpack[BundleValues]) -> Bundle:
    """Sell offerings together for less. Raises BadInput, NotFound; a taken code is refused by the database."""
    require(actor, "bundle", Verb.CREATE)
    parts, checked = _checked(actor, BundleValues(**{"name": "", "code": "", "parts": {}, **values}))
    bundle = Bundle.stamped(actor=actor, as_of=as_of, **checked)
    bundle.save(force_insert=True)
    _put(bundle, parts or {})
    changes = first_values({**checked, "offerings": _told(parts or {})})
    publish(BundleAdded(subject=bundle.ref, changes=changes), actor=actor, occurred_at=as_of)
    return bundle


@action
def change_bundle(
    *,
    actor: Actor,
    as_of: datetime,
    bundle_id: UUID,
    expected_version: int | None = None,
    **values: Unpack[BundleValues],
) -> Bundle:
    """Change a bundle; what was agreed stays as it was. Raises BadInput, NotFound, VersionConflict."""
    bundle = Bundle.one_for(actor, Verb.CHANGE, bundle_id, lock=True)
    parts, checked = _checked(actor, values)
    bundle.expect(expected_version)
    changes = bundle.change(actor=actor, as_of=as_of, **checked)
    before = dict(bundle.parts.order_by("pk").values_list("offering_id", "quantity"))
    if parts is not None and parts != before:
        BundlePart.objects.filter(bundle=bundle).delete()
        _put(bundle, parts)
        changes["offerings"] = (_told(before), _told(parts))
        if len(changes) == 1:
            bundle.touch(actor=actor, as_of=as_of)
    if changes:
        publish(BundleChanged(subject=bundle.ref, changes=changes), actor=actor, occurred_at=as_of)
    return bundle


@action
def price_bundle(
    *, actor: Actor, as_of: datetime, bundle_id: UUID, currency: str, from_date: date, amount: Money | None
) -> BundlePrice:
    """Say what a bundle costs whoever buys it from a day on; no amount lets its discount count again.

    Raises BadInput, NotFound, UnknownCurrency.
    """
    bundle = Bundle.one_for(actor, Verb.CHANGE, bundle_id, lock=True)
    unit = Currency(currency)
    if amount is not None and (amount.minor < 0 or amount.currency != unit):
        raise BadInput({"amount": msg("Give an amount that is not negative, in the currency of the price.")})
    price = BundlePrice.objects.create(
        bundle=bundle,
        number=bundle.prices.count() + 1,
        currency=unit.code,
        from_date=from_date,
        amount_minor=None if amount is None else amount.minor,
    )
    bundle.touch(actor=actor, as_of=as_of)
    fact = BundlePriced(
        subject=bundle.ref,
        currency=unit.code,
        amount=None if amount is None else amount.major,
        from_date=from_date.isoformat(),
    )
    publish(fact, actor=actor, occurred_at=as_of)
    return price


def _checked(actor: Actor, values: BundleValues) -> tuple[Parts | None, dict[str, Any]]:
    checked = named({name: value for name, value in values.items() if name != "parts"})
    if "discount_percent" in checked:
        percent(checked["discount_percent"], "discount_percent")
    if "parts" not in values:
        return None, checked
    parts = dict(values["parts"])
    if not PARTS_MIN <= len(parts) <= PARTS_MAX:
        raise BadInput({"parts": msg("A bundle is made of at least two offerings, and of at most fifty.")})
    if not all(1 <= quantity <= QUANTITY_MAX for quantity in parts.values()):
        raise BadInput({"parts": msg("Say of each part how many there are: a whole number from 1 to 1,000,000.")})
    Offering.many_for(actor, Verb.VIEW, parts)
    return parts, checked


def _put(bundle: Bundle, parts: Parts) -> None:
    BundlePart.objects.bulk_create(
        BundlePart(bundle=bundle, offering_id=each, quantity=quantity) for each, quantity in parts.items()
    )


def _told(parts: Mapping[UUID, int]) -> Iterable[str]:
    """Say so many of what: facts kept the ids of single ones before there were quantities."""
    return sorted(plain(each) if quantity == 1 else f"{quantity} × {plain(each)}" for each, quantity in parts.items())
