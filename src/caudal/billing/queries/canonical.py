"""A document as one text: the same lines, amounts, policies, number and parties give the same bytes anywhere."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from caudal.billing.models import Invoice, InvoiceLine, InvoiceTax

HEAD = (
    *("number", "sort", "state", "currency", "language", "money_policy", "reference", "reason"),
    *("line_count", "net_minor", "tax_minor", "gross_minor"),
)
LINE = (
    *("position", "sort", "source", "obligation", "revision", "charge_id", "pillar_id", "stream", "text", "unit"),
    *("quantity", "share", "whole_minor", "net_minor", "tax_category", "tax_percent", "due_at", "service_start"),
    *("service_end", "pattern", "price_number", "waterfall", "usage_as_of"),
)
TAX = ("position", "category", "percent", "why", "taxable_minor", "tax_minor")


def canonical_documents() -> dict[str, str]:
    """Return every issued document by sort and number, as JSON in one spelling; for checks of the whole installation.

    Ids of documents and lines are no part of it: what corrects what is said by number and position.
    """
    rows = list(Invoice.objects.exclude(number=None).order_by("entity", "number"))
    lines: dict[UUID, list[InvoiceLine]] = {row.pk: [] for row in rows}
    taxes: dict[UUID, list[InvoiceTax]] = {row.pk: [] for row in rows}
    for line in InvoiceLine.objects.order_by("invoice", "position"):
        if line.invoice_id in lines:
            lines[line.invoice_id].append(line)
    for tax in InvoiceTax.objects.order_by("invoice", "position"):
        if tax.invoice_id in taxes:
            taxes[tax.invoice_id].append(tax)
    numbers = {row.pk: str(row.number) for row in rows}
    places = {line.pk: f"{numbers[key]} {line.position}" for key, each in lines.items() for line in each}
    return {f"{row.entity_id} {row.number}": _text(row, lines[row.pk], taxes[row.pk], numbers, places) for row in rows}


def _text(
    row: Invoice,
    lines: Iterable[InvoiceLine],
    taxes: Iterable[InvoiceTax],
    numbers: Mapping[UUID, str],
    places: Mapping[UUID, str],
) -> str:
    said = {name: getattr(row, name) for name in HEAD} | {
        "entity": row.entity_id,
        "customer": row.customer_id,
        "seller": row.seller_id,
        "buyer": row.buyer_id,
        "issue_day": row.issue_day,
        "due_day": row.due_day,
        "due_from": row.due_from,
        "corrects": numbers.get(row.corrects_id) if row.corrects_id else None,
        "lines": [
            {name: getattr(line, name) for name in LINE}
            | {"corrects": places.get(line.corrects_id) if line.corrects_id else None}
            for line in lines
        ],
        "taxes": [{name: getattr(tax, name) for name in TAX} for tax in taxes],
    }
    return json.dumps(_plain(said), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _plain(value: Any) -> Any:
    """Numbers, days and ids as texts; instants in UTC."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if hasattr(value, "astimezone"):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return value if value is None or isinstance(value, str | int) else str(value)
