"""What the books tell: income, expenses, what selling and delivering cost, and what follows from them."""

from typing import Final

from caudal.core.expressions import BOOLEAN, DATE, MONEY, TEXT, Field, Schema, choice, number
from caudal.core.metrics.definitions import Direction, Metric, Source, Words
from caudal.core.metrics.formulas import Derived, Ratio, Sum

POSTINGS: Final = Source(
    "postings",
    Schema(
        {
            "entry": Field(TEXT.required),
            "day": Field(DATE.required),
            "nature": Field(choice("asset", "liability", "equity", "income", "expense").required),
            "budget": Field(TEXT),
            "is_money": Field(BOOLEAN.required),
            "amount": Field(number(MONEY)),
            "currency": Field(TEXT),
            "account": Field(TEXT),
            "purpose": Field(TEXT),
            "stream": Field(TEXT),
            "channel": Field(TEXT),
            "pillar": Field(TEXT),
        }
    ),
    entity="entry",
)
_EXPENSE: Final = 'nature = "expense"'


def _posted(where: str) -> Sum:
    return Sum(source="postings", time="day", measure="amount", where=where)


def _cost(name: str, label: tuple[str, str], line: int) -> Metric:
    """What was spent on one line of the budget."""
    return Metric(
        id=f"cost_{name}",
        label=Words(*label),
        description=Words(
            f"What was posted to accounts of expenses that count as “{label[0]}”.",
            f"Lo anotado en cuentas de gasto que cuentan como «{label[1]}».",
        ),
        formula=_posted(f'{_EXPENSE} and budget = "{name}"'),
        unit=MONEY,
        direction=Direction.LOWER,
        source=f"estrategia_ventas_revenue.md:{line}",
    )


def _all(name: str, label: tuple[str, str], parts: tuple[str, ...], line: int) -> Metric:
    """What some lines of the budget come to."""
    return Metric(
        id=name,
        label=Words(*label),
        description=Words(
            "What its parts come to, in the company's currency.", "La suma de sus partes, en la moneda de la empresa."
        ),
        formula=Derived(" + ".join(parts)),
        unit=MONEY,
        direction=Direction.LOWER,
        drivers=parts,
        source=f"estrategia_ventas_revenue.md:{line}",
    )


BUDGET: Final = (
    ("sales_team", ("Sales team", "Equipo de ventas"), 463),
    ("sales_management", ("Sales management", "Dirección de ventas"), 464),
    ("sales_operations", ("Sales operations", "Operaciones de ventas"), 465),
    ("sales_enablement", ("Sales enablement", "Habilitación de ventas"), 466),
    ("crm", ("CRM system", "Sistema CRM"), 470),
    ("sales_tools", ("Sales tools", "Herramientas de ventas"), 471),
    ("analytics", ("Analytics", "Analítica"), 472),
    ("training", ("Training", "Formación"), 473),
    ("digital_marketing", ("Digital marketing", "Marketing digital"), 477),
    ("content_marketing", ("Content marketing", "Marketing de contenidos"), 478),
    ("paid_advertising", ("Paid advertising", "Publicidad de pago"), 479),
    ("events", ("Events", "Eventos"), 480),
)
"""The lines of a budget for selling: what an account may count as, in both languages, and where it is from."""
_NAMES: Final = tuple(f"cost_{name}" for name, _, _ in BUDGET)
_SELLING: Final = ("cost_sales_personnel", "cost_sales_technology", "cost_marketing")

BOOKS: Final = (
    Metric(
        id="income",
        label=Words("Income in the books", "Ingresos en los libros"),
        description=Words(
            "What was posted to accounts of income in the period: earned, whether invoiced or not.",
            "Lo anotado en cuentas de ingresos en el periodo: lo ganado, se haya facturado o no.",
        ),
        formula=_posted('nature = "income"'),
        unit=MONEY,
        direction=Direction.HIGHER,
    ),
    Metric(
        id="cost_total",
        label=Words("Expenses", "Gastos"),
        description=Words(
            "What was posted to accounts of expenses in the period, at the rate of its day.",
            "Lo anotado en cuentas de gasto en el periodo, al cambio de su día.",
        ),
        formula=_posted(_EXPENSE),
        unit=MONEY,
        direction=Direction.LOWER,
    ),
    Metric(
        id="cost_of_sales",
        label=Words("Cost of what was sold", "Coste de lo vendido"),
        description=Words(
            "Expenses that delivering brings: accounts that count as cost of what is sold.",
            "Gastos que trae la entrega: cuentas que cuentan como coste de lo vendido.",
        ),
        formula=_posted(f'{_EXPENSE} and budget = "delivery"'),
        unit=MONEY,
        direction=Direction.LOWER,
    ),
    *(_cost(*line) for line in BUDGET),
    _all("cost_sales_personnel", ("Personnel of sales", "Personal de ventas"), _NAMES[:4], 467),
    _all("cost_sales_technology", ("Tools and technology of sales", "Herramientas y tecnología"), _NAMES[4:8], 474),
    _all("cost_marketing", ("Marketing in all", "Marketing en total"), _NAMES[8:], 481),
    _all(
        "cost_sales_and_marketing",
        ("Sales and marketing in all", "Inversión total en ventas y marketing"),
        _SELLING,
        483,
    ),
    Metric(
        id="cost_per_lead",
        label=Words("Cost per lead", "Coste por lead"),
        description=Words(
            "Marketing of the period for each lead captured in it; by channel where costs name theirs.",
            "Marketing del periodo por cada lead captado en él; por canal donde los costes nombran el suyo.",
        ),
        formula=Ratio("cost_marketing", "leads"),
        unit=f"{MONEY}/lead",
        direction=Direction.LOWER,
        drivers=("cost_marketing", "leads"),
        source="estrategia_ventas_revenue.md:221",
    ),
    Metric(
        id="acquisition_cost",
        label=Words("Acquisition cost per deal", "Coste de adquisición por oportunidad"),
        description=Words(
            "Sales and marketing of the period for each deal won in it.",
            "Ventas y marketing del periodo por cada oportunidad ganada en él.",
        ),
        formula=Ratio("cost_sales_and_marketing", "deals_closed"),
        unit=f"{MONEY}/deal",
        direction=Direction.LOWER,
        drivers=("cost_sales_and_marketing", "deals_closed"),
    ),
    Metric(
        id="gross_margin",
        label=Words("Gross margin", "Margen bruto"),
        description=Words(
            "Share of the income that is left when what was sold is paid for.",
            "Parte de los ingresos que queda tras pagar el coste de lo vendido.",
        ),
        formula=Ratio("income - cost_of_sales", "income"),
        unit="",
        direction=Direction.HIGHER,
        drivers=("income", "cost_of_sales"),
        source="estrategia_ventas_revenue.md:263",
        above=Words("Income less the cost of what was sold", "Ingresos menos el coste de lo vendido"),
    ),
    Metric(
        id="net_margin",
        label=Words("Net margin", "Margen neto"),
        description=Words(
            "Share of the income that is left when all expenses are paid for.",
            "Parte de los ingresos que queda tras pagar todos los gastos.",
        ),
        formula=Ratio("income - cost_total", "income"),
        unit="",
        direction=Direction.HIGHER,
        drivers=("income", "cost_total"),
        source="estrategia_ventas_revenue.md:264",
        above=Words("Income less all expenses", "Ingresos menos todos los gastos"),
    ),
    Metric(
        id="revenue_efficiency",
        label=Words("Revenue efficiency", "Eficiencia de ingresos"),
        description=Words(
            "Share of the income that is left when selling it is paid for.",
            "Parte de los ingresos que queda tras pagar lo que costó venderlos.",
        ),
        formula=Ratio("income - cost_sales_and_marketing", "income"),
        unit="",
        direction=Direction.HIGHER,
        drivers=("income", "cost_sales_and_marketing"),
        source="estrategia_ventas_revenue.md:249",
        above=Words("Income less sales and marketing", "Ingresos menos ventas y marketing"),
    ),
    Metric(
        id="return_on_sales_investment",
        label=Words("Return on sales and marketing", "Retorno de ventas y marketing"),
        description=Words(
            "Income beyond what selling it cost, over what selling it cost.",
            "Ingresos por encima de lo que costó venderlos, sobre lo que costó venderlos.",
        ),
        formula=Ratio("income - cost_sales_and_marketing", "cost_sales_and_marketing"),
        unit="",
        direction=Direction.HIGHER,
        drivers=("income", "cost_sales_and_marketing"),
        source="estrategia_ventas_revenue.md:490",
        above=Words("Income less sales and marketing", "Ingresos menos ventas y marketing"),
    ),
    Metric(
        id="cash_flow",
        label=Words("Cash flow", "Flujo de caja"),
        description=Words(
            "What came to the accounts of money, less what left them.",
            "Lo que llegó a las cuentas de dinero, menos lo que salió de ellas.",
        ),
        formula=_posted("is_money"),
        unit=MONEY,
        direction=Direction.HIGHER,
        source="estrategia_ventas_revenue.md:265",
    ),
)
"""The metrics that the books feed."""
