"""A plan as values: pillars, targets and versions."""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from caudal.core.errors import Place, Problem, msg
from caudal.core.intervals import Interval, Reading, exact_text
from caudal.core.money import Currency
from caudal.core.periods import Grain
from caudal.core.plans.assumptions import Assumptions
from caudal.core.plans.labels import Label
from caudal.core.plans.passages import NOWHERE, Passages
from caudal.core.plans.relations import Check
from caudal.core.plans.scenarios import Scenario
from caudal.core.plans.units import Unit, nearest
from caudal.core.plans.vocabulary import VOCABULARY


class UnknownTarget(Problem):
    """The plan has no target of that id."""

    code = "plan.unknown_target"
    status = 404
    message = msg("The plan “{plan}” has no target “{target}”.")


class UnknownVersion(Problem):
    """The plan has no version of that id."""

    code = "plan.unknown_version"
    status = 404
    message = msg("The plan “{plan}” has no version “{version}”.")
    hint = msg("It has: {versions}.")


@dataclass(frozen=True, slots=True)
class Pillar:
    """A line of business."""

    id: str
    label: Label


@dataclass(frozen=True, slots=True)
class Target:
    """A range that a number must be in, measured by a metric over a period.

    `hi` is None for "5,000 or more". `lines` are those of the source document, `place` is in the plan file.
    """

    id: str
    label: Label
    lo: Fraction
    hi: Fraction | None
    unit: Unit
    period: Grain
    pillar: str | None = None
    metric: str | None = None
    lines: tuple[int, ...] = ()
    place: Place = NOWHERE

    @property
    def open(self) -> bool:
        """Whether it has no upper end."""
        return self.hi is None

    @property
    def bounds(self) -> Interval:
        """What the number can be at all: a share is from 0 to 1, a score within its scale."""
        if self.unit.scale is not None:
            return Interval.of(*self.unit.scale)
        known = VOCABULARY.get(self.metric or "")
        if self.unit.text == "share" or (known is not None and known.part):
            return Interval.of(0, 1)
        return Interval(None, None)

    def read(self, reading: Reading) -> Interval:
        """Its interval in one of the two readings of an open end, which never leaves its bounds."""
        read = Interval.read(self.lo, self.hi, reading)
        return read if self.hi is not None else read.overlap(self.bounds) or read

    def scaled(self, scale: Fraction) -> "Target":
        """The same target at another size."""
        return replace(self, lo=self.lo * scale, hi=None if self.hi is None else self.hi * scale)

    def to_json(self) -> dict[str, Any]:
        """Every field, with exact numbers as text."""
        return {
            "id": self.id,
            "lo": exact_text(self.lo),
            "hi": None if self.hi is None else exact_text(self.hi),
            "open": self.open,
            "unit": self.unit.text,
            "period": self.period.value,
            "pillar": self.pillar,
            "metric": self.metric,
            "lines": list(self.lines),
            "label": self.label.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Version:
    """The plan at another size: some of its targets, all totals in a time, multiplied by `scale`."""

    id: str
    label: Label
    scale: Fraction
    scales: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a company means to reach. Targets, pillars and versions are in the order of the file."""

    id: str
    name: Label
    currency: Currency
    months: int
    targets: tuple[Target, ...]
    pillars: tuple[Pillar, ...] = ()
    versions: tuple[Version, ...] = ()
    checks: tuple[Check, ...] = ()
    """What must hold between the targets, as the plan itself says it."""
    document: str = ""
    sha256: str = ""
    assumptions: Assumptions = field(default_factory=Assumptions)
    """Its drivers, and how other numbers follow from them."""
    passages: Passages = field(default_factory=Passages)
    """What stands around the targets: their parts, prices, channels, budget, phases, claims."""
    scenarios: tuple[Scenario, ...] = ()
    """Names for the plan with some things otherwise."""
    scenario: Scenario | None = None
    """The one by which it was read, if any."""
    version: Version | None = None
    """The version it was scaled to, if any."""

    def target(self, target_id: str) -> Target:
        """The target of an id. Raises UnknownTarget."""
        for target in self.targets:
            if target.id == target_id:
                return target
        raise UnknownTarget(plan=self.id, target=target_id)

    def measured_by(self, metric: str) -> tuple[Target, ...]:
        """The targets of a metric."""
        return tuple(target for target in self.targets if target.metric == metric)

    def scales_in(self, target_id: str) -> bool:
        """Whether the version at hand has changed the size of a target."""
        return self.version is not None and target_id in self.version.scales

    def in_version(self, version_id: str) -> "Plan":
        """The plan at the size of one of its versions. Raises UnknownVersion."""
        for version in self.versions:
            if version.id == version_id:
                scaled = tuple(
                    target.scaled(version.scale) if target.id in version.scales else target for target in self.targets
                )
                passages = replace(
                    self.passages,
                    parts=tuple(
                        replace(part, figure=part.figure.scaled(version.scale)) if part.of in version.scales else part
                        for part in self.passages.parts
                    ),
                )
                assumptions = self.assumptions.scaled(version.scale, version.scales)
                return replace(self, targets=scaled, passages=passages, assumptions=assumptions, version=version)
        known = [version.id for version in self.versions]
        raise UnknownVersion(
            plan=self.id, version=version_id, versions=nearest(version_id, known) or ", ".join(known) or "-"
        )

    def to_json(self) -> dict[str, Any]:
        """The plan and its targets, with exact numbers as text."""
        about = {
            "id": self.id,
            "name": self.name.to_json(),
            "currency": self.currency.code,
            "months": self.months,
            "document": self.document or None,
            "sha256": self.sha256 or None,
            "version": self.version and self.version.id,
            "scale": self.version and exact_text(self.version.scale),
            "pillars": [{"id": pillar.id, "label": pillar.label.to_json()} for pillar in self.pillars],
            "versions": [version.id for version in self.versions],
            "scenarios": [scenario.to_json() for scenario in self.scenarios],
            "scenario": self.scenario and self.scenario.id,
        }
        return {
            "plan": about,
            "targets": [target.to_json() for target in self.targets],
            **self.passages.to_json(),
        }
