"""Writing rows of one kind by the actions that everybody else uses."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from caudal.catalog.actions import add_product, change_product
from caudal.catalog.queries import product
from caudal.core.errors import msg
from caudal.crm.actions.deals import change_deal, open_deals
from caudal.crm.actions.drafts import CloseDraft, CompanyDraft, DealDraft, LeadDraft, PersonDraft, StageStep
from caudal.crm.actions.leads import capture_leads, change_lead
from caudal.crm.actions.parties import add_companies, add_people, change_company, change_person
from caudal.crm.actions.restating import restate_deal
from caudal.crm.actions.stages import change_stage
from caudal.crm.imports.desks import Desk, Lane
from caudal.crm.imports.lines import set_lines
from caudal.crm.imports.logbook import Activities
from caudal.crm.imports.rivals import see_rivals
from caudal.crm.imports.routes import stage_key
from caudal.crm.imports.rows import Row
from caudal.crm.imports.vocabulary import LABELS, Kind
from caudal.crm.models import Company, Deal, Lead, Outcome, Person, Stage, StageStay
from caudal.crm.queries import criteria, lacking_already
from caudal.kit.access import Verb
from caudal.kit.names import name_key
from caudal.workspace.actions import add_member, change_member
from caudal.workspace.queries import member_of_team


class Writer(Protocol):
    """Writes rows of one kind."""

    def create(self, desk: Desk, rows: Sequence[Row]) -> list[UUID]:
        """Make a row of ours for each, in their order."""

    def update(self, desk: Desk, row: Row, record: UUID) -> bool:
        """Make a row of ours say what the file says; return whether that changed anything."""


COMPANY_TEXTS: Final = ("sector", "country", "region", "city", "postal_code", "street", "phone", "sales_model")
PERSON_TEXTS: Final = ("given_name", "family_name", "phone", "job_title", "language", "country", "city")


class Companies:
    """Rows of companies. A parent that comes later in the file is linked once all of them are in."""

    def create(self, desk: Desk, rows: Sequence[Row]) -> list[UUID]:
        """Add companies."""
        made = add_companies(
            actor=desk.actor,
            as_of=desk.as_of,
            companies=[
                CompanyDraft(**_texts(row, *COMPANY_TEXTS), **self._given(desk, row), **_tags(row), custom=row.custom)
                for row in rows
            ],
        )
        for row, company in zip(rows, made, strict=True):
            desk.ids[Kind.COMPANIES].setdefault(name_key(str(row.values["name"])), company.pk)
        return [company.pk for company in made]

    def update(self, desk: Desk, row: Row, record: UUID) -> bool:
        """Change a company."""
        company = Company.one_for(desk.actor, Verb.CHANGE, record)
        values = _texts(row, *COMPANY_TEXTS) | self._given(desk, row) | _tags(row, company.tags) | _custom(company, row)
        after = change_company(actor=desk.actor, as_of=desk.as_of, company_id=record, **values)
        return after.version != company.version

    def _given(self, desk: Desk, row: Row) -> dict[str, Any]:
        given = {name: row.values[name] for name in ("name", "domain", "employees") if name in row.values}
        if desk.linked(row, "parent", Kind.COMPANIES):
            given["parent_id"] = desk.linked(row, "parent", Kind.COMPANIES)
        elif row.names.get("parent") in desk.ids[Kind.COMPANIES]:
            given["parent_id"] = desk.named(Kind.COMPANIES, row, "parent")
        return given | desk.links(row, owner=Kind.MEMBERS)


class Products:
    """Rows of products."""

    def create(self, desk: Desk, rows: Sequence[Row]) -> list[UUID]:
        """Add products."""
        made = []
        for row in rows:
            added = add_product(actor=desk.actor, as_of=desk.as_of, **self._given(row), custom=row.custom)
            desk.ids[Kind.PRODUCTS].setdefault(name_key(added.name), added.pk)
            made.append(added.pk)
        return made

    def update(self, desk: Desk, row: Row, record: UUID) -> bool:
        """Change a product."""
        before = product(desk.actor, record)
        values = self._given(row) | _custom(before, row)
        after = change_product(actor=desk.actor, as_of=desk.as_of, product_id=record, **values)
        return after.version != before.version

    def _given(self, row: Row) -> dict[str, Any]:
        given: dict[str, Any] = {"name": row.values["name"], **_texts(row, "unit")}
        if "list_price" in row.values:
            given["list_price"] = row.values["list_price"]
        if row.values.get("sku"):
            given["sku"] = row.values["sku"]
        return given


class Members:
    """Rows of members, without a way to sign in; what they sell under whom is their team."""

    def create(self, desk: Desk, rows: Sequence[Row]) -> list[UUID]:
        """Add members."""
        made = []
        for row in rows:
            member = add_member(
                actor=desk.actor,
                as_of=desk.as_of,
                **self._given(desk, row),
                role=self._role(desk, row),
                custom=row.custom,
            )
            desk.ids[Kind.MEMBERS].setdefault(name_key(member.name), member.pk)
            made.append(member.pk)
        return made

    def update(self, desk: Desk, row: Row, record: UUID) -> bool:
        """Change a member. What they may do and how they sign in is not for a file to say."""
        member = member_of_team(desk.actor, record)
        version = member.version
        values = {name: value for name, value in self._given(desk, row).items() if name != "email" or not member.email}
        change_member(actor=desk.actor, as_of=desk.as_of, member=member, **values, **_custom(member, row))
        return member.version != version

    def _given(self, desk: Desk, row: Row) -> dict[str, Any]:
        given = {name: row.values[name] for name in ("name", "email") if row.values.get(name)}
        if desk.placing and ("team" in row.values or "manager" in row.names):
            given["team"] = desk.placing.team_of(name_key(str(row.values["name"])))
        return given

    def _role(self, desk: Desk, row: Row) -> str:
        return "manager" if desk.placing and desk.placing.leads(name_key(str(row.values["name"]))) else "rep"


class People:
    """Rows of people."""

    def create(self, desk: Desk, rows: Sequence[Row]) -> list[UUID]:
        """Add people."""
        drafts = [
            PersonDraft(**self._given(desk, row), **_further(row), **_tags(row), custom=row.custom) for row in rows
        ]
        return [person.pk for person in add_people(actor=desk.actor, as_of=desk.as_of, people=drafts)]

    def update(self, desk: Desk, row: Row, record: UUID) -> bool:
        """Change a person."""
        person = Person.one_for(desk.actor, Verb.CHANGE, record)
        values = self._given(desk, row) | _further(row, person) | _tags(row, person.tags) | _custom(person, row)
        after = change_person(actor=desk.actor, as_of=desk.as_of, person_id=record, **values)
        return after.version != person.version

    def _given(self, desk: Desk, row: Row) -> dict[str, Any]:
        texts = _texts(row, *PERSON_TEXTS)
        parts = (texts.get("given_name"), texts.get("family_name"))
        name = row.values.get("name") or " ".join(filter(None, parts)) or row.values.get("email") or row.key
        email = {"email": row.values["email"]} if "email" in row.values else {}
        return {"name": name, **texts, **email, **desk.links(row, company=Kind.COMPANIES, owner=Kind.MEMBERS)}


class Leads:
    """Rows of leads. One with the address of an open lead is that lead."""

    def create(self, desk: Desk, rows: Sequence[Row]) -> list[UUID]:
        """Capture leads."""
        drafts = [
            LeadDraft(
                **self._given(desk, row),
                **_tags(row),
                captured_at=row.values.get("captured") or desk.as_of,
                custom=row.custom,
            )
            for row in rows
        ]
        return [each.lead.pk for each in capture_leads(actor=desk.actor, as_of=desk.as_of, leads=drafts)]

    def update(self, desk: Desk, row: Row, record: UUID) -> bool:
        """Change a lead."""
        lead = Lead.one_for(desk.actor, Verb.CHANGE, record)
        values = self._given(desk, row) | _tags(row, lead.tags) | _custom(lead, row)
        after = change_lead(actor=desk.actor, as_of=desk.as_of, lead_id=record, **values)
        return after.version != lead.version

    def _given(self, desk: Desk, row: Row) -> dict[str, Any]:
        texts = _texts(row, "company_name", "phone", "channel")
        name = row.values.get("name") or texts.get("company_name") or row.values.get("email") or row.key
        email = {"email": row.values["email"]} if "email" in row.values else {}
        return {"name": name, **texts, **email, **desk.links(row, owner=Kind.MEMBERS)}


class Stages:
    """Rows of stages: those that were missing are there already, for deals go through them."""

    def create(self, desk: Desk, rows: Sequence[Row]) -> list[UUID]:
        """Return the stages."""
        return [
            desk.lanes[name_key(str(row.values.get("pipeline") or ""))].stages[stage_key(str(row.values["name"]))]
            for row in rows
        ]

    def update(self, desk: Desk, row: Row, record: UUID) -> bool:
        """Change the probability of a stage, and its days."""
        before = Stage.one_for(desk.actor, Verb.CHANGE, record).version
        values = {name: row.values[name] for name in ("probability", "days_to_rot") if row.values.get(name) is not None}
        after = change_stage(actor=desk.actor, as_of=desk.as_of, stage_id=record, **values)
        return after.version != before


class Deals:
    """Rows of deals, with the history that their stage and days tell.

    Where a file does not say in which stage a deal closed, it counts as having come through to the last one.
    """

    def create(self, desk: Desk, rows: Sequence[Row]) -> list[UUID]:
        """Open deals."""
        people = desk.people_by_name(rows)
        drafts = [
            DealDraft(
                **self._given(desk, row, people),
                **_tags(row),
                pipeline_id=desk.lane(row).pipeline,
                opened_at=row.values["opened_at"],
                custom=row.custom,
                stages=self._steps(desk, row, desk.as_of),
                close=self._close(row),
            )
            for row in rows
        ]
        made = open_deals(actor=desk.actor, as_of=desk.as_of, deals=drafts)
        rows_of = {deal.pk: row for deal, row in zip(made, rows, strict=True)}
        set_lines(desk, rows_of)
        see_rivals(desk, rows_of)
        self._tell_gaps(desk, rows, made)
        return [deal.pk for deal in made]

    def update(self, desk: Desk, row: Row, record: UUID) -> bool:
        """Change a deal, and restate its history where that differs."""
        deal = Deal.one_for(desk.actor, Verb.CHANGE, record)
        values = self._given(desk, row, desk.people_by_name([row])) | _tags(row, deal.tags) | _custom(deal, row)
        if set_lines(desk, {record: row}):
            values.pop("amount", None)
        change_deal(actor=desk.actor, as_of=desk.as_of, deal_id=record, restated=True, **values)
        last = StageStay.objects.filter(deal=deal).order_by("entered_at", "pk").last()
        arrived = last.entered_at if last and row.values["opened_at"] is None and not row.values["closed_at"] else None
        restate_deal(
            actor=desk.actor,
            as_of=desk.as_of,
            deal_id=record,
            opened_at=row.values["opened_at"],
            stages=self._steps(desk, row, arrived or desk.as_of),
            close=self._close(row),
        )
        see_rivals(desk, {record: row})
        return Deal.one_for(desk.actor, Verb.CHANGE, record).version != deal.version

    def _tell_gaps(self, desk: Desk, rows: Sequence[Row], made: Sequence[Deal]) -> None:
        """Say which deals lack what the stages that they have left ask for: the board will ask for it."""
        outcomes = {deal.pk: row.values["outcome"] for row, deal in zip(rows, made, strict=True)}
        still = [deal for deal in made if outcomes[deal.pk] != Outcome.LOST]
        won = {pk for pk, outcome in outcomes.items() if outcome == Outcome.WON}
        lacking = lacking_already(still, won=won, actor=desk.actor, as_of=desk.as_of)
        labels = {name: str(label) for name, label in criteria()} if lacking else {}
        file, tally = desk.told_to
        for row, deal in zip(rows, made, strict=True):
            if deal.pk in lacking:
                tally.note(
                    "import.deal_lacks",
                    msg("Deals came in without {fields}, which the stages that they have left ask for."),
                    file=file,
                    line=row.line,
                    fields=", ".join(labels.get(name, name) for name in lacking[deal.pk]),
                )

    def _given(self, desk: Desk, row: Row, people: Mapping[tuple[str, UUID | None], UUID]) -> dict[str, Any]:
        said = [desk.plan.display(kind, key) for name, kind in (("company", Kind.COMPANIES), ("product", Kind.PRODUCTS))
                if (key := row.names.get(name))]  # fmt: skip
        given: dict[str, Any] = {"name": row.values.get("name") or " · ".join(said)[:200] or row.key}
        given |= {name: row.values[name] for name in ("amount", "expected_close_date") if name in row.values}
        given |= _texts(row, "sales_model")
        given |= desk.links(row, company=Kind.COMPANIES, person=Kind.PEOPLE, product=Kind.PRODUCTS, owner=Kind.MEMBERS)
        if row.values.get("person") and "person_id" not in given:
            called = name_key(str(row.values["person"]))
            person = people.get((called, given.get("company_id"))) or people.get((called, None))
            given |= {"person_id": person} if person else {}
            if not person:
                desk.miss(row, str(row.values["person"]), LABELS[Kind.PEOPLE])
        return given

    def _steps(self, desk: Desk, row: Row, otherwise_at: datetime) -> tuple[StageStep, ...]:
        lane, key = desk.lane(row), row.values["stage"]
        history = row.values.get("history")
        if history and self._holds(lane, row, history):
            return tuple(StageStep(stage_id=lane.stages[name], entered_at=at) for name, at in history)
        if history:
            file, tally = desk.told_to
            tally.note(
                "import.history_left",
                msg("Deals came in without the stages that they went through: those are not all in their pipeline, are "
                    "not in the order of time, or do not end where the deal is."),
                file=file,
                line=row.line,
            )  # fmt: skip
        stage = lane.stages[key] if key else lane.last if row.values["outcome"] else lane.first
        entered_at = row.values["opened_at"] or row.values["closed_at"] or otherwise_at
        return (StageStep(stage_id=stage, entered_at=entered_at),)

    def _holds(self, lane: Lane, row: Row, history: Sequence[tuple[str, datetime]]) -> bool:
        """Say whether a history can be true: its stages are there, it goes on in time and ends where the deal is."""
        instants = [at for _, at in history] + ([row.values["closed_at"]] if row.values["closed_at"] else [])
        here = row.values["stage"]
        return (
            all(name in lane.stages for name, _ in history)
            and instants == sorted(instants)
            and (not here or history[-1][0] == here)
        )

    def _close(self, row: Row) -> CloseDraft | None:
        outcome = row.values["outcome"]
        if not outcome:
            return None
        return CloseDraft(
            outcome=outcome,
            closed_at=row.values["closed_at"],
            reason=row.values.get("reason") or "",
            note=row.values.get("note") or "",
        )


WRITERS: Mapping[Kind, Writer] = {
    Kind.MEMBERS: Members(),
    Kind.PRODUCTS: Products(),
    Kind.COMPANIES: Companies(),
    Kind.PEOPLE: People(),
    Kind.LEADS: Leads(),
    Kind.PIPELINES: Stages(),
    Kind.DEALS: Deals(),
    Kind.ACTIVITIES: Activities(),
}


def _texts(row: Row, *names: str) -> dict[str, Any]:
    """Texts of a row; an empty cell is an empty text."""
    return {name: row.values[name] or "" for name in names if name in row.values}


def _further(row: Row, person: Person | None = None) -> dict[str, Any]:
    """The further addresses and numbers that the file gives somebody beside those they have: a file takes none off."""
    found: dict[str, Any] = {}
    for name, first in (("other_emails", "email"), ("other_phones", "phone")):
        if said := row.values.get(name):
            borne = getattr(person, name) if person else []
            main = row.values.get(first) or getattr(person, first, "")
            found[name] = [each for each in dict.fromkeys([*borne, *said]) if each != main]
    return found


def _custom(record: Any, row: Row) -> dict[str, Any]:
    """The fields of one's own with what the file says of them; others stay."""
    return {"custom": {**record.custom, **row.custom}} if row.custom else {}


def _tags(row: Row, borne: Sequence[str] = ()) -> dict[str, Any]:
    """The tags that the file gives a row beside those that it bears already: a file takes none off."""
    said = str(row.values.get("tags") or "").replace(";", ",").split(",")
    return {"tags": [*borne, *said]} if any(map(str.strip, said)) else {}
