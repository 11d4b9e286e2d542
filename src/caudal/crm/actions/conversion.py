"""Turning leads into people, companies and deals."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from caudal.core.ids import Ref
from caudal.crm.actions.deals import open_deals
from caudal.crm.actions.drafts import CompanyDraft, ConversionDraft, DealDraft, PersonDraft
from caudal.crm.actions.leads import all_open, end_leads
from caudal.crm.actions.parties import BATCH, add_companies, add_people
from caudal.crm.actions.telling import told
from caudal.crm.events import LeadConverted
from caudal.crm.models import Company, Deal, Lead, LeadConversion, Person, Touch
from caudal.crm.queries.mapping import MappingLine, brought, mapping_lines, mapping_row
from caudal.kit.access import Actor, Verb
from caudal.kit.actions import action
from caudal.kit.names import name_key
from caudal.kit.outbox import counts_about, publish_many


@action
def convert_lead(
    *, actor: Actor, as_of: datetime, conversion: ConversionDraft, expected_version: int | None = None
) -> LeadConversion:
    """Turn a lead into a person, perhaps at a company, and perhaps a deal.

    Raises NotFound, LeadClosed, VersionConflict, and what `open_deal` raises.
    """
    lead = Lead.one_for(actor, Verb.CHANGE, conversion.lead_id, lock=True)
    lead.expect(expected_version)
    return convert_leads(actor=actor, as_of=as_of, conversions=[conversion])[0]


@action
def convert_leads(*, actor: Actor, as_of: datetime, conversions: Sequence[ConversionDraft]) -> list[LeadConversion]:
    """Turn many leads, each named once, in the order given; see `convert_lead`."""
    leads = Lead.many_for(actor, Verb.CHANGE, [each.lead_id for each in conversions], lock=True)
    all_open(leads)
    turning = _Turning(actor, as_of, leads, mapping_lines(mapping_row()))
    companies = _companies(turning, conversions)
    people = _people(turning, conversions, companies)
    deals = _deals(turning, conversions, companies, people)
    rows = [
        LeadConversion(
            lead=leads[each.lead_id],
            person_id=people[each.lead_id],
            company_id=companies.get(each.lead_id),
            deal=deals.get(each.lead_id),
            converted_at=each.converted_at,
            converted_by=actor.id,
            left=sorted(turning.left.get(each.lead_id, ())),
        )
        for each in conversions
    ]
    end_leads(leads.values(), actor=actor, as_of=as_of)
    _hand_on_touches(rows)
    publish_many((_fact(row) for row in rows), actor=actor, occurred_at=as_of)
    facts = counts_about(turning.made)
    for row in rows:
        parts = {"person": row.person_id, "company": row.company_id, "deal": row.deal_id}
        refs = {kind: Ref(kind, row_id) for kind, row_id in parts.items() if row_id}
        row.made = {kind: facts[ref] for kind, ref in refs.items() if ref in facts}
    LeadConversion.objects.bulk_create(rows, batch_size=BATCH)
    return rows


@dataclass(slots=True)
class _Turning:
    """What a conversion of leads works with, and what came of it so far."""

    actor: Actor
    as_of: datetime
    leads: dict[UUID, Lead]
    lines: tuple[MappingLine, ...]
    made: list[Ref] = field(default_factory=list)
    left: dict[UUID, set[str]] = field(default_factory=dict)

    def brings(self, lead: Lead, kind: str) -> dict[str, Any]:
        """Return what a lead brings to a record of a kind, as its draft takes it."""
        found = brought(lead, kind, self.lines, self.actor)
        self.left.setdefault(lead.pk, set()).update(found.left)
        return {**found.values, "custom": found.custom}


def _companies(turning: _Turning, conversions: Sequence[ConversionDraft]) -> dict[UUID, UUID]:
    """Return the company of each lead that has one, adding those that are not known."""
    actor, leads = turning.actor, turning.leads
    found = {each.lead_id: each.company_id for each in conversions if each.company_id}
    Company.many_for(actor, Verb.VIEW, found.values())
    brings = {lead.pk: turning.brings(lead, "company") for lead in leads.values() if lead.pk not in found}
    keys = {lead_id: name_key(each.get("name", "")) for lead_id, each in brings.items()}
    wanted = {key: brings[lead_id] for lead_id, key in reversed(keys.items()) if key}
    rows = Company.for_actor(actor).filter(name_key__in=wanted).order_by("-created_at", "-pk")
    known = {row.name_key: row for row in rows}  # of several with one name, the oldest
    missing = [key for key in wanted if key not in known]
    if missing:
        drafts = [CompanyDraft(**wanted[key]) for key in missing]
        added = add_companies(actor=actor, as_of=turning.as_of, companies=drafts)
        known |= zip(missing, added, strict=True)
        turning.made += [row.ref for row in added]
    return found | {lead_id: known[key].pk for lead_id, key in keys.items() if key}


def _people(turning: _Turning, conversions: Sequence[ConversionDraft], companies: dict[UUID, UUID]) -> dict[UUID, UUID]:
    """Return the person of each lead, adding those that are not known."""
    actor, leads = turning.actor, turning.leads
    found = {each.lead_id: each.person_id for each in conversions if each.person_id}
    Person.many_for(actor, Verb.VIEW, found.values())
    addresses = {lead.email for lead in leads.values() if lead.email and lead.pk not in found}
    rows = Person.for_actor(actor).filter(email__in=addresses).order_by("-created_at", "-pk")
    known = {row.email: row.pk for row in rows}  # of several with one address, the oldest
    found |= {lead.pk: known[lead.email] for lead in leads.values() if lead.pk not in found and lead.email in known}
    missing = [lead for lead in leads.values() if lead.pk not in found]
    people = [
        PersonDraft(**({"name": lead.name} | turning.brings(lead, "person")), company_id=companies.get(lead.pk))
        for lead in missing
    ]
    added = add_people(actor=actor, as_of=turning.as_of, people=people) if people else []
    turning.made += [row.ref for row in added]
    return found | {lead.pk: person.pk for lead, person in zip(missing, added, strict=True)}


def _deals(
    turning: _Turning,
    conversions: Sequence[ConversionDraft],
    companies: dict[UUID, UUID],
    people: dict[UUID, UUID],
) -> dict[UUID, Deal]:
    """Open the deals that the conversions ask for, find those that they name, and return them by lead."""
    actor = turning.actor
    asked = {
        each.lead_id: _with_what_is_brought(
            replace(
                each.deal,
                company_id=each.deal.company_id or companies.get(each.lead_id),
                person_id=each.deal.person_id or people[each.lead_id],
            ),
            turning.brings(turning.leads[each.lead_id], "deal"),
        )
        for each in conversions
        if each.deal
    }
    opened = open_deals(actor=actor, as_of=turning.as_of, deals=list(asked.values())) if asked else []
    turning.made += [row.ref for row in opened]
    there = {each.lead_id: each.deal_id for each in conversions if each.deal_id and not each.deal}
    known = Deal.many_for(actor, Verb.VIEW, there.values())
    return dict(zip(asked, opened, strict=True)) | {lead: known[deal] for lead, deal in there.items()}


def _with_what_is_brought(draft: DealDraft, brings: dict[str, Any]) -> DealDraft:
    """Return a deal with what the lead brings where nobody has said anything; tags come together."""
    tags, custom = (*draft.tags, *brings.pop("tags", ())), {**brings.pop("custom", {}), **draft.custom}
    free = {name: value for name, value in brings.items() if getattr(draft, name) in (None, "", ())}
    return replace(draft, tags=tags, custom=custom, **free)


def _hand_on_touches(rows: Sequence[LeadConversion]) -> None:
    """Let the touches of leads be those of the people and companies that they became, too."""
    became = {row.lead_id: row for row in rows}
    touches = list(Touch.objects.filter(lead__in=became))
    for touch in touches:
        if touch.lead_id is not None:
            row = became[touch.lead_id]
            touch.person_id, touch.company_id = row.person_id, row.company_id
    Touch.objects.bulk_update(touches, ["person_id", "company_id"], batch_size=BATCH)


def _fact(row: LeadConversion) -> LeadConverted:
    person, company = Ref("person", row.person_id), Ref("company", row.company_id) if row.company_id else None
    deal = Ref("deal", row.deal_id) if row.deal_id else None
    return told(
        LeadConverted,
        row.lead,
        {},
        about=(person, company, deal),
        at=row.converted_at,
        person=person,
        company=company,
        deal=deal,
    )
