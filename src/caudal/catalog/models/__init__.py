"""Rows of the catalogue."""

from caudal.catalog.models.charges import Charge, ChargeSort, PriceVersion, Stream, VolumeDiscount
from caudal.catalog.models.features import Bundle, BundlePart, Feature, FeatureSort, OfferingFeature
from caudal.catalog.models.offerings import (
    AddOn,
    Interval,
    Offering,
    OfferingRole,
    OfferingTerm,
    Retirement,
    Timing,
)
from caudal.catalog.models.products import Product

__all__ = [
    "AddOn",
    "Bundle",
    "BundlePart",
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
    "Retirement",
    "Stream",
    "Timing",
    "VolumeDiscount",
]
