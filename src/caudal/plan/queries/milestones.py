"""The phases of the plan that counts, with the days, the owners and what is late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from caudal.core.periods import Days, day_in
from caudal.core.plans import Due, Milestone, Phase, Progress, days_of, due
from caudal.kit.access import Actor, Verb, policies
from caudal.plan.models import MilestoneWork
from caudal.plan.queries.adopted import adopted_plan
from caudal.workspace.queries import company, member_names


@dataclass(frozen=True, slots=True)
class MilestoneStanding:
    """A milestone, its days and where it stands; who sees to it, and whether the reader may say something of it."""

    phase: Phase
    milestone: Milestone
    due: Due
    done_on: date | None
    owner_id: UUID | None
    owner: str
    version: int
    may_change: bool
    row_id: UUID | None = None
    """The row of what was said of it, if anything was."""


@dataclass(frozen=True, slots=True)
class PhaseStanding:
    """A phase with its days and its milestones."""

    phase: Phase
    days: Days
    milestones: tuple[MilestoneStanding, ...]

    @property
    def late(self) -> int:
        """How many of its milestones are late."""
        return sum(each.due.progress is Progress.LATE for each in self.milestones)

    @property
    def done(self) -> int:
        """How many of its milestones are done."""
        return sum(each.due.progress is Progress.DONE for each in self.milestones)


def milestone_work(plan_id: str, phase: str, milestone: str, *, lock: bool = False) -> MilestoneWork | None:
    """Return what was said of a milestone, locked for change if asked; None where nothing was."""
    rows = MilestoneWork.objects.filter(plan=plan_id, phase=phase, milestone=milestone, deleted_at=None)
    return (rows.select_for_update(of=("self",)) if lock else rows).first()


def company_day(as_of: datetime) -> date:
    """Return the day it is where the company is."""
    own = company()
    return day_in(as_of, ZoneInfo(own.zone if own else "UTC"))


def phase_standings(actor: Actor, as_of: datetime) -> tuple[PhaseStanding, ...]:
    """Return the phases of the plan that counts, in its order. Raises NoPlan."""
    version, plan = adopted_plan(actor)
    today = company_day(as_of)
    works = {
        (work.phase, work.milestone): work
        for work in MilestoneWork.for_actor(actor).filter(plan=plan.id).order_by("pk")
    }
    names = member_names({work.owner_id for work in works.values() if work.owner_id})
    policy = policies()["milestone"]
    found = []
    for phase in plan.passages.phases:
        milestones = []
        for each in phase.milestones:
            work = works.get((phase.id, each.id))
            owner_id, done_on = (work.owner_id, work.done_on) if work else (None, None)
            milestones.append(
                MilestoneStanding(
                    phase=phase,
                    milestone=each,
                    due=due(each, starts_on=version.starts_on, today=today, done_on=done_on),
                    done_on=done_on,
                    owner_id=owner_id,
                    owner=names.get(owner_id, "") if owner_id else "",
                    version=work.version if work else 0,
                    may_change=policy.covers(actor, Verb.CHANGE, owner_id),
                    row_id=work.pk if work else None,
                )
            )
        found.append(PhaseStanding(phase, days_of(phase, version.starts_on), tuple(milestones)))
    return tuple(found)


def milestone_called(actor: Actor, row_id: UUID) -> MilestoneWork:
    """Return what was said of a milestone, by the id of its row. Raises NotFound."""
    return MilestoneWork.one_for(actor, Verb.VIEW, row_id)


def late_milestones(actor: Actor, as_of: datetime) -> list[MilestoneStanding]:
    """Return the milestones that are late, the one that is latest first. Raises NoPlan."""
    return latest_first(phase_standings(actor, as_of))


def latest_first(phases: Sequence[PhaseStanding]) -> list[MilestoneStanding]:
    """Return those milestones of phases that are late, the one that is latest first."""
    late = [each for phase in phases for each in phase.milestones if each.due.progress is Progress.LATE]
    return sorted(late, key=lambda each: -each.due.days_late)
