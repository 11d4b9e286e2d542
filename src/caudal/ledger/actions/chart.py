"""The chart of accounts: a standard one to begin with, further accounts, other names."""

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
from caudal.ledger.models import CODE_LENGTH, Account

A, L, Q, I, E = Nature.ASSET, Nature.LIABILITY, Nature.EQUITY, Nature.INCOME, Nature.EXPENSE  # noqa: E741
STANDARD: Final = (
    ("1000", A, "bank", "Bank", "Banco"),
    ("1050", A, "clearing", "Payments under way", "Cobros en tránsito"),
    ("1200", A, "receivable", "Receivable from customers", "Clientes por cobrar"),
    ("1250", A, "unbilled", "Earned, not invoiced yet", "Ingresos pendientes de facturar"),
    ("1400", A, None, "Prepaid expenses", "Gastos anticipados"),
    ("1900", A, "exchange", "Currency exchange", "Cambio de divisas"),
    ("2000", L, "payable", "Owed to suppliers", "Proveedores"),
    ("2100", L, "salaries_payable", "Owed to employees", "Remuneraciones pendientes de pago"),
    ("2200", L, "tax_payable", "Taxes owed", "Impuestos por pagar"),
    ("2400", L, "deferred", "Deferred revenue", "Ingresos anticipados"),
    ("2450", L, "stored_value", "Customers' prepaid balance", "Saldo a favor de clientes"),
    ("2500", L, "partner_payable", "Owed to partners", "Socios comerciales por pagar"),
    ("2550", L, "commission_payable", "Commissions owed", "Comisiones por pagar"),
    ("3000", Q, "capital", "Capital", "Capital"),
    ("3900", Q, "earnings", "Retained earnings", "Resultados acumulados"),
    ("4000", I, "revenue_subscription", "Subscriptions", "Suscripciones"),
    ("4010", I, "revenue_usage", "Usage", "Consumo"),
    ("4020", I, "revenue_licence", "Licences", "Licencias"),
    ("4030", I, "revenue_support", "Support", "Soporte"),
    ("4040", I, "revenue_services", "Services", "Servicios"),
    ("4050", I, "revenue_training", "Training and certification", "Formación y certificación"),
    ("4060", I, "revenue_partnership", "Partnerships", "Alianzas"),
    ("4070", I, "revenue_data", "Data", "Datos"),
    ("4080", I, "revenue_api", "API", "API"),
    ("4090", I, "revenue_marketplace", "Marketplace", "Mercado"),
    ("4100", I, "revenue_white_label", "White label", "Marca blanca"),
    ("4110", I, "revenue_consulting", "Consulting", "Consultoría"),
    ("4900", I, "breakage", "Expired balances", "Saldos caducados"),
    ("4950", I, "exchange_gain", "Gains of exchange", "Diferencias de cambio positivas"),
    ("5000", E, "cost_of_service", "Cost of what is sold", "Coste de lo vendido"),
    ("5010", E, None, "Hosting and infrastructure", "Infraestructura"),
    ("5020", E, None, "Cost of documents", "Coste de los documentos"),
    ("5100", E, "payment_fees", "Payment fees", "Comisiones de cobro"),
    ("6000", E, "salaries", "Salaries", "Sueldos y salarios"),
    ("6100", E, "marketing", "Marketing", "Marketing"),
    ("6200", E, "tools", "Tools and software", "Herramientas y software"),
    ("6300", E, "commissions", "Sales commissions", "Comisiones de venta"),
    ("6310", E, "partner_share", "Partners' shares", "Participación de socios comerciales"),
    ("6400", E, None, "Office and travel", "Oficina y viajes"),
    ("6900", E, "bad_debt", "Debts written off", "Créditos incobrables"),
    ("6950", E, "rounding", "Rounding", "Redondeos"),
    ("6960", E, "exchange_loss", "Losses of exchange", "Diferencias de cambio negativas"),
)
"""Code, nature, what the system posts there, names in English and Spanish."""


@action
def set_up_chart(*, actor: Actor, as_of: datetime) -> list[Account]:
    """Add the accounts of the standard chart that are missing by code and by purpose; return them."""
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
        )
        for code, nature, purpose, english, spanish in STANDARD
        if code not in codes and (purpose is None or purpose not in purposes)
    ]
    Account.objects.bulk_create(rows)
    publish_many([_added(row) for row in rows], actor=actor, occurred_at=as_of)
    return rows


@action
def add_account(*, actor: Actor, as_of: datetime, code: str, nature: str, label_en: str, label_es: str = "") -> Account:
    """Add an account; without a Spanish name the English one is used. Raises BadInput; a code is taken once."""
    require(actor, "account", Verb.CREATE)
    code, names = code.strip(), _names(label_en, label_es)
    if not (code.isascii() and code.isdecimal() and len(code) <= CODE_LENGTH):
        raise BadInput({"code": msg("A code is made of digits, such as 6210.")})
    if nature not in set(Nature):
        raise BadInput({"nature": msg("Choose asset, liability, equity, income or expense.")})
    row = Account.stamped(actor=actor, as_of=as_of, code=code, nature=nature, **names)
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
    expected_version: int | None = None,
) -> Account:
    """Call an account otherwise; its code and type stay, as lines were posted by them.

    Raises BadInput, NotFound, VersionConflict.
    """
    row = Account.one_for(actor, Verb.CHANGE, account_id, lock=True)
    names = _names(label_en, label_es)
    changes = row.change(actor=actor, as_of=as_of, expected_version=expected_version, **names)
    if changes:
        publish(AccountRenamed(subject=row.ref, changes=changes), actor=actor, occurred_at=as_of)
    return row


def _names(label_en: str, label_es: str) -> dict[str, str]:
    english, spanish = label_en.strip(), label_es.strip()
    if not english:
        raise BadInput({"label_en": msg("An account needs a name.")})
    return {"label_en": english, "label_es": spanish or english}


def _added(row: Account) -> AccountAdded:
    named = {"code": row.code, "nature": row.nature, "label_en": row.label_en, "label_es": row.label_es}
    return AccountAdded(subject=row.ref, changes=first_values(named))
