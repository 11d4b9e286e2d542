"""Rows of the catalogue."""

from caudal.catalog.models.charges import Charge, ChargeSort, PriceVersion, VolumeDiscount
from caudal.catalog.models.features import Bundle, BundlePart, BundlePrice, Feature, FeatureSort, OfferingFeature
from caudal.catalog.models.offerings import (
    AddOn,
    Interval,
    Offering,
    OfferingRole,
    OfferingTerm,
    Retirement,
    Timing,
)
from caudal.catalog.models.products import Product, ProductRetirement, ProductTaxKind, Stream, TaxKind

__all__ = [
    "AddOn",
    "Bundle",
    "BundlePart",
    "BundlePrice",
    "Charge",
    "ChargeSort",
    "Feature",
    "FeatureSort",
    "Interval",
    "Offering",
    "OfferingFeature",
    "OfferingRole",
    "OfferingTerm",
    "PriceVersion",
    "Product",
    "ProductRetirement",
    "ProductTaxKind",
    "Retirement",
    "Stream",
    "TaxKind",
    "Timing",
    "VolumeDiscount",
]
