"""What billing knows of people, for whoever asks for everything about them."""

from collections.abc import Collection
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext

from caudal.billing.models import Customer, Invoice, InvoiceState, PartySnapshot
from caudal.core.ids import Ref
from caudal.core.money import Currency, Money
from caudal.kit.records import plain

YEARS_KEPT: Final = 10
"""From the end of the year of issue: the longest that the Union asks for (Directive 2006/112/EC, art. 369k)."""
KEPT_TABLES: Final = frozenset(
    {"billing_invoice", "billing_invoiceline", "billing_invoicetax", "billing_partysnapshot", "billing_payment"}
)
"""What was issued and paid stays word for word."""
SAID: Final = ("name", "tax_id", "street", "postal_code", "city", "region", "country", "email", "reference")


def customers_told(refs: Collection[Ref]) -> list[dict[str, Any]]:
    """Return what is said of some people on documents from now on."""
    rows = Customer.objects.filter(person__in=_people(refs)).order_by("pk")
    return [{"id": str(row.ref)} | {name: value for name in SAID if (value := getattr(row, name))} for row in rows]


def documents_told(refs: Collection[Ref]) -> list[dict[str, Any]]:
    """Return the documents issued to some people: what each says of them, up to when it is kept, and why."""
    rows = list(_issued(refs).order_by("issue_day", "number"))
    said = dict(PartySnapshot.objects.filter(pk__in=[row.buyer_id for row in rows]).values_list("pk", "said"))
    why = gettext(
        "The law asks to keep issued documents with whom they name, also when somebody is erased: for ten years "
        "from the end of the year at most."
    )
    return [
        {
            "number": row.number,
            "issued_on": plain(row.issue_day),
            "gross": Money(row.gross_minor, Currency(row.currency)).to_json(),
            "names_them_as": said[row.buyer_id] if row.buyer_id else {},
            "kept_until": f"{row.issue_day.year + YEARS_KEPT}-12-31" if row.issue_day else "",
            "kept_because": why,
        }
        for row in rows
    ]


def documents_kept(refs: Collection[Ref]) -> int:
    """Return how many documents issued to some people are kept."""
    return _issued(refs).count()


def _issued(refs: Collection[Ref]) -> "QuerySet[Invoice]":
    return Invoice.objects.filter(customer__person__in=_people(refs)).exclude(state=InvoiceState.DRAFT)


def _people(refs: Collection[Ref]) -> list[Any]:
    return [ref.id for ref in refs if ref.kind == "person"]
