"""Moving, winning, losing and reopening deals."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.crm import queries
from caudal.crm.actions.checking import Reader
from caudal.crm.actions.competitors import seen
from caudal.crm.actions.deals import DealValues, change_deal, close_fact, move_fact
from caudal.crm.actions.routes import Routes, hold_stages
from caudal.crm.actions.telling import refs_of, told
from caudal.crm.events import DealReopened
from caudal.crm.models import CloseReason, Competitor, Deal, DealClose, LossTo, Outcome, Stage, StageStay
from caudal.kit.access import Actor, Verb
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.records import NOT_DELETED
from caudal.workspace.actions import ask_approval, withdraw_approval

if TYPE_CHECKING:
    from caudal.workspace.models import Approval


class AlreadyClosed(Problem):
    """The deal has ended."""

    code = "deal.already_closed"
    status = 409
    message = msg("{deal} was closed as {outcome} on {day}.")
    hint = msg("Reopen it to go on with it.")


class NotClosed(Problem):
    """The deal is open, so there is nothing to reopen."""

    code = "deal.not_closed"
    status = 409
    message = msg("{deal} is open.")


class NeedsSecondPerson(Problem):
    """Opening a won deal again takes revenue back; above the company's threshold two people decide it."""

    code = "deal.reopening_needs_approval"
    status = 409
    message = msg("“{deal}” was won for {amount}, which is above what one person may take back.")
    hint = msg("Ask for approval; it opens again as soon as somebody else agrees.")


class BackInTime(Problem):
    """What happens to a deal follows what happened before."""

    code = "deal.back_in_time"
    status = 409
    message = msg("{deal} came to where it is on {instant}, so nothing can happen to it before that.")
    hint = msg("Give a later day.")


class LacksFields(Problem):
    """A stage that the deal leaves behind asks for more than is known of it."""

    code = "deal.lacks_fields"
    status = 409
    message = msg("“{deal}” cannot leave {stage} yet. Missing: {missing}.")
    hint = msg("Fill it in; then it moves.")


@action
def move_deal(
    *,
    actor: Actor,
    as_of: datetime,
    deal_id: UUID,
    stage_id: UUID,
    expected_version: int | None = None,
    filling: DealValues | None = None,
) -> Deal:
    """Move an open deal to another stage of its pipeline; to the one it is in is no move.

    `filling` is written first: what the deal lacked. Raises NotFound, AlreadyClosed, StageOfAnotherPipeline,
    LacksFields, BackInTime, VersionConflict, and what `change_deal` raises.
    """
    hold_stages([stage_id])
    if filling:
        change_deal(actor=actor, as_of=as_of, deal_id=deal_id, expected_version=expected_version, **filling)
        expected_version = None
    deal = Deal.one_for(actor, Verb.CHANGE, deal_id, lock=True)
    deal.expect(expected_version)
    _still_open(deal)
    routes = Routes.load()
    after = routes.stage(stage_id)
    routes.same_pipeline(after, deal.pipeline_id)
    if deal.stage_id == after.pk:
        return deal
    _lacks_nothing(deal, after, actor, as_of)
    before = deal.stage
    _leave_stage(deal, as_of)
    StageStay.objects.create(deal=deal, stage=after, entered_at=as_of)
    deal.change(actor=actor, as_of=as_of, stage_id=after.pk)
    publish(move_fact(deal, before=before, after=after), actor=actor, occurred_at=as_of)
    return deal


@action
def win_deal(
    *,
    actor: Actor,
    as_of: datetime,
    deal_id: UUID,
    reason: str = "",
    note: str = "",
    expected_version: int | None = None,
) -> Deal:
    """Close a deal as won. Raises NotFound, BadInput, AlreadyClosed, BackInTime, VersionConflict."""
    return close_deal(
        actor=actor,
        as_of=as_of,
        deal_id=deal_id,
        outcome=Outcome.WON,
        reason=reason,
        note=note,
        expected_version=expected_version,
    )


@action
def lose_deal(
    *,
    actor: Actor,
    as_of: datetime,
    deal_id: UUID,
    reason: str = "",
    note: str = "",
    competitor_id: UUID | None = None,
    expected_version: int | None = None,
) -> Deal:
    """Close a deal as lost, perhaps to a competitor; see `close_deal`."""
    return close_deal(
        actor=actor,
        as_of=as_of,
        deal_id=deal_id,
        outcome=Outcome.LOST,
        reason=reason,
        note=note,
        competitor_id=competitor_id,
        expected_version=expected_version,
    )


@action
def close_deal(
    *,
    actor: Actor,
    as_of: datetime,
    deal_id: UUID,
    outcome: str,
    reason: str = "",
    note: str = "",
    competitor_id: UUID | None = None,
    expected_version: int | None = None,
    filling: DealValues | None = None,
) -> Deal:
    """Close a deal as won or lost; one that is lost may name the competitor who took it.

    `filling` is written first: what the deal lacked to be won. Raises NotFound, BadInput, AlreadyClosed, LacksFields,
    BackInTime, VersionConflict, and what `change_deal` raises.
    """
    if filling:
        change_deal(actor=actor, as_of=as_of, deal_id=deal_id, expected_version=expected_version, **filling)
        expected_version = None
    reader = Reader()
    if competitor_id is not None and outcome == Outcome.WON:
        reader.refuse("competitor_id", msg("A deal that is won was not lost to anybody."))
    reader.choice(outcome, Outcome.values, "outcome")
    reader.choice(reason, ["", *CloseReason.values], "reason")
    reader.words(note, "note")
    reader.finish()
    deal = Deal.one_for(actor, Verb.CHANGE, deal_id, lock=True)
    deal.expect(expected_version)
    _still_open(deal)
    if outcome == Outcome.WON:
        _lacks_nothing(deal, None, actor, as_of)
    taken_by = Competitor.one_for(actor, Verb.VIEW, competitor_id) if competitor_id else None
    _leave_stage(deal, as_of)
    if taken_by is not None:
        seen(deal, taken_by, actor=actor, as_of=as_of)
    close = DealClose.objects.create(
        deal=deal, outcome=outcome, reason=reason, note=note, closed_at=as_of, closed_by=actor.id
    )
    if taken_by is not None:
        LossTo.objects.create(close=close, competitor=taken_by)
    deal.touch(actor=actor, as_of=as_of)
    fact = close_fact(deal, outcome=outcome, reason=reason, note=note, competitor_id=competitor_id)
    publish(fact, actor=actor, occurred_at=as_of)
    return deal


@action
def ask_to_reopen(*, actor: Actor, as_of: datetime, deal_id: UUID, reason: str) -> "Approval":
    """Ask that somebody else agrees to opening a closed deal again. Raises NotFound, NotClosed, BadInput."""
    reader = Reader()
    if not reason.strip():
        reader.refuse("reason", msg("Say why, for the person who decides."))
    reader.words(reason, "reason")
    reader.finish()
    deal = Deal.one_for(actor, Verb.CHANGE, deal_id, lock=True)
    if not DealClose.objects.filter(deal=deal).exists():
        raise NotClosed(deal=deal.name)
    return ask_approval(
        actor=actor,
        as_of=as_of,
        subject=deal.ref,
        request=queries.REOPEN,
        amount=deal.amount,
        reason=reason.strip(),
    )


@action
def reopen_deal(*, actor: Actor, as_of: datetime, deal_id: UUID, expected_version: int | None = None) -> Deal:
    """Open a closed deal again, in the stage it was in, or in the one before it where that is gone.

    Raises NotFound, NotClosed, BackInTime, VersionConflict, and NeedsSecondPerson for a won deal above the company's
    threshold that nobody else agreed to open since it was won.
    """
    deal = Deal.one_for(actor, Verb.CHANGE, deal_id, lock=True)
    deal.expect(expected_version)
    close = DealClose.objects.filter(deal=deal).first()
    if close is None:
        raise NotClosed(deal=deal.name)
    if as_of < close.closed_at:
        raise BackInTime(deal=deal.name, instant=f"{close.closed_at:%Y-%m-%d %H:%M}")
    if queries.takes_two(deal, close) and not queries.agreed(deal, close):
        raise NeedsSecondPerson(deal=deal.name, amount=deal.amount)
    close.delete()
    withdraw_approval(actor=actor, as_of=as_of, subject=deal.ref, request=queries.REOPEN)
    stage = _stage_again(deal)
    hold_stages([stage.pk])
    StageStay.objects.create(deal=deal, stage=stage, entered_at=as_of)
    deal.touch(actor=actor, as_of=as_of, stage_id=stage.pk)
    publish(
        told(
            DealReopened,
            deal,
            {},
            about=refs_of(deal),
            outcome_before=close.outcome,
            reason_before=close.reason,
            closed_at_before=close.closed_at,
        ),
        actor=actor,
        occurred_at=as_of,
    )
    return Deal.objects.get(pk=deal.pk)


def _still_open(deal: Deal) -> None:
    close = DealClose.objects.filter(deal=deal).first()
    if close is not None:
        raise AlreadyClosed(deal=deal.name, outcome=close.outcome, day=f"{close.closed_at:%Y-%m-%d}")


def _lacks_nothing(deal: Deal, to: Stage | None, actor: Actor, as_of: datetime) -> None:
    missing = queries.lacking(deal, to, actor, as_of)
    if missing:
        said = dict.fromkeys((name for name, _label in missing), msg("The deal needs this to go on."))
        labels = ", ".join(label for _name, label in missing)
        raise LacksFields(fields=said, deal=deal.name, stage=deal.stage.name, missing=labels)


def _stage_again(deal: Deal) -> Stage:
    """Return the stage that a deal comes back to: its own, else the last one before its place, else the first."""
    stage = deal.stage
    if stage.deleted_at is None:
        return stage
    left = list(Stage.objects.filter(NOT_DELETED, pipeline=deal.pipeline_id).order_by("position", "pk"))
    before = [each for each in left if each.position < stage.position]
    return before[-1] if before else left[0]


def _leave_stage(deal: Deal, as_of: datetime) -> None:
    stay = StageStay.objects.get(deal=deal, left_at=None)
    if as_of < stay.entered_at:
        raise BackInTime(deal=deal.name, instant=f"{stay.entered_at:%Y-%m-%d %H:%M}")
    stay.left_at = as_of
    stay.save(update_fields=["left_at"])
