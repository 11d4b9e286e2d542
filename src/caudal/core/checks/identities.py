"""The standard identities: what holds between metrics in any company, as data over the ids of metrics.

A role is a metric; where two roles share one, it says in which unit or over which period each is told. A family in
braces, `{spend}`, is the sum of those of its metrics that a plan has. Units are those of the vocabulary; money is the
plan's own. No identity knows a target.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from caudal.core.plans import Label, Sense

EQUALS, AT_LEAST, AT_MOST, PARTS = Sense.EQUALS, Sense.AT_LEAST, Sense.AT_MOST, Sense.PARTS

FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {
    name: tuple(metrics.split())
    for name, metrics in {
        "spend": """
            spend_google_ads spend_facebook_ads spend_linkedin_ads spend_youtube_ads spend_display_ads spend_other_ads
        """,
        "lead_shares": """
            lead_share_content lead_share_social lead_share_paid lead_share_partners lead_share_referral
            lead_share_outbound lead_share_events lead_share_other
        """,
        "primary_shares": """
            revenue_share_subscription revenue_share_usage revenue_share_license revenue_share_support
        """,
        "secondary_shares": """
            revenue_share_services revenue_share_training revenue_share_partnership revenue_share_data
        """,
        "future_shares": """
            revenue_share_api revenue_share_marketplace revenue_share_white_label revenue_share_consulting
        """,
        "line_shares": "revenue_share_membership revenue_share_classes revenue_share_retail",
        "personnel": "cost_sales_team cost_sales_management cost_sales_operations cost_sales_enablement",
        "technology": "cost_crm cost_sales_tools cost_analytics cost_training",
        "marketing": "cost_digital_marketing cost_content_marketing cost_paid_advertising cost_events",
        "selling": "cost_sales_personnel cost_sales_technology cost_marketing",
        "running": """
            cost_rent cost_personnel cost_materials cost_equipment cost_marketing cost_other
        """,
        "streams": "revenue_primary revenue_secondary",
        "lines": "revenue_subscription revenue_services revenue_retail",
    }.items()
}
"""Metrics that add up to something, by name."""

PRICES: Final = (
    "price_course_basic",
    "price_course_premium",
    "price_masterclass",
    "price_corporate_training",
    "price_certification",
    "price_basic",
    "price_premium",
    "price_subscription",
)
"""Metrics that are prices of single things on sale."""


@dataclass(frozen=True, slots=True)
class Role:
    """A metric in an identity: in the vocabulary's unit or another one, and over a period where that matters."""

    metric: str
    unit: str | None = None
    period: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One relation between metrics. `unless` names metrics with which another identity says it better."""

    id: str
    group: str
    statement: Label
    value: str
    sense: Sense = EQUALS
    stated: str = ""
    roles: Mapping[str, Role] = field(default_factory=dict)
    unless: tuple[str, ...] = ()


def _identity(
    group: str,
    name: str,
    en: str,
    es: str,
    value: str,
    sense: Sense = EQUALS,
    stated: str = "",
    roles: Mapping[str, Role] | None = None,
    unless: tuple[str, ...] = (),
) -> Identity:
    return Identity(
        id=name,
        group=group,
        statement=Label(en, es),
        value=value,
        sense=sense,
        stated=stated,
        roles=roles or {},
        unless=unless,
    )


_ONE_OFF: Final = {"purchase": Role("revenue_per_customer", "money/customer")}
_MONTHLY: Final = {"retention": Role("customer_retention", period="month")}
_YEARLY: Final = {"retention": Role("customer_retention", period="year")}

_FUNNEL: Final = (
    ("visits_to_leads", "Visits × share that become leads = leads",
     "Visitas × parte que se convierte en lead = leads",
     "visits * visit_to_lead * 1 [lead/visit]", EQUALS, "leads"),
    ("leads_qualified", "Leads × lead quality = qualified leads",
     "Leads × calidad de los leads = leads cualificados",
     "leads * lead_quality", EQUALS, "leads_qualified"),
    ("leads_to_deals", "Leads × lead conversion × win rate = deals closed",
     "Leads × conversión de leads × tasa de cierre = ventas cerradas",
     "leads * lead_conversion * win_rate * 1 [deal/lead]", EQUALS, "deals_closed"),
    ("leads_to_customers", "Leads × conversion from lead to customer = new customers",
     "Leads × conversión de lead a cliente = clientes nuevos",
     "leads * lead_to_customer * 1 [customer/lead]", EQUALS, "customers_new"),
    ("customers_from_leads", "No more new customers than leads that convert",
     "No más clientes nuevos que leads que se convierten",
     "customers_new", AT_MOST, "leads * lead_conversion * 1 [customer/lead]"),
    ("deals_make_customers", "Every deal closed is one new customer",
     "Cada venta cerrada es un cliente nuevo",
     "deals_closed * 1 [customer/deal]", EQUALS, "customers_new"),
    ("deals_opened_won", "Deals opened × win rate = deals closed",
     "Oportunidades abiertas × tasa de cierre = ventas cerradas",
     "deals_opened * win_rate", EQUALS, "deals_closed"),
)  # fmt: skip
_PIPELINE: Final = (
    ("velocity", "Deals closed × deal size = sales velocity",
     "Ventas cerradas × tamaño medio = velocidad de ventas",
     "deals_closed * deal_size", EQUALS, "sales_velocity"),
    ("won", "Deals closed × deal size = revenue won",
     "Ventas cerradas × tamaño medio = ingresos ganados",
     "deals_closed * deal_size", EQUALS, "revenue_won"),
    ("velocity_formula", "Open deals × deal size × win rate ÷ sales cycle = sales velocity",
     "Oportunidades abiertas × tamaño medio × tasa de cierre ÷ ciclo = velocidad de ventas",
     "deals_open * deal_size * win_rate / cycle_mean * 365 [days/year] / 12 [months/year]", EQUALS, "sales_velocity"),
    ("little", "Little's law: deals opened × sales cycle = open deals",
     "Ley de Little: oportunidades que se abren × ciclo de venta = oportunidades abiertas",
     "deals_opened * cycle_mean * 12 [months/year] / 365 [days/year]", EQUALS, "deals_open"),
    ("coverage", "Pipeline coverage × win rate reaches the quota attainment",
     "Cobertura del embudo × tasa de cierre alcanza el cumplimiento de la cuota",
     "pipeline_coverage * win_rate", AT_LEAST, "quota_attainment"),
    ("quota", "Sales quota × attainment = revenue won",
     "Cuota de ventas × cumplimiento = ingresos ganados",
     "sales_quota * quota_attainment", EQUALS, "revenue_won"),
    ("deal_within_lifetime", "A deal is no larger than what a customer brings in a lifetime",
     "Una venta no es mayor que lo que un cliente aporta en toda su vida",
     "deal_size * 1 [deal/customer]", AT_MOST, "customer_lifetime_value"),
)  # fmt: skip
_REVENUE: Final = (
    ("customers_revenue", "Customers × revenue per customer = revenue",
     "Clientes × ingreso por cliente = ingresos",
     "customers_active * revenue_per_customer", EQUALS, "revenue_gross"),
    ("orders_revenue", "Orders × order value = revenue",
     "Pedidos × valor del pedido = ingresos",
     "orders_paid * order_value", EQUALS, "revenue_gross"),
    ("documents_revenue", "Documents × price per document = revenue",
     "Documentos × precio por documento = ingresos",
     "documents_processed * price_per_document", EQUALS, "revenue_gross"),
    ("net_below_gross", "Net revenue is no more than gross revenue",
     "Los ingresos netos no superan los brutos",
     "revenue_net", AT_MOST, "revenue_gross"),
    ("streams", "Primary and secondary revenue are the gross revenue",
     "Los ingresos primarios y secundarios son los brutos",
     "{streams}", PARTS, "revenue_gross"),
    ("lines", "Revenue by kind adds up to the gross revenue",
     "Los ingresos por tipo suman los brutos",
     "{lines}", PARTS, "revenue_gross"),
    ("employees", "Employees × revenue per employee = revenue of a year",
     "Empleados × ingresos por empleado = ingresos de un año",
     "employees * revenue_per_employee", EQUALS, "revenue_gross * 12 [months/year]"),
    ("steady_state", "In a steady state, new customers × lifetime value = revenue",
     "En régimen estable, clientes nuevos × valor de vida = ingresos",
     "customers_new * customer_lifetime_value", EQUALS, "revenue_gross"),
    ("partners_once", "The part that partners bring is one number",
     "La parte que aportan los partners es una sola cifra",
     "revenue_share_partners", EQUALS, "revenue_share_partnership"),
    ("gross_margin", "Revenue × gross margin = gross profit",
     "Ingresos × margen bruto = beneficio bruto",
     "revenue_gross * gross_margin", EQUALS, "profit_gross"),
    ("net_margin", "Revenue × net margin = net profit",
     "Ingresos × margen neto = beneficio neto",
     "revenue_gross * net_margin", EQUALS, "profit_net"),
    ("margins", "The net margin is no more than the gross margin",
     "El margen neto no supera el bruto",
     "net_margin", AT_MOST, "gross_margin"),
    ("profit", "Revenue − all costs = net profit",
     "Ingresos − todos los costes = beneficio neto",
     "paired(revenue_gross - cost_total)", EQUALS, "profit_net"),
    ("margin_after_lift", "The gross margin stays below 100% after its uplift",
     "El margen bruto sigue por debajo del 100% tras su mejora",
     "gross_margin * (1 + lift_value_pricing_margin)"),
)  # fmt: skip
_CUSTOMERS: Final = (
    ("acquisition_cost", "Sales and marketing ÷ new customers = acquisition cost",
     "Ventas y marketing ÷ clientes nuevos = coste de adquisición",
     "cost_sales_and_marketing / customers_new", EQUALS, "customer_acquisition_cost"),
    ("lifetime_to_cost", "Lifetime value ÷ acquisition cost = their ratio",
     "Valor de vida ÷ coste de adquisición = su relación",
     "customer_lifetime_value / customer_acquisition_cost", EQUALS, "lifetime_value_to_cost"),
    ("net_retention", "Retention + expansion = net revenue retention",
     "Retención + expansión = retención neta de ingresos",
     "customer_retention + customer_expansion", EQUALS, "net_revenue_retention"),
    ("expansion", "Upsell and cross-sell together are the expansion",
     "La venta superior y la cruzada juntas son la expansión",
     "(1 + upsell_growth) * (1 + cross_sell_growth) - 1", EQUALS, "customer_expansion"),
    ("account_growth", "Account growth is the expansion of customers",
     "El crecimiento de las cuentas es la expansión de los clientes",
     "account_growth", EQUALS, "customer_expansion"),
    ("renewal", "As many contracts renew as customers stay",
     "Se renuevan al menos tantos contratos como clientes se quedan",
     "renewal_rate", AT_LEAST, "customer_retention"),
)  # fmt: skip
_COSTS: Final = (
    ("cost_per_lead", "Marketing ÷ leads = cost per lead", "Marketing ÷ leads = coste por lead",
     "cost_marketing / leads", EQUALS, "cost_per_lead"),
    ("cost_per_paid_lead", "Paid advertising ÷ paid leads = cost per lead",
     "Publicidad de pago ÷ leads de pago = coste por lead",
     "cost_paid_advertising / (lead_share_paid * leads)", EQUALS, "cost_per_lead"),
    ("spend_per_paid_lead", "Spend on channels ÷ paid leads = cost per lead",
     "Gasto en canales ÷ leads de pago = coste por lead",
     "{spend} / (lead_share_paid * leads)", EQUALS, "cost_per_lead"),
    ("cost_per_content_lead", "Content marketing ÷ leads from content = cost per lead",
     "Marketing de contenidos ÷ leads de contenidos = coste por lead",
     "cost_content_marketing / (lead_share_content * leads)", EQUALS, "cost_per_lead"),
    ("paid_channels", "Spend on channels = paid advertising", "Gasto en canales = publicidad de pago",
     "{spend}", PARTS, "cost_paid_advertising"),
    ("personnel", "The lines of personnel add up", "Las partidas de personal suman su total",
     "{personnel}", PARTS, "cost_sales_personnel"),
    ("technology", "The lines of tools and technology add up", "Las partidas de herramientas suman su total",
     "{technology}", PARTS, "cost_sales_technology"),
    ("marketing", "The lines of marketing add up", "Las partidas de marketing suman su total",
     "{marketing}", PARTS, "cost_marketing"),
    ("selling", "Personnel, technology and marketing are the whole budget",
     "Personal, tecnología y marketing son todo el presupuesto",
     "{selling}", PARTS, "cost_sales_and_marketing"),
    ("running", "The lines of cost add up", "Las partidas de costes suman su total",
     "{running}", PARTS, "cost_total"),
    ("return", "(Revenue − budget) ÷ budget = return on investment, low with low and high with high",
     "(Ingresos − presupuesto) ÷ presupuesto = retorno, bajo con bajo y alto con alto",
     "paired((revenue_gross - cost_sales_and_marketing) / cost_sales_and_marketing)", EQUALS,
     "return_on_sales_investment"),
)  # fmt: skip
_SHARES: Final = (
    ("lead_shares", "The shares of leads by source come to 100%",
     "Las partes de leads por origen suman el 100%", "{lead_shares}", PARTS, "1"),
    ("primary_shares", "The shares of primary revenue come to 100%",
     "Las partes de los ingresos primarios suman el 100%", "{primary_shares}", PARTS, "1"),
    ("secondary_shares", "The shares of secondary revenue come to 100%",
     "Las partes de los ingresos secundarios suman el 100%", "{secondary_shares}", PARTS, "1"),
    ("future_shares", "The shares of future revenue come to 100%",
     "Las partes de los ingresos futuros suman el 100%", "{future_shares}", PARTS, "1"),
    ("line_shares", "The shares of revenue by line come to 100%",
     "Las partes de los ingresos por línea suman el 100%", "{line_shares}", PARTS, "1"),
)  # fmt: skip

IDENTITIES: Final[tuple[Identity, ...]] = (
    *(
        _identity(group, *row)
        for group, rows in {
            "funnel": _FUNNEL,
            "pipeline": _PIPELINE,
            "revenue": _REVENUE,
            "customers": _CUSTOMERS,
            "costs": _COSTS,
            "shares": _SHARES,
        }.items()
        for row in rows
    ),
    _identity(
        "growth",
        "compounding",
        "Monthly growth, compounded over a year, is the annual growth",
        "El crecimiento mensual, compuesto durante un año, es el anual",
        "compound(monthly, 12 months)",
        EQUALS,
        "yearly * 1 [year]",
        roles={"monthly": Role("revenue_growth", "1/month"), "yearly": Role("revenue_growth", "1/year")},
    ),
    _identity(
        "customers",
        "retention_compounding",
        "Monthly retention, over twelve months, is the annual retention",
        "La retención mensual, durante doce meses, es la anual",
        "pow(retention, 12)",
        EQUALS,
        "yearly",
        roles={**_MONTHLY, "yearly": Role("customer_retention", period="year")},
    ),
    _identity(
        "customers",
        "lifetime_value",
        "Revenue per customer ÷ monthly churn = lifetime value",
        "Ingreso por cliente ÷ abandono mensual = valor de vida",
        "revenue_per_customer * 1 [month] / (1 - retention)",
        EQUALS,
        "customer_lifetime_value",
        roles=_MONTHLY,
    ),
    _identity(
        "customers",
        "lifetime_value_yearly",
        "Revenue per customer ÷ churn = lifetime value, with the retention of a year spread over months",
        "Ingreso por cliente ÷ abandono = valor de vida, con la retención anual repartida en meses",
        "revenue_per_customer * 1 [month] / (1 - pow(retention, 1 / 12))",
        EQUALS,
        "customer_lifetime_value",
        roles=_YEARLY,
    ),
    _identity(
        "customers",
        "churn",
        "Monthly churn = 1 − monthly retention",
        "Abandono mensual = 1 − retención mensual",
        "1 - retention",
        EQUALS,
        "customer_churn",
        roles=_MONTHLY,
    ),
    _identity(
        "customers",
        "base",
        "New customers ÷ monthly churn is what the base can grow to",
        "Clientes nuevos ÷ abandono mensual es hasta donde puede crecer la base",
        "customers_active",
        AT_MOST,
        "customers_new * 1 [month] / (1 - retention)",
        roles=_MONTHLY,
    ),
    _identity(
        "revenue",
        "purchases",
        "Sales × revenue per customer = revenue",
        "Ventas × ingreso por cliente = ingresos",
        "orders_paid * 1 [customer/sale] * purchase",
        EQUALS,
        "revenue_gross",
        roles=_ONE_OFF,
        unless=("order_value",),
    ),
    _identity(
        "revenue",
        "profit_return",
        "Net margin × revenue ÷ budget = return on investment, low with low and high with high",
        "Margen neto × ingresos ÷ presupuesto = retorno, bajo con bajo y alto con alto",
        "paired(net_margin * revenue_gross / cost_sales_and_marketing)",
        EQUALS,
        "return_on_sales_investment",
    ),
)
"""All standard identities. Those over pillars and prices are made where they are applied."""
