"""Why a target's number is not what the plan says, or what it was before: by segments, mix and rate, and factors."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from caudal.core.metrics import REGISTRY, Direction, Effect, Share, by_factor, by_mix_and_rate, by_segment, factor_ids
from caudal.core.periods import Days
from caudal.core.plans import Target, better_is
from caudal.core.targets import is_flow
from caudal.insights.queries import Figure, dimensions_of, sees_company
from caudal.kit.access import SYSTEM, Actor
from caudal.plan.queries.courses import calendar_of, day_shares
from caudal.plan.queries.measuring import Measuring
from caudal.plan.queries.standings import ONE_DAY, Standing, Standings, earlier, question_of, trailing
from caudal.workspace.queries import company

EXPLAINING: Final = ("channel", "product", "team", "owner", "sector", "country", "sales_model", "pipeline", "pillar")
"""Dimensions that explain: what was chosen or met, and not what came of it."""
BASE: Final = 3
"""By so many whole periods before, a plan that says nothing of segments is spread over them."""
RATIOS: Final = frozenset({"ratio", "conversion"})
SUMS: Final = frozenset({"sum", "count", "distinct", "balance", "cumulative"})
REST: Final = "…"
"""The key of what no segment or factor explains."""


class Against(StrEnum):
    """What a number is compared with."""

    PLAN = "plan"
    BEFORE = "before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A target's number against the plan or the time before; the effects sum to the difference, and so do the factors.

    `days` are those of the number, `before` those it is compared with. Without a dimension there are no effects.
    """

    standing: Standing
    against: Against
    start: Fraction
    end: Fraction
    days: Days
    before: Days | None = None
    by: str = ""
    dimensions: tuple[str, ...] = ()
    effects: tuple[Effect[Any], ...] = ()
    factors: tuple[Effect[str], ...] = ()
    is_ratio: bool = False
    spread: Days | None = None
    """The days by whose segments the plan was spread over them, where it was."""

    @property
    def difference(self) -> Fraction:
        """How much more it is than what it is compared with."""
        return self.end - self.start

    @property
    def is_good(self) -> bool:
        """Whether the difference is to the better, or none."""
        less = better_is(self.standing.target.metric) is Direction.LOWER
        return self.difference <= 0 if less else self.difference >= 0


def explain(
    actor: Actor, found: Standings, own: Standing, *, as_of: datetime, against: Against, by: str | None = None
) -> Explanation | None:
    """Return why a target's number is not what it is compared with; None where there is nothing to compare.

    `by` names a dimension; without one, or with one that the metric does not have, it is the first of those that it
    has by which there are several segments.
    """
    if own.verdict.actual is None or own.measured is None or own.worked is None:
        return None
    looking = _Looking(found, own, own.measured, Measuring.of(SYSTEM if found.whole else actor, as_of))
    start, before = looking.start(against)
    if start is None:
        return None
    said = Explanation(
        standing=own, against=against, start=start, end=own.verdict.actual, days=own.measured, before=before
    )
    if own.typed is not None or own.metric is None:
        return said
    # Whoever sees the number of the company sees its parts only with the right to those.
    dimensions = looking.dimensions() if actor == SYSTEM or sees_company(actor) else ()
    chosen = by if by in dimensions else looking.dividing(dimensions)
    said = replace(said, by=chosen, dimensions=dimensions, is_ratio=own.metric.kind in RATIOS)
    return looking.factored(looking.divided(said) if chosen else said)


@dataclass(frozen=True, slots=True)
class _Looking:
    """What all questions of one explanation share."""

    found: Standings
    own: Standing
    days: Days
    measuring: Measuring

    def dimensions(self) -> tuple[str, ...]:
        """What the number can be divided by."""
        metric = self.own.metric
        assert metric is not None  # noqa: S101  the caller looked
        if metric.kind not in RATIOS | SUMS:
            return ()
        known = dimensions_of(metric)
        return tuple(name for name in EXPLAINING if name in known and (name != "pillar" or not self.own.target.pillar))

    def dividing(self, dimensions: tuple[str, ...]) -> str:
        """The first dimension by which there are several segments, else the first of all."""
        for name in dimensions:
            if len(self.cells(self.days, name)) > 1:
                return name
        return next(iter(dimensions), "")

    def start(self, against: Against) -> tuple[Fraction | None, Days | None]:
        """What the number is compared with, and the days that it is of."""
        own = self.own
        assert own.worked is not None  # noqa: S101  the caller looked
        if against is Against.PLAN:
            bound = own.bound
            return (bound * own.worked.share if own.flow else bound) if bound is not None else None, None
        if own.typed is not None:
            whole = not own.flow or own.typed.is_whole
            return (own.recent[-1] if own.recent and whole else None), None
        before = self.before()
        value = self.figure(own.metric.id if own.metric else "", before).value
        return value, before

    def before(self) -> Days:
        """The days before that are like those of the number: to the same share of the working time, or as long."""
        own = self.own
        assert own.period is not None  # noqa: S101  what was judged has a period
        assert own.worked is not None  # noqa: S101  the same
        if not own.flow:
            return trailing(own.target.period, self.days.start - ONE_DAY)
        previous = own.period.previous
        for day, elapsed in day_shares(calendar_of(own), previous):
            if elapsed >= own.worked.share:
                return Days(previous.days.start, day + ONE_DAY)
        return previous.days

    def base(self) -> Days:
        """The whole periods before by which a plan is spread over segments."""
        own = self.own
        assert own.period is not None  # noqa: S101  what was judged has a period
        end = own.period.days.start if own.flow else self.days.start
        return Days(earlier(own.period, BASE).days.start, end)

    def divided(self, said: Explanation) -> Explanation:
        """The explanation by segments."""
        now = self.cells(self.days, said.by)
        base = self.base() if said.against is Against.PLAN else said.before
        assert base is not None  # noqa: S101  what is compared with before has days
        then = self.cells(base, said.by)
        planned = said.against is Against.PLAN
        if said.is_ratio:
            shares = {key: _share(figure) for key, figure in now.items()}
            old = {key: _share(figure) for key, figure in then.items()}
            known = _rate(old) is not None and bool(_rate(old))
            before = _spread_shares(said.start, old if known else shares) if planned else old
            effects = by_mix_and_rate(before, shares)
        else:
            values = {key: figure.value or Fraction(0) for key, figure in now.items()}
            old_values = {key: figure.value or Fraction(0) for key, figure in then.items()}
            known = any(old_values.values())
            spread_by = old_values if known else values
            effects = by_segment(_spread(said.start, spread_by) if planned else old_values, values)
        left = said.difference - sum((each.amount for each in effects), Fraction(0))
        if left:
            effects = (*effects, Effect(REST, None, None, left))
        moved = tuple(each for each in effects if each.amount or each.after)
        return replace(said, effects=moved, spread=base if planned and known else None)

    def factored(self, said: Explanation) -> Explanation:
        """The explanation by factors, of a metric that is a product."""
        metric = self.own.metric
        assert metric is not None  # noqa: S101  the caller looked
        before: list[tuple[str, Fraction]] = []
        after: list[tuple[str, Fraction]] = []
        for factor in factor_ids(metric.id):
            old = self.planned(factor) if said.against is Against.PLAN else self.figure(factor, said.before).value
            new = self.figure(factor, self.days).value
            if old and new:
                before.append((factor, old))
                after.append((factor, new))
        if len(before) < 2:  # noqa: PLR2004  one factor explains nothing
            return said
        rest = said.start / _product(before), said.end / _product(after)
        if {*rest} != {Fraction(1)}:
            before.append((REST, rest[0]))
            after.append((REST, rest[1]))
        return replace(said, factors=by_factor(before, after))

    def planned(self, metric_id: str) -> Fraction | None:
        """What the plan says of a factor by now, where it has a target of it."""
        own = self.own
        assert own.worked is not None  # noqa: S101  the caller looked
        for target in self.found.plan.measured_by(metric_id):
            if target.pillar == own.target.pillar and target.period is own.target.period:
                return _planned(target, own.worked.share)
        return None

    def cells(self, days: Days, by: str) -> dict[Any, Figure]:
        """The number over some days by the values of a dimension."""
        assert self.own.metric is not None  # noqa: S101  the caller looked
        question = replace(self.question(days), by=(by,))
        return {each.dimensions[0]: each for each in self.measuring.figures(self.own.metric.id, question)}

    def figure(self, metric_id: str, days: Days | None) -> Figure:
        """A metric over some days."""
        assert days is not None  # noqa: S101  what is compared with before has days
        return self.measuring.figures(metric_id, self.question(days))[0]

    def question(self, days: Days) -> Any:
        settings = company()
        currency = settings.currency if settings else ""
        return question_of(self.own.target, days, self.found.moment, self.found.calendar.zone, currency)


def _planned(target: Target, share: Fraction) -> Fraction | None:
    metric = REGISTRY.metrics.get(target.metric or "")
    bound = target.hi if better_is(target.metric) is Direction.LOWER else target.lo
    flow = target.unit.is_flow and (metric is None or is_flow(metric))
    return bound if bound is None or not flow else bound * share


def _spread(total: Fraction, by: Mapping[Any, Fraction]) -> dict[Any, Fraction]:
    """A total over segments, in proportion to what they had; all of it to nobody where they had nothing."""
    whole = sum(by.values(), Fraction(0))
    return {key: total * value / whole for key, value in by.items()} if whole else {}


def _spread_shares(rate: Fraction, by: Mapping[Any, Share]) -> dict[Any, Share]:
    """Segments as they were, their rates all as much better or worse as makes the whole ratio the given one."""
    whole = _rate(by)
    if whole:
        return {key: Share(share.above * rate / whole, share.below) for key, share in by.items()}
    return {key: Share(share.below * rate, share.below) for key, share in by.items()}


def _rate(shares: Mapping[Any, Share]) -> Fraction | None:
    below = sum((share.below for share in shares.values()), Fraction(0))
    return sum((share.above for share in shares.values()), Fraction(0)) / below if below else None


def _share(figure: Figure) -> Share:
    return Share(figure.numerator or Fraction(0), figure.denominator or Fraction(0))


def _product(values: list[tuple[str, Fraction]]) -> Fraction:
    found = Fraction(1)
    for _, value in values:
        found *= value
    return found
