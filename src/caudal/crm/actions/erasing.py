"""Erasing a person: what is theirs is blanked, what speaks of them is taken out, and a report says what stays and why.

Rows stay, for numbers count them and deals name them; nothing in them says who it was. The keys of their facts are
destroyed, so that the timeline says "erased". See `docs/guides/data-subjects.md`.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.db.models import QuerySet

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.crm.actions.forgotten import forget_addresses
from caudal.crm.events.subjects import SubjectErased, SubjectExported
from caudal.crm.models import (
    Activity,
    Consent,
    Deal,
    DealClose,
    Erasure,
    Lead,
    LeadConversion,
    LeadDisqualification,
    Person,
    Touch,
)
from caudal.crm.queries.subjects import ERASED, Subject, subject
from caudal.kit.access import Actor, Verb
from caudal.kit.actions import action
from caudal.kit.names import name_key
from caudal.kit.outbox import erase, erase_past, publish
from caudal.kit.records import Record
from caudal.kit.scrubbing import mentions, never_changed, refs_of, scrub
from caudal.kit.search.index import refresh
from caudal.kit.subjects import held
from caudal.workspace.actions import TEXTS, erase_traces

NOBODY: Final[dict[str, Any]] = {"name": ERASED, "name_key": name_key(ERASED), "email": None, "phone": "", "tags": []}
BLANK_PERSON: Final = NOBODY | dict.fromkeys(
    ("given_name", "family_name", "language", "country", "country_code", "city", "job_title"), ""
)
LISTS: Final[dict[str, Any]] = {"other_emails": [], "other_phones": [], "phone_keys": []}
BLANK_LEAD: Final = NOBODY | {"company_name": "", "open_email": None}
TALKING: Final = ("crm_person", "crm_lead", "crm_company", "crm_deal", "crm_activity")
"""Tables in which the same name may be somebody else's: only mentions are counted there."""


class EraseReason(StrEnum):
    """Why somebody is erased."""

    ASKED = "asked"
    """They asked for it."""
    WITHDRAWN = "withdrawn"
    """They took back what they had agreed to."""
    NOT_NEEDED = "not_needed"
    """Nothing needs their data any more."""
    UNLAWFUL = "unlawful"
    """Their data should never have been here."""


class NotConfirmed(Problem):
    """What cannot be undone is confirmed by name."""

    code = "erasure.not_confirmed"
    status = 422
    message = msg("Type the name as it stands there: {name}.")
    hint = msg("Erasing cannot be undone.")


class ErasedAlready(Problem):
    """Nothing is left to erase."""

    code = "erasure.done_already"
    status = 409
    message = msg("This person was erased already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureDraft:
    """Whom to erase, the name as a confirmation, and why."""

    record: Ref
    confirmation: str
    reason: EraseReason


@action
def erase_subject(*, actor: Actor, as_of: datetime, erasure: ErasureDraft) -> Erasure:
    """Erase a person. Raises NotAllowed, NotFound, NotConfirmed, ErasedAlready, and what contexts say is in the way."""
    found = subject(actor, erasure.record, Verb.DELETE)
    if found.record.name == ERASED:
        raise ErasedAlready
    if name_key(erasure.confirmation) != name_key(found.record.name):
        raise NotConfirmed(name=found.record.name)
    for each in held():
        each.check(found.refs)
    words = (*found.addresses, *found.numbers)
    gone = _blank(actor, as_of, found)
    emptied = {each.name: each.forget(actor, as_of, found.refs) for each in held()}
    gone |= {name: len(refs) for name, refs in emptied.items()}
    gone |= asdict(
        erase_traces(
            actor=actor,
            as_of=as_of,
            refs=(*found.refs, *(each.ref for each in found.activities)),
            rows=[each.pk for each in found.touches],
            addresses=found.addresses,
            words=(*words, *found.names),
        )
    )
    elsewhere = _scrub(found, words)
    gone["addresses_kept_as_hashes"] = forget_addresses(actor=actor, as_of=as_of, addresses=found.addresses)
    row = Erasure.objects.create(
        record_kind=erasure.record.kind,
        record=erasure.record.id,
        reason=erasure.reason.value,
        report={
            "gone": {name: count for name, count in gone.items() if count},
            "mended": elsewhere,
            "stays": _stays(found),
            "unchanged": mentions(words, tables=never_changed() - _kept_tables()),
            "same_name": mentions(found.names, tables=TALKING),
        },
        erased_at=as_of,
        erased_by=actor.id,
    )
    elsewhere_held = [ref for refs in emptied.values() for ref in refs]
    for ref in (*found.refs, *(each.ref for each in found.activities), *elsewhere_held):
        erase(ref, as_of=as_of)
    refresh(elsewhere_held)
    fact = SubjectErased(subject=erasure.record, about=found.refs, reason=erasure.reason.value)
    publish(fact, actor=actor, occurred_at=as_of)
    return row


@action
def note_subject_export(*, actor: Actor, as_of: datetime, record: Ref) -> Subject:
    """Return everything about a person to be handed over, and tell that it was. Raises NotAllowed, NotFound."""
    found = subject(actor, record, Verb.EXPORT)
    publish(SubjectExported(subject=record, about=found.refs), actor=actor, occurred_at=as_of)
    return found


def _blank(actor: Actor, as_of: datetime, found: Subject) -> dict[str, int]:
    """Empty what is theirs, and return how many of each."""
    people, leads = [each.pk for each in found.people], [each.pk for each in found.leads]
    activities = [each.pk for each in found.activities]
    LeadDisqualification.objects.filter(lead__in=leads).update(note="")
    LeadConversion.objects.filter(lead__in=leads).update(made={}, left=[])
    Touch.objects.filter(pk__in=[each.pk for each in found.touches]).update(source_url="", utm={})
    changed: dict[str, Any] = {"actor": actor, "as_of": as_of}
    return {
        "people": _emptied(Person.objects.filter(pk__in=people), BLANK_PERSON | LISTS | {"company": None}, **changed),
        "leads": _emptied(Lead.objects.filter(pk__in=leads), BLANK_LEAD, **changed),
        "activities": _emptied(Activity.objects.filter(pk__in=activities), {"subject": "", "body": ""}, **changed),
        "touches": len(found.touches),
        "consents": Consent.objects.filter(pk__in=[each.pk for each in found.consents]).delete()[0],
    }


def _stays(found: Subject) -> dict[str, int]:
    """How much stays: the company's deals, and what a law asks to keep."""
    counts = {"deals": len(found.deals)} | {each.name: each.kept(found.refs) for each in held()}
    return {name: count for name, count in counts.items() if count}


def _kept_tables() -> set[str]:
    return {table for each in held() for table in each.tables}


def _emptied(rows: "QuerySet[Any]", values: dict[str, Any], *, actor: Actor, as_of: datetime) -> int:
    count = 0
    for row in rows.select_for_update(of=("self",)).order_by("pk"):
        record: Record = row
        record.touch(actor=actor, as_of=as_of, custom={}, **values)
        count += 1
    return count


def _scrub(found: Subject, words: tuple[str, ...]) -> dict[str, int]:
    """Take their addresses and numbers out of whatever else holds them, their names where no other row is meant.

    The past of every record in which something stood is erased with it. Return how many rows of each table.
    """
    rows = scrub(words, besides=("workspace_member", *_kept_tables()))
    for table, ids in scrub((*words, *found.names), tables=TEXTS).items():
        rows.setdefault(table, []).extend(ids)
    deals = [each.pk for each in found.deals]
    if found.names and deals:
        for table, ids in _rename_deals(found, deals).items():
            rows.setdefault(table, []).extend(ids)
    mended = [*refs_of(rows), *(each.ref for each in found.deals)]
    for ref in mended:
        erase_past(ref)
    refresh(mended)
    return {table: len(set(ids)) for table, ids in rows.items()}


def _rename_deals(found: Subject, deals: list[Any]) -> dict[str, list[Any]]:
    """Take their names out of the deals that are theirs, and of why these were closed."""
    renamed = []
    for deal in Deal.objects.filter(pk__in=deals).select_for_update(of=("self",)).order_by("pk"):
        name = deal.name
        for each in found.names:
            name = name.replace(each, ERASED)
        if name != deal.name:
            renamed.append(deal.pk)
            Deal.objects.filter(pk=deal.pk).update(name=name, name_key=name_key(name), version=deal.version + 1)
    for close in DealClose.objects.filter(deal__in=deals).exclude(note=""):
        DealClose.objects.filter(pk=close.pk).update(note="")
    return {"crm_deal": renamed} if renamed else {}
