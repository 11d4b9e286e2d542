"""The metrics of recurring revenue, of what is invoiced, earned and owed, and the sources they are made from.

Movements of recurring revenue are told per year in their own currency, and converted at the rate of their day: what
rates do later is no movement, so opening and movements are the closing in every currency.
"""

from typing import Final

from caudal.core.expressions import DATE, INSTANT, MONEY, TEXT, Field, Schema, choice, number
from caudal.core.metrics.definitions import Direction, Metric, Source, Words
from caudal.core.metrics.formulas import Balance, Count, Cumulative, Distinct, Formula, Part, Ratio, Sum

_AMOUNT: Final = Field(number(MONEY))
_TEXT: Final = Field(TEXT)
_KINDS: Final = choice("new", "expansion", "contraction", "churn", "reactivation").required
_DOCUMENTS: Final = choice("invoice", "credit_note").required

SOURCES: Final = (
    Source(
        "mrr_changes",
        Schema(
            {
                "subscription": Field(TEXT.required),
                "customer_id": Field(TEXT.required),
                "at": Field(INSTANT.required),
                "kind": Field(_KINDS),
                "stream": _TEXT,
                "pillar": _TEXT,
                "yearly": _AMOUNT,
                "currency": _TEXT,
            }
        ),
        entity="subscription",
    ),
    Source(
        "customer_changes",
        Schema(
            {
                "customer_id": Field(TEXT.required),
                "at": Field(INSTANT.required),
                "kind": Field(_KINDS),
                "customers": Field(number("customer")),
            }
        ),
        entity="customer_id",
    ),
    Source(
        "documents",
        Schema(
            {
                "customer_id": Field(TEXT.required),
                "issue_day": Field(DATE),
                "sort": Field(_DOCUMENTS),
                "net": _AMOUNT,
                "gross": _AMOUNT,
                "currency": _TEXT,
            }
        ),
        entity="invoice",
    ),
    Source(
        "invoice_lines",
        Schema(
            {
                "customer_id": Field(TEXT.required),
                "issue_day": Field(DATE),
                "sort": Field(_DOCUMENTS),
                "stream": _TEXT,
                "pillar": _TEXT,
                "net": _AMOUNT,
                "currency": _TEXT,
            }
        ),
        entity="invoice",
    ),
    Source("customers", Schema({"first_invoiced_on": Field(DATE)}), entity="customer_id"),
)

_PER_MONTH: Final = "yearly / 12"
_OPENING: Final = "mrr - mrr_net_new"
_STARTED: Final = "customers - customers_won + customers_lost"
_EARNED: Final = "stream is not empty"


def _moved(kind: str) -> Sum:
    return Sum(source="mrr_changes", time="at", measure=_PER_MONTH, where=f'kind = "{kind}"')


def _metric(
    name: str,
    label: tuple[str, str],
    description: tuple[str, str],
    formula: Formula,
    unit: str,
    direction: Direction = Direction.HIGHER,
    *,
    drivers: tuple[str, ...] = (),
    factors: tuple[str, ...] = (),
    source: str = "",
    above: Words | None = None,
    below: Words | None = None,
) -> Metric:
    return Metric(
        id=name,
        label=Words(*label),
        description=Words(*description),
        formula=formula,
        unit=unit,
        direction=direction,
        drivers=drivers,
        factors=factors,
        source=source,
        above=above,
        below=below,
    )


_BEGUN: Final = Words("MRR at the beginning", "MRR de partida")
_WERE: Final = Words("Customers at the beginning", "Clientes al principio")
_MOVEMENTS: Final = ("mrr_new", "mrr_reactivation", "mrr_expansion", "mrr_contraction", "mrr_churn")

RECURRING: Final = (
    _metric(
        "mrr",
        ("Monthly recurring revenue (MRR)", "Ingresos recurrentes mensuales (MRR)"),
        (
            "What subscriptions bring per month at the end of the period, without usage, one-off charges and taxes.",
            "Lo que aportan las suscripciones al mes al final del periodo, sin consumo, cargos únicos ni impuestos.",
        ),
        Balance(source="mrr_changes", time="at", measure=_PER_MONTH),
        MONEY,
        drivers=_MOVEMENTS,
    ),
    _metric(
        "arr",
        ("Annual recurring revenue (ARR)", "Ingresos recurrentes anuales (ARR)"),
        ("What subscriptions bring per year at the end of the period.", "Lo que aportan las suscripciones al año."),
        Balance(source="mrr_changes", time="at", measure="yearly"),
        MONEY,
        drivers=("mrr",),
    ),
    _metric(
        "mrr_new",
        ("New MRR", "MRR nuevo"),
        (
            "MRR of customers who paid for the first time; a trial counts once it is paid.",
            "MRR de quienes pagan por primera vez; una prueba cuenta cuando se paga.",
        ),
        _moved("new"),
        MONEY,
    ),
    _metric(
        "mrr_reactivation",
        ("Reactivation MRR", "MRR reactivado"),
        ("MRR of customers who had stopped and came back.", "MRR de clientes que se habían ido y han vuelto."),
        _moved("reactivation"),
        MONEY,
    ),
    _metric(
        "mrr_expansion",
        ("Expansion MRR", "MRR de expansión"),
        (
            "More MRR of customers who paid before: seats, plans, other subscriptions, new prices, ended discounts.",
            "Más MRR de quienes ya pagaban: plazas, planes, suscripciones, precios nuevos, descuentos acabados.",
        ),
        _moved("expansion"),
        MONEY,
    ),
    _metric(
        "mrr_contraction",
        ("Contraction MRR", "MRR de contracción"),
        (
            "Less MRR of customers who still pay for something; negative.",
            "Menos MRR de clientes que siguen pagando algo; negativo.",
        ),
        _moved("contraction"),
        MONEY,
    ),
    _metric(
        "mrr_churn",
        ("Churned MRR", "MRR de bajas"),
        (
            "MRR lost as the last thing that a customer paid for ended or paused; negative.",
            "MRR perdido al acabar o pausarse lo último que un cliente pagaba; negativo.",
        ),
        _moved("churn"),
        MONEY,
    ),
    _metric(
        "mrr_net_new",
        ("Net new MRR", "MRR neto nuevo"),
        ("All movements of MRR together.", "Todos los movimientos del MRR juntos."),
        Sum(source="mrr_changes", time="at", measure=_PER_MONTH),
        MONEY,
        drivers=_MOVEMENTS,
    ),
    _metric(
        "nrr",
        ("Net revenue retention (NRR)", "Retención neta de ingresos (NRR)"),
        (
            "MRR at the beginning with what was lost and added of those who paid before, over MRR at the beginning.",
            "El MRR de partida con lo perdido y lo añadido por quienes ya pagaban, sobre el MRR de partida.",
        ),
        Ratio(f"{_OPENING} + mrr_expansion + mrr_contraction + mrr_churn", _OPENING),
        "",
        drivers=("mrr_expansion", "mrr_contraction", "mrr_churn"),
        above=Words(
            "MRR at the end of those who paid at the beginning", "MRR al final de quienes pagaban al principio"
        ),
        below=_BEGUN,
    ),
    _metric(
        "grr",
        ("Gross revenue retention (GRR)", "Retención bruta de ingresos (GRR)"),
        (
            "MRR at the beginning less what was lost of it, over MRR at the beginning.",
            "El MRR de partida menos lo perdido, sobre el MRR de partida.",
        ),
        Ratio(f"{_OPENING} + mrr_contraction + mrr_churn", _OPENING),
        "",
        drivers=("mrr_contraction", "mrr_churn"),
        above=Words("MRR at the beginning that was kept", "MRR de partida que se conserva"),
        below=_BEGUN,
    ),
    _metric(
        "customer_expansion",
        ("Customer expansion", "Expansión de clientes"),
        ("Expansion MRR over MRR at the beginning.", "MRR de expansión sobre el MRR de partida."),
        Ratio("mrr_expansion", _OPENING),
        "",
        drivers=("mrr_expansion",),
        source="estrategia_ventas_revenue.md:255",
        below=_BEGUN,
    ),
    _metric(
        "customers",
        ("Subscribed customers", "Clientes suscritos"),
        (
            "Customers with recurring revenue at the end of the period.",
            "Clientes con ingresos recurrentes al final del periodo.",
        ),
        Balance(source="customer_changes", time="at", measure="customers"),
        "customer",
        drivers=("customers_won", "customers_lost"),
    ),
    _metric(
        "customers_won",
        ("Customers won", "Clientes ganados"),
        ("Customers who began to pay again and again, or came back.", "Clientes que empiezan a pagar, o vuelven."),
        Sum(source="customer_changes", time="at", measure="customers", where="customers > 0 customer"),
        "customer",
    ),
    _metric(
        "customers_lost",
        ("Customers lost", "Clientes perdidos"),
        ("Customers whose last subscription ended or paused.", "Clientes cuya última suscripción acaba o se pausa."),
        Sum(source="customer_changes", time="at", measure="0 customer - customers", where="customers < 0 customer"),
        "customer",
        Direction.LOWER,
    ),
    _metric(
        "logo_churn",
        ("Customer churn", "Bajas de clientes"),
        ("Customers lost over those at the beginning.", "Clientes perdidos entre los que había al principio."),
        Ratio("customers_lost", _STARTED),
        "",
        Direction.LOWER,
        drivers=("customers_lost",),
        below=_WERE,
    ),
    _metric(
        "customer_retention",
        ("Customer retention", "Retención de clientes"),
        ("Customers kept over those at the beginning.", "Clientes que se quedan entre los que había al principio."),
        Ratio("customers - customers_won", _STARTED),
        "",
        drivers=("customers_lost",),
        source="estrategia_ventas_revenue.md:254",
        above=Words("Customers at the beginning who stayed", "Clientes del principio que se quedan"),
        below=_WERE,
    ),
    _metric(
        "arpa",
        ("Average revenue per account (ARPA)", "Ingreso medio por cuenta (ARPA)"),
        ("MRR for each subscribed customer.", "MRR por cada cliente suscrito."),
        Ratio("mrr", "customers"),
        f"{MONEY}/customer",
        drivers=("mrr", "customers"),
    ),
)

_STREAMS: Final = (
    ("subscription", "subscription", "subscriptions", "suscripciones"),
    ("usage", "usage", "usage", "consumo"),
    ("license", "licence", "licences", "licencias"),
    ("support", "support", "support", "soporte"),
    ("services", "services", "services", "servicios"),
    ("training", "training", "training and certification", "formación y certificación"),
    ("partnership", "partnership", "partnerships", "alianzas"),
    ("data", "data", "data", "datos"),
    ("api", "api", "the API", "la API"),
    ("marketplace", "marketplace", "the marketplace", "el marketplace"),
    ("white_label", "white_label", "white label", "marca blanca"),
    ("consulting", "consulting", "consulting", "consultoría"),
)


def _earned(where: str) -> Sum:
    return Sum(source="postings", time="day", measure="amount", where=where)


def _share(name: str, stream: str, english: str, spanish: str) -> Metric:
    part: Part = _earned(f'stream = "{stream}"')
    return _metric(
        f"revenue_share_{name}",
        (f"Share of {english} in revenue", f"Parte de {spanish} en los ingresos"),
        (f"Revenue earned with {english}, over all revenue.", f"Ingresos por {spanish} entre todos los ingresos."),
        Ratio(part, "revenue"),
        "",
        drivers=("revenue",),
        above=Words(f"Revenue with {english}", f"Ingresos por {spanish}"),
    )


INVOICED: Final = (
    _metric(
        "revenue",
        ("Revenue", "Ingresos"),
        (
            "Revenue that was earned in the period, as the books say, whenever it was invoiced.",
            "Ingresos devengados en el periodo, según los libros, se facturaran cuando se facturaran.",
        ),
        _earned(_EARNED),
        MONEY,
    ),
    *(_share(*each) for each in _STREAMS),
    _metric(
        "deferred_revenue",
        ("Deferred revenue", "Ingresos diferidos"),
        (
            "What was invoiced and is not earned yet at the end of the period.",
            "Lo facturado que aún no se ha devengado al final del periodo.",
        ),
        Balance(source="postings", time="day", measure="amount", where='purpose = "deferred"'),
        MONEY,
        Direction.HIGHER,
    ),
    _metric(
        "revenue_gross",
        ("Gross revenue", "Ingresos brutos"),
        ("Amounts of invoices before tax.", "Importe de las facturas antes de impuestos."),
        Sum(source="invoice_lines", time="issue_day", measure="net", where='sort = "invoice"'),
        MONEY,
        drivers=("revenue_per_customer",),
        source="estrategia_ventas_revenue.md:37",
    ),
    _metric(
        "revenue_net",
        ("Net revenue", "Ingresos netos"),
        ("Amounts of invoices before tax, less credit notes.", "Facturas antes de impuestos menos los abonos."),
        Sum(source="invoice_lines", time="issue_day", measure="net"),
        MONEY,
        drivers=("revenue_gross",),
        source="estrategia_ventas_revenue.md:262",
    ),
    _metric(
        "customers_invoiced",
        ("Customers invoiced", "Clientes facturados"),
        ("Different customers who were invoiced in the period.", "Clientes distintos a los que se facturó."),
        Distinct(source="invoice_lines", time="issue_day", entity="customer_id", where='sort = "invoice"'),
        "customer",
    ),
    _metric(
        "revenue_per_customer",
        ("Revenue per customer", "Ingresos por cliente"),
        (
            "Gross revenue for each customer who was invoiced in the period.",
            "Ingresos brutos por cada cliente al que se facturó en el periodo.",
        ),
        Ratio("revenue_gross", "customers_invoiced"),
        f"{MONEY}/customer",
        drivers=("revenue_gross", "customers_invoiced"),
    ),
    _metric(
        "customers_new",
        ("New customers", "Clientes nuevos"),
        ("Customers who were invoiced for the first time.", "Clientes a los que se factura por primera vez."),
        Count(source="customers", time="first_invoiced_on"),
        "customer",
        source="estrategia_ventas_revenue.md:21",
    ),
    _metric(
        "invoiced",
        ("Invoiced", "Facturado"),
        ("Amounts of invoices with tax, less credit notes.", "Importe de las facturas con impuestos menos los abonos."),
        Sum(source="documents", time="issue_day", measure="gross"),
        MONEY,
    ),
    _metric(
        "invoiced_90_days",
        ("Invoiced in 90 days", "Facturado en 90 días"),
        ("What was invoiced with tax in the last 90 days of the period.", "Lo facturado en los últimos 90 días."),
        Cumulative(of="invoiced", days=90),
        MONEY,
        drivers=("invoiced",),
    ),
    _metric(
        "outstanding",
        ("Outstanding", "Pendiente de cobro"),
        (
            "What customers owe on invoices at the end of the period, less credit notes that are not used yet.",
            "Lo que deben los clientes por facturas al final del periodo, menos los abonos sin usar.",
        ),
        Balance(source="postings", time="day", measure="amount", where='purpose = "receivable"'),
        MONEY,
        Direction.LOWER,
        drivers=("invoiced",),
    ),
    _metric(
        "dso",
        ("Days sales outstanding (DSO)", "Días de cobro (DSO)"),
        (
            "For how many days of sales customers owe: outstanding over what was invoiced in 90 days, times 90.",
            "Cuántos días de ventas deben los clientes: lo pendiente entre lo facturado en 90 días, por 90.",
        ),
        Ratio("outstanding * 90 days", "invoiced_90_days"),
        "day",
        Direction.LOWER,
        drivers=("outstanding", "invoiced_90_days"),
        above=Words("Outstanding, times 90 days", "Pendiente de cobro por 90 días"),
    ),
)
