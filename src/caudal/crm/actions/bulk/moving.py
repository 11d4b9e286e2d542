"""Moving many deals to a stage, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Greatest

from caudal.core.errors import Problem, msg
from caudal.crm import queries
from caudal.crm.actions.bulk.edits import Edit
from caudal.crm.actions.bulk.writing import By, Verdict, put
from caudal.crm.actions.closing import AlreadyClosed, BackInTime, LacksFields
from caudal.crm.actions.deals import BATCH, move_fact
from caudal.crm.actions.routes import Routes, StageOfAnotherPipeline, hold_stages
from caudal.crm.models import Deal, DealClose, Stage, StageStay
from caudal.kit.access import Actor
from caudal.kit.given import given


class StageGone(Problem):
    """There is no such stage, or it was deleted."""

    code = "stage.gone"
    status = 409
    message = msg("The stage is not there any more.")
    hint = msg("Choose another one.")


@dataclass(slots=True)
class Moving:
    """Moves open deals to a stage of their pipeline, as far as they have what the stages on the way ask for."""

    to: Stage
    routes: Routes
    as_of: datetime
    actor: Actor

    @classmethod
    def of(cls, edit: Edit, actor: Actor, as_of: datetime) -> "Moving":
        """Find the stage. Raises NotForMany, BadInput, NotFound."""
        stage_id = given(edit.shape_field(actor), edit.value)
        if stage_id is None:
            raise StageGone
        routes = Routes.load()
        return cls(routes.stage(stage_id), routes, as_of, actor)

    def ready(self, _by: By) -> None:
        """Keep whoever deletes stages waiting. Raises NotFound for one that is gone."""
        hold_stages([self.to.pk])

    def judge(self, rows: Sequence[Deal]) -> list[Verdict]:
        """Say of each deal whether it moves, or what keeps it."""
        closes = {each.deal_id: each for each in DealClose.objects.filter(deal__in=rows)}
        entered = dict(StageStay.objects.filter(deal__in=rows, left_at=None).values_list("deal_id", "entered_at"))
        gate = queries.Gate.of(self.to.pipeline_id)
        gate.ready(rows, self.actor, self.as_of)
        return [self._verdict(row, closes.get(row.pk), entered.get(row.pk), gate) for row in rows]

    def write(self, verdicts: Sequence[Verdict], by: By) -> None:
        """Move those that may."""
        move_all([(each.row, self._stage(each.row)) for each in verdicts], self.to, by)

    def _verdict(
        self, deal: Deal, close: DealClose | None, entered_at: datetime | None, gate: "queries.Gate"
    ) -> Verdict:
        if close is not None:
            closed = AlreadyClosed(deal=deal.name, outcome=close.outcome, day=f"{close.closed_at:%Y-%m-%d}")
            return Verdict(deal, problem=closed)
        try:
            self.routes.same_pipeline(self.to, deal.pipeline_id)
        except StageOfAnotherPipeline as elsewhere:
            return Verdict(deal, problem=elsewhere)
        if deal.stage_id == self.to.pk:
            return Verdict(deal)
        missing = gate.lacking(deal, self.to)
        if missing:
            said = dict.fromkeys((name for name, _label in missing), msg("The deal needs this to go on."))
            labels = ", ".join(label for _name, label in missing)
            stage = self._stage(deal).name
            return Verdict(deal, problem=LacksFields(fields=said, deal=deal.name, stage=stage, missing=labels))
        if entered_at is not None and self.as_of < entered_at:
            return Verdict(deal, problem=BackInTime(deal=deal.name, instant=f"{entered_at:%Y-%m-%d %H:%M}"))
        return Verdict(deal, {"stage_id": self.to.pk})

    def _stage(self, deal: Deal) -> Stage:
        return self.routes.stages.get(deal.stage_id) or deal.stage


def move_all(moves: Sequence[tuple[Deal, Stage]], after: Stage, by: By) -> None:
    """Move locked deals, each given with the stage that it is in, and tell of every one."""
    ids = [deal.pk for deal, _before in moves]
    stays = StageStay.objects.filter(deal__in=ids, left_at=None)
    entered = dict(stays.values_list("deal_id", "entered_at"))
    stays.update(left_at=Greatest(F("entered_at"), by.as_of))
    StageStay.objects.bulk_create(
        (StageStay(deal_id=row_id, stage=after, entered_at=max(by.as_of, entered[row_id])) for row_id in ids),
        batch_size=BATCH,
    )
    put([Verdict(deal, {"stage_id": after.pk}) for deal, _before in moves], by)
    by.publish(move_fact(deal, before=before, after=after) for deal, before in moves)


@dataclass(slots=True)
class MovingBack:
    """Takes moves back: the stay that they began is no more, and the one before goes on."""

    before: Mapping[UUID, UUID]
    """Deal → the stage that it was in."""
    routes: Routes

    @classmethod
    def of(cls, before: Mapping[UUID, UUID]) -> "MovingBack":
        """Take what facts say of where deals were."""
        return cls(before, Routes.load())

    def ready(self, _by: By) -> None:
        """Keep whoever deletes stages waiting, as far as the stages are still there."""
        hold_stages(sorted(set(self.before.values()) & self.routes.stages.keys()))

    def judge(self, rows: Sequence[Deal]) -> list[Verdict]:
        """Say of each deal where it goes back to, or why it cannot."""
        closed = {each.deal_id: each for each in DealClose.objects.filter(deal__in=rows)}
        found = []
        for row in rows:
            close, stage_id = closed.get(row.pk), self.before.get(row.pk)
            if close is not None:
                day = f"{close.closed_at:%Y-%m-%d}"
                found.append(Verdict(row, problem=AlreadyClosed(deal=row.name, outcome=close.outcome, day=day)))
            elif stage_id not in self.routes.stages:
                found.append(Verdict(row, problem=StageGone()))
            else:
                found.append(Verdict(row, {"stage_id": stage_id}))
        return found

    def write(self, verdicts: Sequence[Verdict], by: By) -> None:
        """Move them back."""
        ids = [each.row.pk for each in verdicts]
        here = {each.row.pk: each.row.stage_id for each in verdicts}
        StageStay.objects.filter(deal__in=ids, left_at=None).delete()
        last: dict[UUID, Any] = {}
        for stay in StageStay.objects.filter(deal__in=ids).order_by("entered_at", "pk"):
            last[stay.deal_id] = stay
        StageStay.objects.filter(pk__in=[stay.pk for stay in last.values()]).update(left_at=None)
        put(verdicts, by)
        stages = self.routes.stages
        by.publish(
            move_fact(each.row, before=stages[here[each.row.pk]], after=stages[each.values["stage_id"]])
            for each in verdicts
        )
