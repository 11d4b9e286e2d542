"""Writes of products."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from caudal.catalog.actions.reading import keepable
from caudal.catalog.events import ProductAdded, ProductChanged
from caudal.catalog.models import Product
from caudal.core.errors import msg
from caudal.core.money import Money
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.names import name_key
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.kit.records import first_values


class ProductValues(TypedDict, total=False):
    """What may be said of a product."""

    name: str
    sku: str | None
    pillar_id: UUID | None
    list_price: Money | None
    unit: str
    custom: dict[str, Any]


@action
def add_product(
    *,
    actor: Actor,
    as_of: datetime,
    name: str,
    sku: str | None = None,
    pillar_id: UUID | None = None,
    list_price: Money | None = None,
    unit: str = "",
    custom: Mapping[str, Any] | None = None,
) -> Product:
    """Add something that is sold. Raises BadInput, NotFound; a SKU that is taken is refused by the database."""
    require(actor, "product", Verb.CREATE)
    values = _checked(
        actor, ProductValues(name=name, sku=sku, pillar_id=pillar_id, unit=unit, custom=dict(custom or {}))
    )
    product = Product.stamped(actor=actor, as_of=as_of, **values, name_key=name_key(values["name"]))
    product.list_price = list_price
    product.save(force_insert=True)
    changes = first_values({**values, "list_price": list_price})
    publish(ProductAdded(subject=product.ref, changes=changes), actor=actor, occurred_at=as_of)
    return product


@action
def change_product(
    *,
    actor: Actor,
    as_of: datetime,
    product_id: UUID,
    expected_version: int | None = None,
    **values: Unpack[ProductValues],
) -> Product:
    """Change a product. Raises BadInput, NotFound, VersionConflict; a SKU that is taken is refused by the database."""
    product = Product.one_for(actor, Verb.CHANGE, product_id, lock=True)
    checked = _checked(actor, values)
    keys = {"name_key": name_key(checked["name"])} if "name" in checked else {}
    changes = product.change(actor=actor, as_of=as_of, expected_version=expected_version, **checked, **keys)
    changes.pop("name_key", None)
    if changes:
        publish(ProductChanged(subject=product.ref, changes=changes), actor=actor, occurred_at=as_of)
    return product


def _checked(actor: Actor, values: ProductValues) -> ProductValues:
    keepable(values)
    checked = values.copy()
    if "name" in checked:
        checked["name"] = checked["name"].strip()
        if not checked["name"]:
            raise BadInput({"name": msg("A product needs a name.")})
    if "sku" in checked:
        checked["sku"] = (checked["sku"] or "").strip() or None
    pillar_id = checked.get("pillar_id")
    if pillar_id is not None:
        Product.related_for("pillar", actor, [pillar_id])
    return checked
