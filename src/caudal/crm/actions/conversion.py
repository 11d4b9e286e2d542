"""Turning leads into people, companies and deals."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from caudal.core.ids import Ref
from caudal.crm.actions.deals import open_deals
from caudal.crm.actions.drafts import CompanyDraft, ConversionDraft, PersonDraft
from caudal.crm.actions.leads import still_open
from caudal.crm.actions.parties import BATCH, add_companies, add_people
from caudal.crm.actions.telling import told
from caudal.crm.events import LeadConverted
from caudal.crm.models import Company, Deal, Lead, LeadConversion, LeadDisqualification, Person
from caudal.kit.access import Actor, Verb
from caudal.kit.actions import action
from caudal.kit.names import name_key
from caudal.kit.outbox import publish_many

P = TypeVar("P", Company, Person)


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
    _all_open(leads)
    drafts = _with_companies(actor, as_of, conversions, leads)
    drafts = _with_people(actor, as_of, drafts, leads)
    deals = _deals(actor, as_of, drafts, leads)
    rows = [
        LeadConversion(
            lead=leads[draft.lead_id],
            person_id=person_id,
            company_id=draft.company_id,
            deal=deals.get(draft.lead_id),
            converted_at=draft.converted_at,
            converted_by=actor.id,
        )
        for draft in drafts
        if (person_id := draft.person_id) is not None
    ]
    assert len(rows) == len(drafts), "a conversion without its person"
    LeadConversion.objects.bulk_create(rows, batch_size=BATCH)
    for lead in leads.values():
        lead.open_email, lead.version, lead.changed_at, lead.changed_by = None, lead.version + 1, as_of, actor.id
    Lead.objects.bulk_update(leads.values(), ["open_email", "version", "changed_at", "changed_by"], batch_size=BATCH)
    publish_many((_fact(row) for row in rows), actor=actor, occurred_at=as_of)
    return rows


def _all_open(leads: dict[UUID, Lead]) -> None:
    ended = {
        *LeadConversion.objects.filter(lead__in=leads).values_list("lead_id", flat=True),
        *LeadDisqualification.objects.filter(lead__in=leads).values_list("lead_id", flat=True),
    }
    for lead in leads.values():
        if lead.pk in ended:
            still_open(lead)


def _with_companies(
    actor: Actor, as_of: datetime, drafts: Sequence[ConversionDraft], leads: dict[UUID, Lead]
) -> list[ConversionDraft]:
    """Fill in the company that each lead names, adding those that are not known."""
    Company.many_for(actor, Verb.VIEW, [each.company_id for each in drafts if each.company_id])
    wanted: dict[str, CompanyDraft] = {}
    for draft in drafts:
        lead = leads[draft.lead_id]
        if draft.company_id is None and lead.company_name.strip():
            wanted.setdefault(name_key(lead.company_name), CompanyDraft(name=lead.company_name, owner_id=lead.owner_id))
    known = _oldest(
        (row.name_key, row) for row in Company.for_actor(actor).filter(name_key__in=wanted).order_by("created_at", "pk")
    )
    new = {key: draft for key, draft in wanted.items() if key not in known}
    if new:
        known |= zip(new, add_companies(actor=actor, as_of=as_of, companies=list(new.values())), strict=True)
    return [
        draft
        if draft.company_id or not leads[draft.lead_id].company_name.strip()
        else replace(draft, company_id=known[name_key(leads[draft.lead_id].company_name)].pk)
        for draft in drafts
    ]


def _with_people(
    actor: Actor, as_of: datetime, drafts: Sequence[ConversionDraft], leads: dict[UUID, Lead]
) -> list[ConversionDraft]:
    """Fill in the person with each lead's address, adding those that are not known."""
    Person.many_for(actor, Verb.VIEW, [each.person_id for each in drafts if each.person_id])
    addresses = {lead.email for lead in leads.values() if lead.email}
    known = _oldest(
        (row.email, row) for row in Person.for_actor(actor).filter(email__in=addresses).order_by("created_at", "pk")
    )
    missing = [draft for draft in drafts if draft.person_id is None and leads[draft.lead_id].email not in known]
    people = [
        PersonDraft(
            name=leads[draft.lead_id].name,
            email=leads[draft.lead_id].email,
            phone=leads[draft.lead_id].phone,
            company_id=draft.company_id,
            owner_id=leads[draft.lead_id].owner_id,
        )
        for draft in missing
    ]
    added = add_people(actor=actor, as_of=as_of, people=people) if people else []
    new = {draft.lead_id: person for draft, person in zip(missing, added, strict=True)}
    return [
        draft
        if draft.person_id
        else replace(draft, person_id=(new.get(draft.lead_id) or known[leads[draft.lead_id].email]).pk)
        for draft in drafts
    ]


def _deals(
    actor: Actor, as_of: datetime, drafts: Sequence[ConversionDraft], leads: dict[UUID, Lead]
) -> dict[UUID, Deal]:
    """Open the deals that the conversions ask for, and return them by lead."""
    asked = [
        (
            draft.lead_id,
            replace(
                draft.deal,
                company_id=draft.deal.company_id or draft.company_id,
                person_id=draft.deal.person_id or draft.person_id,
                owner_id=draft.deal.owner_id or leads[draft.lead_id].owner_id,
                pillar_id=draft.deal.pillar_id or leads[draft.lead_id].pillar_id,
            ),
        )
        for draft in drafts
        if draft.deal
    ]
    if not asked:
        return {}
    opened = open_deals(actor=actor, as_of=as_of, deals=[deal for _, deal in asked])
    return {lead_id: deal for (lead_id, _), deal in zip(asked, opened, strict=True)}


def _oldest(pairs: Iterable[tuple[str | None, P]]) -> dict[str | None, P]:
    found: dict[str | None, P] = {}
    for key, row in pairs:
        found.setdefault(key, row)
    return found


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
