"""Buyer and seller as documents name them. The same words give the same id, in whatever database."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from caudal.billing.models import Customer

if TYPE_CHECKING:
    from caudal.workspace.models import LegalEntity

NAMESPACE: Final = UUID("6f0b7c60-5d3b-5a0e-9e44-6b0f6d2c1c11")
BUYER: Final = ("name", "tax_id", "street", "postal_code", "city", "region", "country", "email")
SELLER: Final = (
    *("name", "brand", "tax_id", "address", "postcode", "city", "region", "country", "email", "phone", "website"),
    *("registration", "bank", "iban", "bic", "account_text", "footer_en", "footer_es", "colour"),
)


def snapshot_id(said: Mapping[str, Any]) -> UUID:
    """Return the id that a party's words have."""
    return uuid5(NAMESPACE, json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def buyer_said(customer: Customer) -> dict[str, Any]:
    """Return what a document says of a customer; what is empty is left out."""
    return {name: value for name in BUYER if (value := getattr(customer, name))}


def seller_said(entity: "LegalEntity") -> dict[str, Any]:
    """Return what a document says of the legal entity that sells, its logo by content; what is empty is left out."""
    said = {name: value for name in SELLER if (value := getattr(entity, name))}
    if entity.logo_id and entity.logo is not None:
        said |= {"logo": entity.logo.sha256, "logo_type": entity.logo.media_type}
    return said
