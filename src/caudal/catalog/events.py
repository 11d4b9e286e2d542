"""Facts that the catalogue publishes."""

from dataclasses import dataclass
from typing import ClassVar

from caudal.kit.outbox import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductAdded(Fact):
    """Something new is sold."""

    name: ClassVar[str] = "catalog.product_added"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductChanged(Fact):
    """A product's name, SKU, price or unit changed."""

    name: ClassVar[str] = "catalog.product_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductTaxed(Fact):
    """From a day on a product is taxed as something else."""

    name: ClassVar[str] = "catalog.product_taxed"

    tax_kind: str
    from_date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRetired(Fact):
    """From a day on nobody new can buy a product."""

    name: ClassVar[str] = "catalog.product_retired"

    from_date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductBroughtBack(Fact):
    """A retired product can be bought again."""

    name: ClassVar[str] = "catalog.product_brought_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferingAdded(Fact):
    """A product can be bought in a new way."""

    name: ClassVar[str] = "catalog.offering_added"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferingChanged(Fact):
    """What an offering says changed: its name, terms, add-ons or features."""

    name: ClassVar[str] = "catalog.offering_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferingRetired(Fact):
    """From a day on nobody new can buy an offering."""

    name: ClassVar[str] = "catalog.offering_retired"

    from_date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferingBroughtBack(Fact):
    """A retired offering can be bought again."""

    name: ClassVar[str] = "catalog.offering_brought_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeAdded(Fact):
    """Something more is paid for an offering."""

    name: ClassVar[str] = "catalog.charge_added"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeChanged(Fact):
    """A charge's name, unit, revenue stream or volume discounts changed."""

    name: ClassVar[str] = "catalog.charge_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceAdded(Fact):
    """A charge has a price in a currency from a day on."""

    name: ClassVar[str] = "catalog.price_added"

    charge: str
    currency: str
    number: int
    from_date: str
    existing_from_date: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceWithdrawn(Fact):
    """A price was taken back before the day on which it would have begun."""

    name: ClassVar[str] = "catalog.price_withdrawn"

    charge: str
    currency: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureAdded(Fact):
    """Offerings can say something of a new feature."""

    name: ClassVar[str] = "catalog.feature_added"


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleAdded(Fact):
    """Offerings are sold together for less."""

    name: ClassVar[str] = "catalog.bundle_added"


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleChanged(Fact):
    """A bundle's name, discount or parts changed."""

    name: ClassVar[str] = "catalog.bundle_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class BundlePriced(Fact):
    """A bundle has a price in a currency from a day on, or none any more."""

    name: ClassVar[str] = "catalog.bundle_priced"

    currency: str
    amount: str | None
    from_date: str
