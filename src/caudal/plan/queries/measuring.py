"""Numbers for targets, asked of the metrics once each.

Numbers that take the database long are counted by a job every few minutes and kept, with the instant at which they
were; whoever looks is given those that are not too old, and the rest is counted. Where all are counted in a moment,
none is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from django.core.cache import cache

from caudal.core.metrics import REGISTRY, NotFed, Request
from caudal.insights.queries import Figure, kept_marts, measure, optional_marts
from caudal.kit.access import SYSTEM, Actor
from caudal.kit.clocking import clocked

Question: TypeAlias = tuple[str, Request]
MOMENT_SECONDS: Final = 0.2
"""All numbers of a page may take so long together; where they take longer, those of some weight are kept."""
WEIGHT_SECONDS: Final = 0.02
"""What takes less is counted whenever somebody looks."""
HOLD: Final = timedelta(minutes=30)
"""So long a number counts that the job has kept; one that has not run for longer is not waited for."""
KEPT: Final = "plan.measured"


@dataclass(frozen=True, slots=True)
class Counted:
    """A metric by period, and when it was counted."""

    figures: tuple[Figure, ...]
    at: datetime


@dataclass(slots=True)
class Measuring:
    """Asks each question once, however many targets share it, with the reach of one actor."""

    actor: Actor
    as_of: datetime
    kept: Mapping[Question, Counted] = field(default_factory=dict)
    took: dict[Question, tuple[Counted, float]] = field(default_factory=dict)
    """What was counted just now, and the seconds that it took."""
    counted_at: datetime | None = None
    """The instant of the oldest number that was taken from those kept; None where all were counted just now."""
    _answers: dict[Question, tuple[Figure, ...]] = field(default_factory=dict)
    _kept_here: frozenset[str] | None = None

    @classmethod
    def of(cls, actor: Actor, as_of: datetime) -> "Measuring":
        """Return one that takes what is kept, where the actor sees the numbers of the whole company."""
        return cls(actor, as_of, (cache.get(KEPT) or {}) if actor == SYSTEM else {})

    def figures(self, metric_id: str, request: Request) -> tuple[Figure, ...]:
        """Return a metric by period. Raises what `measure` raises, and NotFed where the company does not keep it."""
        question = (metric_id, request)
        for mart in optional_marts(REGISTRY.metrics[metric_id]):
            if self._kept_here is None:
                self._kept_here = kept_marts()
            if mart.name not in self._kept_here:
                raise NotFed(metric=metric_id, source=mart.name)
        if question not in self._answers:
            self._answers[question] = self._kept(question) or self._counted(question)
        return self._answers[question]

    def keep(self) -> int:
        """Keep what took long, instead of what was kept before; return how many numbers these are."""
        takes_long = sum(seconds for _, seconds in self.took.values()) >= MOMENT_SECONDS
        weighty = [(asked, counted) for asked, (counted, seconds) in self.took.items() if seconds >= WEIGHT_SECONDS]
        slow = dict(weighty if takes_long else [])
        cache.set(KEPT, slow, timeout=HOLD.total_seconds())
        return len(slow)

    def _kept(self, question: Question) -> tuple[Figure, ...]:
        found = self.kept.get(question)
        if found is None or not timedelta() <= self.as_of - found.at <= HOLD:
            return ()
        self.counted_at = min(self.counted_at or found.at, found.at)
        return found.figures

    def _counted(self, question: Question) -> tuple[Figure, ...]:
        found, seconds = clocked(lambda: measure(self.actor, *question))
        self.took[question] = Counted(found.rows, self.as_of), seconds
        return found.rows
