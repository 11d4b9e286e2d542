"""Capturing, changing and giving up leads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final, TypedDict, Unpack
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.crm.actions.checking import Reader, hand_over, owner_within, reach_references
from caudal.crm.actions.drafts import DisqualificationDraft, LeadDraft
from caudal.crm.actions.forgotten import refuse_forgotten
from caudal.crm.actions.parties import BATCH
from caudal.crm.actions.tags import named_tags
from caudal.crm.actions.telling import told
from caudal.crm.actions.touches import TouchDraft, fit_touch, named_channels, new_touch
from caudal.crm.events import LeadCaptured, LeadChanged, LeadDeleted, LeadDisqualified, LeadTouched
from caudal.crm.models import Channel, DisqualifyReason, Lead, LeadConversion, LeadDisqualification, Touch
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.names import name_key
from caudal.kit.outbox import publish, publish_many
from caudal.kit.records import first_values

OF_THE_TOUCH: Final = ("campaign", "source_url")
"""What a draft says of the contact with the channel rather than of the lead."""


class LeadValues(TypedDict, total=False):
    """What may change about a lead besides its end."""

    name: str
    company_name: str
    email: str | None
    phone: str
    channel: str
    pillar_id: UUID | None
    owner_id: UUID | None
    tags: Sequence[str]
    custom: Mapping[str, Any]


class LeadClosed(Problem):
    """The lead was converted or disqualified."""

    code = "lead.already_closed"
    status = 409
    message = msg("The lead {lead} was {state} on {day}.")
    hint = msg("Capture a new lead if they are interested again.")


class LeadOfAnother(Problem):
    """Somebody else is talking to them already."""

    code = "lead.of_another"
    status = 409
    message = msg("There is already an open lead with the address {email}, and it belongs to somebody else.")
    hint = msg("Ask your manager who looks after it.")


@dataclass(frozen=True, slots=True)
class Capture:
    """What became of a draft: a new lead, or a further touch of one that was open."""

    lead: Lead
    is_new: bool


@action
def capture_lead(*, actor: Actor, as_of: datetime, lead: LeadDraft) -> Capture:
    """Take in interest. Somebody whose lead is open does not become a second one: the fact `crm.lead_touched` says so.

    Raises BadInput, NotFound, NotAllowed, OwnerOutOfReach, and LeadOfAnother when the open lead is out of sight.
    """
    return capture_leads(actor=actor, as_of=as_of, leads=[lead])[0]


@action
def capture_leads(*, actor: Actor, as_of: datetime, leads: Sequence[LeadDraft]) -> list[Capture]:
    """Take in interest of many, in the order given; see `capture_lead`. The e-mail address says who is the same."""
    require(actor, "lead", Verb.CREATE)
    reader = Reader(many=len(leads) > 1)
    checked = [
        replace(
            draft,
            name=reader.name(draft.name or draft.company_name or draft.email or "", row=row),
            email=reader.email(draft.email, row=row),
            owner_id=owner_within(actor, "lead", Verb.CREATE, draft.owner_id),
            tags=reader.tags(draft.tags, row=row),
            custom=reader.own("lead", actor, draft.custom, row=row),
        )
        for row, draft in enumerate(leads)
    ]
    for row, draft in enumerate(checked):
        reader.fits(Lead, _values(draft), row)
        fit_touch(reader, channel=draft.channel, campaign=draft.campaign, source_url=draft.source_url, row=row)
    refuse_forgotten(reader, {row: [draft.email] for row, draft in enumerate(checked)})
    reader.finish()
    reach_references(Lead, ("pillar", "owner"), actor, checked)
    channels = named_channels(actor, as_of, [draft.channel for draft in checked])
    tags = named_tags(actor, as_of, [draft.tags for draft in checked])
    checked = [
        replace(draft, channel=_called(channels, draft.channel), tags=borne)
        for draft, borne in zip(checked, tags, strict=True)
    ]
    rows = [_row(actor, as_of, draft) for draft in checked]
    captures = _insert(rows)
    _in_sight(actor, captures)
    Touch.objects.bulk_create(
        (
            new_touch(
                actor,
                channels[name_key(draft.channel)],
                TouchDraft(
                    channel=draft.channel,
                    touched_at=draft.captured_at,
                    lead_id=each.lead.pk,
                    campaign=draft.campaign,
                    source_url=draft.source_url,
                ),
            )
            for draft, each in zip(checked, captures, strict=True)
            if draft.channel
        ),
        batch_size=BATCH,
    )
    publish_many(
        (_capture_fact(draft, each) for draft, each in zip(checked, captures, strict=True)),
        actor=actor,
        occurred_at=as_of,
    )
    return captures


@action
def change_lead(
    *,
    actor: Actor,
    as_of: datetime,
    lead_id: UUID,
    expected_version: int | None = None,
    **values: Unpack[LeadValues],
) -> Lead:
    """Change what is said of a lead; to take one that nobody owns, name oneself as its owner.

    Raises BadInput, NotFound, OwnerOutOfReach, VersionConflict. An address that another open lead has is refused by
    the database.
    """
    lead = Lead.one_for(actor, Verb.CHANGE, lead_id, lock=True)
    checked: dict[str, Any] = dict(values)
    reader = Reader()
    if "name" in values:
        checked["name"] = reader.name(values["name"])
        checked["name_key"] = name_key(checked["name"])
    if "email" in values:
        checked["email"] = reader.email(values["email"])
        if end_of(lead) is None:
            checked["open_email"] = checked["email"]
    if "custom" in values:
        checked["custom"] = reader.own("lead", actor, values["custom"], lead.custom)
    if "tags" in values:
        checked["tags"] = reader.tags(values["tags"])
    reader.fits(Lead, checked)
    refuse_forgotten(reader, {0: [checked.get("email")]})
    reader.finish()
    if "channel" in values:
        checked["channel"] = _called(named_channels(actor, as_of, [values["channel"]]), values["channel"])
    if "tags" in checked:
        [checked["tags"]] = named_tags(actor, as_of, [checked["tags"]])
    hand_over(actor, lead, checked)
    reach_references(Lead, tuple(each for each in ("pillar", "owner") if f"{each}_id" in checked), actor, [checked])
    changes = lead.change(actor=actor, as_of=as_of, expected_version=expected_version, **checked)
    if changes:
        publish(told(LeadChanged, lead, changes), actor=actor, occurred_at=as_of)
    return lead


@action
def disqualify_lead(
    *,
    actor: Actor,
    as_of: datetime,
    lead_id: UUID,
    reason: str,
    note: str = "",
    expected_version: int | None = None,
) -> Lead:
    """Give a lead up, saying why. Raises NotFound, BadInput, LeadClosed, VersionConflict."""
    if expected_version is not None:
        Lead.one_for(actor, Verb.CHANGE, lead_id, lock=True).expect(expected_version)
    draft = DisqualificationDraft(lead_id=lead_id, reason=reason, note=note)
    return disqualify_leads(actor=actor, as_of=as_of, disqualifications=[draft])[0]


@action
def disqualify_leads(
    *, actor: Actor, as_of: datetime, disqualifications: Sequence[DisqualificationDraft]
) -> list[Lead]:
    """Give many leads up, each named once, in the order given; see `disqualify_lead`."""
    reader = Reader(many=len(disqualifications) > 1)
    for row, draft in enumerate(disqualifications):
        reader.choice(draft.reason, DisqualifyReason.values, "reason", row)
        reader.words(draft.note, "note", row)
    reader.finish()
    leads = Lead.many_for(actor, Verb.CHANGE, [draft.lead_id for draft in disqualifications], lock=True)
    all_open(leads)
    LeadDisqualification.objects.bulk_create(
        (
            LeadDisqualification(
                lead=leads[draft.lead_id],
                reason=draft.reason,
                note=draft.note,
                disqualified_at=draft.disqualified_at or as_of,
                disqualified_by=actor.id,
            )
            for draft in disqualifications
        ),
        batch_size=BATCH,
    )
    end_leads(leads.values(), actor=actor, as_of=as_of)
    publish_many(
        (
            told(LeadDisqualified, leads[draft.lead_id], first_values({"note": draft.note}), reason=draft.reason)
            for draft in disqualifications
        ),
        actor=actor,
        occurred_at=as_of,
    )
    return [leads[draft.lead_id] for draft in disqualifications]


@action
def delete_lead(*, actor: Actor, as_of: datetime, lead_id: UUID, expected_version: int | None = None) -> None:
    """Take a lead out: lists and numbers no longer see it. Raises NotFound, VersionConflict."""
    lead = Lead.one_for(actor, Verb.DELETE, lead_id, lock=True)
    lead.delete_softly(actor=actor, as_of=as_of, expected_version=expected_version, open_email=None)
    publish(told(LeadDeleted, lead, {}), actor=actor, occurred_at=as_of)


def end_of(lead: Lead) -> LeadConversion | LeadDisqualification | None:
    """Return how a lead ended, None while it is open."""
    return LeadConversion.objects.filter(lead=lead).first() or LeadDisqualification.objects.filter(lead=lead).first()


def still_open(lead: Lead) -> None:
    """Refuse, with LeadClosed, a lead that has ended."""
    end = end_of(lead)
    if isinstance(end, LeadConversion):
        raise LeadClosed(lead=lead.name, state=msg("converted"), day=f"{end.converted_at:%Y-%m-%d}")
    if end is not None:
        raise LeadClosed(lead=lead.name, state=msg("disqualified"), day=f"{end.disqualified_at:%Y-%m-%d}")


def all_open(leads: Mapping[UUID, Lead]) -> None:
    """Refuse, with LeadClosed, leads of which one has ended."""
    ended = {
        *LeadConversion.objects.filter(lead__in=leads).values_list("lead_id", flat=True),
        *LeadDisqualification.objects.filter(lead__in=leads).values_list("lead_id", flat=True),
    }
    for lead in leads.values():
        if lead.pk in ended:
            still_open(lead)


def end_leads(leads: Iterable[Lead], *, actor: Actor, as_of: datetime) -> None:
    """Move locked leads on that have come to their end: their addresses are free for new ones."""
    ended = list(leads)
    for lead in ended:
        lead.open_email, lead.version, lead.changed_at, lead.changed_by = None, lead.version + 1, as_of, actor.id
    Lead.objects.bulk_update(ended, ["open_email", "version", "changed_at", "changed_by"], batch_size=BATCH)


def _values(draft: LeadDraft) -> dict[str, Any]:
    return {each.name: getattr(draft, each.name) for each in fields(draft) if each.name not in OF_THE_TOUCH}


def _called(channels: Mapping[str, Channel], typed: str) -> str:
    return channels[name_key(typed)].name if typed.strip() else ""


def _capture_fact(draft: LeadDraft, each: Capture) -> LeadCaptured | LeadTouched:
    said = {name: getattr(draft, name) for name in OF_THE_TOUCH}
    if each.is_new:
        changes = first_values(_values(draft) | said)
        return told(LeadCaptured, each.lead, changes, at=draft.captured_at, channel=draft.channel)
    return told(LeadTouched, each.lead, first_values(said), at=draft.captured_at, channel=draft.channel)


def _row(actor: Actor, as_of: datetime, draft: LeadDraft) -> Lead:
    return Lead.stamped(
        actor=actor, as_of=as_of, **_values(draft), name_key=name_key(draft.name), open_email=draft.email
    )


def _insert(rows: Sequence[Lead]) -> list[Capture]:
    """Write the rows whose address no open lead has, and find the leads that have the others.

    The insert waits for whoever is writing the same address; the look-up after it sees what they wrote. Only when that
    lead was closed in between is there neither, and the row is tried again.
    """
    found: dict[str, Lead] = {}
    pending = list(rows)
    while pending:
        Lead.objects.bulk_create(pending, batch_size=BATCH, ignore_conflicts=True)
        addresses = {row.open_email for row in pending if row.open_email}
        found |= {str(lead.open_email): lead for lead in Lead.objects.filter(open_email__in=addresses)}
        pending = [row for row in pending if row.open_email and row.open_email not in found]
    leads = [found[row.open_email] if row.open_email else row for row in rows]
    return [Capture(lead, is_new=lead.pk == row.pk) for row, lead in zip(rows, leads, strict=True)]


def _in_sight(actor: Actor, captures: Sequence[Capture]) -> None:
    known = {each.lead.pk: each.lead for each in captures if not each.is_new}
    seen = set(Lead.for_actor(actor).filter(pk__in=known).values_list("pk", flat=True)) if known else set()
    for row_id, lead in known.items():
        if row_id not in seen:
            raise LeadOfAnother(email=lead.email)
