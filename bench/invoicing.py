"""Grows a company to so many subscriptions and invoices them, in one process; run by `bench.invoices`.

    python -m bench.invoicing subscriptions singles

Every customer has a subscription of three charges. A company of the same number is the same every time. What is
printed is JSON: seconds of the run, and the milliseconds of each invoice that was issued alone.
"""

import json
import sys
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from bench.setting_up import attached  # isort: split

from django.db import connection

from caudal.billing.actions import Terms, add_customer, invoice_all, invoice_customer, subscribe
from caudal.billing.adapters import TableTaxes
from caudal.billing.models import Customer, Invoice, Subscription, SubscriptionChange, TaxRate
from caudal.billing.queries import Wanted
from caudal.catalog.actions import add_charge, add_offering, add_price, add_product
from caudal.crm.actions import CompanyDraft, add_companies
from caudal.kit.access import SYSTEM
from caudal.kit.world import new_id

BEGUN: Final = datetime(2025, 12, 31, 23, tzinfo=UTC)
NOW: Final = datetime(2026, 1, 1, 8, tzinfo=UTC)
MADE: Final[dict[str, Any]] = {"actor": SYSTEM, "as_of": BEGUN}
CHARGES: Final = (
    ("base", "recurring", {"flat": "99"}),
    ("seats", "seat", {"unit": "20"}),
    ("care", "recurring", {"flat": "49"}),
)
COPIED: Final = 5_000


@attached()
def main() -> None:
    """Grow, invoice, print."""
    many, singles = int(sys.argv[1]), int(sys.argv[2])
    grow(many + singles)
    apart = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:singles])
    taxes, alone = TableTaxes(), []
    for customer_id in apart:
        begun = time.perf_counter()
        invoice_customer(actor=SYSTEM, as_of=NOW, customer_id=customer_id, up_to=NOW, issue_day=NOW.date(), taxes=taxes)
        alone.append((time.perf_counter() - begun) * 1000)
    begun, used = time.perf_counter(), time.process_time()
    run = invoice_all(actor=SYSTEM, as_of=NOW, up_to=NOW, issue_day=NOW.date(), taxes=taxes)
    seconds, processor = time.perf_counter() - begun, time.process_time() - used
    assert run.invoices == many, run.invoices
    assert Invoice.objects.count() == many + singles
    print(json.dumps({"seconds": seconds, "processor": processor, "invoices": run.invoices, "alone_ms": alone}))


def grow(many: int) -> None:
    """Let so many companies subscribe: one does, and the others as it did."""
    product = add_product(**MADE, name="Professional", sku="pro")
    pro = add_offering(**MADE, product_id=product.pk, name="Professional", code="pro")
    for code, sort, tier in CHARGES:
        charge = add_charge(**MADE, offering_id=pro.pk, name=code, code=code, sort=sort, stream="subscription")
        price = {"tiers": [tier]}
        add_price(**MADE, charge_id=charge.pk, currency="EUR", from_date=date(2025, 1, 1), price=price)
    TaxRate.objects.get_or_create(
        country="ES", tax_kind="standard", from_day=date(2012, 9, 1), defaults={"percent": Decimal(21)}
    )
    for start in range(0, many, COPIED):
        names = [f"Customer {number:06}" for number in range(start, min(many, start + COPIED))]
        add_companies(**MADE, companies=[CompanyDraft(name=name, country="ES") for name in names])
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM crm_company ORDER BY name")
        companies = cursor.fetchall()
    customer = add_customer(**MADE, company_id=companies[0][0], country="ES")
    first = subscribe(
        **MADE, customer_id=customer.pk, wanted=[Wanted(pro.pk, Decimal(3))], terms=Terms(date(2026, 1, 1))
    )
    copy_all(customer, first, companies[1:])


def copy_all(customer: Customer, first: Subscription, companies: list[tuple[Any, str]]) -> None:
    """Write the same customer and subscription for every other company."""
    change = SubscriptionChange.objects.get(subscription=first)
    customers, subscriptions, changes = [], [], []
    for company_id, name in companies:
        one = Customer(**{each.attname: getattr(customer, each.attname) for each in Customer._meta.concrete_fields})
        one.id, one.company_id, one.name = new_id(), company_id, name
        two = Subscription(
            **{each.attname: getattr(first, each.attname) for each in Subscription._meta.concrete_fields}
        )
        two.id, two.customer_id = new_id(), one.id
        three = SubscriptionChange(
            **{each.attname: getattr(change, each.attname) for each in SubscriptionChange._meta.concrete_fields}
        )
        three.id, three.subscription_id = new_id(), two.id
        customers.append(one)
        subscriptions.append(two)
        changes.append(three)
    Customer.objects.bulk_create(customers, batch_size=COPIED)
    Subscription.objects.bulk_create(subscriptions, batch_size=COPIED)
    SubscriptionChange.objects.bulk_create(changes, batch_size=COPIED)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main()
