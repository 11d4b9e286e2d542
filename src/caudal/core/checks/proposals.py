"""What a repair would write: new ranges for the targets to change, and whether every check then stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from caudal.core.checks.repairs import Repair
from caudal.core.checks.rounding import simplest
from caudal.core.checks.systems import needs
from caudal.core.checks.verdicts import CheckResult, check_plan, ranges_of
from caudal.core.intervals import Interval, Reading
from caudal.core.periods import Grain
from caudal.core.plans import Check, Plan, Target, UnitKind

_PER_YEAR: Final[Mapping[Grain, int]] = {Grain.MONTH: 12, Grain.QUARTER: 4, Grain.YEAR: 1}


@dataclass(frozen=True, slots=True)
class Change:
    """One target with another range; `hi` is None where it stays open."""

    target: Target
    lo: Fraction
    hi: Fraction | None
    room: Interval
    """All that it could be while the rest stays as it is."""

    @property
    def changed(self) -> Target:
        """The target as it would be."""
        return replace(self.target, lo=self.lo, hi=self.hi)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A repair as changes of the plan; `broken` are the checks that it does not mend, none when it is clean."""

    changes: tuple[Change, ...]
    cost: int
    moved: Fraction
    broken: tuple[str, ...]

    def applied(self, plan: Plan) -> Plan:
        """The plan with the changes made."""
        return with_targets(plan, [change.changed for change in self.changes])


@dataclass(frozen=True, slots=True)
class Rebase:
    """A target that may have been told for another time than was meant, and the checks that this alone would mend."""

    target: Target
    said: Grain
    meant: Grain
    mends: tuple[str, ...]

    @property
    def changed(self) -> Target:
        """The target if its number was for the time that may have been meant, told for the time that it is told for."""
        return self.target.scaled(Fraction(_PER_YEAR[self.meant], _PER_YEAR[self.said]))


def proposal(plan: Plan, checks: Sequence[Check], reading: Reading, repair: Repair) -> Proposal:
    """Turn the numbers of a repair into ranges: as wide as they were where the checks allow it, else the numbers."""
    changes = {name: _change(plan.target(name), numbers, repair.room[name]) for name, numbers in repair.numbers.items()}
    broken = _broken(plan, checks, reading, changes.values())
    for name in sorted(changes):
        target, numbers = plan.target(name), repair.numbers[name]
        wide = _widened(target, numbers, repair.room[name])
        if wide is None:
            continue
        tried = {**changes, name: replace(changes[name], lo=wide.lo or Fraction(0), hi=wide.hi)}
        left = _broken(plan, checks, reading, tried.values())
        if len(left) <= len(broken):
            changes, broken = tried, left
    if broken:
        changes, broken = _stretched(plan, checks, reading, changes)
    ordered = tuple(changes[target.id] for target in plan.targets if target.id in changes)
    return Proposal(ordered, repair.cost, repair.moved, broken)


def with_targets(plan: Plan, changed: Iterable[Target]) -> Plan:
    """The plan with some targets in the place of those of the same ids."""
    others = {target.id: target for target in changed}
    return replace(plan, targets=tuple(others.get(target.id, target) for target in plan.targets))


def rebases(plan: Plan, results: Iterable[CheckResult], reading: Reading) -> tuple[Rebase, ...]:
    """Which targets would mend broken checks if they were told for another time: a month's number for a year's."""
    broken = [result for result in results if result.outcome(reading).verdict.is_broken]
    found: list[Rebase] = []
    for target in plan.targets:
        mine = [result.check for result in broken if target in result.targets]
        said = target.unit.time
        if not mine or said is None or said not in _PER_YEAR or target.unit.kind is UnitKind.PERCENT:
            continue
        for meant in _PER_YEAR:
            rebase = Rebase(target, said, meant, ())
            left = check_plan(with_targets(plan, [rebase.changed]), mine)
            mends = tuple(one.check.id for one in left if not one.outcome(reading).verdict.is_broken)
            if meant is not said and mends:
                found.append(replace(rebase, mends=mends))
    return tuple(sorted(found, key=lambda rebase: (-len(rebase.mends), rebase.target.id)))


def _stretched(
    plan: Plan, checks: Sequence[Check], reading: Reading, changes: Mapping[str, Change]
) -> tuple[dict[str, Change], tuple[str, ...]]:
    """Ranges that reach as far as the checks ask which look at both ends of them, one end at a time."""
    best = dict(changes)
    broken = _broken(plan, checks, reading, best.values())
    for _ in range(len(broken)):
        now = with_targets(plan, [change.changed for change in best.values()])
        for trial in _reaching(now, [check for check in checks if check.id in broken], reading, best):
            left = _broken(plan, checks, reading, trial.values())
            if len(left) < len(broken):
                best, broken = trial, left
                break
    return best, broken


def _reaching(
    now: Plan, checks: Sequence[Check], reading: Reading, changes: Mapping[str, Change]
) -> Iterable[dict[str, Change]]:
    """The changes with one range stretched down or up to what a check needs."""
    for result in check_plan(now, checks):
        for need in needs(result, ranges_of(now, reading)):
            change = changes.get(need.target)
            for end in (need.range.lo, need.range.hi):
                if change is not None and end is not None:
                    number = simplest(need.range, end)
                    if number < change.lo:
                        yield {**changes, need.target: replace(change, lo=number)}
                    elif change.hi is not None and number > change.hi:
                        yield {**changes, need.target: replace(change, hi=number)}


def _change(target: Target, numbers: Interval, room: Interval) -> Change:
    lo = numbers.lo if numbers.lo is not None else target.lo
    hi = None if target.hi is None and numbers.is_point else numbers.hi
    return Change(target, lo, hi, room)


def _widened(target: Target, numbers: Interval, room: Interval) -> Interval | None:
    """A range around the numbers that is as wide in proportion as the target was, within what is possible."""
    if target.hi is None or target.hi == target.lo or target.lo <= 0 or numbers.lo is None or numbers.hi is None:
        return None
    ratio = target.hi / target.lo
    if numbers.hi > numbers.lo * ratio:
        return None
    up = Interval(numbers.lo, simplest(Interval(numbers.hi, numbers.lo * ratio), numbers.lo * ratio))
    down = Interval(simplest(Interval(numbers.hi / ratio, numbers.lo), numbers.hi / ratio), numbers.hi)
    fitting = [one for one in (up, down) if room.holds(one)]
    cut = up.overlap(room)
    if fitting or cut is None or cut.hi is None or cut.hi < numbers.hi:
        return fitting[0] if fitting else None
    return Interval(numbers.lo, simplest(Interval(numbers.hi, cut.hi), cut.hi))


def _broken(plan: Plan, checks: Sequence[Check], reading: Reading, changes: Iterable[Change]) -> tuple[str, ...]:
    results = check_plan(with_targets(plan, [change.changed for change in changes]), checks)
    return tuple(result.check.id for result in results if result.outcome(reading).verdict.is_broken)
