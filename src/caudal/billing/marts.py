"""The tables that billing publishes for numbers: recurring revenue as movements, documents, and who was invoiced."""

from typing import Final

from caudal.core.errors import msg
from caudal.kit.marts import Column, ColumnKind, Mart

_PARTY: Final = """
       company.owner_id,
       owner.name AS owner,
       team.name AS team,
       customer.name AS customer,
       nullif(company.sector, '') AS sector,
       customer.country
"""
_PARTY_OF: Final = """
LEFT JOIN crm_company AS company ON company.id = customer.company_id
LEFT JOIN workspace_member AS owner ON owner.id = company.owner_id
LEFT JOIN workspace_team AS team ON team.id = owner.team_id
"""

MRR_CHANGES: Final = f"""
SELECT change.id,
       change.subscription_id,
       change.customer_id,
       change.at,
       change.kind,
       change.stream,
       pillar.key AS pillar,
       offering.name AS plan,
       change.after_minor - change.before_minor AS yearly,
       change.currency,
       {_PARTY}
FROM billing_mrrchange AS change
JOIN billing_customer AS customer ON customer.id = change.customer_id
LEFT JOIN workspace_pillar AS pillar ON pillar.id = change.pillar_id
LEFT JOIN catalog_charge AS charge ON charge.id = change.charge_id
LEFT JOIN catalog_offering AS offering ON offering.id = charge.offering_id
{_PARTY_OF}
"""  # noqa: S608  built from our own words alone

CUSTOMER_CHANGES: Final = f"""
SELECT change.id,
       change.customer_id,
       change.at,
       change.kind,
       change.customers,
       {_PARTY}
FROM billing_mrrchange AS change
JOIN billing_customer AS customer ON customer.id = change.customer_id
{_PARTY_OF}
WHERE change.customers <> 0
"""  # noqa: S608  built from our own words alone

DOCUMENTS: Final = f"""
SELECT invoice.id,
       invoice.customer_id,
       invoice.issue_day,
       invoice.due_day,
       invoice.sort,
       CASE invoice.sort WHEN 'credit_note' THEN -1 ELSE 1 END * invoice.net_minor AS net,
       CASE invoice.sort WHEN 'credit_note' THEN -1 ELSE 1 END * invoice.gross_minor AS gross,
       invoice.currency,
       {_PARTY}
FROM billing_invoice AS invoice
JOIN billing_customer AS customer ON customer.id = invoice.customer_id
{_PARTY_OF}
WHERE invoice.state = 'final' AND invoice.deleted_at IS NULL
"""  # noqa: S608  built from our own words alone

INVOICE_LINES: Final = f"""
SELECT line.id,
       line.invoice_id,
       invoice.customer_id,
       invoice.issue_day,
       invoice.sort,
       line.stream,
       pillar.key AS pillar,
       CASE invoice.sort WHEN 'credit_note' THEN -1 ELSE 1 END * line.net_minor AS net,
       invoice.currency,
       {_PARTY}
FROM billing_invoiceline AS line
JOIN billing_invoice AS invoice ON invoice.id = line.invoice_id
JOIN billing_customer AS customer ON customer.id = invoice.customer_id
LEFT JOIN workspace_pillar AS pillar ON pillar.id = line.pillar_id
{_PARTY_OF}
WHERE invoice.state = 'final' AND invoice.deleted_at IS NULL
"""  # noqa: S608  built from our own words alone

CUSTOMERS: Final = f"""
SELECT customer.id,
       first.issue_day AS first_invoiced_on,
       {_PARTY}
FROM billing_customer AS customer
JOIN LATERAL (
    SELECT min(invoice.issue_day) AS issue_day FROM billing_invoice AS invoice
    WHERE invoice.customer_id = customer.id AND invoice.state = 'final' AND invoice.sort = 'invoice'
) AS first ON true
{_PARTY_OF}
WHERE customer.deleted_at IS NULL
"""  # noqa: S608  built from our own words alone

_ID: Final = Column(ColumnKind.ID, msg("id"))
_CUSTOMER_ID: Final = Column(ColumnKind.ID, msg("customer's id"))
_CURRENCY: Final = Column(ColumnKind.TEXT, msg("currency"), dimension=True)
_ISSUED: Final = Column(ColumnKind.DATE, msg("day of issue"))
_DOCUMENT: Final = Column(ColumnKind.TEXT, msg("kind of document"), dimension=True)
_KIND: Final = Column(ColumnKind.TEXT, msg("kind of movement"), dimension=True)
_WHAT: Final = {
    "stream": Column(ColumnKind.TEXT, msg("revenue stream"), dimension=True),
    "pillar": Column(ColumnKind.TEXT, msg("pillar"), dimension=True),
}
_WHO: Final = {
    "owner_id": Column(ColumnKind.ID, msg("owner's id")),
    "owner": Column(ColumnKind.TEXT, msg("owner"), dimension=True),
    "team": Column(ColumnKind.TEXT, msg("team"), dimension=True),
    "customer": Column(ColumnKind.TEXT, msg("customer"), dimension=True),
    "sector": Column(ColumnKind.TEXT, msg("sector"), dimension=True),
    "country": Column(ColumnKind.TEXT, msg("country"), dimension=True),
}

MARTS: Final = (
    Mart(
        name="mrr_changes",
        sql=MRR_CHANGES,
        columns={
            "id": _ID,
            "subscription_id": Column(ColumnKind.ID, msg("subscription's id")),
            "customer_id": _CUSTOMER_ID,
            "at": Column(ColumnKind.INSTANT, msg("from when on")),
            "kind": _KIND,
            **_WHAT,
            "plan": Column(ColumnKind.TEXT, msg("plan"), dimension=True),
            "yearly": Column(ColumnKind.MONEY, msg("change per year"), currency="currency"),
            "currency": _CURRENCY,
            **_WHO,
        },
        ref="subscription_id",
        kind="subscription",
        owner="owner_id",
        noun="subscription",
        optional=True,
    ),
    Mart(
        name="customer_changes",
        sql=CUSTOMER_CHANGES,
        columns={
            "id": _ID,
            "customer_id": _CUSTOMER_ID,
            "at": Column(ColumnKind.INSTANT, msg("from when on")),
            "kind": _KIND,
            "customers": Column(ColumnKind.NUMBER, msg("customers won or lost"), unit="customer"),
            **_WHO,
        },
        ref="customer_id",
        kind="customer",
        owner="owner_id",
        noun="customer",
        optional=True,
    ),
    Mart(
        name="documents",
        sql=DOCUMENTS,
        columns={
            "id": _ID,
            "customer_id": _CUSTOMER_ID,
            "issue_day": _ISSUED,
            "due_day": Column(ColumnKind.DATE, msg("to be paid by")),
            "sort": _DOCUMENT,
            "net": Column(ColumnKind.MONEY, msg("before tax"), currency="currency"),
            "gross": Column(ColumnKind.MONEY, msg("with tax"), currency="currency"),
            "currency": _CURRENCY,
            **_WHO,
        },
        kind="invoice",
        owner="owner_id",
        noun="invoice",
        optional=True,
        names=("number",),
    ),
    Mart(
        name="invoice_lines",
        sql=INVOICE_LINES,
        columns={
            "id": _ID,
            "invoice_id": Column(ColumnKind.ID, msg("document's id")),
            "customer_id": _CUSTOMER_ID,
            "issue_day": _ISSUED,
            "sort": _DOCUMENT,
            **_WHAT,
            "net": Column(ColumnKind.MONEY, msg("before tax"), currency="currency"),
            "currency": _CURRENCY,
            **_WHO,
        },
        ref="invoice_id",
        kind="invoice",
        owner="owner_id",
        noun="invoice",
        optional=True,
        names=("number",),
    ),
    Mart(
        name="customers",
        sql=CUSTOMERS,
        columns={"id": _ID, "first_invoiced_on": Column(ColumnKind.DATE, msg("first invoiced")), **_WHO},
        kind="customer",
        owner="owner_id",
        noun="customer",
        optional=True,
    ),
)
