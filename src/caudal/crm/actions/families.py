"""Families of companies: which belong together, and which only look like it."""

from datetime import datetime
from uuid import UUID

from caudal.crm.actions.telling import told
from caudal.crm.events import CompaniesKeptApart
from caudal.crm.models import Company, KeptApart
from caudal.kit.access import Actor, Verb
from caudal.kit.actions import action
from caudal.kit.outbox import publish


@action
def keep_apart(*, actor: Actor, as_of: datetime, company_id: UUID, other_id: UUID) -> None:
    """Say that two companies which look like one are not; said again, it changes nothing. Raises NotFound."""
    company = Company.one_for(actor, Verb.CHANGE, company_id)
    other = Company.one_for(actor, Verb.VIEW, other_id)
    first, second = sorted((company.pk, other.pk))
    if first == second:
        return
    _row, is_new = KeptApart.objects.get_or_create(
        first_id=first, second_id=second, defaults={"said_at": as_of, "said_by": actor.id}
    )
    if is_new:
        fact = told(CompaniesKeptApart, company, {}, about=(other.ref,), other=other.ref)
        publish(fact, actor=actor, occurred_at=as_of)
