"""Leads that files say have become somebody, a company or a deal."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from caudal.core.errors import msg
from caudal.crm.actions.conversion import convert_leads
from caudal.crm.actions.drafts import ConversionDraft
from caudal.crm.imports.desks import Desk
from caudal.crm.imports.findings import Tally
from caudal.crm.imports.planning import NOUNS
from caudal.crm.imports.rows import Row
from caudal.crm.imports.surveys import Survey
from caudal.crm.imports.vocabulary import BY_KIND, Kind
from caudal.crm.models import Deal, Lead, LeadConversion, LeadDisqualification
from caudal.workspace.queries import externals

SAYING: Final = {
    Kind.LEADS: frozenset({"is_converted", "converted", "deal_key", "person_key"}),
    Kind.DEALS: frozenset({"lead_key"}),
}


def tells_conversions(survey: Survey) -> bool:
    """Say whether a table tells what became of leads."""
    return bool(SAYING.get(survey.kind, frozenset()) & survey.recognition.places.keys())


def convert(desk: Desk, survey: Survey, rows: Sequence[Row], tally: Tally) -> None:
    """Turn the leads that these rows say were turned; one that has ended already stays as it is."""
    drafts = _of_deals(desk, rows) if survey.kind is Kind.DEALS else _of_leads(desk, survey, rows, tally)
    unique = {draft.lead_id: draft for draft in reversed(drafts)}
    ended = {
        *LeadConversion.objects.filter(lead__in=unique).values_list("lead_id", flat=True),
        *LeadDisqualification.objects.filter(lead__in=unique).values_list("lead_id", flat=True),
    }
    deals = [draft.deal_id for draft in unique.values() if draft.deal_id]
    taken = set(LeadConversion.objects.filter(deal__in=deals).values_list("deal_id", flat=True))
    seen = Lead.for_actor(desk.actor).filter(pk__in=unique).values_list("pk", flat=True)
    waiting = [unique[pk] for pk in sorted(seen) if pk not in ended and unique[pk].deal_id not in taken]
    if waiting:
        convert_leads(actor=desk.actor, as_of=desk.as_of, conversions=waiting)


def _of_deals(desk: Desk, rows: Sequence[Row]) -> list[ConversionDraft]:
    """Deals that name the lead that they were."""
    desk.look_up(rows, BY_KIND[Kind.DEALS], "", Tally())
    own = externals(desk.source, NOUNS[Kind.DEALS], [row.key for row in rows])
    deals = {deal.pk: deal for deal in Deal.for_actor(desk.actor).filter(pk__in=[each.record for each in own.values()])}
    found = []
    for row in rows:
        lead, deal = desk.linked(row, "lead", Kind.LEADS), deals.get(own[row.key].record) if row.key in own else None
        if lead and deal:
            found.append(
                ConversionDraft(
                    lead_id=lead,
                    converted_at=row.values["opened_at"] or row.values["closed_at"] or desk.as_of,
                    person_id=deal.person_id,
                    company_id=deal.company_id,
                    deal_id=deal.pk,
                )
            )
    return found


def _of_leads(desk: Desk, survey: Survey, rows: Sequence[Row], tally: Tally) -> list[ConversionDraft]:
    """Leads that say that they were turned, and into what."""
    said = [
        row for row in rows if row.values.get("is_converted") or row.values.get("converted") or row.keys.get("deal")
    ]
    desk.look_up(said, BY_KIND[Kind.LEADS], "", Tally())
    own = externals(desk.source, NOUNS[Kind.LEADS], [row.key for row in said])
    found = []
    for row in said:
        if row.key not in own:
            continue
        at: datetime | None = row.values.get("converted")
        if at is None:
            tally.note(
                "import.converted_without_day",
                msg("Leads that were converted on no day that the file says came in as open ones."),
                file=survey.name,
                line=row.line,
            )
            continue
        links = {name: desk.linked(row, name, kind) for name, kind in _LINKS.items()}
        found.append(
            ConversionDraft(
                lead_id=own[row.key].record,
                converted_at=at,
                person_id=links["person"],
                company_id=links["company"],
                deal_id=links["deal"],
            )
        )
    return found


_LINKS: Final = {"person": Kind.PEOPLE, "company": Kind.COMPANIES, "deal": Kind.DEALS}
