"""The names under which sources tell the same input or output, and those that adapters read and give."""

from collections.abc import Mapping
from typing import Any, Final

_CENTS: Final = "_cents"
SAME: Final = {
    "already_billed_amount": ("billed_amount", "previous_billed_amount", "previously_billed", "already_billed"),
    "already_billed_quantity": ("billed_quantity", "pre_quantity", "pre_line_period_qty", "previous_quantity"),
    "bcd": ("bill_cycle_day", "billing_cycle_day", "billing_day", "day_of_month"),
    "change": (
        "change_at",
        "changed_on",
        "change_date",
        "cancel_on",
        "cancelled_on",
        "canceled_on",
        "upgraded_on",
        "terminated_on",
        "ended_on",
    ),
    "carried_in": ("initial_value",),
    "cumulative_quantities": ("cumulative", "quantities_at_each_run"),
    "discount_pct": ("percentage_discount", "discount_percent", "discount_percentage"),
    "end": ("end_date", "ends_on"),
    "first_cycle": ("next_billing_date", "first_billing_date", "next_bcd", "next_bill_date"),
    "event_prorated_units": ("event_prorated_aggregation", "prorated_event_units"),
    "event_units": ("event_aggregation",),
    "fixed_per_event": ("fixed_amount", "fixed_fee", "fixed_per_transaction"),
    "flat": ("flat_fee", "flat_amount", "flat_price"),
    "free_events": ("free_units_per_events", "free_transactions"),
    "free_total": ("free_units_per_total_aggregation", "free_amount"),
    "full_quantity": ("full_units", "full_units_number"),
    "interval": ("interval_change", "intervals"),
    "interval_count": ("every",),
    "new_interval": ("to_interval", "interval_after"),
    "new_quantity": ("quantity_after", "new_units", "new_qty"),
    "old_interval": ("from_interval", "interval_before"),
    "old_quantity": ("quantity_before", "old_units", "old_qty"),
    "max_per_tx": ("max_per_transaction", "per_transaction_max", "per_transaction_max_amount"),
    "maximum": ("max_spend", "maximum_spend", "maximum_amount", "max_amount"),
    "min_per_tx": ("min_per_transaction", "per_transaction_min", "per_transaction_min_amount"),
    "minimum": ("min_spend", "minimum_spend", "minimum_amount", "min_amount", "minimum_commitment", "spending_minimum"),
    "month_days": ("days_in_period",),
    "opening": ("starting", "starting_mrr", "opening_mrr"),
    "new": ("new_mrr",),
    "expansion": ("expansion_mrr",),
    "contraction": ("contraction_mrr",),
    "churn": ("churn_mrr", "churned"),
    "reactivation": ("reactivation_mrr",),
    "package_size": ("units_per_package", "quantity_per_package"),
    "prorated_quantity": ("prorated_units",),
    "quantity": ("units_used", "usage_quantity"),
    "rate_pct": ("rate_percent", "percentage", "percent"),
    "recurring_threshold": ("recurring",),
    "recognized": ("recognised", "recognized_to_date", "recognised_to_date"),
    "seats_after": ("new_seats",),
    "seats_before": ("old_seats",),
    "ssp": ("ssps", "standalone", "standalone_prices", "standalone_selling_prices", "stand_alone_selling_prices"),
    "start": ("start_date", "anchor", "billing_anchor", "started", "started_on", "started_at"),
    "subscribed": ("subscribed_on", "subscribed_at", "subscription_at"),
    "tax_rate_pct": ("tax_pct", "tax_percent", "vat_pct"),
    "through_days": ("days_elapsed", "elapsed_days"),
    "tiers": ("tiers_upto", "price_tiers", "blocks"),
    "terminated": ("terminated_at", "ended", "ended_at", "ending_at"),
    "through": ("through_date", "as_of"),
    "usage": ("usage_fees", "usage_fee"),
    "unit_price": ("price_per_unit", "per_unit", "unit_amount"),
}
"""Our name for an input, and those of the sources."""
THEIR_WORDS: Final = {
    "amount_due": ("total",),
    "coupon_discounts": ("discount",),
    "coupons": ("discount",),
    "credit": ("refund",),
    "debit": ("charge",),
    "deferred_revenue": ("deferred",),
    "discounts": ("discount",),
    "ending": ("closing",),
    "ending_mrr": ("closing",),
    "closing_mrr": ("closing",),
    "fee": ("amount",),
    "invoice_total": ("total",),
    "net_amount": ("net",),
    "prorated_amount": ("amount",),
    "recognised": ("recognized",),
    "recognised_revenue": ("recognized",),
    "recognized_revenue": ("recognized",),
    "running_total": ("after_credits",),
    "subtotal_after_discounts": ("taxable",),
    "tax_amount": ("tax",),
    "taxable_amount": ("taxable",),
    "total": ("amount",),
    "total_amount": ("total", "amount"),
    "total_discount": ("discount",),
    "total_due": ("total",),
    "usage_amount": ("usage",),
}
"""Their names for an output, and ours."""
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
