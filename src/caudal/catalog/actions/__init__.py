"""Writes of the catalogue."""

from caudal.catalog.actions.bundles import add_bundle, change_bundle, price_bundle
from caudal.catalog.actions.charges import (
    AmongTheUsed,
    add_charge,
    add_price,
    change_charge,
    set_volume_discounts,
    withdraw_price,
)
from caudal.catalog.actions.features import add_feature, set_features
from caudal.catalog.actions.offerings import (
    add_offering,
    bring_back_offering,
    change_offering,
    retire_offering,
    set_add_ons,
    set_terms,
)
from caudal.catalog.actions.pricelists import NewPrice, add_prices
from caudal.catalog.actions.products import (
    ProductValues,
    add_product,
    bring_back_product,
    change_product,
    retire_product,
    tax_product_as,
)

__all__ = [
    "AmongTheUsed",
    "NewPrice",
    "ProductValues",
    "add_bundle",
    "add_charge",
    "add_feature",
    "add_offering",
    "add_price",
    "add_prices",
    "add_product",
    "bring_back_offering",
    "bring_back_product",
    "change_bundle",
    "change_charge",
    "change_offering",
    "change_product",
    "price_bundle",
    "retire_offering",
    "retire_product",
    "set_add_ons",
    "set_features",
    "set_terms",
    "set_volume_discounts",
    "tax_product_as",
    "withdraw_price",
]
