"""What people agree to, and what they take back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.crm.actions.checking import Reader
from caudal.crm.events.subjects import ConsentGiven, ConsentWithdrawn
from caudal.crm.models import Consent, ConsentPurpose, ConsentSource, Lead, Person
from caudal.kit.access import Actor, Verb
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentDraft:
    """Somebody agreed to a purpose: to which text, how, and what shows it."""

    about: Ref
    """The person or the lead."""
    purpose: str
    wording: str
    wording_version: str
    source: str
    proof: str = ""
    given_at: datetime | None = None
    """Now, unless it says otherwise."""


class ConsentOver(Problem):
    """It was withdrawn already."""

    code = "consent.withdrawn_already"
    status = 409
    message = msg("This consent was withdrawn on {day}.")
    hint = msg("If they agree again, note a new one.")


@action
def note_consent(*, actor: Actor, as_of: datetime, consent: ConsentDraft) -> Consent:
    """Write down that somebody agreed. Raises NotFound, BadInput; the database refuses one that holds already."""
    who = reached(actor, consent.about)
    given_at = consent.given_at or as_of
    reader = Reader()
    values = {
        "purpose": reader.choice(consent.purpose, ConsentPurpose.values, "purpose"),
        "source": reader.choice(consent.source, ConsentSource.values, "source"),
        "wording": consent.wording.strip(),
        "wording_version": consent.wording_version.strip(),
        "proof": consent.proof.strip(),
    }
    for name in ("wording", "wording_version"):
        if not values[name]:
            reader.refuse(name, msg("Without the text that they saw, nobody can show what they agreed to."))
    if given_at > as_of:
        reader.refuse("given_at", msg("Nobody has agreed yet on a day to come."))
    reader.fits(Consent, values)
    reader.finish()
    row = Consent.stamped(actor=actor, as_of=as_of, given_at=given_at, **{who.kind: who}, **values)
    row.save(force_insert=True)
    publish(
        ConsentGiven(
            subject=who.ref,
            purpose=row.purpose,
            source=row.source,
            wording_version=row.wording_version,
            consent=row.ref,
            personal={"proof": (None, row.proof)} if row.proof else {},
        ),
        actor=actor,
        occurred_at=given_at,
    )
    return row


@action
def withdraw_consent(
    *, actor: Actor, as_of: datetime, consent_id: UUID, how: str, withdrawn_at: datetime | None = None
) -> Consent:
    """Write down that somebody takes back what they agreed to. Raises NotFound, BadInput, ConsentOver."""
    row = Consent.objects.select_for_update().filter(pk=consent_id, deleted_at=None).first()
    if row is None:
        raise NotFound(kind=Consent.kind, id=Ref(Consent.kind, consent_id))
    who = reached(actor, whose(row))
    if row.withdrawn_at is not None:
        raise ConsentOver(day=f"{row.withdrawn_at:%Y-%m-%d}")
    at = withdrawn_at or as_of
    if how not in ConsentSource.values:
        raise BadInput({"how": msg("This is not one of the choices.")})
    if not row.given_at <= at <= as_of:
        raise BadInput({"withdrawn_at": msg("It was withdrawn after it was given, and not on a day to come.")})
    row.change(actor=actor, as_of=as_of, withdrawn_at=at, withdrawn_by=actor.id, withdrawn_how=how)
    publish(
        ConsentWithdrawn(subject=who.ref, purpose=row.purpose, how=how, consent=row.ref), actor=actor, occurred_at=at
    )
    return row


def whose(consent: Consent) -> Ref:
    """Return the person or lead that agreed."""
    return Ref(Person.kind, consent.person_id) if consent.person_id else Ref(Lead.kind, consent.lead_id or UUID(int=0))


def reached(actor: Actor, ref: Ref) -> Person | Lead:
    """Return a person or a lead that the actor may change. Raises NotFound."""
    if ref.kind == Lead.kind:
        return Lead.one_for(actor, Verb.CHANGE, ref.id)
    return Person.one_for(actor, Verb.CHANGE, Ref.parse(str(ref), Person.kind).id)
