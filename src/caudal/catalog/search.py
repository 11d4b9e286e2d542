"""How products and the ways to buy them are found from anywhere."""

from collections.abc import Iterable, Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from caudal.catalog import events
from caudal.catalog.models import Offering, Product
from caudal.kit.search.findable import Findable
from caudal.kit.search.words import Wording


def products(rows: Sequence[Product]) -> Iterable[Wording]:
    """Return what products are found by: their name and their SKU."""
    return (Wording(title=row.name, codes=(row.sku,) if row.sku else ()) for row in rows)


def offerings(rows: Sequence[Offering]) -> Iterable[Wording]:
    """Return what offerings are found by: their name, their code, and their product's name."""
    return (Wording(title=row.name, names=(row.product.name,), codes=(row.code,)) for row in rows)


SEARCHED: Final = (
    Findable(
        kind="product",
        plural=_("Products"),
        icon="product",
        order=60,
        facts=frozenset({events.ProductAdded.name, events.ProductChanged.name}),
        wordings=products,
        note=lambda row: row.sku or "",
    ),
    Findable(
        kind="offering",
        plural=_("Offerings"),
        icon="offering",
        order=61,
        facts=frozenset({events.OfferingAdded.name, events.OfferingChanged.name}),
        wordings=offerings,
        note=lambda row: row.product.name,
        related=("product",),
        named={"product": "product"},
    ),
)
