"""What billing does by itself: use balances, carry out what was agreed, and let recurring revenue follow its terms."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.utils.translation import gettext_lazy as _

from caudal.billing.actions import REQUESTS, carry_out_request, keep_mrr, keep_mrr_of_charge, set_up_taxes, use_balance
from caudal.billing.actions.forgetting import check_forgettable, forget_customers
from caudal.billing.events import InvoiceIssued, SubscriptionChanged, SubscriptionTermsChanged
from caudal.billing.models import InvoiceSort
from caudal.billing.queries.accounts import with_unused_payments
from caudal.billing.queries.knowing import KEPT_TABLES, customers_told, documents_kept, documents_told
from caudal.catalog.events import PriceAdded, PriceWithdrawn
from caudal.core.ids import Ref
from caudal.kit.access import SYSTEM
from caudal.kit.outbox import RecordedFact, batch_handler, handler
from caudal.kit.subjects import Held
from caudal.workspace.events import ApprovalDecided, CompanyFounded


@handler("billing.set_up_taxes", on=(CompanyFounded,))
def set_up_rates(fact: RecordedFact) -> None:
    """Give a new company the rates of taxes that are shipped."""
    set_up_taxes(actor=SYSTEM, as_of=fact.occurred_at)


@batch_handler("billing.use_balances", on=(InvoiceIssued,))
def use_balances(facts: Sequence[RecordedFact]) -> None:
    """Pay new invoices with what customers had paid too much before; credit notes wait until somebody says so."""
    issued = {
        ref.id: fact
        for fact in facts
        if fact.data["sort"] == InvoiceSort.INVOICE
        for ref in fact.about
        if ref.kind == "customer"
    }
    for customer_id in with_unused_payments(issued):
        fact = issued[customer_id]
        day = date.fromisoformat(fact.data["issue_day"])
        use_balance(actor=SYSTEM, as_of=fact.occurred_at, customer_id=customer_id, day=day, with_credit_notes=False)


@handler("billing.money_agreed", on=(ApprovalDecided,))
def carry_out_what_was_agreed(fact: RecordedFact) -> None:
    """Refund, credit or write off once a second person agreed; what was refused is closed."""
    if fact.data["request"] in REQUESTS.values():
        carry_out_request(as_of=fact.occurred_at, request_id=fact.about[0].id, agreed=fact.data["granted"])


@batch_handler("billing.mrr", on=(SubscriptionChanged, SubscriptionTermsChanged, PriceAdded, PriceWithdrawn))
def follow_mrr(facts: Sequence[RecordedFact]) -> None:
    """Write the movements of the customers anew whose subscriptions changed, or what they pay for became dearer."""
    as_of = facts[-1].occurred_at
    terms = {SubscriptionChanged.name, SubscriptionTermsChanged.name}
    customers = {ref.id for fact in facts if fact.name in terms for ref in fact.about}
    keep_mrr(actor=SYSTEM, as_of=as_of, customer_ids=customers)
    for charge in sorted({str(fact.data["charge"]) for fact in facts if fact.name not in terms}):
        keep_mrr_of_charge(actor=SYSTEM, as_of=as_of, charge_id=Ref.parse(charge).id)


HELD: Final = (
    Held(
        "customers",
        _("Customers"),
        told=customers_told,
        check=check_forgettable,
        forget=forget_customers,
        kept=lambda _refs: 0,
    ),
    Held(
        "documents",
        _("Issued documents"),
        told=documents_told,
        check=lambda _refs: None,
        forget=lambda _actor, _as_of, _refs: [],
        kept=documents_kept,
        tables=KEPT_TABLES,
    ),
)
"""What billing holds of people."""
