"""Reads of products."""

from typing import Final
from uuid import UUID

from django.db.models import Q

from caudal.catalog.models import Product
from caudal.kit.access import Actor, Verb
from caudal.kit.cursors import LIMIT, Order, Page, page
from caudal.kit.names import name_key

BY_NAME: Final = Order.by("name", "name_key")


def products(actor: Actor, *, text: str = "", cursor: str | None = None, limit: int = LIMIT) -> Page[Product]:
    """Return a page of the products whose name contains a text or whose SKU is it, by name, then id.

    Raises CursorUnreadable.
    """
    text = text.replace("\x00", "")
    wanted = Q(name_key__contains=name_key(text)) | Q(sku=text) if text else Q()
    return page(Product.for_actor(actor).filter(wanted).select_related("pillar"), BY_NAME, cursor=cursor, limit=limit)


def product(actor: Actor, product_id: UUID) -> Product:
    """Return one product. Raises NotFound."""
    return Product.one_for(actor, Verb.VIEW, product_id)


def every_product(actor: Actor) -> list[Product]:
    """Return all products by name, then id: for menus, and for finding the one that a file means."""
    return list(Product.for_actor(actor).select_related("pillar").order_by("name_key", "pk"))
