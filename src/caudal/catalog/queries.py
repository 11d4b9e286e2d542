"""Reads of the catalogue."""

from uuid import UUID

from django.db.models import QuerySet

from caudal.catalog.models import Product
from caudal.kit.access import Actor, Verb
from caudal.kit.names import name_key


def products(actor: Actor, *, text: str = "") -> "QuerySet[Product]":
    """Return the products whose name contains a text or whose SKU is it, by name, then id."""
    rows = Product.for_actor(actor).select_related("pillar")
    if text:
        rows = rows.filter(name_key__contains=name_key(text)) | rows.filter(sku=text)
    return rows.order_by("name_key", "pk")


def product(actor: Actor, product_id: UUID) -> Product:
    """Return one product. Raises NotFound."""
    return Product.one_for(actor, Verb.VIEW, product_id)
