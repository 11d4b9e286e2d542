"""Drafts: begun, written, proposed, approved by two, and from then on as they are."""

import difflib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Max

from caudal.core.errors import Finding, Problem, Severity, msg
from caudal.core.plans import BYTES_MAX
from caudal.kit.access import Actor, ActorKind, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.kit.records import first_values
from caudal.plan.actions.adopting import PlanRefused, adopt_plan
from caudal.plan.events import (
    DraftBegun,
    DraftChanged,
    DraftDecided,
    DraftDeleted,
    DraftProposed,
    DraftTakenBack,
)
from caudal.plan.models import (
    NAME_LENGTH,
    NOTE_LENGTH,
    DraftDecision,
    DraftState,
    DraftText,
    PlanDraft,
    PlanVersion,
    Purpose,
)
from caudal.plan.queries import Source, digest, read_text
from caudal.workspace.queries import hands_of

APPROVALS: Final = 2
"""How many people approve a draft."""
LONGEST: Final = {"name": NAME_LENGTH, "note": NOTE_LENGTH, "version_name": 80}
NOT_TOLD: Final = frozenset({"text"})
"""Too long for a fact, which says how many lines came and went."""


class DraftNotOpen(Problem):
    """Only a draft is edited: what was proposed waits for a decision, what was approved stays as it is."""

    code = "plan.draft_not_open"
    status = 409
    message = msg("“{name}” was {state} and is not edited any more.")
    hint = msg("Take the proposal back, or begin a new draft from it.")


class DraftHasMistakes(PlanRefused):
    """A text with mistakes is kept as a draft, and not proposed."""

    code = "plan.draft_has_mistakes"
    message = msg("It was not proposed: the text has {count} mistakes.")
    hint = msg("Correct them and propose it again.")


class DraftNotProposed(Problem):
    """There is nothing to decide."""

    code = "plan.draft_not_proposed"
    status = 409
    message = msg("“{name}” is not proposed.")
    hint = msg("Propose it first.")


class OwnDraft(Problem):
    """Nobody approves what they proposed themselves."""

    code = "plan.draft_own"
    status = 403
    message = msg("You proposed this yourself.")
    hint = msg("Two other people have to approve it.")


class DecidedAlready(Problem):
    """Two people approve, not one person twice."""

    code = "plan.draft_decided_already"
    status = 409
    message = msg("You have approved this already.")
    hint = msg("One more person has to approve it.")


class OnlyPeopleDecide(Problem):
    """A key is in the hands of somebody who may have proposed."""

    code = "plan.draft_not_a_person"
    status = 403
    message = msg("A key approves nothing: two people do.")
    hint = msg("Sign in and decide it on the page of the draft.")


class DraftNotAdoptable(Problem):
    """Only an approved plan becomes the plan that counts."""

    code = "plan.draft_not_adoptable"
    status = 409
    message = msg("“{name}” does not become the plan: only what has the purpose plan and was approved by two does.")


@action
def begin_draft(
    *,
    actor: Actor,
    as_of: datetime,
    source: Source,
    name: str = "",
    purpose: str = Purpose.PLAN,
    note: str = "",
    starts_on: date | None = None,
    version_name: str | None = None,
) -> PlanDraft:
    """Begin to write a plan, from what stands in another one. Raises BadInput."""
    require(actor, "plan_draft", Verb.CREATE)
    values: dict[str, Any] = {
        "name": name.strip() or source.name,
        "purpose": purpose,
        "note": note.strip(),
        "text": clean_text(source.text),
        "starts_on": (starts_on or source.starts_on or as_of.date()).replace(day=1),
        "version_name": (source.version_name if version_name is None else version_name).strip(),
    }
    refuse_wrong(values)
    draft = PlanDraft.stamped(
        actor=actor,
        as_of=as_of,
        origin=source.origin,
        begun_from=source.ref,
        sha256=digest(values["text"].encode()),
        **values,
    )
    draft.save(force_insert=True)
    keep_text(draft, 1)
    told = {key: value for key, value in values.items() if key not in NOT_TOLD}
    begun = DraftBegun(
        subject=draft.ref,
        sha256=draft.sha256,
        origin=str(source.origin),
        begun_from=source.ref,
        changes=first_values(told),
    )
    publish(begun, actor=actor, occurred_at=as_of)
    return draft


@action
def change_draft(
    *, actor: Actor, as_of: datetime, draft_id: UUID, expected_version: int | None = None, **given: Any
) -> PlanDraft:
    """Write on a draft: name, purpose, note, text, starts_on, version_name; what is not given stays.

    The text may have mistakes. Raises NotFound, DraftNotOpen, BadInput, VersionConflict.
    """
    draft = PlanDraft.one_for(actor, Verb.CHANGE, draft_id, lock=True)
    refuse_closed(draft)
    values = {key: value.strip() if key in {"name", "note", "version_name"} else value for key, value in given.items()}
    if "text" in values:
        values["text"] = clean_text(values["text"])
        values["sha256"] = digest(values["text"].encode())
    if "starts_on" in values:
        values["starts_on"] = values["starts_on"].replace(day=1)
    refuse_wrong(values)
    before = draft.text
    changes = draft.change(actor=actor, as_of=as_of, expected_version=expected_version, **values)
    if changes:
        if draft.text != before:
            last = DraftText.objects.filter(draft=draft).aggregate(last=Max("number"))["last"]
            keep_text(draft, (last or 0) + 1)
        added, removed = lines_changed(before, draft.text)
        told = {key: pair for key, pair in changes.items() if key not in NOT_TOLD}
        changed = DraftChanged(subject=draft.ref, lines_added=added, lines_removed=removed, changes=told)
        publish(changed, actor=actor, occurred_at=as_of)
    return draft


@action
def propose_draft(*, actor: Actor, as_of: datetime, draft_id: UUID, expected_version: int | None = None) -> PlanDraft:
    """Ask two others to approve a draft. Raises NotFound, DraftNotOpen, DraftHasMistakes, UnknownVersion."""
    draft = PlanDraft.one_for(actor, Verb.CHANGE, draft_id, lock=True)
    refuse_closed(draft)
    read = read_text(draft.text)
    if read.plan is None:
        raise DraftHasMistakes(errors(read.findings))
    if draft.version_name:
        read.plan.in_version(draft.version_name)
    draft.touch(
        actor=actor,
        as_of=as_of,
        expected_version=expected_version,
        state=DraftState.PROPOSED,
        round=draft.round + 1,
        proposed_at=as_of,
        proposed_by=actor.id,
    )
    publish(DraftProposed(subject=draft.ref, round=draft.round, sha256=draft.sha256), actor=actor, occurred_at=as_of)
    return draft


@action
def take_back_draft(*, actor: Actor, as_of: datetime, draft_id: UUID) -> PlanDraft:
    """Make what was proposed a draft again, to write on. Raises NotFound, DraftNotProposed."""
    draft = PlanDraft.one_for(actor, Verb.CHANGE, draft_id, lock=True)
    refuse_unproposed(draft)
    reopen(draft, actor, as_of)
    publish(DraftTakenBack(subject=draft.ref, round=draft.round), actor=actor, occurred_at=as_of)
    return draft


@action
def decide_draft(*, actor: Actor, as_of: datetime, draft_id: UUID, granted: bool, note: str = "") -> PlanDraft:
    """Approve what somebody else proposed, or send it back with a reason. The second approval freezes it.

    Raises NotAllowed, NotFound, DraftNotProposed, OnlyPeopleDecide, OwnDraft, DecidedAlready, BadInput.
    """
    require(actor, "plan_approval", Verb.CREATE)
    draft = PlanDraft.one_for(actor, Verb.VIEW, draft_id, lock=True)
    refuse_unproposed(draft)
    if actor.kind is not ActorKind.STAFF:
        raise OnlyPeopleDecide
    if draft.proposed_by in hands_of(actor):
        raise OwnDraft
    if not granted and not note.strip():
        raise BadInput({"note": msg("Say why, so that it can be mended.")})
    said = DraftDecision.objects.filter(draft=draft, round=draft.round)
    if said.filter(decided_by=actor.id).exists():
        raise DecidedAlready
    DraftDecision(
        draft=draft, round=draft.round, decided_at=as_of, decided_by=actor.id, granted=granted, note=note.strip()
    ).save(force_insert=True)
    approved = granted and said.filter(granted=True).count() >= APPROVALS
    if approved:
        draft.touch(actor=actor, as_of=as_of, state=DraftState.APPROVED, approved_at=as_of)
    elif not granted:
        reopen(draft, actor, as_of)
    personal = {"note": (None, note.strip())} if note.strip() else {}
    decided = DraftDecided(subject=draft.ref, round=draft.round, granted=granted, approved=approved, personal=personal)
    publish(decided, actor=actor, occurred_at=as_of)
    return draft


@action
def adopt_draft(*, actor: Actor, as_of: datetime, draft_id: UUID) -> PlanVersion:
    """Make an approved plan the plan that counts. Raises NotAllowed, NotFound, DraftNotAdoptable."""
    require(actor, "plan", Verb.CREATE)
    draft = PlanDraft.one_for(actor, Verb.VIEW, draft_id)
    if draft.state != DraftState.APPROVED or draft.purpose != Purpose.PLAN:
        raise DraftNotAdoptable(name=draft.name)
    return adopt_plan(actor=actor, as_of=as_of, text=draft.text, starts_on=draft.starts_on, version=draft.version_name)


@action
def delete_draft(*, actor: Actor, as_of: datetime, draft_id: UUID, expected_version: int | None = None) -> None:
    """Throw a draft away. Raises NotFound, DraftNotOpen, VersionConflict."""
    draft = PlanDraft.one_for(actor, Verb.DELETE, draft_id, lock=True)
    refuse_closed(draft)
    draft.delete_softly(actor=actor, as_of=as_of, expected_version=expected_version)
    publish(DraftDeleted(subject=draft.ref), actor=actor, occurred_at=as_of)


def keep_text(draft: PlanDraft, number: int) -> None:
    """Keep the text as it stands now, by whom and since when."""
    DraftText(
        draft=draft,
        number=number,
        text=draft.text,
        sha256=draft.sha256,
        written_at=draft.changed_at,
        written_by=draft.changed_by,
    ).save(force_insert=True)


def reopen(draft: PlanDraft, actor: Actor, as_of: datetime) -> None:
    draft.touch(actor=actor, as_of=as_of, state=DraftState.DRAFT, proposed_at=None, proposed_by="")


def refuse_closed(draft: PlanDraft) -> None:
    if draft.state != DraftState.DRAFT:
        raise DraftNotOpen(name=draft.name, state=draft.get_state_display().lower())


def refuse_unproposed(draft: PlanDraft) -> None:
    if draft.state != DraftState.PROPOSED:
        raise DraftNotProposed(name=draft.name)


def refuse_wrong(values: dict[str, Any]) -> None:
    """Refuse what the columns cannot hold, everything at once."""
    wrong = {}
    for key, longest in LONGEST.items():
        if len(values.get(key, "")) > longest:
            wrong[key] = msg("This is too long.")
    if not values.get("name", "-"):
        wrong["name"] = msg("Give it a name.")
    if values.get("purpose", Purpose.PLAN) not in Purpose.values:
        wrong["purpose"] = msg("It is for a plan, a budget or a forecast.")
    text = values.get("text", "-")
    if not text.strip():
        wrong["text"] = msg("The text is empty.")
    elif len(text.encode()) > BYTES_MAX:
        wrong["text"] = msg("A plan file has at most a million bytes.")
    if wrong:
        raise BadInput(wrong)


def clean_text(text: str) -> str:
    """Write lines as files do, whatever a browser sent. Raises BadInput for what is no text."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadInput({"text": msg("This is not text.")}) from error
    if "\0" in text:
        raise BadInput({"text": msg("This is not text.")})
    return text.replace("\r\n", "\n").replace("\r", "\n")


def lines_changed(before: str, after: str) -> tuple[int, int]:
    """Return how many lines came and how many went."""
    if before == after:
        return 0, 0
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))[2:]
    return sum(line.startswith("+") for line in lines), sum(line.startswith("-") for line in lines)


def errors(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is Severity.ERROR]
