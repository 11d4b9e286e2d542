"""Buyer and seller as documents name them. The same words give the same id, in whatever database."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from caudal.billing.models import Customer
from caudal.workspace.queries import company

if TYPE_CHECKING:
    from caudal.workspace.models import LegalEntity

NAMESPACE: Final = UUID("6f0b7c60-5d3b-5a0e-9e44-6b0f6d2c1c11")


def snapshot_id(said: Mapping[str, Any]) -> UUID:
    """Return the id that a party's words have."""
    return uuid5(NAMESPACE, json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def buyer_said(customer: Customer) -> dict[str, Any]:
    """Return what a document says of a customer; what is empty is left out."""
    said = {
        name: getattr(customer, name)
        for name in ("name", "tax_id", "street", "postal_code", "city", "region", "country", "email")
    }
    return {name: value for name, value in said.items() if value}


def seller_said(entity: "LegalEntity | None") -> dict[str, Any]:
    """Return what a document says of us; without a legal entity what is known of the company."""
    own = company()
    if entity is None:
        said = {"name": own.name if own else "", "country": own.country if own else ""}
    else:
        said = {name: getattr(entity, name, "") for name in SELLER}
    return {name: value for name, value in said.items() if value}


SELLER: Final = ("name", "country")
