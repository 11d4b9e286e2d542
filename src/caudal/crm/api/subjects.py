"""Routes of consents, and of what is known of a person: handing it over, and erasing it."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime

from caudal.core.ids import Ref
from caudal.crm import actions, queries
from caudal.crm.actions.consents import ConsentDraft
from caudal.crm.actions.erasing import EraseReason, ErasureDraft
from caudal.crm.models import Consent, ConsentPurpose, ConsentSource, Erasure
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, public_id, row_id
from caudal.kit.pages import actor_of, needs
from caudal.kit.records import NotFound, in_sight
from caudal.kit.world import now

router = Router()


class ConsentBody(Body):
    """A person or a lead agreed to a purpose."""

    record_id: str
    purpose: ConsentPurpose
    wording: str
    """The text that they saw, word for word."""
    wording_version: str
    source: ConsentSource
    proof: str = ""
    given_at: AwareDatetime | None = None
    """Now, unless it says otherwise."""


class WithdrawalIn(Body):
    """How somebody took it back."""

    how: ConsentSource
    withdrawn_at: AwareDatetime | None = None


class ConsentOut(Schema):
    """What somebody agreed to."""

    id: str
    version: int
    person_id: str | None
    lead_id: str | None
    purpose: str
    wording: str
    wording_version: str
    source: str
    proof: str
    given_at: datetime
    withdrawn_at: datetime | None
    withdrawn_how: str


class ConsentQuery(Schema):
    """Whose."""

    record_id: str


class ErasureIn(Body):
    """Whom to erase is confirmed by name."""

    confirmation: str
    reason: EraseReason


class ErasureOut(Schema):
    """What went and what stayed."""

    record_id: str
    reason: str
    erased_at: datetime
    report: dict[str, Any]


class ReleaseIn(Body):
    """An address of somebody who was erased and came again."""

    address: str


@router.get("/consents", response=list[ConsentOut])
@needs("consent", Verb.VIEW)
def list_consents(request: HttpRequest, query: Query[ConsentQuery]) -> list[ConsentOut]:
    """List what a person or a lead agreed to: what holds first, then what was withdrawn."""
    ref = Ref.parse(query.record_id)
    if ref.kind not in queries.SUBJECTS or ref not in in_sight({ref}, actor_of(request)):
        raise NotFound(kind=ref.kind, id=ref)
    return [_consent(each) for each in queries.consents_of(ref)]


@router.post("/consents", response={201: ConsentOut})
@needs("consent", Verb.CREATE)
def note_consent(request: HttpRequest, body: ConsentBody) -> Status[ConsentOut]:
    """Note that somebody agreed."""
    said = body.dict()
    draft = ConsentDraft(about=Ref.parse(said.pop("record_id")), **said)
    return Status(201, _consent(actions.note_consent(actor=actor_of(request), as_of=now(), consent=draft)))


@router.post("/consents/{consent_id}/withdrawal", response=ConsentOut)
@needs("consent", Verb.CHANGE)
def withdraw_consent(request: HttpRequest, consent_id: str, body: WithdrawalIn) -> ConsentOut:
    """Note that somebody takes back what they agreed to."""
    row = actions.withdraw_consent(
        actor=actor_of(request),
        as_of=now(),
        consent_id=row_id(Consent.kind, consent_id),
        how=body.how,
        withdrawn_at=body.withdrawn_at,
    )
    return _consent(row)


@router.post("/subjects/{record_id}/export", response=dict[str, Any])
@needs("subject", Verb.EXPORT)
def export_subject(request: HttpRequest, record_id: str) -> dict[str, Any]:
    """Return everything that is known of a person, and tell that it was taken."""
    actor, as_of = actor_of(request), now()
    found = actions.note_subject_export(actor=actor, as_of=as_of, record=Ref.parse(record_id))
    return queries.dossier(found, actor=actor, as_of=as_of).json()


@router.post("/subjects/{record_id}/erasure", response={201: ErasureOut})
@needs("subject", Verb.DELETE)
def erase_subject(request: HttpRequest, record_id: str, body: ErasureIn) -> Status[ErasureOut]:
    """Erase a person for good: what is theirs, what speaks of them, and the past of both."""
    draft = ErasureDraft(record=Ref.parse(record_id), confirmation=body.confirmation, reason=body.reason)
    return Status(201, _erasure(actions.erase_subject(actor=actor_of(request), as_of=now(), erasure=draft)))


@router.get("/erasures", response=list[ErasureOut])
@needs("subject", Verb.VIEW)
def list_erasures(request: HttpRequest) -> list[ErasureOut]:
    """List what was erased, without saying who it was, the last first."""
    return [_erasure(each) for each in queries.erasures(actor_of(request))]


@router.post("/erasures/releases", response={204: None})
@needs("subject", Verb.CHANGE)
def release_address(request: HttpRequest, body: ReleaseIn) -> Status[None]:
    """Let an address of somebody who was erased be written down again."""
    actions.release_address(actor=actor_of(request), as_of=now(), address=body.address)
    return Status(204, None)


def _consent(row: Consent) -> ConsentOut:
    return ConsentOut(
        id=str(row.ref),
        version=row.version,
        person_id=public_id("person", row.person_id),
        lead_id=public_id("lead", row.lead_id),
        purpose=row.purpose,
        wording=row.wording,
        wording_version=row.wording_version,
        source=row.source,
        proof=row.proof,
        given_at=row.given_at,
        withdrawn_at=row.withdrawn_at,
        withdrawn_how=row.withdrawn_how,
    )


def _erasure(row: Erasure) -> ErasureOut:
    return ErasureOut(
        record_id=str(Ref(row.record_kind, row.record)),
        reason=row.reason,
        erased_at=row.erased_at,
        report=row.report,
    )
