"""Writes of products: what they are, as what they are taxed from which day on, and until when they are sold."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from caudal.catalog.actions.reading import keepable, one_of
from caudal.catalog.events import ProductAdded, ProductBroughtBack, ProductChanged, ProductRetired, ProductTaxed
from caudal.catalog.models import Product, ProductRetirement, ProductTaxKind, Stream, TaxKind
from caudal.catalog.queries import taxed_on
from caudal.core.errors import Problem, msg
from caudal.core.money import Money
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.names import name_key
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.kit.records import first_values
from caudal.workspace.queries import company_day


class AlreadyRetired(Problem):
    """The product was retired before."""

    code = "product.already_retired"
    status = 409
    message = msg("“{product}” is not sold to new customers from {day} on.")
    hint = msg("Bring it back first, then retire it from another day.")


class ProductValues(TypedDict, total=False):
    """What may be said of a product."""

    name: str
    sku: str | None
    pillar_id: UUID | None
    list_price: Money | None
    unit: str
    stream: str
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
    stream: str = "",
    tax_kind: str = TaxKind.STANDARD.value,
    custom: Mapping[str, Any] | None = None,
) -> Product:
    """Add something that is sold. Raises BadInput, NotFound; a SKU that is taken is refused by the database."""
    require(actor, "product", Verb.CREATE)
    said = ProductValues(name=name, sku=sku, pillar_id=pillar_id, unit=unit, stream=stream, custom=dict(custom or {}))
    values = _checked(actor, said)
    one_of({"tax_kind": tax_kind}, tax_kind=TaxKind.values)
    product = Product.stamped(actor=actor, as_of=as_of, **values, tax_kind=tax_kind, name_key=name_key(values["name"]))
    product.list_price = list_price
    product.save(force_insert=True)
    changes = first_values({**values, "tax_kind": tax_kind, "list_price": list_price})
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


@action
def tax_product_as(
    *, actor: Actor, as_of: datetime, product_id: UUID, tax_kind: str, from_date: date | None = None
) -> Product:
    """Tax a product as something else from a day on, from today on without one; what was issued stays as it is.

    Raises BadInput, NotFound.
    """
    product = Product.one_for(actor, Verb.CHANGE, product_id, lock=True)
    today = company_day(as_of)
    from_date = from_date or today
    one_of({"tax_kind": tax_kind}, tax_kind=TaxKind.values)
    if from_date < today:
        raise BadInput({"from_date": msg("It counts from today at the earliest: what was issued keeps its tax.")})
    is_later = product.tax_kinds.filter(from_date__gt=from_date).exists()
    if is_later or taxed_on(product, from_date) != tax_kind:
        number = product.tax_kinds.count() + 1
        ProductTaxKind.objects.create(product=product, number=number, from_date=from_date, tax_kind=tax_kind)
        product.touch(actor=actor, as_of=as_of)
        fact = ProductTaxed(subject=product.ref, tax_kind=tax_kind, from_date=from_date.isoformat())
        publish(fact, actor=actor, occurred_at=as_of)
    return product


@action
def retire_product(*, actor: Actor, as_of: datetime, product_id: UUID, from_date: date) -> Product:
    """Sell a product to nobody new from a day on, in whichever way; who has it goes on paying.

    Raises NotFound, AlreadyRetired.
    """
    product = Product.one_for(actor, Verb.CHANGE, product_id, lock=True)
    before = ProductRetirement.objects.filter(product=product).first()
    if before is not None:
        if before.from_date == from_date:
            return product
        raise AlreadyRetired(product=product.name, day=before.from_date)
    ProductRetirement.objects.create(product=product, from_date=from_date, retired_at=as_of, retired_by=actor.id)
    product.touch(actor=actor, as_of=as_of)
    publish(ProductRetired(subject=product.ref, from_date=from_date.isoformat()), actor=actor, occurred_at=as_of)
    return product


@action
def bring_back_product(*, actor: Actor, as_of: datetime, product_id: UUID) -> Product:
    """Sell a retired product again; said of one that is sold, nothing changes. Raises NotFound."""
    product = Product.one_for(actor, Verb.CHANGE, product_id, lock=True)
    gone, _ = ProductRetirement.objects.filter(product=product).delete()
    if gone:
        product.touch(actor=actor, as_of=as_of)
        publish(ProductBroughtBack(subject=product.ref), actor=actor, occurred_at=as_of)
    return product


def _checked(actor: Actor, values: ProductValues) -> ProductValues:
    keepable(values)
    one_of(values, stream=["", *Stream.values])
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
