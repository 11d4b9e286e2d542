"""Checks as relations to be solved: what a target must be, while others keep what they say."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from caudal.core.checks.narrowing import ANY, Box, narrow, range_in
from caudal.core.checks.verdicts import CheckResult
from caudal.core.expressions import Call, Constant, Term, Variable, fields_of
from caudal.core.intervals import Interval
from caudal.core.plans import Sense


@dataclass(frozen=True, slots=True)
class Relation:
    """One check as what is solved: two terms and how they relate. `names` are the targets in them."""

    id: str
    sense: Sense
    value: Term
    stated: Term
    names: frozenset[str]
    paired: bool = False

    @classmethod
    def of(cls, result: CheckResult) -> "Relation | None":
        """The relation of a check that compares two things that could be computed; None for others."""
        if result.value is None or result.other is None:
            return None
        names = frozenset((*fields_of(result.value), *fields_of(result.other)))
        return cls(
            result.check.id,
            result.check.sense,
            result.value,
            result.other,
            names,
            any(_has_pairs(term) for term in (result.value, result.other)),
        )

    def grounded(self, free: Collection[str], ends: Mapping[str, Interval]) -> "Relation":
        """The same relation, with the ends of targets that keep their range written in."""
        return replace(self, value=_grounded(self.value, free, ends), stated=_grounded(self.stated, free, ends))

    def narrow(self, box: Box, ends: Mapping[str, Interval]) -> bool:
        """Cut from the box what this relation rules out; False when it rules out everything."""
        if not self.paired:
            return self._narrow(box, self.value, self.stated)
        low, high = ({**box, **scenario} for scenario in _scenarios(box, ends))
        value, stated = (_hull(term, low, high) for term in (self.value, self.stated))
        if value is None or stated is None or not self._meets(value, stated):
            return False
        return self._narrow_pairs(box, ends)

    def _narrow(self, box: Box, value: Term, stated: Term) -> bool:
        left, right = range_in(value, box), range_in(stated, box)
        if left is None or right is None or not self._meets(left, right):
            return False
        return narrow(value, box, self._room(right)) and narrow(stated, box, self._room_of_stated(left))

    def _narrow_pairs(self, box: Box, ends: Mapping[str, Interval]) -> bool:
        """A number that both scenarios share may lie between what each of them asks for."""
        low, high = ({**box, **scenario} for scenario in _scenarios(box, ends))
        value, wanted = _hull(self.value, low, high), range_in(self.stated, box)
        if value is None or wanted is None or not narrow(self.stated, box, self._room_of_stated(value)):
            return False
        free = [name for name in self.names if name not in ends]
        if not free or not isinstance(self.value, Call) or not self.value.function.by_ends:
            return True
        inner = self.value.arguments[0]
        up, down = Interval(wanted.lo, None), Interval(None, wanted.hi)
        found: list[Box] = []
        for at_low, at_high in ((down, up), (up, down)):
            trial = dict(box)
            for scenario, part in zip(_scenarios(box, ends), (at_low, at_high), strict=True):
                fixed: Box = {**trial, **scenario}
                if not narrow(inner, fixed, part):
                    break
                trial.update({name: fixed[name] for name in free})
            else:
                found.append(trial)
        if not found:
            return False
        for name in free:
            box[name] = found[0][name].hull(found[-1][name])
        return True

    def _meets(self, value: Interval, stated: Interval) -> bool:
        return self._room(stated).overlap(value) is not None

    def _room(self, stated: Interval) -> Interval:
        match self.sense:
            case Sense.AT_LEAST:
                return Interval(stated.lo, None)
            case Sense.AT_MOST | Sense.PARTS:
                return Interval(None, stated.hi)
        return stated

    def _room_of_stated(self, value: Interval) -> Interval:
        match self.sense:
            case Sense.AT_LEAST:
                return Interval(None, value.hi)
            case Sense.AT_MOST | Sense.PARTS:
                return Interval(value.lo, None)
        return value


@dataclass(frozen=True, slots=True)
class Need:
    """What one target would have to be for a check to hold while all others keep their ranges."""

    target: str
    range: Interval


def needs(result: CheckResult, ranges: Mapping[str, Interval]) -> tuple[Need, ...]:
    """What each target of a broken check would have to be, one at a time; those that cannot mend it alone are left out.

    The ranges are as wide as can be when a target stands once in the check, else at least that wide.
    """
    relation = Relation.of(result)
    if relation is None:
        return ()
    found = []
    for target in result.targets:
        ends = {name: ranges[name] for name in relation.names if name != target.id}
        grounded = relation.grounded({target.id}, ranges)
        whole = domain(target.bounds, ranges[target.id])
        box: Box = {**ends, target.id: whole}
        if grounded.narrow(box, ends) and box[target.id] != whole:
            found.append(Need(target.id, box[target.id]))
    return tuple(found)


def domain(bounds: Interval, now: Interval) -> Interval:
    """What a target may be changed to: within its bounds, and not negative where it is not negative now."""
    sign = Interval(Fraction(0), None) if now.lo is not None and now.lo >= 0 else ANY
    return bounds.overlap(sign) or bounds


def _scenarios(box: Box, ends: Mapping[str, Interval]) -> tuple[Box, Box]:
    low: Box = {name: Interval(one.lo, one.lo) for name, one in ends.items() if one.lo is not None and name in box}
    high: Box = {name: Interval(one.hi, one.hi) for name, one in ends.items() if one.hi is not None and name in box}
    return low, high


def _hull(term: Term, low: Box, high: Box) -> Interval | None:
    """What a term can be: a pair from both scenarios, anything else from all there is."""
    one, other = range_in(_unpaired(term), low), range_in(_unpaired(term), high)
    return None if one is None or other is None else one.hull(other)


def _unpaired(term: Term) -> Term:
    return term.arguments[0] if isinstance(term, Call) and term.function.by_ends else term


def _has_pairs(term: Term) -> bool:
    return isinstance(term, Call) and (term.function.by_ends or any(map(_has_pairs, term.arguments)))


def _grounded(term: Term, free: Collection[str], ends: Mapping[str, Interval]) -> Term:
    if not isinstance(term, Call):
        return term
    match term.function.name, term.arguments:
        case ("lower" | "upper") as name, (Variable(name=target) as variable,):
            end = ends[target].lo if name == "lower" else ends[target].hi
            if target in free:
                return variable
            return term if end is None else Constant(term.type, end)
    return replace(term, arguments=tuple(_grounded(argument, free, ends) for argument in term.arguments))
