"""Leads that files say have ended: become somebody, a company or a deal, or gone no further."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Final
from uuid import UUID

from caudal.core.errors import msg
from caudal.crm.actions.conversion import convert_leads
from caudal.crm.actions.drafts import ConversionDraft, DisqualificationDraft
from caudal.crm.actions.leads import disqualify_leads
from caudal.crm.imports.desks import Desk
from caudal.crm.imports.findings import Tally
from caudal.crm.imports.planning import NOUNS
from caudal.crm.imports.rows import Row
from caudal.crm.imports.surveys import Survey
from caudal.crm.imports.vocabulary import BY_KIND, Kind
from caudal.crm.models import Deal, Lead, LeadConversion, LeadDisqualification, Person
from caudal.kit.names import name_key
from caudal.workspace.queries import externals

SAYING: Final = {
    Kind.LEADS: frozenset(
        {"is_converted", "converted", "deal_key", "person_key", "state", "disqualified", "disqualify_reason"}
    ),
    Kind.DEALS: frozenset({"lead_key"}),
}


def tells_conversions(survey: Survey) -> bool:
    """Say whether a table tells how leads ended."""
    return bool(SAYING.get(survey.kind, frozenset()) & survey.recognition.places.keys())


_CONVERTED: Final = (
    (
        "import.converted_before_captured",
        msg("Leads that were converted before they were captured count as converted when they were captured."),
    ),
    (
        "import.converted_without_day",
        msg("Leads converted on a day that the file does not say count as converted when they were captured."),
    ),
)
_GIVEN_UP: Final = (
    (
        "import.disqualified_before_captured",
        msg("Leads that were disqualified before they were captured count as disqualified when they were captured."),
    ),
    (
        "import.disqualified_without_day",
        msg("Leads disqualified on a day that the file does not say count as disqualified when they were captured."),
    ),
)
"""What is told of a day before the one of capture, and of none."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A lead that a row says was turned, into what, and when if the row knows."""

    lead: UUID
    at: datetime | None
    line: int
    person: UUID | None
    company: UUID | None
    deal: UUID | None


def convert(desk: Desk, survey: Survey, rows: Sequence[Row], zone: tzinfo, tally: Tally) -> None:
    """Turn the leads that these rows say were turned; one that has ended already stays as it is."""
    turns = _of_deals(desk, rows) if survey.kind is Kind.DEALS else _of_leads(desk, rows)
    unique = {turn.lead: turn for turn in reversed(turns)}
    ended = _ended(unique)
    deals = [turn.deal for turn in unique.values() if turn.deal]
    taken = set(LeadConversion.objects.filter(deal__in=deals).values_list("deal_id", flat=True))
    captured = dict(Lead.for_actor(desk.actor).filter(pk__in=unique).values_list("pk", "captured_at"))
    waiting = []
    for pk in sorted(captured.keys() - ended):
        turn = unique[pk]
        if turn.deal in taken:
            continue
        at = _moment(turn, captured[pk], zone, survey.name, tally, _CONVERTED)
        if at:
            waiting.append(
                ConversionDraft(
                    lead_id=pk, converted_at=at, person_id=turn.person, company_id=turn.company, deal_id=turn.deal
                )
            )
    if waiting:
        convert_leads(actor=desk.actor, as_of=desk.as_of, conversions=waiting)


def give_up(desk: Desk, survey: Survey, rows: Sequence[Row], zone: tzinfo, tally: Tally) -> None:
    """Give up the leads that these rows say go no further; one that has ended already stays as it is."""
    said = {row.key: row for row in rows if row.values.get("given_up_for")} if survey.kind is Kind.LEADS else {}
    own = externals(desk.source, NOUNS[Kind.LEADS], list(said)) if said else {}
    lost = {own[key].record: row for key, row in reversed(said.items()) if key in own}
    captured = dict(Lead.for_actor(desk.actor).filter(pk__in=lost).values_list("pk", "captured_at"))
    waiting = []
    for pk in sorted(captured.keys() - _ended(lost)):
        values = lost[pk].values
        turn = Turn(pk, values.get("disqualified"), lost[pk].line, None, None, None)
        at = _moment(turn, captured[pk], zone, survey.name, tally, _GIVEN_UP)
        if at:
            waiting.append(
                DisqualificationDraft(
                    lead_id=pk, reason=values["given_up_for"], note=values["given_up_note"], disqualified_at=at
                )
            )
    if waiting:
        disqualify_leads(actor=desk.actor, as_of=desk.as_of, disqualifications=waiting)


def _ended(leads: Iterable[UUID]) -> set[UUID]:
    """Those of these leads that have ended."""
    among = list(leads)
    return {
        *LeadConversion.objects.filter(lead__in=among).values_list("lead_id", flat=True),
        *LeadDisqualification.objects.filter(lead__in=among).values_list("lead_id", flat=True),
    }


def _moment(
    turn: Turn, captured: datetime, zone: tzinfo, file: str, tally: Tally, told: tuple[tuple[str, str], tuple[str, str]]
) -> datetime | None:
    """Return when the lead ended, which is never before it was captured; None where that may not be assumed."""
    if turn.at and turn.at.astimezone(zone).date() >= captured.astimezone(zone).date():
        return max(turn.at, captured)  # a file often has the hour of the one and the day of the other
    code, message = told[0] if turn.at else told[1]
    return captured if tally.choice(code, message, file=file, lines=(turn.line,)) else None


def _of_deals(desk: Desk, rows: Sequence[Row]) -> list[Turn]:
    """Deals that name the lead that they were."""
    desk.look_up(rows, BY_KIND[Kind.DEALS], "", Tally())
    own = externals(desk.source, NOUNS[Kind.DEALS], [row.key for row in rows])
    deals = {deal.pk: deal for deal in Deal.for_actor(desk.actor).filter(pk__in=[each.record for each in own.values()])}
    found = []
    for row in rows:
        lead, deal = desk.linked(row, "lead", Kind.LEADS), deals.get(own[row.key].record) if row.key in own else None
        if lead and deal:
            at = row.values["opened_at"] or row.values["closed_at"] or desk.as_of
            found.append(Turn(lead, at, row.line, deal.person_id, deal.company_id, deal.pk))
    return found


def _of_leads(desk: Desk, rows: Sequence[Row]) -> list[Turn]:
    """Leads that say that they were turned, and into what."""
    said = [
        row for row in rows if row.values.get("is_converted") or row.values.get("converted") or row.keys.get("deal")
    ]
    desk.look_up(said, BY_KIND[Kind.LEADS], "", Tally())
    own = externals(desk.source, NOUNS[Kind.LEADS], [row.key for row in said])
    turns = [
        Turn(
            own[row.key].record,
            row.values.get("converted"),
            row.line,
            *(desk.linked(row, name, kind) for name, kind in _LINKS.items()),
        )
        for row in said
        if row.key in own
    ]
    return _with_people(desk, turns, {own[row.key].record: row for row in said if row.key in own})


def _with_people(desk: Desk, turns: Sequence[Turn], rows: Mapping[UUID, Row]) -> list[Turn]:
    """Turns with whom they became where no key says it: the person of the deal, or the one so called at the company."""
    lacking = [turn for turn in turns if turn.person is None]
    if not lacking:
        return list(turns)
    deals = Deal.for_actor(desk.actor).filter(pk__in=[turn.deal for turn in lacking if turn.deal])
    buyers = dict(deals.values_list("pk", "person_id"))
    names = {turn.lead: name_key(str(rows[turn.lead].values.get("name") or "")) for turn in lacking}
    people = Person.for_actor(desk.actor).filter(
        name_key__in=set(names.values()), company__in=[turn.company for turn in lacking if turn.company]
    )
    called: dict[tuple[str, UUID | None], list[UUID]] = {}
    for pk, key, company in people.order_by("pk").values_list("pk", "name_key", "company_id"):
        called.setdefault((key, company), []).append(pk)
    found = []
    for turn in turns:
        alike = called.get((names.get(turn.lead, ""), turn.company), [])
        buyer = buyers.get(turn.deal) if turn.deal else None
        person = turn.person or buyer or (alike[0] if len(alike) == 1 else None)
        found.append(replace(turn, person=person))
    return found


_LINKS: Final = {"person": Kind.PEOPLE, "company": Kind.COMPANIES, "deal": Kind.DEALS}
