"""What the company of the tour has invoiced: months with a change and late usage, sixty lines, a draft."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from caudal.billing import actions
from caudal.billing.actions import Terms
from caudal.billing.actions.failing import FailedUnforeseen
from caudal.billing.adapters import NoTaxRate, TableTaxes
from caudal.billing.models import Customer, Invoice, InvoiceRun, MoneyRequest, TaxRate
from caudal.billing.queries import Wanted
from caudal.catalog.models import Charge, Offering
from caudal.core.money import Currency, Money
from caudal.crm.models import Company
from caudal.kit.access import SYSTEM
from caudal.kit.records import Record
from caudal.usage.actions import add_meter, add_subject, record_events
from caudal.usage.models import Meter

STARTED_DAYS: Final = 45
CALLS: Final = 40


def invoices(company: Company, at: datetime) -> dict[str, Record]:
    """Sell the company a subscription and documents by use, and invoice it up to now."""
    began = at - timedelta(days=STARTED_DAYS)
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": began}
    rate: dict[str, Any] = {"country": "ES", "tax_kind": "standard", "from_day": began.date().replace(day=1)}
    TaxRate.objects.get_or_create(**rate, defaults={"percent": Decimal(21)})
    customer = Customer.objects.filter(company=company).first() or actions.add_customer(
        **made, company_id=company.pk, country="ES", tax_id="B64717838", street="Calle Mayor 1", city="Madrid"
    )
    professional = Offering.objects.get(code="saas_professional")
    documents = Offering.objects.get(code="documents_per_use")
    subscription = actions.subscribe(
        **made,
        customer_id=customer.pk,
        wanted=[Wanted(professional.pk, Decimal(3))],
        terms=Terms(start_day=began.date()),
    )
    used = actions.subscribe(
        **made, customer_id=customer.pk, wanted=[Wanted(documents.pk)], terms=Terms(start_day=began.date())
    )
    _use(company, Charge.objects.get(offering=documents, sort="usage"), at)
    bill(began)
    actions.change_seats(**made, subscription_id=subscription.pk, seats=Decimal(5), at=began + timedelta(days=15))
    bill(at)
    other = _other(company)
    long = Customer.objects.filter(company=other).first() or actions.add_customer(
        **made, company_id=other.pk, country="ES"
    )
    course = Offering.objects.filter(interval="once").order_by("code")[0]
    for number in range(3):
        actions.place_order(
            **made,
            customer_id=long.pk,
            wanted=[Wanted(course.pk, Decimal(number + 1))],
            day=at.date() - timedelta(days=number),
        )
    bill(at, as_drafts=True)
    rows = Invoice.objects.order_by("created_at", "pk")
    return paid(rows.filter(customer=customer).exclude(number=None)[0], at) | {
        "invoice": rows.filter(customer=customer).exclude(number=None).order_by("-line_count")[0],
        "invoice_run": _failed_run(customer, at),
        "invoice_draft": rows.filter(state="draft")[0],
        "subscription": used,
    }


def paid(row: Invoice, at: datetime) -> dict[str, Record]:
    """Record what its customer paid, and let a write-off of the rest wait for a second person."""
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": at}
    amount = Money(max(row.open_minor - 500, 1), Currency(row.currency))
    said: dict[str, Any] = {"reference": "STMT 41/7", "note": "Less the fees of their bank", "day": at.date()}
    payment = actions.record_payment(**made, customer_id=row.customer_id, amount=amount, **said)
    asked = MoneyRequest.stamped(
        **made,
        sort="write_off",
        name=row.number,
        customer=row.customer,
        invoice=row,
        currency=row.currency,
        minor=500,
        day=at.date(),
        reason="Fees of their bank",
        said={"amount": Money(500, Currency(row.currency)).to_json()},
    )
    asked.save(force_insert=True)
    return {"payment": payment, "money_request": asked, "customer": row.customer}


def bill(at: datetime, **how: Any) -> None:
    """Invoice everything that is due."""
    actions.invoice_all(actor=SYSTEM, as_of=at, up_to=at, issue_day=at.date(), taxes=TableTaxes(), **how)


def _failed_run(customer: Customer, at: datetime) -> InvoiceRun:
    """A run that met a customer whose country has no rate, and one with whom it came upon a mistake of ours."""
    run = InvoiceRun.objects.order_by("-as_of", "-pk")[0]
    no_rate = NoTaxRate(country="JP", day=at.date())
    actions.note_failure(run=run, customer_id=customer.pk, problem=no_rate, as_of=at)
    other = Customer.objects.exclude(pk=customer.pk).order_by("pk")[0]
    unforeseen = FailedUnforeseen(error="KeyError", incident="0197b1c2-6d1e-7c3a-9b2f-5f0c8e4a7d10")
    actions.note_failure(run=run, customer_id=other.pk, problem=unforeseen, as_of=at)
    return run


def _other(company: Company) -> Company:
    return Company.objects.exclude(pk=company.pk).filter(deleted_at=None).order_by("pk")[0]


def _use(company: Company, charge: Charge, at: datetime) -> None:
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": at - timedelta(days=STARTED_DAYS)}
    if not Meter.objects.filter(code=charge.meter).exists():
        add_meter(**made, code=charge.meter, label_en="Documents", event_type="made", aggregation="count")
    add_subject(**made, key=company.name, company_id=company.pk)
    meter = Meter.objects.get(code=charge.meter)
    events = [
        {
            "source": "app",
            "id": f"document-{number}",
            "type": meter.event_type,
            "subject": company.name,
            "time": (at - timedelta(days=40, minutes=number)).isoformat(),
            "data": {"pages": "1"},
        }
        for number in range(CALLS)
    ]
    record_events(actor=SYSTEM, as_of=at - timedelta(days=39), events=events)
