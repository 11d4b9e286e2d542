"""Growing the demo company up to a day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse

from caudal.billing.actions import rebuild_mrr
from caudal.core.errors import Problem, msg
from caudal.demo import market
from caudal.demo.cast import Cast
from caudal.demo.chance import seed_of
from caudal.demo.founding import ZONE, found
from caudal.demo.models import Story
from caudal.demo.office import Office
from caudal.demo.performing import perform
from caudal.demo.script import first_of_month, write_script
from caudal.demo.steps import Step
from caudal.kit.access import SYSTEM
from caudal.kit.world import fixed_world, use
from caudal.workspace.actions import make_sign_in_link
from caudal.workspace.queries import company, working_calendar

SEED: Final = 1
MONTHS: Final = 12
FOUNDED_AT: Final = time(8)

Progress = Callable[[int, int, date], None]
"""Told after each step: how many are done, how many there are, and the day."""


class AnotherStory(Problem):
    """The demo company that is there grows from another seed."""

    code = "demo.another_story"
    status = 409
    message = msg("The demo company that is there grew from seed {seed}, since {start}.")
    hint = msg("Start over with --fresh, or use another --data.")


@dataclass(frozen=True, slots=True)
class Growth:
    """What one call of `grow` did."""

    actions: int
    skipped: int
    """Steps that no longer fit, because somebody has changed what they speak of."""
    start_date: date
    end_date: date


def grow(
    *, seed: int | None, months: int | None, end: date, progress: Progress = lambda _done, _all, _day: None
) -> Growth:
    """Let the demo company live up to a day, which is not part of it; found it first if it is not there.

    A new one begins on the first day of the month that is `months` before the end. One that is there goes on from
    where it was; nothing happens when it has come to the end already. The same seed, first day and end give the same
    rows with the same ids, in however many parts it was grown. Each month is one transaction. Raises AnotherStory
    when the one that is there has another seed or length, AlreadyFounded when a company of somebody's own is there.
    """
    story = Story.objects.first()
    actions = 0
    if story is None:
        start = first_of_month(end, -(MONTHS if months is None else months))
        story, actions = _begin(SEED if seed is None else seed, start)
    elif seed not in {None, story.seed}:
        raise AnotherStory(seed=story.seed, start=story.start_date)
    if end <= story.end_date:
        return Growth(actions, 0, story.start_date, story.end_date)
    steps = [step for step in _script(story, end) if step.at >= _midnight(story.end_date)]
    done = skipped = 0
    cast = Cast(story.cast)
    for (year, month), group in groupby(steps, key=lambda step: _month(step.at)):
        with transaction.atomic():
            for step in group:
                skipped += not _attempt(cast, step, story.seed)
                done += 1
                progress(done, len(steps), step.at.astimezone(ZoneInfo(ZONE)).date())
            _keep(story, cast, min(first_of_month(date(year, month, 1), 1), end))
    _keep(story, cast, end)
    # What recurs follows from all that was agreed; without a worker nobody has counted it yet.
    rebuild_mrr(actor=SYSTEM, as_of=_midnight(end))
    return Growth(actions + len(steps), skipped, story.start_date, story.end_date)


def open_the_door(*, as_of: datetime) -> str:
    """Make a link that signs the founder in, once, and return its path. Raises NotFound, Gone, before `grow`."""
    story = Story.objects.first()
    founder = Cast(story.cast if story else {}).member(market.FOUNDER.key)
    token = make_sign_in_link(actor=SYSTEM, as_of=as_of, member=founder)
    return reverse("workspace:come_in", args=[token])


@transaction.atomic
def _begin(seed: int, start: date) -> tuple[Story, int]:
    cast = Cast()
    founded_at = datetime.combine(start, FOUNDED_AT, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    with use(fixed_world(at=founded_at, seed=seed_of(seed, "founding"))):
        actions = found(cast, as_of=founded_at)
    return Story.objects.create(seed=seed, start_date=start, end_date=start, cast=cast.ids), actions


def _script(story: Story, end: date) -> list[Step]:
    settings = company()
    assert settings is not None, "the story begins with founding the company"  # noqa: S101  our own mistake
    # A year more, because lives that begin before the end go on behind it.
    calendar = working_calendar(settings, first=story.start_date, last=end.replace(year=end.year + 1, day=1))
    office = Office(ZoneInfo(ZONE), calendar.holidays)
    return write_script(seed=story.seed, start=story.start_date, end=end, office=office)


def _attempt(cast: Cast, step: Step, seed: int) -> bool:
    """Perform a step in a world of its own, so that its ids depend on nothing else; false when it no longer fits."""
    with use(fixed_world(at=step.at, seed=seed_of(seed, step.key))):
        try:
            perform(cast, step)
        except Problem:
            return False
    return True


def _keep(story: Story, cast: Cast, end: date) -> None:
    story.end_date, story.cast = end, cast.ids
    story.save(update_fields=["end_date", "cast"])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(ZONE))


def _month(at: datetime) -> tuple[int, int]:
    local = at.astimezone(ZoneInfo(ZONE))
    return local.year, local.month
