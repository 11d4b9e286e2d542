"""The metrics there are, and the sources of facts they are made from."""

from typing import Final

from caudal.core.expressions import INSTANT, MONEY, TEXT, Field, Schema, choice, number
from caudal.core.metrics.books import BOOKS, POSTINGS
from caudal.core.metrics.definitions import Direction, Metric, Registry, Source, Words
from caudal.core.metrics.formulas import Conversion, Count, Event, Ratio, Sum
from caudal.core.metrics.revenue import INVOICED, RECURRING
from caudal.core.metrics.revenue import SOURCES as REVENUE_SOURCES

LEADS: Final = Source(
    "leads",
    Schema(
        {
            "lead": Field(TEXT.required),
            "captured_at": Field(INSTANT.required),
            "converted_at": Field(INSTANT),
            "deal": Field(TEXT),
            "channel": Field(TEXT),
            "pillar": Field(TEXT),
            "owner": Field(TEXT),
        }
    ),
    entity="lead",
)
DEALS: Final = Source(
    "deals",
    Schema(
        {
            "deal": Field(TEXT.required),
            "opened_at": Field(INSTANT),
            "closed_at": Field(INSTANT),
            "outcome": Field(choice("open", "won", "lost").required),
            "amount": Field(number(MONEY)),
            "currency": Field(TEXT),
            "pipeline": Field(TEXT),
            "stage": Field(TEXT),
            "pillar": Field(TEXT),
            "product": Field(TEXT),
            "owner": Field(TEXT),
        }
    ),
    entity="deal",
)
SOURCES: Final = (LEADS, DEALS, POSTINGS, *REVENUE_SOURCES)

_WON: Final = 'outcome = "won"'
_LOST: Final = 'outcome = "lost"'
_CYCLE_KNOWN: Final = f"{_WON} and opened_at is not empty"

METRICS: Final = (
    Metric(
        id="leads",
        label=Words("Leads", "Leads"),
        description=Words("Leads captured in the period.", "Leads captados en el periodo."),
        formula=Count(source="leads", time="captured_at"),
        unit="lead",
        direction=Direction.HIGHER,
        source="estrategia_ventas_revenue.md:219",
    ),
    Metric(
        id="lead_conversion",
        label=Words("Lead conversion", "Conversión de leads"),
        description=Words(
            "Share of the leads captured in the period that became a deal, on any later day.",
            "Parte de los leads captados en el periodo que se convirtieron en oportunidad, en cualquier día posterior.",
        ),
        formula=Conversion(
            base=Event(source="leads", time="captured_at", entity="lead"),
            converted=Event(source="leads", time="converted_at", entity="lead", where="deal is not empty"),
        ),
        unit="",
        direction=Direction.HIGHER,
        drivers=("leads",),
        source="estrategia_ventas_revenue.md:222",
    ),
    Metric(
        id="deals_closed",
        label=Words("Deals closed", "Oportunidades ganadas"),
        description=Words("Deals won, by the day they closed.", "Oportunidades ganadas, por su día de cierre."),
        formula=Count(source="deals", time="closed_at", where=_WON),
        unit="deal",
        direction=Direction.HIGHER,
        drivers=("leads", "lead_conversion", "win_rate"),
        factors=("leads", "lead_conversion", "win_rate"),
        source="estrategia_ventas_revenue.md:227",
    ),
    Metric(
        id="deals_lost",
        label=Words("Deals lost", "Oportunidades perdidas"),
        description=Words("Deals lost, by the day they closed.", "Oportunidades perdidas, por su día de cierre."),
        formula=Count(source="deals", time="closed_at", where=_LOST),
        unit="deal",
        direction=Direction.LOWER,
    ),
    Metric(
        id="win_rate",
        label=Words("Win rate", "Tasa de cierre"),
        description=Words(
            "Deals won out of all deals that closed in the period, won or lost.",
            "Oportunidades ganadas entre todas las que se cerraron en el periodo, ganadas o perdidas.",
        ),
        formula=Ratio("deals_closed", "deals_closed + deals_lost"),
        unit="",
        direction=Direction.HIGHER,
        drivers=("deals_closed", "deals_lost"),
        source="estrategia_ventas_revenue.md:230",
        below=Words("Deals that closed, won or lost", "Oportunidades cerradas, ganadas o perdidas"),
    ),
    Metric(
        id="revenue_won",
        label=Words("Revenue won", "Ingresos ganados"),
        description=Words(
            "Amounts of the deals won, in the company's currency at the rate of the day they closed.",
            "Importe de las oportunidades ganadas, en la moneda de la empresa al cambio del día de cierre.",
        ),
        formula=Sum(source="deals", time="closed_at", measure="amount", where=_WON),
        unit=MONEY,
        direction=Direction.HIGHER,
        drivers=("deals_closed", "deal_size"),
        factors=("deals_closed", "deal_size"),
        source="estrategia_ventas_revenue.md:231",
    ),
    Metric(
        id="deal_size",
        label=Words("Average deal size", "Tamaño medio de oportunidad"),
        description=Words(
            "Revenue won for each deal won in the period.",
            "Ingresos ganados por cada oportunidad ganada en el periodo.",
        ),
        formula=Ratio("revenue_won", "deals_closed"),
        unit=f"{MONEY}/deal",
        direction=Direction.HIGHER,
        drivers=("revenue_won", "deals_closed"),
        source="estrategia_ventas_revenue.md:228",
    ),
    Metric(
        id="cycle_mean",
        label=Words("Sales cycle", "Ciclo de venta"),
        description=Words(
            "Mean days from opening to closing of the deals won in the period; deals without both days are left out.",
            "Media de días de apertura a cierre de las oportunidades ganadas en el periodo; sin ambos días no cuentan.",
        ),
        formula=Ratio(
            Sum(
                source="deals",
                time="closed_at",
                measure="days_between(day_of(opened_at), day_of(closed_at))",
                where=_CYCLE_KNOWN,
            ),
            Count(source="deals", time="closed_at", where=_CYCLE_KNOWN),
        ),
        unit="day",
        direction=Direction.LOWER,
        source="estrategia_ventas_revenue.md:229",
        above=Words("Days from opening to closing", "Días de apertura a cierre"),
        below=Words("Deals won with both days", "Oportunidades ganadas con ambos días"),
    ),
    *RECURRING,
    *INVOICED,
    *BOOKS,
)

REGISTRY: Final = Registry.of(METRICS, SOURCES)
"""All metrics of this version."""
