"""Routes of versions: what was adopted, what is being written and who approved it, and what differs."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from caudal.core.ids import Ref
from caudal.core.plans import difference
from caudal.kit.access import Actor, Verb
from caudal.kit.bodies import Body, version_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.plan.actions import (
    adopt_draft,
    begin_draft,
    change_draft,
    decide_draft,
    delete_draft,
    propose_draft,
    take_back_draft,
)
from caudal.plan.api.plan import PlanOut, plan_out
from caudal.plan.models import Origin, PlanDraft
from caudal.plan.queries import (
    Source,
    adopted_plan,
    adopted_versions,
    decisions_of,
    draft_called,
    draft_row,
    drafts_of,
    kept_plan,
    lines_of,
    source_called,
    text_numbered,
    text_review,
    text_row,
    texts_of,
)

router = Router()

PurposeIn = Literal["plan", "budget", "forecast"]


class DraftDecisionOut(Schema):
    """What somebody said of a proposal."""

    by: str
    at: datetime
    granted: bool
    note: str


class DraftOut(Schema):
    """A draft without its text, with what was said of it since it was last proposed."""

    id: str
    name: str
    purpose: str
    note: str
    state: str
    size: str
    starts_on: date
    origin: str
    begun_from: str
    sha256: str
    proposed_by: str | None
    proposed_at: datetime | None
    approved_at: datetime | None
    decisions: list[DraftDecisionOut]
    version: int
    changed_at: datetime
    changed_by: str


class WholeDraftOut(DraftOut):
    """A draft with its text and what a check says of it."""

    text: str
    findings: list[dict[str, Any]]
    broken: int | None


class DraftTextOut(Schema):
    """A text that a draft had: by whom it was saved, and when."""

    number: int
    sha256: str
    at: datetime
    by: str


class WholeDraftTextOut(DraftTextOut):
    """A text with its lines, each with the save by which it came and who made it."""

    text: str
    lines: list[dict[str, Any]]


class DraftTextsOut(Schema):
    """The texts of a draft, the last one first."""

    texts: list[DraftTextOut]


class DraftsOut(Schema):
    """Drafts, changed last first."""

    drafts: list[DraftOut]


class AdoptedPlanOut(Schema):
    """A plan as it was adopted."""

    id: str
    name: str
    size: str
    starts_on: date
    sha256: str
    adopted_at: datetime
    adopted_by: str


class AdoptedPlansOut(Schema):
    """The plans that were adopted, latest first: the first one counts."""

    versions: list[AdoptedPlanOut]


class DraftIn(Schema, extra="forbid"):
    """What a draft is begun from: a text, or an id or the name of a shipped plan; else the plan that counts."""

    begun_from: str = Field("", max_length=200)
    text: str | None = Field(None, min_length=1, max_length=1_000_000)
    name: str = Field("", max_length=200)
    purpose: PurposeIn = "plan"
    note: str = Field("", max_length=2000)
    starts_on: date | None = None
    size: str | None = Field(None, max_length=80)


class DraftChangeIn(Schema, extra="forbid"):
    """What is to be otherwise; what is left out stays."""

    name: str | None = Field(None, min_length=1, max_length=200)
    purpose: PurposeIn | None = None
    note: str | None = Field(None, max_length=2000)
    text: str | None = Field(None, min_length=1, max_length=1_000_000)
    starts_on: date | None = None
    size: str | None = Field(None, max_length=80)


class DraftDecisionIn(Schema, extra="forbid"):
    """Yes, or no with the reason."""

    granted: bool
    note: str = Field("", max_length=2000)


class DifferenceOut(Schema):
    """What two versions say differently; the shares by which ranges moved are exact texts."""

    added: int
    removed: int
    changed: int
    alike: int
    differences: list[dict[str, Any]]


class DifferenceQuery(Body):
    """Ids of adopted plans or drafts; the plan that counts where one is left out."""

    a: str = ""
    b: str = ""


@router.get("/plan/versions", response=AdoptedPlansOut)
@needs("plan")
def list_versions(request: HttpRequest) -> dict[str, Any]:
    """Return the plans that were adopted."""
    return {
        "versions": [
            {
                "id": str(each.ref),
                "name": each.name,
                "size": each.version_name,
                "starts_on": each.starts_on,
                "sha256": each.sha256,
                "adopted_at": each.created_at,
                "adopted_by": each.created_by,
            }
            for each in adopted_versions(actor_of(request))
        ]
    }


@router.get("/plan/differences", response=DifferenceOut)
@needs("plan")
def get_differences(request: HttpRequest, query: Query[DifferenceQuery]) -> dict[str, Any]:
    """Say what version b says differently from version a."""
    actor = actor_of(request)
    before, after = (
        kept_plan(actor, Ref.parse(called)) if called else adopted_plan(actor)[1] for called in (query.a, query.b)
    )
    return difference(before, after).to_json()


@router.get("/plan-drafts", response=DraftsOut)
@needs("plan_draft")
def list_drafts(request: HttpRequest) -> dict[str, Any]:
    """Return the drafts of plans, budgets and forecasts, changed last first."""
    found = drafts_of(actor_of(request))
    decisions = decisions_of(found)
    return {"drafts": [draft_row(draft, decisions[draft.pk]) for draft in found]}


@router.post("/plan-drafts", response={201: WholeDraftOut})
@needs("plan_draft", Verb.CREATE)
def post_draft(request: HttpRequest, body: DraftIn) -> Status[dict[str, Any]]:
    """Begin a draft."""
    actor = actor_of(request)
    source = (
        source_called(actor, body.begun_from)
        if body.text is None
        else Source(body.text, body.name, Origin.FILE, body.begun_from or "plan.toml")
    )
    draft = begin_draft(
        actor=actor,
        as_of=now(),
        source=source,
        name=body.name,
        purpose=body.purpose,
        note=body.note,
        starts_on=body.starts_on,
        version_name=body.size,
    )
    return Status(201, whole_row(draft))


@router.get("/plan-drafts/{draft_id}", response=WholeDraftOut)
@needs("plan_draft")
def get_draft(request: HttpRequest, draft_id: str) -> dict[str, Any]:
    """Return a draft with its text and what a check says of it."""
    return whole_row(found(actor_of(request), draft_id))


@router.patch("/plan-drafts/{draft_id}", response=WholeDraftOut)
@needs("plan_draft", Verb.CHANGE)
def patch_draft(request: HttpRequest, draft_id: str, body: DraftChangeIn) -> dict[str, Any]:
    """Write on a draft; If-Match says which version was read. A text with mistakes is kept as well."""
    given = {key: value for key, value in body.dict(exclude_unset=True).items() if value is not None}
    if "size" in given:
        given["version_name"] = given.pop("size")
    draft = change_draft(
        actor=actor_of(request),
        as_of=now(),
        draft_id=Ref.parse(draft_id, PlanDraft.kind).id,
        expected_version=version_of(request),
        **given,
    )
    return whole_row(draft)


@router.delete("/plan-drafts/{draft_id}", response={204: None})
@needs("plan_draft", Verb.DELETE)
def remove_draft(request: HttpRequest, draft_id: str) -> Status[None]:
    """Throw a draft away."""
    delete_draft(
        actor=actor_of(request),
        as_of=now(),
        draft_id=Ref.parse(draft_id, PlanDraft.kind).id,
        expected_version=version_of(request),
    )
    return Status(204, None)


@router.get("/plan-drafts/{draft_id}/texts", response=DraftTextsOut)
@needs("plan_draft")
def list_texts(request: HttpRequest, draft_id: str) -> dict[str, Any]:
    """Return the texts that a draft had, the last one first."""
    return {"texts": [text_row(each) for each in texts_of(found(actor_of(request), draft_id))]}


@router.get("/plan-drafts/{draft_id}/texts/{int:number}", response=WholeDraftTextOut)
@needs("plan_draft")
def get_text(request: HttpRequest, draft_id: str, number: int) -> dict[str, Any]:
    """Return one text of a draft, with the save by which each of its lines came."""
    draft = found(actor_of(request), draft_id)
    text = text_numbered(draft, number)
    lines = [
        {"number": each.number, "text": each.text, "save": each.written.number, "by": each.written.written_by}
        for each in lines_of(draft, number)
    ]
    return text_row(text) | {"text": text.text, "lines": lines}


@router.post("/plan-drafts/{draft_id}/proposal", response=DraftOut)
@needs("plan_draft", Verb.CHANGE)
def post_proposal(request: HttpRequest, draft_id: str) -> dict[str, Any]:
    """Ask two others to approve a draft; one with mistakes is refused with all of them."""
    draft = propose_draft(actor=actor_of(request), as_of=now(), draft_id=Ref.parse(draft_id, PlanDraft.kind).id)
    return row(draft)


@router.delete("/plan-drafts/{draft_id}/proposal", response=DraftOut)
@needs("plan_draft", Verb.CHANGE)
def remove_proposal(request: HttpRequest, draft_id: str) -> dict[str, Any]:
    """Take a proposal back."""
    draft = take_back_draft(actor=actor_of(request), as_of=now(), draft_id=Ref.parse(draft_id, PlanDraft.kind).id)
    return row(draft)


@router.post("/plan-drafts/{draft_id}/decisions", response=DraftOut)
@needs("plan_approval", Verb.CREATE)
def post_decision(request: HttpRequest, draft_id: str, body: DraftDecisionIn) -> dict[str, Any]:
    """Approve a proposal, or send it back; people do, keys do not."""
    draft = decide_draft(
        actor=actor_of(request),
        as_of=now(),
        draft_id=Ref.parse(draft_id, PlanDraft.kind).id,
        granted=body.granted,
        note=body.note,
    )
    return row(draft)


@router.post("/plan-drafts/{draft_id}/adoption", response={201: PlanOut})
@needs("plan", Verb.CREATE)
def post_adoption(request: HttpRequest, draft_id: str) -> Status[PlanOut]:
    """Make an approved plan the plan that counts."""
    actor = actor_of(request)
    adopt_draft(actor=actor, as_of=now(), draft_id=Ref.parse(draft_id, PlanDraft.kind).id)
    return Status(201, plan_out(*adopted_plan(actor)))


def found(actor: Actor, draft_id: str) -> PlanDraft:
    """Return the draft that an address names."""
    return draft_called(actor, Ref.parse(draft_id, PlanDraft.kind).id)


def row(draft: PlanDraft) -> dict[str, Any]:
    """Return a draft as lists tell it."""
    return draft_row(draft, decisions_of([draft])[draft.pk])


def whole_row(draft: PlanDraft) -> dict[str, Any]:
    """Return a draft with its text, and what a check says of it."""
    checked = text_review(draft.text)
    findings = [
        {
            "code": each.code,
            "severity": each.severity.value,
            "line": each.place.line,
            "column": each.place.column,
            "name": each.place.name,
            "message": each.told(),
        }
        for each in checked.findings
    ]
    broken = len(checked.review.broken) if checked.review else None
    return row(draft) | {"text": draft.text, "findings": findings, "broken": broken}
