"""Checks as relations to be solved: what a target must be, while others keep what they say."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from caudal.core.checks.narrowing import Box, narrow, range_in
from caudal.core.checks.verdicts import CheckResult
from caudal.core.expressions import Call, Constant, Field, Term, Variable, fields_of, number
from caudal.core.intervals import Interval
from caudal.core.plans import Sense

_FACTOR_MAX: Final = 1000


@dataclass(frozen=True, slots=True)
class Relation:
    """One check as what is solved: two terms and how they relate. `names` are the targets in them."""

    id: str
    sense: Sense
    value: Term
    stated: Term
    names: frozenset[str]
    paired: bool = False

    @property
    def token(self) -> str:
        """Its name among those of targets, which never begin so."""
        return f"@{self.id}"

    @classmethod
    def of(cls, result: CheckResult) -> "Relation | None":
        """The relation of a check that compares two things, or a share with the whole; None for others."""
        value, other, sense = result.value, result.other, result.check.sense
        if value is not None and other is None and result.check.unit == "share":
            other, sense = Constant(number(), Fraction(1)), Sense.AT_MOST
        if value is None or other is None:
            return None
        names = frozenset((*fields_of(value), *fields_of(other)))
        return cls(result.check.id, sense, value, other, names, _has_pairs(value) or _has_pairs(other))

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


def with_shared_terms(relations: Sequence[Relation]) -> tuple[Relation, ...]:
    """The same relations, with a name for every term that stands in several of them, and what the name means.

    Without it, what one relation says of a sum is forgotten by the next, which only knows the parts.
    """
    found: dict[Call, set[int]] = {}
    for position, relation in enumerate(relations):
        if not relation.paired:
            for term in (*_calls(relation.value), *_calls(relation.stated)):
                found.setdefault(term, set()).add(position)
    shared = [
        term
        for term, places in found.items()
        if len(places) > 1 and len(set(fields_of(term))) > 1 and not _has_ends(term)
    ]
    shared.sort(key=lambda term: -sum(1 for _ in fields_of(term)))
    names: dict[Call, Variable] = {}
    for term in shared:
        names[term] = Variable(f"#{len(names)}", Field(term.type))
    named = tuple(relation if relation.paired else _renamed(relation, names) for relation in relations)
    meanings = (
        Relation(f"={name.name}", Sense.EQUALS, name, term, frozenset((name.name, *fields_of(term))))
        for term, name in names.items()
    )
    return (*named, *meanings)


def _renamed(relation: Relation, names: Mapping[Call, Variable]) -> Relation:
    value, stated = (_with_names(term, names) for term in (relation.value, relation.stated))
    return replace(relation, value=value, stated=stated, names=frozenset((*fields_of(value), *fields_of(stated))))


def _with_names(term: Term, names: Mapping[Call, Variable]) -> Term:
    if not isinstance(term, Call):
        return term
    if term in names:
        return names[term]
    return replace(term, arguments=tuple(_with_names(argument, names) for argument in term.arguments))


def _calls(term: Term) -> Iterator[Call]:
    """All calls in a term, those of ends left out: they change when a target does."""
    if isinstance(term, Call) and term.function.name not in {"lower", "upper"}:
        yield term
        for argument in term.arguments:
            yield from _calls(argument)


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
    """What a target may be changed to: within its bounds, its sign and a thousandth or a thousand times what it is."""
    if now.lo is None or now.lo <= 0:
        return bounds
    highest = (now.lo if now.hi is None else now.hi) * _FACTOR_MAX
    return bounds.overlap(Interval(now.lo / _FACTOR_MAX, highest)) or bounds


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


def _has_ends(term: Term) -> bool:
    return isinstance(term, Call) and (term.function.name in {"lower", "upper"} or any(map(_has_ends, term.arguments)))


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
