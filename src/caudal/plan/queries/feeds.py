"""What would feed the metrics that nothing feeds yet."""

from typing import Final

from caudal.core.errors import msg

FEEDS: Final[tuple[tuple[str, str], ...]] = (
    ("revenue_share_partners", msg("invoices with the partner that brought them")),
    ("revenue_per_employee", msg("invoices and the team's people")),
    ("revenue_efficiency", msg("invoices and costs in the ledger")),
    ("revenue", msg("invoices")),
    ("sales_efficiency_gain", msg("invoices and costs in the ledger")),
    ("sales_velocity", msg("open and won deals together")),
    ("return_on_sales_investment", msg("invoices and costs in the ledger")),
    ("orders", msg("paid orders")),
    ("price", msg("the price book")),
    ("customer_satisfaction", msg("answers to surveys")),
    ("net_promoter_score", msg("answers to surveys")),
    ("customer", msg("subscriptions and invoices of customers")),
    ("renewal", msg("subscriptions and invoices of customers")),
    ("upsell", msg("subscriptions and invoices of customers")),
    ("cross_sell", msg("subscriptions and invoices of customers")),
    ("account_growth", msg("subscriptions and invoices of customers")),
    ("free_to_paid", msg("subscriptions and invoices of customers")),
    ("lead_to_customer", msg("leads and the customers they became")),
    ("lead_quality", msg("scores of leads")),
    ("lead", msg("leads with their channel")),
    ("cost_per_lead", msg("what each channel costs")),
    ("spend", msg("what each channel costs")),
    ("cost", msg("costs in the ledger")),
    ("gross_margin", msg("invoices and costs in the ledger")),
    ("net_margin", msg("invoices and costs in the ledger")),
    ("cash_flow", msg("payments in the ledger")),
    ("lift", msg("a comparison of deals with and without it")),
    ("win_rate", msg("a comparison of deals with and without it")),
    ("collateral", msg("a comparison of deals with and without it")),
    ("quota", msg("the team's quotas")),
    ("pipeline_coverage", msg("open deals and the team's quotas")),
    ("forecast", msg("kept forecasts and what came of them")),
    ("activities", msg("calls, mails and meetings")),
    ("content", msg("the content calendar")),
    ("followers", msg("the content calendar")),
    ("partners", msg("partners and what they brought")),
    ("growth_share_partners", msg("partners and what they brought")),
)
"""Beginnings of metric ids and what those metrics are made from; the first that fits counts."""
ELSE: Final = msg("a metric of its own")


def feed_of(metric_id: str | None) -> str:
    """Return, untranslated, what would feed a metric."""
    return next((words for start, words in FEEDS if (metric_id or "").startswith(start)), ELSE)
