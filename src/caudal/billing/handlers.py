"""What billing does when something happens: movements of recurring revenue follow subscriptions and prices."""

from collections.abc import Sequence

from caudal.billing.actions import keep_mrr, keep_mrr_of_charge
from caudal.billing.events import SubscriptionChanged
from caudal.catalog.events import PriceAdded, PriceWithdrawn
from caudal.core.ids import Ref
from caudal.kit.access import SYSTEM
from caudal.kit.outbox import RecordedFact, batch_handler


@batch_handler("billing.mrr", on=(SubscriptionChanged, PriceAdded, PriceWithdrawn))
def follow_mrr(facts: Sequence[RecordedFact]) -> None:
    """Write the movements of the customers anew whose subscriptions changed, or what they pay for became dearer."""
    as_of = facts[-1].occurred_at
    customers = {ref.id for fact in facts if fact.name == SubscriptionChanged.name for ref in fact.about}
    keep_mrr(actor=SYSTEM, as_of=as_of, customer_ids=customers)
    for charge in sorted({str(fact.data["charge"]) for fact in facts if fact.name != SubscriptionChanged.name}):
        keep_mrr_of_charge(actor=SYSTEM, as_of=as_of, charge_id=Ref.parse(charge).id)
