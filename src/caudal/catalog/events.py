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
