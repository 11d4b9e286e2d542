"""The tables that customer relations publish for numbers. Days are those of the company's time zone."""

from typing import Final

from caudal.core.errors import msg
from caudal.kit.marts import Column, ColumnKind, Mart

ZONE: Final = "coalesce((SELECT zone FROM workspace_companysettings LIMIT 1), 'UTC')"

LEADS: Final = """
SELECT lead.id,
       lead.captured_at,
       lead.channel,
       pillar.key AS pillar,
       lead.owner_id,
       owner.name AS owner,
       team.name AS team,
       conversion.converted_at,
       conversion.deal_id,
       disqualification.disqualified_at,
       disqualification.reason AS disqualify_reason,
       CASE WHEN conversion.lead_id IS NOT NULL THEN 'converted'
            WHEN disqualification.lead_id IS NOT NULL THEN 'disqualified'
            ELSE 'open' END AS state
FROM crm_lead AS lead
LEFT JOIN workspace_pillar AS pillar ON pillar.id = lead.pillar_id
LEFT JOIN workspace_member AS owner ON owner.id = lead.owner_id
LEFT JOIN workspace_team AS team ON team.id = owner.team_id
LEFT JOIN crm_leadconversion AS conversion ON conversion.lead_id = lead.id
LEFT JOIN crm_leaddisqualification AS disqualification ON disqualification.lead_id = lead.id
WHERE lead.deleted_at IS NULL
"""

DEALS: Final = f"""
SELECT deal.id,
       deal.name,
       deal.opened_at,
       deal.expected_close_date,
       close.closed_at,
       coalesce(close.outcome, 'open') AS outcome,
       coalesce(close.outcome = 'won', false) AS won,
       coalesce(close.outcome = 'lost', false) AS lost,
       close.outcome IS NULL AS is_open,
       CASE WHEN close.outcome = 'lost' THEN nullif(close.reason, '') END AS loss_reason,
       rival.name AS lost_to,
       nullif(deal.sales_model, '') AS sales_model,
       deal.amount_minor AS amount,
       deal.amount_currency AS currency,
       (close.closed_at AT TIME ZONE {ZONE})::date AS closed_date,
       ((close.closed_at AT TIME ZONE {ZONE})::date - (deal.opened_at AT TIME ZONE {ZONE})::date)::numeric
           AS cycle_days,
       pipeline.name AS pipeline,
       pillar.key AS pillar,
       stage.name AS stage,
       CASE WHEN close.outcome IS NULL THEN stage.forecast_category ELSE 'closed' END AS forecast_category,
       CASE close.outcome WHEN 'won' THEN 1 WHEN 'lost' THEN 0 ELSE stage.probability END::numeric AS probability,
       deal.owner_id,
       owner.name AS owner,
       team.name AS team,
       company.name AS company,
       nullif(company.sector, '') AS sector,
       nullif(company.country, '') AS country,
       product.name AS product,
       nullif(lead.channel, '') AS channel
FROM crm_deal AS deal
JOIN crm_pipeline AS pipeline ON pipeline.id = deal.pipeline_id
JOIN crm_stage AS stage ON stage.id = deal.stage_id
LEFT JOIN crm_dealclose AS close ON close.deal_id = deal.id
LEFT JOIN crm_lossto AS loss ON loss.close_id = deal.id
LEFT JOIN crm_competitor AS rival ON rival.id = loss.competitor_id
LEFT JOIN workspace_pillar AS pillar ON pillar.id = pipeline.pillar_id
LEFT JOIN workspace_member AS owner ON owner.id = deal.owner_id
LEFT JOIN workspace_team AS team ON team.id = owner.team_id
LEFT JOIN crm_company AS company ON company.id = deal.company_id
LEFT JOIN catalog_product AS product ON product.id = deal.product_id
LEFT JOIN crm_leadconversion AS conversion ON conversion.deal_id = deal.id
LEFT JOIN crm_lead AS lead ON lead.id = conversion.lead_id
WHERE deal.deleted_at IS NULL
"""  # noqa: S608  built from our own words alone

STAGE_STAYS: Final = """
SELECT stay.id,
       stay.deal_id,
       stay.entered_at,
       stay.left_at,
       (extract(epoch FROM stay.left_at - stay.entered_at) / 86400)::numeric AS days,
       stage.name AS stage,
       stage.position,
       pipeline.name AS pipeline,
       pillar.key AS pillar,
       deal.owner_id,
       owner.name AS owner,
       team.name AS team
FROM crm_stagestay AS stay
JOIN crm_deal AS deal ON deal.id = stay.deal_id
JOIN crm_stage AS stage ON stage.id = stay.stage_id
JOIN crm_pipeline AS pipeline ON pipeline.id = stage.pipeline_id
LEFT JOIN workspace_pillar AS pillar ON pillar.id = pipeline.pillar_id
LEFT JOIN workspace_member AS owner ON owner.id = deal.owner_id
LEFT JOIN workspace_team AS team ON team.id = owner.team_id
WHERE deal.deleted_at IS NULL
"""

_ID: Final = Column(ColumnKind.ID, msg("id"))
_SELLER: Final = {
    "owner_id": Column(ColumnKind.ID, msg("owner's id")),
    "owner": Column(ColumnKind.TEXT, msg("owner"), dimension=True),
    "team": Column(ColumnKind.TEXT, msg("team"), dimension=True),
}
_WAY: Final = {
    "pipeline": Column(ColumnKind.TEXT, msg("pipeline"), dimension=True),
    "pillar": Column(ColumnKind.TEXT, msg("pillar"), dimension=True),
    "stage": Column(ColumnKind.TEXT, msg("stage"), dimension=True),
}

MARTS: Final = (
    Mart(
        name="leads",
        sql=LEADS,
        columns={
            "id": _ID,
            "captured_at": Column(ColumnKind.INSTANT, msg("captured")),
            "channel": Column(ColumnKind.TEXT, msg("channel"), dimension=True),
            "pillar": Column(ColumnKind.TEXT, msg("pillar"), dimension=True),
            **_SELLER,
            "converted_at": Column(ColumnKind.INSTANT, msg("converted")),
            "deal_id": Column(ColumnKind.ID, msg("deal's id")),
            "disqualified_at": Column(ColumnKind.INSTANT, msg("disqualified")),
            "disqualify_reason": Column(ColumnKind.TEXT, msg("reason of disqualification"), dimension=True),
            "state": Column(ColumnKind.TEXT, msg("state"), dimension=True),
        },
        kind="lead",
        owner="owner_id",
        noun="lead",
    ),
    Mart(
        name="deals",
        sql=DEALS,
        columns={
            "id": _ID,
            "name": Column(ColumnKind.TEXT, msg("name")),
            "opened_at": Column(ColumnKind.INSTANT, msg("opened")),
            "expected_close_date": Column(ColumnKind.DATE, msg("expected close")),
            "closed_at": Column(ColumnKind.INSTANT, msg("closed")),
            "outcome": Column(ColumnKind.TEXT, msg("outcome"), dimension=True),
            "won": Column(ColumnKind.BOOLEAN, msg("won")),
            "lost": Column(ColumnKind.BOOLEAN, msg("lost")),
            "is_open": Column(ColumnKind.BOOLEAN, msg("open")),
            "loss_reason": Column(ColumnKind.TEXT, msg("loss reason"), dimension=True),
            "lost_to": Column(ColumnKind.TEXT, msg("lost to"), dimension=True),
            "sales_model": Column(ColumnKind.TEXT, msg("sales model"), dimension=True),
            "amount": Column(ColumnKind.MONEY, msg("amount"), currency="currency"),
            "currency": Column(ColumnKind.TEXT, msg("currency"), dimension=True),
            "closed_date": Column(ColumnKind.DATE, msg("day of closing")),
            "cycle_days": Column(ColumnKind.NUMBER, msg("days from opening to closing"), unit="days"),
            **_WAY,
            "forecast_category": Column(ColumnKind.TEXT, msg("forecast category"), dimension=True),
            "probability": Column(ColumnKind.NUMBER, msg("probability")),
            **_SELLER,
            "company": Column(ColumnKind.TEXT, msg("company"), dimension=True),
            "sector": Column(ColumnKind.TEXT, msg("sector"), dimension=True),
            "country": Column(ColumnKind.TEXT, msg("country"), dimension=True),
            "product": Column(ColumnKind.TEXT, msg("product"), dimension=True),
            "channel": Column(ColumnKind.TEXT, msg("channel"), dimension=True),
        },
        kind="deal",
        owner="owner_id",
        noun="deal",
    ),
    Mart(
        name="stage_stays",
        sql=STAGE_STAYS,
        columns={
            "id": _ID,
            "deal_id": Column(ColumnKind.ID, msg("deal's id")),
            "entered_at": Column(ColumnKind.INSTANT, msg("entered")),
            "left_at": Column(ColumnKind.INSTANT, msg("left")),
            "days": Column(ColumnKind.NUMBER, msg("days in the stage"), unit="days"),
            "position": Column(ColumnKind.NUMBER, msg("position")),
            **_WAY,
            **_SELLER,
        },
        ref="deal_id",
        kind="deal",
        owner="owner_id",
        noun="deal",
    ),
)
