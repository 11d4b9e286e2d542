"""Reads of offerings, their charges and prices, features and bundles."""

from collections.abc import Iterable
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils.functional import Promise

from caudal.catalog.models import Bundle, Charge, ChargeSort, Feature, Offering, OfferingRole, PriceVersion, Stream
from caudal.core.ids import Ref
from caudal.kit.access import Actor, Reach, Verb, policy_of
from caudal.kit.cursors import LIMIT, Order, Page, page
from caudal.kit.lasting import Lasting
from caudal.kit.names import name_key
from caudal.kit.records import NotFound

BY_NAME: Final = Order.by("name", "name_key")
_CHARGES: "Final[Lasting[tuple[object, UUID], list[Charge]]]" = Lasting("catalog")


def offerings(actor: Actor, *, text: str = "", cursor: str | None = None, limit: int = LIMIT) -> Page[Offering]:
    """Return a page of the offerings whose name contains a text or whose code is it, by name, then id.

    Raises CursorUnreadable.
    """
    text = text.replace("\x00", "")
    wanted = Q(name_key__contains=name_key(text)) | Q(code=text) if text else Q()
    return page(_offerings(actor).filter(wanted), BY_NAME, cursor=cursor, limit=limit)


def every_offering(actor: Actor) -> list[Offering]:
    """Return all offerings with their charges and prices, by pillar, product and name, then id."""
    charges = Charge.for_actor(actor).order_by("pk").prefetch_related(Prefetch("prices", _prices(actor)))
    rows = _offerings(actor).prefetch_related(Prefetch("charges", charges))
    return list(rows.order_by("product__pillar__position", "product__name_key", "name_key", "pk"))


def offerings_sold(actor: Actor, day: date) -> list[Offering]:
    """Return what `every_offering` does, but for what nobody new can buy on a day."""
    return [each for each in every_offering(actor) if is_sold(each, day)]


def is_sold(offering: Offering, day: date) -> bool:
    """Say whether somebody new can buy an offering on a day."""
    end = not_sold_from(offering)
    return end is None or day < end


def bundles_sold(actor: Actor, day: date) -> list[Bundle]:
    """Return the bundles of which every part is sold on a day, by name, then id."""
    rows = Bundle.for_actor(actor).prefetch_related("parts__offering__product__retirement", "prices")
    rows = rows.prefetch_related("parts__offering__retirement").order_by("name", "pk")
    return [row for row in rows if all(is_sold(part.offering, day) for part in row.parts.all())]


def streams() -> list[tuple[str, str | Promise]]:
    """Return the streams of revenue that a charge may count as, each with its name."""
    return [(each.value, each.label) for each in Stream]


def usage_charges(actor: Actor) -> dict[str, list[Charge]]:
    """Return the charges by usage with their offerings, by the code of their meter, then by name and id."""
    found: dict[str, list[Charge]] = {}
    rows = Charge.for_actor(actor).exclude(meter="").select_related("offering")
    for each in rows.order_by("meter", "offering__name_key", "name", "pk"):
        found.setdefault(each.meter, []).append(each)
    return found


def offering(actor: Actor, offering_id: UUID, verb: Verb = Verb.VIEW) -> Offering:
    """Return one offering. Raises NotFound."""
    return Offering.one_for(actor, verb, offering_id)


def offerings_wanted(actor: Actor, offering_ids: Iterable[UUID]) -> dict[UUID, Offering]:
    """Return offerings by id, with their product, terms and end, in two queries. Raises NotFound."""
    wanted = list(dict.fromkeys(offering_ids))
    found = {row.pk: row for row in _offerings(actor).filter(pk__in=wanted).prefetch_related("terms")}
    for each in wanted:
        if each not in found:
            raise NotFound(kind=Offering.kind, id=Ref(Offering.kind, each))
    return found


def not_sold_from(offering: Offering) -> date | None:
    """Return from which day on nobody new can buy an offering, by itself or with its product; None: never."""
    ends = [getattr(offering, "retirement", None), getattr(offering.product, "retirement", None)]
    return min((each.from_date for each in ends if each is not None), default=None)


def possible_add_ons(actor: Actor) -> list[Offering]:
    """Return the offerings that can be bought beside others, by name, then id."""
    return list(_offerings(actor).filter(role=OfferingRole.ADD_ON).order_by("name_key", "pk"))


def charge(actor: Actor, charge_id: UUID, verb: Verb = Verb.VIEW) -> Charge:
    """Return one charge. Raises NotFound."""
    return Charge.one_for(actor, verb, charge_id)


def price(actor: Actor, price_id: UUID, verb: Verb = Verb.VIEW) -> PriceVersion:
    """Return one price. Raises NotFound."""
    return PriceVersion.one_for(actor, verb, price_id)


def charges_of(actor: Actor, offering_ids: Iterable[UUID]) -> list[Charge]:
    """Return the charges of offerings with their prices and volume discounts, in the order they were added."""
    rows = Charge.for_actor(actor).filter(offering__in=list(offering_ids)).select_related("offering__product")
    fetched = rows.prefetch_related(Prefetch("prices", _prices(actor)), "volume_discounts")
    return by_sort(fetched.order_by("created_at", "pk"))


def known_charges(actor: Actor, offering_ids: Iterable[UUID]) -> list[Charge]:
    """Return the charges of offerings with what `charges_of` brings, kept while the catalogue stands: to be read only.

    Offering by offering, those of each as `by_sort` puts them.
    """
    reach = catalogue_reach(actor)

    def read(missing: list[tuple[object, UUID]]) -> dict[tuple[object, UUID], list[Charge]]:
        found: dict[tuple[object, UUID], list[Charge]] = {key: [] for key in missing}
        for each in charges_of(actor, [offering_id for _, offering_id in missing]):
            found[reach, each.offering_id].append(each)
        return found

    keys = [(reach, each) for each in sorted(set(offering_ids))]
    found = _CHARGES.among(keys, read)
    return [charge for key in keys for charge in found[key]]


def catalogue_reach(actor: Actor) -> tuple[Reach, ...]:
    """Return how far somebody sees charges and prices: two who see as far see the same."""
    return tuple(policy_of(model).reach(actor, Verb.VIEW) for model in (Charge, PriceVersion))


def by_sort(charges: Iterable[Charge]) -> list[Charge]:
    """Return charges with those of every period first and those that are paid once last, as they were added."""
    order = ChargeSort.values
    return sorted(charges, key=lambda each: (order.index(each.sort), each.created_at, each.pk))


def prices_of(actor: Actor, charge_id: UUID) -> list[PriceVersion]:
    """Return the prices of a charge, by currency, the latest first."""
    return list(_prices(actor).filter(charge=charge_id))


def currencies_of(charges: Iterable[Charge]) -> list[str]:
    """Return the currencies that any of some charges has a price in, by code."""
    return sorted({each.currency for charge in charges for each in charge.prices.all()})


def features(actor: Actor) -> list[Feature]:
    """Return all features by name, then id."""
    return list(Feature.for_actor(actor).prefetch_related("offerings").order_by("name", "pk"))


def bundles(actor: Actor) -> list[Bundle]:
    """Return all bundles with their parts, by name, then id."""
    rows = Bundle.for_actor(actor).prefetch_related("parts__offering__product", "prices")
    return list(rows.order_by("name", "pk"))


def bundle(actor: Actor, bundle_id: UUID) -> Bundle:
    """Return one bundle. Raises NotFound."""
    return Bundle.one_for(actor, Verb.VIEW, bundle_id)


def _offerings(actor: Actor) -> QuerySet[Offering]:
    return Offering.for_actor(actor).select_related("product__pillar", "product__retirement", "retirement")


def _prices(actor: Actor) -> QuerySet[PriceVersion]:
    return PriceVersion.for_actor(actor).order_by("currency", "-from_date", "-number", "pk")
