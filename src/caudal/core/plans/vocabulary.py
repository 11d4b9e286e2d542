"""The metrics that plans speak of by a standard name: in which unit they are told, and what they can be at most.

A plan may use other names as well; nothing is then known of them beyond their unit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from caudal.core.metrics import REGISTRY, Direction

_PER_MONTH: Final[Mapping[str, str]] = {
    "money/month": """
        revenue_gross revenue_net revenue_won revenue_primary revenue_secondary revenue_future revenue_recurring
        revenue_subscription revenue_services revenue_retail revenue_new revenue_expansion revenue_churned
        sales_velocity sales_quota pipeline_needed cash_flow profit_gross profit_net cost_of_revenue
        spend_google_ads spend_facebook_ads spend_linkedin_ads spend_youtube_ads spend_display_ads spend_other_ads
        cost_sales_team cost_sales_management cost_sales_operations cost_sales_enablement cost_sales_personnel
        cost_crm cost_sales_tools cost_analytics cost_training cost_sales_technology
        cost_digital_marketing cost_content_marketing cost_paid_advertising cost_events cost_marketing
        cost_sales_and_marketing cost_rent cost_personnel cost_materials cost_equipment cost_other cost_total
    """,
    "lead/month": "leads leads_qualified",
    "customer/month": "customers_new customers_lost",
    "deal/month": "deals_closed deals_opened deals_lost",
    "sale/month": "orders_paid",
    "visit/month": "visits",
    "document/month": "documents_processed",
    "booking/month": "bookings",
}
_LEVELS: Final[Mapping[str, str]] = {
    "customer": "customers_active",
    "deal": "deals_open",
    "employee": "employees",
    "seat": "seats",
    "partner": "partners_active",
    "day": "cycle_mean customer_lifetime_days",
    "money": """
        price_course_basic price_course_premium price_masterclass price_corporate_training price_certification
        price_basic price_premium price_subscription price_average cash_balance
    """,
    "money/deal": "deal_size",
    "money/lead": "cost_per_lead",
    "money/customer": "customer_lifetime_value customer_acquisition_cost",
    "money/document": "price_per_document cost_per_document",
    "money/sale": "order_value",
    "money/visit": "cost_per_visit",
    "money/employee/year": "revenue_per_employee",
    "money/customer/month": "revenue_per_customer",
    "1/month": "revenue_growth lead_velocity customer_growth",
    "": """
        pipeline_coverage quota_attainment return_on_sales_investment revenue_efficiency customer_expansion
        upsell_growth cross_sell_growth account_growth net_revenue_retention lifetime_value_to_cost
        lift_value_pricing_margin lift_spin_conversion
    """,
}
_PARTS_OF_A_WHOLE: Final = """
    lead_conversion lead_quality lead_to_customer visit_to_lead win_rate win_rate_trained win_rate_differentiated
    free_to_paid collateral_conversion gross_margin net_margin customer_retention customer_churn renewal_rate
    forecast_accuracy utilisation occupancy discount_mean
    revenue_share_subscription revenue_share_usage revenue_share_license revenue_share_support
    revenue_share_services revenue_share_training revenue_share_partnership revenue_share_data
    revenue_share_api revenue_share_marketplace revenue_share_white_label revenue_share_consulting
    revenue_share_partners growth_share_partners revenue_share_retail revenue_share_membership revenue_share_classes
    lead_share_content lead_share_social lead_share_paid lead_share_partners lead_share_referral lead_share_outbound
    lead_share_events lead_share_other
"""
_LESS_IS_BETTER: Final = """
    spend_google_ads spend_facebook_ads spend_linkedin_ads spend_youtube_ads spend_display_ads spend_other_ads
    cost_sales_team cost_sales_management cost_sales_operations cost_sales_enablement cost_sales_personnel
    cost_crm cost_sales_tools cost_analytics cost_training cost_sales_technology
    cost_digital_marketing cost_content_marketing cost_paid_advertising cost_events cost_marketing
    cost_sales_and_marketing cost_rent cost_personnel cost_materials cost_equipment cost_other cost_total
    cost_of_revenue cost_per_lead cost_per_document cost_per_visit customer_acquisition_cost
    revenue_churned customers_lost deals_lost customer_churn cycle_mean discount_mean
"""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a metric by its name: its unit, whether it is a part of a whole, and whether less is better."""

    unit: str
    part: bool = False
    less_is_better: bool = False


_LESS: Final = frozenset(_LESS_IS_BETTER.split())
_UNITS: Final = {
    name: unit for units in (_PER_MONTH, _LEVELS) for unit, names in units.items() for name in names.split()
}

VOCABULARY: Final[Mapping[str, Known]] = {
    **{name: Known(unit, less_is_better=name in _LESS) for name, unit in _UNITS.items()},
    **{name: Known("", part=True, less_is_better=name in _LESS) for name in _PARTS_OF_A_WHOLE.split()},
}
"""Standard metrics by id; money stands for the plan's currency."""


def better_is(metric: str | None) -> Direction:
    """Return which way a metric is better: as it is defined, else as is known of its name, else higher.

    >>> better_is("cost_per_lead").value, better_is("cycle_mean").value, better_is("something_of_ours").value
    ('lower', 'lower', 'higher')
    """
    defined = REGISTRY.metrics.get(metric or "")
    if defined is not None:
        return defined.direction
    known = VOCABULARY.get(metric or "")
    return Direction.LOWER if known is not None and known.less_is_better else Direction.HIGHER
