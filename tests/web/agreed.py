"""What the tour sees of what was agreed: a customer with a contract, a subscription and an order."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from caudal.billing import actions as billing
from caudal.billing.adapters import TableTaxes
from caudal.billing.models import Customer, TaxRate
from caudal.billing.queries import Wanted
from caudal.catalog.models import Offering
from caudal.core.money import Money
from caudal.core.periods import add_months
from caudal.crm.models import Company
from caudal.kit.access import SYSTEM


def agreed(at: datetime) -> dict[str, Any]:
    """A customer with a contract, a subscription that was invoiced, changed, paused and ends with it, and an order."""
    company = Company.objects.exclude(pk__in=Customer.objects.values("company")).order_by("-pk")[0]
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": at}
    began = at.date() - timedelta(days=45)
    first = began.replace(day=1)
    said = {"from_day": date(2012, 9, 1), "tax_kind": "standard"}
    TaxRate.objects.get_or_create(country="ES", **said, defaults={"percent": Decimal(21)})
    customer = Customer.objects.filter(company=company).first() or billing.add_customer(
        **made, company_id=company.pk, name="Acme S.L.", country="ES", tax_id="B64717838", currency="USD"
    )
    contract = billing.sign_contract(
        **made,
        customer_id=customer.pk,
        name="Frame of 2026",
        start_day=first,
        end_day=add_months(first, 12),
        renews_months=12,
        commitment=Money.of("30000", "USD"),
    )
    offering = Offering.objects.get(code="saas_professional")
    subscription = billing.subscribe(
        **made,
        customer_id=customer.pk,
        wanted=[Wanted(offering.pk, Decimal(5))],
        terms=billing.Terms(start_day=began, trial_days=9, with_contract=True),
        contract_id=contract.pk,
    )
    billing.pause(**made, subscription_id=subscription.pk, at=at - timedelta(days=20), why="They move offices")
    billing.resume(**made, subscription_id=subscription.pk, at=at - timedelta(days=12))
    billing.invoice_all(**made, up_to=at - timedelta(days=5), issue_day=at.date(), taxes=TableTaxes())
    once = Offering.objects.filter(interval="once", charges__prices__currency="USD").order_by("pk")[0]
    order = billing.place_order(
        **made, customer_id=customer.pk, contract_id=contract.pk, wanted=[Wanted(once.pk)], day=at.date()
    )
    return {each.kind: each for each in (customer, contract, subscription, order)}
