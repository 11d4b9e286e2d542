"""What the course shop sells, to whom, and taxes: the world of the tests of billing."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import pytest

from caudal.billing import actions
from caudal.billing.actions import Terms
from caudal.billing.adapters import TableTaxes
from caudal.billing.models import Customer, Invoice, InvoiceLine, InvoiceRun, Subscription, TaxRate
from caudal.billing.queries import DocumentDraft, Wanted
from caudal.catalog.actions import add_charge, add_offering, add_price, set_add_ons, set_terms
from caudal.catalog.models import Charge, Offering
from caudal.core.money import Currency, Money
from caudal.crm.models import Company
from caudal.kit.access import SYSTEM
from caudal.usage.actions import add_meter, add_subject, record_events
from tests.world import Shop

NEW_YEAR: Final = datetime(2025, 12, 31, 23, tzinfo=UTC)
"""The beginning of 2026 in Madrid."""
MADE: Final[dict[str, Any]] = {"actor": SYSTEM, "as_of": NEW_YEAR}


@dataclass(frozen=True, slots=True)
class Sold:
    """Professional: 99 a month, 20 a seat, documents at 0.05; support beside it at 49; a course at 297 once."""

    pro: Offering
    support: Offering
    yearly: Offering
    course: Offering
    charges: dict[str, Charge]
    acme: Customer
    globex: Customer


@pytest.fixture
def sold(shop: Shop) -> Sold:
    """What the course shop sells, and to whom."""
    return sell(shop)


def sell(shop: Shop) -> Sold:
    """Let a shop sell everything to two customers, in Spain and in France, with a meter of documents."""
    professional, course = shop.products["professional"].pk, shop.products["course"].pk
    pro = add_offering(**MADE, product_id=professional, name="Professional", code="pro")
    support = add_offering(**MADE, product_id=professional, name="Priority support", code="care", role="add_on")
    yearly = add_offering(**MADE, product_id=professional, name="Yearly", code="yearly", interval="year")
    once = add_offering(**MADE, product_id=course, name="Prompt course", code="course", interval="once")
    set_add_ons(**MADE, offering_id=pro.pk, add_on_ids=[support.pk])
    set_terms(**MADE, offering_id=pro.pk, terms=[(12, Decimal(10))])
    said: list[tuple[Offering, str, str, str, str, dict[str, Any]]] = [
        (pro, "base", "recurring", "subscription", "", {"tiers": [{"flat": "99"}]}),
        (pro, "seats", "seat", "licence", "", {"tiers": [{"unit": "20"}]}),
        (pro, "documents", "usage", "usage", "documents", {"tiers": [{"unit": "0.05"}], "free_units": "100"}),
        (support, "care", "recurring", "support", "", {"tiers": [{"flat": "49"}]}),
        (yearly, "year", "recurring", "subscription", "", {"tiers": [{"flat": "1200"}]}),
        (once, "course", "once", "training", "", {"tiers": [{"unit": "297"}]}),
    ]
    charges = {}
    for offering, code, sort, stream, meter, price in said:
        name = code.title()
        charges[code] = add_charge(
            **MADE, offering_id=offering.pk, name=name, code=code, sort=sort, stream=stream, meter=meter
        )
        for currency in ("EUR", "JPY"):
            add_price(**MADE, charge_id=charges[code].pk, currency=currency, from_date=date(2025, 1, 1), price=price)
    add_meter(
        **MADE,
        code="documents",
        label_en="Documents",
        event_type="document",
        aggregation="sum",
        quantity_property="pages",
    )
    for company in (shop.acme, shop.globex):
        add_subject(**MADE, key=company.name, company_id=company.pk)
    for country, percent in (("ES", "21"), ("FR", "20")):
        TaxRate.objects.create(
            country=country, tax_kind="standard", from_day=date(2012, 9, 1), percent=Decimal(percent)
        )
    acme = actions.add_customer(**MADE, company_id=shop.acme.pk, name="Acme S.L.", country="ES", tax_id="B64717838")
    globex = actions.add_customer(
        **MADE, company_id=shop.globex.pk, name="Globex SARL", country="FR", tax_id="FR40303265045", language="es"
    )
    return Sold(pro, support, yearly, once, charges, acme, globex)


def on(month: int, day: int, hour: int = 0, *, year: int = 2026) -> datetime:
    """An instant of UTC."""
    return datetime(year, month, day, hour, tzinfo=UTC)


def take(sold: Sold, *, seats: str = "2", customer: Customer | None = None, **terms: Any) -> Subscription:
    """Subscribe somebody to Professional from the beginning of 2026 in Madrid."""
    contract_id = terms.pop("contract_id", None)
    said: dict[str, Any] = {"start_day": date(2026, 1, 1)} | terms
    return actions.subscribe(
        **MADE,
        customer_id=(customer or sold.acme).pk,
        wanted=[Wanted(sold.pro.pk, Decimal(seats))],
        terms=Terms(**said),
        contract_id=contract_id,
    )


def bill(at: datetime, **how: Any) -> InvoiceRun:
    """Invoice everything that is due at an instant."""
    said: dict[str, Any] = {"up_to": at, "issue_day": at.date(), "taxes": TableTaxes()} | how
    return actions.invoice_all(actor=SYSTEM, as_of=at, **said)


def use(company: Company, quantity: str, at: datetime, event_id: str, *, known: datetime | None = None) -> None:
    """Record that a company made so many documents."""
    record_events(
        actor=SYSTEM,
        as_of=known or at,
        events=[
            {
                "source": "app",
                "id": event_id,
                "type": "document",
                "subject": company.name,
                "time": at.isoformat(),
                "data": {"pages": quantity},
            }
        ],
    )


def told(row: Invoice) -> list[tuple[str, str, str]]:
    """The lines of a document: what they are for, the share, and the amount."""
    unit = Currency(row.currency)
    return [
        (f"{line.sort} {line.text.rsplit(': ')[-1].lower()}", line.share, Money(line.net_minor, unit).major)
        for line in row.lines.order_by("position")
    ]


def canonical(said: Any) -> str:
    """As one text in one spelling."""
    return json.dumps(said, sort_keys=True, separators=(",", ":"), default=str)


def draft_said(draft: DocumentDraft) -> str:
    """What a document to be says: sort, lines, taxes and totals."""
    lines = [
        [
            *(each.due.sort, each.due.obligation, each.due.revision, each.due.text),
            *(f"{each.due.quantity.normalize():f}", str(each.due.share), each.due.whole.minor, each.due.net.minor),
            *(each.due.price_number, each.due.waterfall, each.due.period.start.isoformat()),
            *(each.due.period.end.isoformat(), each.taxed.tax.category),
        ]
        for each in draft.lines
    ]
    taxes = [[each.why, each.subtotal.taxable.minor, each.subtotal.amount.minor] for each in draft.taxes]
    totals = [draft.net.minor, draft.tax.minor, draft.gross.minor, draft.money_policy, draft.due_from.isoformat()]
    return canonical([draft.sort, lines, taxes, totals])


def invoice_said(row: Invoice) -> str:
    """The same of one that is written."""

    def said(line: InvoiceLine) -> list[Any]:
        return [
            *(line.sort, line.obligation, line.revision, line.text),
            *(f"{line.quantity.normalize():f}", line.share, line.whole_minor, line.net_minor),
            *(line.price_number, line.waterfall, line.service_start.isoformat()),
            *(line.service_end.isoformat(), line.tax_category),
        ]

    taxes = [[each.why, each.taxable_minor, each.tax_minor] for each in row.taxes.order_by("position")]
    totals = [row.net_minor, row.tax_minor, row.gross_minor, row.money_policy, row.due_from.isoformat()]
    return canonical([row.sort, [said(line) for line in row.lines.order_by("position")], taxes, totals])
