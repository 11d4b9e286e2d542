"""A company with subscriptions in a data folder, made by a process of its own: `python -m tests.faults.billed COUNT`."""

import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from caudal.kit.postgres.attached import attached
from caudal.kit.terminal import set_up_django

set_up_django()

from caudal.billing.actions import Terms, add_customer, subscribe  # noqa: E402  Django comes first
from caudal.billing.models import TaxRate  # noqa: E402  the same
from caudal.billing.queries import Wanted  # noqa: E402  the same
from caudal.catalog.actions import add_charge, add_offering, add_price, add_product  # noqa: E402  the same
from caudal.crm.actions import CompanyDraft, add_companies  # noqa: E402  the same
from caudal.kit.access import SYSTEM  # noqa: E402  the same

MADE: dict[str, Any] = {"actor": SYSTEM, "as_of": datetime(2023, 12, 31, 23, tzinfo=UTC)}


@attached()
def main() -> None:
    """Let so many companies subscribe from January 2024 on, each to two charges a month."""
    product = add_product(**MADE, name="Professional", sku="pro")
    pro = add_offering(**MADE, product_id=product.pk, name="Professional", code="pro")
    for code, sort, tier in (("base", "recurring", {"flat": "99.90"}), ("seats", "seat", {"unit": "19.95"})):
        charge = add_charge(**MADE, offering_id=pro.pk, name=code, code=code, sort=sort, stream="subscription")
        first = date(2024, 1, 1)
        add_price(**MADE, charge_id=charge.pk, currency="EUR", from_date=first, price={"tiers": [tier]})
    since = date(2012, 9, 1)
    TaxRate.objects.get_or_create(country="ES", tax_kind="standard", from_day=since, defaults={"percent": Decimal(21)})
    names = [CompanyDraft(name=f"Customer {number:04}", country="ES") for number in range(int(sys.argv[1]))]
    for company in add_companies(**MADE, companies=names):
        customer = add_customer(**MADE, company_id=company.pk, country="ES")
        wanted = [Wanted(pro.pk, Decimal(3))]
        subscribe(**MADE, customer_id=customer.pk, wanted=wanted, terms=Terms(date(2024, 1, 1)))


if __name__ == "__main__":
    main()
