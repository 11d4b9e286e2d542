"""When somebody leaves, what they worked on goes to a successor or back to the pool instead of out of sight."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from caudal.crm.actions.activities import change_activity
from caudal.crm.actions.deals import change_deal
from caudal.crm.actions.leads import change_lead
from caudal.crm.actions.parties import change_company, change_person
from caudal.crm.models import Activity, Company, Deal, Lead, Person
from caudal.kit.access import Actor, Verb
from caudal.kit.actions import action
from caudal.kit.records import NOT_DELETED

OPEN_LEAD = NOT_DELETED & Q(conversion=None, disqualification=None)
OPEN_DEAL = NOT_DELETED & Q(close=None)
PLANNED = NOT_DELETED & Q(completion=None)


@action
def release_work(*, actor: Actor, as_of: datetime, member_id: UUID, to: UUID | None = None) -> int:
    """Give the companies, people, open leads, open deals and planned activities of a member to another, or to nobody.

    Return how many. What is closed or done keeps the owner who did it. Doing it again finds nothing to do.
    """
    companies = Company.for_actor(actor, Verb.CHANGE).filter(owner=member_id).order_by("pk")
    people = Person.for_actor(actor, Verb.CHANGE).filter(owner=member_id).order_by("pk")
    leads = Lead.for_actor(actor, Verb.CHANGE).filter(OPEN_LEAD, owner=member_id).order_by("pk")
    deals = Deal.for_actor(actor, Verb.CHANGE).filter(OPEN_DEAL, owner=member_id).order_by("pk")
    released = 0
    for company_id in companies.values_list("pk", flat=True):
        change_company(actor=actor, as_of=as_of, company_id=company_id, owner_id=to)
        released += 1
    for person_id in people.values_list("pk", flat=True):
        change_person(actor=actor, as_of=as_of, person_id=person_id, owner_id=to)
        released += 1
    for lead_id in leads.values_list("pk", flat=True):
        change_lead(actor=actor, as_of=as_of, lead_id=lead_id, owner_id=to)
        released += 1
    for deal_id in deals.values_list("pk", flat=True):
        change_deal(actor=actor, as_of=as_of, deal_id=deal_id, owner_id=to)
        released += 1
    planned = Activity.for_actor(actor, Verb.CHANGE).filter(PLANNED, owner=member_id).order_by("pk")
    for activity_id in planned.values_list("pk", flat=True):
        change_activity(actor=actor, as_of=as_of, activity_id=activity_id, owner_id=to)
        released += 1
    return released
