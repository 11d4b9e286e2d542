"""Drafts as they are read: what one is begun from, who said what of it, and what is wrong with its text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.utils.translation import get_language, override

from caudal.core.errors import Finding, Problem, msg
from caudal.core.ids import NotAnId, Ref
from caudal.core.intervals import Reading
from caudal.core.plans import Plan, PlanFile, read_plan
from caudal.kit.access import Actor, Verb, may
from caudal.plan.models import DraftDecision, DraftState, DraftText, Origin, PlanDraft, PlanVersion
from caudal.plan.offline.files import PlanNotFound, read_bytes, shipped_plans
from caudal.plan.offline.reviewing import Review, checks_of, review
from caudal.plan.queries.adopted import NoPlan, adopted_version
from caudal.workspace.queries import hands_of, member_actors, members_called

_TEXTS_KEPT: Final = 8
LISTED: Final = 200


class DraftUnreadable(Problem):
    """A draft with mistakes is no plan yet."""

    code = "plan.draft_unreadable"
    status = 409
    message = msg("“{name}” is no plan yet: its text has {count} mistakes.")
    hint = msg("Correct them first.")


@dataclass(frozen=True, slots=True)
class Source:
    """What a draft is begun from."""

    text: str
    name: str
    origin: Origin
    ref: str
    starts_on: date | None = None
    version_name: str = ""


def source_called(actor: Actor, called: str = "") -> Source:
    """Return what a draft can be begun from: the plan that counts without a name, else by an id or a shipped name.

    Raises NoPlan, NotFound, PlanNotFound.
    """
    if not called:
        version = adopted_version(actor)
        if version is None:
            raise NoPlan
        return _of_version(version)
    if called in shipped_plans():
        text = read_bytes(called)[1].decode()
        plan = read_text(text).plan
        return Source(text, plan.name.told(get_language() or "en") if plan else called, Origin.SHIPPED, called)
    try:
        ref = Ref.parse(called)
    except NotAnId:
        raise PlanNotFound(name=called[:200], shipped=", ".join(shipped_plans())) from None
    if ref.kind == PlanDraft.kind:
        draft = PlanDraft.one_for(actor, Verb.VIEW, ref.id)
        return Source(draft.text, draft.name, Origin.DRAFT, str(draft.ref), draft.starts_on, draft.version_name)
    if ref.kind != PlanVersion.kind:
        raise PlanNotFound(name=called[:200], shipped=", ".join(shipped_plans()))
    return _of_version(PlanVersion.one_for(actor, Verb.VIEW, ref.id))


def draft_called(actor: Actor, draft_id: UUID, verb: Verb = Verb.VIEW) -> PlanDraft:
    """Return a draft that the actor may carry the verb to. Raises NotFound."""
    return PlanDraft.one_for(actor, verb, draft_id)


def drafts_of(actor: Actor) -> Sequence[PlanDraft]:
    """Return the drafts that an actor may see, changed last first, without their texts."""
    return list(PlanDraft.for_actor(actor).defer("text").order_by("-changed_at", "-pk")[:LISTED])


def adopted_versions(actor: Actor) -> Sequence[PlanVersion]:
    """Return the plans that were adopted, latest first, without their texts."""
    return list(PlanVersion.for_actor(actor).defer("text").order_by("-created_at", "-pk")[:LISTED])


def decisions_of(drafts: Iterable[PlanDraft]) -> dict[UUID, list[DraftDecision]]:
    """Return what was said of drafts in the rounds that they are in, oldest first."""
    rounds = {draft.pk: draft.round for draft in drafts}
    found: dict[UUID, list[DraftDecision]] = {key: [] for key in rounds}
    for each in DraftDecision.objects.filter(draft_id__in=rounds).order_by("decided_at", "pk"):
        if each.round == rounds[each.draft_id]:
            found[each.draft_id].append(each)
    return found


def told_of_draft(draft_id: UUID, *, asked: bool) -> list[UUID]:
    """Return the members who are told of a draft: those who may approve what was proposed, or else its authors.

    Its authors are whoever began it, whoever proposed it last and whoever wrote one of its texts.
    """
    draft = PlanDraft.objects.filter(pk=draft_id, deleted_at=None).first()
    if draft is None:
        return []
    if asked:
        return approvers(draft)
    writers = DraftText.objects.filter(draft=draft).order_by("pk").values_list("written_by", flat=True)
    return members_called({draft.created_by, draft.proposed_by, *writers})


def approvers(draft: PlanDraft) -> list[UUID]:
    """Return the members who may approve a proposal: they may approve and see it, and did not propose it."""
    return [
        actor.member
        for actor in member_actors()
        if actor.member is not None
        and draft.proposed_by not in hands_of(actor)
        and may(actor, "plan_approval", Verb.CREATE)
        and may(actor, "plan_draft", Verb.VIEW)
    ]


def adoption_of(actor: Actor, draft: PlanDraft) -> PlanVersion | None:
    """Return the adopted plan that a draft became, if it did: the same text at the same size from the same month."""
    if draft.state != DraftState.APPROVED:
        return None
    alike = {"sha256": draft.sha256, "version_name": draft.version_name, "starts_on": draft.starts_on}
    return PlanVersion.for_actor(actor).filter(**alike).order_by("-created_at", "-pk").first()


@lru_cache(maxsize=_TEXTS_KEPT)
def read_text(text: str) -> PlanFile:
    """Read the text of a plan file with every finding in it."""
    return read_plan(text)


def plan_in(draft: PlanDraft) -> Plan:
    """Return the plan that a draft is, at its size. Raises DraftUnreadable, UnknownVersion."""
    read = read_text(draft.text)
    if read.plan is None:
        raise DraftUnreadable(name=draft.name, count=len(read.findings))
    return read.plan.in_version(draft.version_name) if draft.version_name else read.plan


@dataclass(frozen=True, slots=True)
class TextReview:
    """What a check of a text finds: mistakes of writing, or else what cannot hold."""

    findings: tuple[Finding, ...]
    review: Review | None

    @property
    def plan(self) -> Plan | None:
        """The plan that the text is, if it is one."""
        return self.review.plan if self.review else None


def text_review(text: str) -> TextReview:
    """Check a text as `caudal plan check` does, in the active language; texts that were checked lately are kept."""
    return _text_review(text, get_language() or "en")


@lru_cache(maxsize=_TEXTS_KEPT)
def _text_review(text: str, language: str) -> TextReview:
    read = read_text(text)
    if read.plan is None:
        return TextReview(read.findings, None)
    with override(language):
        return TextReview(read.findings, review(read.plan, checks_of(read.plan), Reading.TARGET))


def draft_row(draft: PlanDraft, decisions: Iterable[DraftDecision]) -> dict[str, Any]:
    """Return a draft for programs, without its text."""
    return {
        "id": str(draft.ref),
        "name": draft.name,
        "purpose": draft.purpose,
        "note": draft.note,
        "state": draft.state,
        "size": draft.version_name,
        "starts_on": draft.starts_on,
        "origin": draft.origin,
        "begun_from": draft.begun_from,
        "sha256": draft.sha256,
        "proposed_by": draft.proposed_by or None,
        "proposed_at": draft.proposed_at,
        "approved_at": draft.approved_at,
        "decisions": [
            {"by": each.decided_by, "at": each.decided_at, "granted": each.granted, "note": each.note}
            for each in decisions
        ],
        "version": draft.version,
        "changed_at": draft.changed_at,
        "changed_by": draft.changed_by,
    }


def _of_version(version: PlanVersion) -> Source:
    return Source(version.text, version.name, Origin.ADOPTED, str(version.ref), version.starts_on, version.version_name)
