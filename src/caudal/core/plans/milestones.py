"""When the milestones of a plan are due, and which are late."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from caudal.core.periods import Days, add_months
from caudal.core.plans.passages import Milestone, Phase


class Progress(StrEnum):
    """Where a milestone stands."""

    TO_COME = "to_come"
    """Its months have not begun."""
    UNDER_WAY = "under_way"
    LATE = "late"
    """Its months are over and it is not done."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Due:
    """The days of a milestone, where it stands, and by how many days it is late, or was when it was done."""

    days: Days
    progress: Progress
    days_late: int = 0


def days_of(stretch: Phase | Milestone, starts_on: date) -> Days:
    """The days of a phase or milestone of a plan that starts on the first of a month.

    >>> from caudal.core.plans.labels import Label
    >>> print(days_of(Phase(id="growth", label=Label("", ""), first=4, last=6), date(2026, 1, 1)))
    2026-04-01/2026-07-01
    """
    return Days(add_months(starts_on, stretch.first - 1), add_months(starts_on, stretch.last))


def due(milestone: Milestone, *, starts_on: date, today: date, done_on: date | None) -> Due:
    """Where a milestone stands on a day; done on its last day it was not late.

    >>> from caudal.core.plans.labels import Label
    >>> launch = Milestone(id="launch", label=Label("", ""), first=3, last=3)
    >>> for day in (date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 12)):
    ...     found = due(launch, starts_on=date(2026, 1, 1), today=day, done_on=None)
    ...     print(found.progress.value, found.days_late)
    to_come 0
    under_way 0
    late 12
    """
    days = days_of(milestone, starts_on)
    if done_on is not None:
        return Due(days, Progress.DONE, max(0, (done_on - days.last).days))
    if today < days.start:
        return Due(days, Progress.TO_COME)
    late = (today - days.last).days
    return Due(days, Progress.LATE, late) if late > 0 else Due(days, Progress.UNDER_WAY)


def milestone_called(phases: Iterable[Phase], phase_id: str, milestone_id: str) -> Milestone | None:
    """The milestone of these ids, if there is one."""
    return next(
        (each for phase in phases if phase.id == phase_id for each in phase.milestones if each.id == milestone_id),
        None,
    )
