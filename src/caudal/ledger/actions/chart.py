"""The chart of accounts: a standard one to begin with, further accounts, other names."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from caudal.core.errors import msg
from caudal.core.journal import Nature
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish, publish_many
from caudal.kit.problems import BadInput
from caudal.kit.records import first_values
from caudal.ledger.events import AccountAdded, AccountRenamed
from caudal.ledger.models import CODE_LENGTH, Account, Budget

(ASSET, LIABILITY, EQUITY, INCOME, EXPENSE) = Nature
STANDARD: Final = (
    ("1000", ASSET, "bank", "Bank", "Banco"),
    ("1050", ASSET, "clearing", "Payments under way", "Cobros en tránsito"),
    ("1200", ASSET, "receivable", "Receivable from customers", "Clientes por cobrar"),
    ("1250", ASSET, "unbilled", "Earned, not invoiced yet", "Ingresos pendientes de facturar"),
    ("1400", ASSET, None, "Prepaid expenses", "Gastos anticipados"),
    ("1900", ASSET, "exchange", "Currency exchange", "Cambio de divisas"),
    ("2000", LIABILITY, "payable", "Owed to suppliers", "Proveedores"),
    ("2100", LIABILITY, "salaries_payable", "Owed to employees", "Remuneraciones pendientes de pago"),
    ("2200", LIABILITY, "tax_payable", "Taxes owed", "Impuestos por pagar"),
    ("2400", LIABILITY, "deferred", "Deferred revenue", "Ingresos anticipados"),
    ("2450", LIABILITY, "stored_value", "Customers' prepaid balance", "Saldo a favor de clientes"),
    ("2500", LIABILITY, "partner_payable", "Owed to partners", "Socios comerciales por pagar"),
    ("2550", LIABILITY, "commission_payable", "Commissions owed", "Comisiones por pagar"),
    ("3000", EQUITY, "capital", "Capital", "Capital"),
    ("3900", EQUITY, "earnings", "Retained earnings", "Resultados acumulados"),
    ("4000", INCOME, "revenue_subscription", "Subscriptions", "Suscripciones"),
    ("4010", INCOME, "revenue_usage", "Usage", "Consumo"),
    ("4020", INCOME, "revenue_licence", "Licences", "Licencias"),
    ("4030", INCOME, "revenue_support", "Support", "Soporte"),
    ("4040", INCOME, "revenue_services", "Services", "Servicios"),
    ("4050", INCOME, "revenue_training", "Training and certification", "Formación y certificación"),
    ("4060", INCOME, "revenue_partnership", "Partnerships", "Alianzas"),
    ("4070", INCOME, "revenue_data", "Data", "Datos"),
    ("4080", INCOME, "revenue_api", "API", "API"),
    ("4090", INCOME, "revenue_marketplace", "Marketplace", "Mercado"),
    ("4100", INCOME, "revenue_white_label", "White label", "Marca blanca"),
    ("4110", INCOME, "revenue_consulting", "Consulting", "Consultoría"),
    ("4900", INCOME, "breakage", "Expired balances", "Saldos caducados"),
    ("4950", INCOME, "exchange_gain", "Gains of exchange", "Diferencias de cambio positivas"),
    ("5000", EXPENSE, "cost_of_service", "Cost of what is sold", "Coste de lo vendido"),
    ("5010", EXPENSE, None, "Hosting and infrastructure", "Infraestructura"),
    ("5020", EXPENSE, None, "Cost of documents", "Coste de los documentos"),
    ("5100", EXPENSE, "payment_fees", "Payment fees", "Comisiones de cobro"),
    ("6000", EXPENSE, "salaries", "Salaries", "Sueldos y salarios"),
    ("6010", EXPENSE, None, "Salaries of the sales team", "Sueldos del equipo de ventas"),
    ("6020", EXPENSE, None, "Salaries of sales management", "Sueldos de la dirección de ventas"),
    ("6030", EXPENSE, None, "Sales operations", "Operaciones de ventas"),
    ("6040", EXPENSE, None, "Sales enablement", "Habilitación de ventas"),
    ("6100", EXPENSE, "marketing", "Marketing", "Marketing"),
    ("6120", EXPENSE, None, "Content marketing", "Marketing de contenidos"),
    ("6130", EXPENSE, None, "Paid advertising", "Publicidad de pago"),
    ("6140", EXPENSE, None, "Events", "Eventos"),
    ("6200", EXPENSE, "tools", "Tools and software", "Herramientas y software"),
    ("6220", EXPENSE, None, "CRM system", "Sistema CRM"),
    ("6230", EXPENSE, None, "Sales tools", "Herramientas de ventas"),
    ("6240", EXPENSE, None, "Analytics", "Analítica"),
    ("6250", EXPENSE, None, "Training", "Formación"),
    ("6300", EXPENSE, "commissions", "Sales commissions", "Comisiones de venta"),
    ("6310", EXPENSE, "partner_share", "Partners' shares", "Participación de socios comerciales"),
    ("6400", EXPENSE, None, "Office and travel", "Oficina y viajes"),
    ("6900", EXPENSE, "bad_debt", "Debts written off", "Créditos incobrables"),
    ("6950", EXPENSE, "rounding", "Rounding", "Redondeos"),
    ("6960", EXPENSE, "exchange_loss", "Losses of exchange", "Diferencias de cambio negativas"),
)
"""Code, nature, what the system posts there, names in English and Spanish."""
BUDGETS: Final[Mapping[str, Budget]] = {
    "5000": Budget.DELIVERY,
    "5010": Budget.DELIVERY,
    "5020": Budget.DELIVERY,
    "5100": Budget.DELIVERY,
    "6010": Budget.SALES_TEAM,
    "6020": Budget.SALES_MANAGEMENT,
    "6030": Budget.SALES_OPERATIONS,
    "6040": Budget.SALES_ENABLEMENT,
    "6100": Budget.DIGITAL_MARKETING,
    "6120": Budget.CONTENT_MARKETING,
    "6130": Budget.PAID_ADVERTISING,
    "6140": Budget.EVENTS,
    "6220": Budget.CRM,
    "6230": Budget.SALES_TOOLS,
    "6240": Budget.ANALYTICS,
    "6250": Budget.TRAINING,
    "6300": Budget.SALES_TEAM,
}
"""What numbers count the costs of an account of the standard chart as."""


@action
def set_up_chart(*, actor: Actor, as_of: datetime) -> list[Account]:
    """Add the accounts of the standard chart that are missing by code and by purpose; return them."""
    return _add_standard(actor, as_of, STANDARD)


@action
def complete_chart(*, actor: Actor, as_of: datetime) -> list[Account]:
    """Add the standard chart where there is none, and else the accounts that the system posts to and that are missing.

    What a company left out of its own chart stays out.
    """
    has_own = Account.for_actor(actor).exists()
    return _add_standard(actor, as_of, [each for each in STANDARD if each[2] is not None] if has_own else STANDARD)


@action
def add_account(
    *, actor: Actor, as_of: datetime, code: str, nature: str, label_en: str, label_es: str = "", budget: str = ""
) -> Account:
    """Add an account; without a Spanish name the English one is used. Raises BadInput; a code is taken once."""
    require(actor, "account", Verb.CREATE)
    code, names = code.strip(), _names(label_en, label_es)
    if not (code.isascii() and code.isdecimal() and len(code) <= CODE_LENGTH):
        raise BadInput({"code": msg("A code is made of digits, such as 6210.")})
    if nature not in set(Nature):
        raise BadInput({"nature": msg("Choose asset, liability, equity, income or expense.")})
    _check_budget(budget, nature)
    row = Account.stamped(actor=actor, as_of=as_of, code=code, nature=nature, budget=budget, **names)
    row.save(force_insert=True)
    publish(_added(row), actor=actor, occurred_at=as_of)
    return row


@action
def rename_account(
    *,
    actor: Actor,
    as_of: datetime,
    account_id: UUID,
    label_en: str,
    label_es: str = "",
    budget: str | None = None,
    expected_version: int | None = None,
) -> Account:
    """Call an account otherwise, or let its costs count as something else; its code and type stay.

    Numbers count what was posted before as what the account counts as now.

    Raises BadInput, NotFound, VersionConflict.
    """
    row = Account.one_for(actor, Verb.CHANGE, account_id, lock=True)
    said = _names(label_en, label_es)
    if budget is not None:
        _check_budget(budget, row.nature)
        said["budget"] = budget
    changes = row.change(actor=actor, as_of=as_of, expected_version=expected_version, **said)
    if changes:
        publish(AccountRenamed(subject=row.ref, changes=changes), actor=actor, occurred_at=as_of)
    return row


def _add_standard(
    actor: Actor, as_of: datetime, wanted: Sequence[tuple[str, Nature, str | None, str, str]]
) -> list[Account]:
    require(actor, "account", Verb.CREATE)
    known = Account.for_actor(actor)
    codes, purposes = set(known.values_list("code", flat=True)), set(known.values_list("purpose", flat=True))
    rows = [
        Account.stamped(
            actor=actor,
            as_of=as_of,
            code=code,
            nature=nature.value,
            purpose=purpose,
            label_en=english,
            label_es=spanish,
            budget=BUDGETS.get(code, ""),
        )
        for code, nature, purpose, english, spanish in wanted
        if code not in codes and (purpose is None or purpose not in purposes)
    ]
    Account.objects.bulk_create(rows)
    publish_many([_added(row) for row in rows], actor=actor, occurred_at=as_of)
    return rows


def _names(label_en: str, label_es: str) -> dict[str, str]:
    english, spanish = label_en.strip(), label_es.strip()
    if not english:
        raise BadInput({"label_en": msg("An account needs a name.")})
    return {"label_en": english, "label_es": spanish or english}


def _check_budget(budget: str, nature: str) -> None:
    if budget and (budget not in Budget.values or nature != Nature.EXPENSE):
        raise BadInput({"budget": msg("Only expenses count as something, and as one of what is offered.")})


def _added(row: Account) -> AccountAdded:
    named = {"code": row.code, "nature": row.nature, "label_en": row.label_en, "label_es": row.label_es}
    named |= {"budget": row.budget} if row.budget else {}
    return AccountAdded(subject=row.ref, changes=first_values(named))
