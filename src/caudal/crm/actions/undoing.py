"""Taking back that a lead was converted."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.crm.actions.telling import refs_of, told
from caudal.crm.events import CompanyDeleted, ConversionUndone, DealDeleted, PersonDeleted
from caudal.crm.models import Company, Deal, Lead, LeadConversion, Person, Touch
from caudal.crm.queries import Remains, Why, remains_of
from caudal.kit.access import Actor, Verb
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.records import NOT_DELETED

DELETED = {"deal": (Deal, DealDeleted), "person": (Person, PersonDeleted), "company": (Company, CompanyDeleted)}


class NotConverted(Problem):
    """There is nothing to take back."""

    code = "lead.not_converted"
    status = 409
    message = msg("The lead {lead} is not converted.")


class CameBack(Problem):
    """Another open lead has the address meanwhile."""

    code = "lead.came_back"
    status = 409
    message = msg("“{lead}” came back meanwhile: there is an open lead with the same address.")
    hint = msg("Go on with that one.")


@dataclass(frozen=True, slots=True)
class Undone:
    """A lead that is open again, and what became of what it had become."""

    lead: Lead
    parts: tuple[Remains, ...]


@action
def undo_conversion(*, actor: Actor, as_of: datetime, lead_id: UUID, expected_version: int | None = None) -> Undone:
    """Open a lead again that was converted.

    What the conversion made goes into the recycle bin if nothing was done with it since; the rest stays, each with the
    reason. Raises NotFound, NotConverted, CameBack, VersionConflict.
    """
    lead = Lead.one_for(actor, Verb.CHANGE, lead_id, lock=True)
    conversion = LeadConversion.objects.select_for_update().filter(lead=lead).first()
    if conversion is None:
        raise NotConverted(lead=lead.name)
    if lead.email and Lead.objects.filter(open_email=lead.email).exists():
        raise CameBack(lead=lead.name)
    parts = remains_of(actor, conversion)
    Touch.objects.filter(lead=lead).update(person=None, company=None)
    conversion.delete()
    for part in parts:
        if part.why is Why.GOES:
            _remove(actor, as_of, part.ref)
    lead.touch(actor=actor, as_of=as_of, expected_version=expected_version, open_email=lead.email)
    publish(
        told(
            ConversionUndone,
            lead,
            {},
            about=[part.ref for part in parts],
            removed=tuple(part.ref for part in parts if part.why is Why.GOES),
            stays=tuple(part.ref for part in parts if part.why is not Why.GOES),
        ),
        actor=actor,
        occurred_at=as_of,
    )
    return Undone(lead, parts)


def _remove(actor: Actor, as_of: datetime, ref: Ref) -> None:
    model, fact = DELETED[ref.kind]
    row = model._default_manager.filter(NOT_DELETED).select_for_update(of=("self",)).get(pk=ref.id)
    row.delete_softly(actor=actor, as_of=as_of)
    publish(told(fact, row, {}, about=refs_of(row)), actor=actor, occurred_at=as_of)
