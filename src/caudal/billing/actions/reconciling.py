"""Looking whether books, documents and terms fit together, and keeping what was found."""

from dataclasses import asdict
from datetime import datetime

from caudal.billing.events import Reconciled
from caudal.billing.models import Reconciliation
from caudal.billing.queries.reconciling import last_reconciliation, reconcile
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish


@action
def run_reconciliation(*, actor: Actor, as_of: datetime) -> Reconciliation:
    """Check everything and keep what was found, and since when; nothing else is changed, whatever it is."""
    require(actor, "reconciliation", Verb.CREATE)
    found, last = reconcile(), last_reconciliation(actor)
    red = [each.key for each in found if not each.is_green]
    known = {each["key"]: each.get("since") for each in last.checks} if last else {}
    since = {key: known.get(key) or as_of.isoformat() for key in red}
    checks = [asdict(each) | {"green": each.is_green, "since": since.get(each.key)} for each in found]
    row = Reconciliation.stamped(actor=actor, as_of=as_of, red=len(red), checks=checks)
    row.as_of = as_of
    row.save(force_insert=True)
    publish(Reconciled(subject=row.ref, red=red), actor=actor, occurred_at=as_of)
    return row
