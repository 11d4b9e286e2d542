"""Whether a check holds: both sides as ranges, in both readings of open ends, and the verdict that follows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from caudal.core.errors import Finding, Severity, msg
from caudal.core.expressions import Possible, Schema, Term, Unit, evaluate_ranges, fields_of
from caudal.core.intervals import Interval, Reading, Relation, TooLarge, compare
from caudal.core.plans import Check, Plan, Sense, Target, Verdict, schema_of

ENCLOSED: Final = Fraction(1, 10**12)
"""How wide the range around an irrational number may be; what is narrower is one number."""
_RELATIONS: Final = {
    Relation.CONSISTENT: Verdict.CONSISTENT,
    Relation.PARTLY_CONSISTENT: Verdict.PARTLY_CONSISTENT,
    Relation.KNIFE_EDGE: Verdict.KNIFE_EDGE,
    Relation.CONTRADICTORY: Verdict.CONTRADICTORY,
}
_SEVERITY: Final = {verdict: rank for rank, verdict in enumerate(Verdict)}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A check in one reading: what was computed, what is stated, what they share, and the verdict."""

    verdict: Verdict
    result: Interval | None = None
    stated: Interval | None = None
    overlap: Interval | None = None

    @property
    def apart(self) -> Fraction:
        """How many times the nearer end of one side is that of the other: 10 for 500 against 5,000; 1 when they meet.

        >>> str(Outcome(Verdict.CONTRADICTORY, Interval.point(500), Interval(Fraction(5000), None)).apart)
        '10'
        """
        for low, high in ((self.result, self.stated), (self.stated, self.result)):
            if low and high and low.hi is not None and high.lo is not None and 0 < low.hi < high.lo:
                return high.lo / low.hi
        return Fraction(1)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A check and what came out of it. `value` and `other` are the terms, None where they cannot be read."""

    check: Check
    target: Outcome
    open: Outcome
    value: Term | None = None
    other: Term | None = None
    findings: tuple[Finding, ...] = ()
    targets: tuple[Target, ...] = ()
    """The targets it speaks of, in the order of the plan."""

    def outcome(self, reading: Reading) -> Outcome:
        """What came out in one reading."""
        return self.open if reading is Reading.OPEN else self.target

    @property
    def lines(self) -> tuple[int, ...]:
        """The lines of the source document that say what is checked."""
        return tuple(sorted({line for target in self.targets for line in target.lines}))

    def rank(self, reading: Reading) -> tuple[int, int, Fraction]:
        """How serious it is, most serious first: what breaks in both readings, and whose sides are furthest apart."""
        here, there = self.outcome(reading), self.open if reading is Reading.TARGET else self.target
        return _SEVERITY[here.verdict], _SEVERITY[there.verdict], -here.apart


def check_plan(plan: Plan, checks: Iterable[Check]) -> tuple[CheckResult, ...]:
    """Compute every check of a plan. Never raises: what cannot be computed is incomplete and says why."""
    desk = _Desk(plan)
    return tuple(desk.result(check) for check in checks)


def ranges_of(plan: Plan, reading: Reading) -> Mapping[str, Interval]:
    """Every target's range in one reading."""
    return {target.id: target.read(reading) for target in plan.targets}


class _Desk:
    """What all checks of one plan need."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.schemas: dict[bool, Schema] = {converts: schema_of(plan, converts=converts) for converts in (False, True)}
        self.ranges = {reading: ranges_of(plan, reading) for reading in Reading}
        self.targets = {target.id: (position, target) for position, target in enumerate(plan.targets)}

    def result(self, check: Check) -> CheckResult:
        schema = self.schemas[check.converts]
        read = [check.read_value(schema), *([check.read_stated(schema)] if check.stated else [])]
        terms = [one.expression.term if one.expression else None for one in read]
        findings = [finding for one in read for finding in one.findings]
        known = [term for term in terms if term is not None]
        if len(known) == len(terms):
            findings.extend(_units(check, known))
        targets = self._targets(known)
        value, other = terms[0], terms[1] if check.stated else None
        if findings or value is None:
            nothing = Outcome(Verdict.INCOMPLETE)
            return CheckResult(check, nothing, nothing, None, None, tuple(findings), targets)
        outcomes = {}
        for reading in Reading:
            outcomes[reading], said = self._outcome(check, value, other, reading)
            findings.extend(finding for finding in said if finding not in findings)
        return CheckResult(
            check, outcomes[Reading.TARGET], outcomes[Reading.OPEN], value, other, tuple(findings), targets
        )

    def _targets(self, terms: list[Term]) -> tuple[Target, ...]:
        names = {name for term in terms for name in fields_of(term)}
        return tuple(target for _, target in sorted((self.targets[name] for name in names), key=lambda each: each[0]))

    def _outcome(
        self, check: Check, value: Term, other: Term | None, reading: Reading
    ) -> tuple[Outcome, list[Finding]]:
        findings: list[Finding] = []
        result = _range(value, self.ranges[reading])
        stated = _range(other, self.ranges[reading]) if other is not None else None
        for side, found in ((check.value, result), (check.stated, stated)):
            if found is not None and found.null:
                findings.append(_divides_by_nothing(check, side, certain=not isinstance(found.content, Interval)))
        computed = result.content if isinstance(result.content, Interval) else None
        said = stated.content if stated is not None and isinstance(stated.content, Interval) else None
        if computed is None or (stated is not None and said is None):
            return Outcome(Verdict.INCOMPLETE, computed, said), findings
        limits = self._limits(check, other)
        if said is None:
            beyond = limits.overlap(computed) is None
            return Outcome(Verdict.IMPOSSIBLE if beyond else Verdict.DERIVED, computed), findings
        return _compared(check.sense, computed, said, limits), findings

    def _limits(self, check: Check, other: Term | None) -> Interval:
        """What the result can be at all: the bounds of the one target it is compared with, or of its own unit."""
        if other is None:
            return Interval.of(0, 1) if check.unit == "share" else Interval(None, None)
        names = tuple(fields_of(other))
        return (
            self.targets[names[0]][1].bounds if len(names) == 1 and check.stated == names[0] else Interval(None, None)
        )


def _range(term: Term, ranges: Mapping[str, Interval]) -> Possible:
    try:
        return evaluate_ranges(term, ranges)
    except TooLarge:
        return Possible(Interval(None, None), null=True)


def _compared(sense: Sense, result: Interval, stated: Interval, limits: Interval) -> Outcome:
    if sense in {Sense.AT_LEAST, Sense.AT_MOST}:
        return _bounded(sense, result, stated)
    found = compare(result, stated)
    verdict = _RELATIONS[found.relation]
    width = found.overlap.width if found.overlap is not None else None
    if verdict is Verdict.PARTLY_CONSISTENT and width is not None and width <= ENCLOSED:
        verdict = Verdict.KNIFE_EDGE
    if verdict is Verdict.CONTRADICTORY:
        if limits.overlap(result) is None or (sense is Sense.PARTS and stated == Interval.point(1)):
            verdict = Verdict.IMPOSSIBLE
        if sense is Sense.PARTS and result.top < stated.bottom:
            verdict = Verdict.INCOMPLETE
    return Outcome(verdict, result, stated, found.overlap)


def _bounded(sense: Sense, result: Interval, stated: Interval) -> Outcome:
    """At least or at most: it always holds, it holds for a part, at one point, or never."""
    low = sense is Sense.AT_LEAST
    room = Interval(stated.lo, None) if low else Interval(None, stated.hi)
    sure = Interval(stated.hi, None) if low else Interval(None, stated.lo)
    overlap = result.overlap(room)
    if overlap is None:
        return Outcome(Verdict.CONTRADICTORY, result, stated)
    if (stated.hi if low else stated.lo) is not None and sure.holds(result):
        return Outcome(Verdict.CONSISTENT, result, stated, overlap)
    edge = overlap.is_point and not result.is_point
    return Outcome(Verdict.KNIFE_EDGE if edge else Verdict.PARTLY_CONSISTENT, result, stated, overlap)


def _units(check: Check, terms: list[Term]) -> Iterable[Finding]:
    """Two sides of one unit and period; a finding that names both where they differ."""
    units = [term.type.unit for term in terms if term.type.unit is not None]
    if check.converts or len(units) < len(terms) or len(set(units)) < 2:  # noqa: PLR2004  both sides
        wanted = _wanted(check)
        if check.converts or check.stated or wanted is None or not units or units[0] == wanted:
            return
        units = [units[0], wanted]
    yield Finding(
        code="check.units",
        message=msg("The check “{check}” compares {one} with {other}."),
        hint=msg("Multiply or divide by a quantity that turns one into the other, such as 12 [months/year]."),
        place=check.stated_place if check.stated_place.line else check.place,
        params={"check": check.id, "one": units[0], "other": units[1]},
    )


def _wanted(check: Check) -> Unit | None:
    return Unit.parse(check.unit) if check.unit else None


def _divides_by_nothing(check: Check, side: str, *, certain: bool) -> Finding:
    whole = check.value_place if side == check.value else check.stated_place
    finding = Finding(
        code="check.division_by_zero",
        message=msg("In the check “{check}”, something is divided by zero, or a root is taken that does not exist."),
        severity=Severity.ERROR,
        place=whole if whole.line else check.place,
        params={"check": check.id},
    )
    if certain:
        return finding
    return replace(
        finding,
        severity=Severity.NOTE,
        message=msg("In the check “{check}”, a divisor may be zero: what is said holds where it is not."),
    )
