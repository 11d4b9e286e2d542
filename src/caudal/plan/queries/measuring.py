"""Numbers for targets, asked of the metrics once each."""

from dataclasses import dataclass, field

from caudal.core.metrics import Request
from caudal.insights.queries import Figure, measure
from caudal.kit.access import Actor


@dataclass(frozen=True, slots=True)
class Measuring:
    """Asks each question once, however many targets share it, with the reach of one actor."""

    actor: Actor
    _answers: dict[tuple[str, Request], tuple[Figure, ...]] = field(default_factory=dict)

    def figures(self, metric_id: str, request: Request) -> tuple[Figure, ...]:
        """Return a metric by period. Raises what `measure` raises."""
        key = (metric_id, request)
        if key not in self._answers:
            self._answers[key] = measure(self.actor, metric_id, request).rows
        return self._answers[key]
