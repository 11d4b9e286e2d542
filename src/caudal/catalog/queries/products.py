"""Reads of products."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from caudal.catalog.models import Charge, Product, ProductTaxKind, TaxKind
from caudal.kit.access import Actor, Verb
from caudal.kit.cursors import LIMIT, Order, Page, page
from caudal.kit.lasting import Lasting
from caudal.kit.names import name_key

BY_NAME: Final = Order.by("name", "name_key")
_TAX_KINDS: Final[Lasting[date, Mapping[UUID, str]]] = Lasting("catalog")


def products(actor: Actor, *, text: str = "", cursor: str | None = None, limit: int = LIMIT) -> Page[Product]:
    """Return a page of the products whose name contains a text or whose SKU is it, by name, then id.

    Raises CursorUnreadable.
    """
    text = text.replace("\x00", "")
    wanted = Q(name_key__contains=name_key(text)) | Q(sku=text) if text else Q()
    return page(
        Product.for_actor(actor).filter(wanted).select_related("pillar", "retirement").prefetch_related("tax_kinds"),
        BY_NAME,
        cursor=cursor,
        limit=limit,
    )


def product(actor: Actor, product_id: UUID) -> Product:
    """Return one product. Raises NotFound."""
    return Product.one_for(actor, Verb.VIEW, product_id)


def every_product(actor: Actor) -> list[Product]:
    """Return all products by name, then id: for menus, and for finding the one that a file means."""
    rows = Product.for_actor(actor).select_related("pillar", "retirement").prefetch_related("tax_kinds")
    return list(rows.order_by("name_key", "pk"))


def taxed_on(product: Product, day: date) -> str:
    """Return as what a product is taxed on a day: the last of what was said of days up to it."""
    said = [each for each in product.tax_kinds.all() if each.from_date <= day]
    last = max(said, key=lambda each: (each.from_date, each.number), default=None)
    return last.tax_kind if last else product.tax_kind


def tax_kinds_on(day: date) -> Mapping[UUID, str]:
    """Return as what the products of charges are taxed on a day; a charge that is left out at the standard rate.

    For invoicing, whose caller may see what it invoices. Kept while the catalogue stands: to be read only.
    """
    return _TAX_KINDS.get(day, lambda: _tax_kinds_on(day))


def _tax_kinds_on(day: date) -> dict[UUID, str]:
    said = ProductTaxKind.objects.filter(product=OuterRef("offering__product"), from_date__lte=day)
    last = said.order_by("-from_date", "-number").values("tax_kind")[:1]
    rows = Charge.objects.annotate(taxed=Coalesce(Subquery(last), "offering__product__tax_kind"))
    return dict(rows.exclude(taxed=TaxKind.STANDARD).order_by("pk").values_list("pk", "taxed"))
