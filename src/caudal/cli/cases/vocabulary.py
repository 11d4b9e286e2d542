"""The names under which sources tell the same input, and the one under which adapters read it."""

from collections.abc import Mapping
from typing import Any, Final

_CENTS: Final = "_cents"
SAME: Final = {
    "already_billed_amount": ("billed_amount", "previous_billed_amount", "previously_billed", "already_billed"),
    "already_billed_quantity": ("billed_quantity", "pre_quantity", "pre_line_period_qty", "previous_quantity"),
    "change": ("change_at", "changed_on", "change_date", "cancel_on", "cancelled_on", "canceled_on", "upgraded_on"),
    "carried_in": ("opening", "initial_value"),
    "discount_pct": ("percentage_discount", "discount_percent", "discount_percentage"),
    "end": ("end_date", "ends_on"),
    "fixed_per_event": ("fixed_amount", "fixed_fee", "fixed_per_transaction"),
    "flat": ("flat_fee", "flat_amount", "flat_price"),
    "free_events": ("free_units_per_events", "free_transactions"),
    "free_total": ("free_units_per_total_aggregation", "free_amount"),
    "interval_count": ("every",),
    "max_per_tx": ("max_per_transaction", "per_transaction_max", "per_transaction_max_amount"),
    "maximum": ("max_spend", "maximum_spend", "maximum_amount", "max_amount"),
    "min_per_tx": ("min_per_transaction", "per_transaction_min", "per_transaction_min_amount"),
    "minimum": ("min_spend", "minimum_spend", "minimum_amount", "min_amount", "minimum_commitment", "spending_minimum"),
    "month_days": ("days_in_period",),
    "package_size": ("units_per_package", "quantity_per_package"),
    "quantity": ("units_used",),
    "rate_pct": ("rate_percent", "percentage", "percent"),
    "recognized": ("recognised", "recognized_to_date", "recognised_to_date"),
    "ssp": ("ssps", "standalone", "standalone_prices", "standalone_selling_prices", "stand_alone_selling_prices"),
    "start": ("start_date", "anchor", "billing_anchor"),
    "tax_rate_pct": ("tax_pct", "tax_percent", "vat_pct"),
    "through_days": ("days_elapsed", "elapsed_days"),
    "tiers": ("tiers_upto", "price_tiers", "blocks"),
    "unit_price": ("price_per_unit", "per_unit", "unit_amount"),
}
"""Our name for an input, and those of the sources."""
_OURS: Final = {theirs: ours for ours, names in SAME.items() for theirs in names}


def in_our_words(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of an example under our names; amounts in minor units keep their ending.

    >>> in_our_words({"min_spend_cents": 500, "quantity": 1})
    {'minimum_cents': 500, 'quantity': 1}
    """
    found: dict[str, Any] = {}
    for name, value in inputs.items():
        stem, cents = (name.removesuffix(_CENTS), _CENTS) if name.endswith(_CENTS) else (name, "")
        ours = _OURS.get(stem, stem) + cents
        found[ours if ours not in inputs else name] = value
    return found
