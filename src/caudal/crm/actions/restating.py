"""Writing a deal's history anew when the system it came from tells it differently."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.crm.actions.activities import change_activity, complete_activity, reopen_activity
from caudal.crm.actions.checking import Reader
from caudal.crm.actions.deals import close_fact, in_order, move_fact, stays_of
from caudal.crm.actions.drafts import CloseDraft, StageStep
from caudal.crm.actions.logging import ActivityDraft, reached, with_owners
from caudal.crm.actions.routes import Routes, Step, hold_stages
from caudal.crm.actions.telling import refs_of, told
from caudal.crm.events import DealChanged, DealReopened
from caudal.crm.models import (
    Activity,
    ActivityKind,
    CloseReason,
    Completion,
    Deal,
    DealClose,
    Outcome,
    Stage,
    StageStay,
)
from caudal.kit.access import Actor, Verb
from caudal.kit.actions import action
from caudal.kit.outbox import Fact, publish_many


@action
def restate_deal(
    *,
    actor: Actor,
    as_of: datetime,
    deal_id: UUID,
    opened_at: datetime | None,
    stages: Sequence[StageStep],
    close: CloseDraft | None,
    expected_version: int | None = None,
) -> Deal:
    """Make a deal's beginning, stages and end be these; said again, it changes nothing.

    Its steps become those that another system reports, and the facts tell what is different: it was won, lost,
    reopened or moved on the day given there, or only its dates were corrected. Raises NotFound, BadInput,
    StageOfAnotherPipeline, VersionConflict.
    """
    reader = Reader()
    if close:
        reader.choice(close.outcome, Outcome.values, "close.outcome")
        reader.choice(close.reason, ["", *CloseReason.values], "close.reason")
    hold_stages({step.stage_id for step in stages[-1:]})
    deal = Deal.one_for(actor, Verb.CHANGE, deal_id, lock=True)
    deal.expect(expected_version)
    routes = Routes.load()
    steps = [Step(routes.stage(step.stage_id), step.entered_at) for step in stages]
    for step in steps:
        routes.same_pipeline(step.stage, deal.pipeline_id)
    in_order(reader, steps, close)
    reader.finish()
    before, stage, closed = deal.opened_at, deal.stage, DealClose.objects.filter(deal=deal).first()
    if _is_told(deal, steps, opened_at=opened_at, close=close, closed=closed):
        return deal
    StageStay.objects.filter(deal=deal).delete()
    StageStay.objects.bulk_create(stays_of(deal, steps, close))
    DealClose.objects.filter(deal=deal).delete()
    if close:
        DealClose.objects.create(
            deal=deal,
            outcome=close.outcome,
            reason=close.reason,
            note=close.note,
            closed_at=close.closed_at,
            closed_by=actor.id,
        )
    deal.touch(actor=actor, as_of=as_of, opened_at=opened_at, stage_id=steps[-1].stage.pk)
    facts = _news(deal, steps, stage=stage, opened_before=before, closed=closed, close=close)
    publish_many(facts, actor=actor, occurred_at=as_of)
    return Deal.objects.get(pk=deal.pk)


class AnotherKind(Problem):
    """What was a call stays one: its outcomes and its place in numbers depend on it."""

    code = "activity.another_kind"
    status = 409
    message = msg("The activity is known as one of another kind.")
    hint = msg("Delete it, and it comes in anew.")


@action
def restate_activity(*, actor: Actor, as_of: datetime, activity_id: UUID, draft: ActivityDraft) -> Activity:
    """Make an activity say what another system says of it; said again, it changes nothing.

    Raises NotFound, BadInput, AnotherKind.
    """
    activity = Activity.one_for(actor, Verb.CHANGE, activity_id)
    if activity.does != draft.does:
        raise AnotherKind
    change_activity(
        actor=actor,
        as_of=as_of,
        activity_id=activity_id,
        about=with_owners(draft.about, reached(actor, [draft])),
        subject=draft.subject,
        body=draft.body,
        owner_id=draft.owner_id,
        due_date=draft.due_date,
        due_at=draft.due_at,
        minutes=draft.minutes,
        direction=draft.direction,
    )
    done, wanted = Completion.objects.filter(activity_id=activity_id).first(), draft.done
    before, after = ((each.outcome, each.done_at) if each else None for each in (done, wanted))
    if draft.does == ActivityKind.NOTE or before == after:
        return Activity.objects.get(pk=activity_id)
    if done:
        reopen_activity(actor=actor, as_of=as_of, activity_id=activity_id)
    if wanted:
        complete_activity(
            actor=actor, as_of=as_of, activity_id=activity_id, outcome=wanted.outcome, done_at=wanted.done_at
        )
    return Activity.objects.get(pk=activity_id)


def _is_told(
    deal: Deal, steps: Sequence[Step], *, opened_at: datetime | None, close: CloseDraft | None, closed: DealClose | None
) -> bool:
    walked = StageStay.objects.filter(deal=deal).order_by("entered_at", "pk").values_list("stage_id", "entered_at")
    ended = (closed.outcome, closed.reason, closed.closed_at) if closed else None
    ends = (close.outcome, close.reason, close.closed_at) if close else None
    return (
        deal.opened_at == opened_at
        and ended == ends
        and list(walked) == [(step.stage.pk, step.entered_at) for step in steps]
    )


def _news(
    deal: Deal,
    steps: Sequence[Step],
    *,
    stage: Stage,
    opened_before: datetime | None,
    closed: DealClose | None,
    close: CloseDraft | None,
) -> Iterator[Fact]:
    """Tell first that it is open again, then where it went, then how it ended; dates that were corrected come last."""
    ended_otherwise = closed is not None and (close is None or close.outcome != closed.outcome)
    if closed is not None and ended_otherwise:
        yield told(
            DealReopened,
            deal,
            {},
            about=refs_of(deal),
            outcome_before=closed.outcome,
            reason_before=closed.reason,
            closed_at_before=closed.closed_at,
        )
    if stage.pk != steps[-1].stage.pk:
        yield move_fact(deal, before=stage, after=steps[-1].stage, at=steps[-1].entered_at)
    if close and (closed is None or ended_otherwise):
        yield close_fact(deal, outcome=close.outcome, reason=close.reason, note=close.note, at=close.closed_at)
    changes = {}
    if opened_before != deal.opened_at:
        changes["opened_at"] = (_written(opened_before), _written(deal.opened_at))
    if closed is not None and close is not None and not ended_otherwise:
        if closed.closed_at != close.closed_at:
            changes["closed_at"] = (_written(closed.closed_at), _written(close.closed_at))
        if closed.reason != close.reason:
            changes["reason"] = (closed.reason, close.reason)
    if changes:
        yield told(DealChanged, deal, changes, about=refs_of(deal))


def _written(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
