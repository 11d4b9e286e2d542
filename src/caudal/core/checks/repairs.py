"""The least to change so that all checks can hold at once, with the proof that less is not enough.

A plan can be mended when there is one number for every target, inside its range unless the target is changed, with
which every relation holds. Which targets must change is found by cores: sets of targets of which one has to move
whatever the others do. A cheapest choice that touches every core costs as much as any repair must; when numbers are
found for it, it is proved to be least.

A changed target stands for a single number here; the range that is proposed for it holds that number.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

from caudal.core.checks.narrowing import ANY
from caudal.core.checks.rounding import distance, nearest, simplest
from caudal.core.checks.systems import Relation, domain, with_shared_terms
from caudal.core.errors import Problem, msg
from caudal.core.expressions import fields_of
from caudal.core.intervals import Interval, root

_ROUNDS_MAX: Final = 40
"""How often one relation is looked at again while the box shrinks."""
_SHRUNK: Final = Fraction(1, 100)
"""By which part a range must shrink to be news."""
_TRIALS_MAX: Final = 400
_CORES_MAX: Final = 400
_CHOICES_MAX: Final = 60
_PIECE: Final = Fraction(11, 10)
"""Pieces whose ends differ by less are not cut."""
_PIECES_DEEP: Final = 8
_SAME: Final = Fraction(1, 10**9)

OnStep: TypeAlias = Callable[[int, int], bool]
Cheapest: TypeAlias = Callable[
    [Sequence[frozenset[str]], Mapping[str, int], Sequence[frozenset[str]]], "frozenset[str] | None"
]
"""Cores, weights and choices that are ruled out (with all that they hold): the cheapest set that touches every core."""


def search_on(_cores: int, _repairs: int) -> bool:
    """Go on whatever was found: nobody watches."""
    return True


class CannotRepair(Problem):
    """Locked targets contradict each other."""

    code = "plan.cannot_repair"
    status = 409
    message = msg("These targets cannot all keep their ranges, and all of them are locked: {targets}.")
    hint = msg("Unlock one of them.")


@dataclass(frozen=True, slots=True)
class Core:
    """Targets of which at least one must change, and the relations that they break together."""

    targets: frozenset[str]
    relations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repair:
    """Targets to change: the numbers that each must be able to take, and its room meanwhile.

    `cost` is the weight of the targets; `moved` how far the numbers lie from what the plan says, as parts of it.
    """

    numbers: Mapping[str, Interval]
    room: Mapping[str, Interval]
    cost: int
    moved: Fraction


@dataclass(frozen=True, slots=True)
class Repairs:
    """What was found: repairs, best first, all of the least cost when `proved`; and the cores that prove it.

    `together` is false when every check is made to hold by itself, because some exclude each other (`exclusive`).
    """

    found: tuple[Repair, ...]
    cores: tuple[Core, ...]
    proved: bool
    together: bool = True
    exclusive: tuple[str, ...] = ()


def repairs(
    relations: Iterable[Relation],
    ranges: Mapping[str, Interval],
    bounds: Mapping[str, Interval],
    cheapest: Cheapest,
    *,
    weights: Mapping[str, int] | None = None,
    locked: Collection[str] = (),
    alternatives: int = 5,
    each: bool = False,
    on_step: OnStep = search_on,
) -> Repairs:
    """Find the cheapest changes after which every relation can hold. Raises CannotRepair.

    All relations hold with one set of numbers; with `each`, and where that is impossible whatever the numbers are, each
    of them holds with numbers of its own. `bounds` say what each target can be at all, and nothing is changed by more
    than a factor of a thousand. Without `weights` every target weighs 1. `on_step` is told how many cores and repairs
    are found, and says whether to go on; what was found until then is not proved.
    """
    given = tuple(relations)
    names = sorted({name for relation in given for name in relation.names})
    domains = {name: domain(bounds[name], ranges[name]) for name in names}
    whole = System.of(given, ranges, domains)
    exclusive = () if each or whole.opened(names).settle() else _exclusive(given, ranges, domains)
    together = not each and not exclusive
    systems = (whole,) if together else tuple(System.of((one,), ranges, domains) for one in given)
    search = _Search(systems, names, cheapest, dict(weights or {}), frozenset(locked), on_step)
    found, proved = search.run(alternatives)
    return Repairs(tuple(found), tuple(search.cores), proved, together, exclusive)


def _exclusive(
    given: Sequence[Relation], ranges: Mapping[str, Interval], domains: Mapping[str, Interval]
) -> tuple[str, ...]:
    """A smallest set of relations that cannot hold together, whatever the numbers are."""
    kept = list(given)
    for relation in given:
        rest = [other for other in kept if other is not relation]
        if not System.of(rest, ranges, domains).opened(domains).settle():
            kept = rest
    return tuple(relation.id for relation in kept)


@dataclass(frozen=True, slots=True)
class System:
    """Relations between targets that keep their ranges, or may be anything in their domains."""

    relations: tuple[Relation, ...]
    ranges: Mapping[str, Interval]
    domains: Mapping[str, Interval]
    shared: frozenset[str] = frozenset()
    """Names of terms that stand in several relations; nobody says anything of them."""

    @property
    def repeated(self) -> tuple[str, ...]:
        """Names that stand more than once in one relation: ranges see too much there until they are cut in pieces."""
        found: set[str] = set()
        for relation in self.relations:
            counted = Counter((*fields_of(relation.value), *fields_of(relation.stated)))
            found.update(name for name, count in counted.items() if count > 1)
        return tuple(sorted(found))

    @classmethod
    def of(cls, given: Sequence[Relation], ranges: Mapping[str, Interval], domains: Mapping[str, Interval]) -> "System":
        """The system of some relations, and of the names that they mention."""
        every = with_shared_terms(given)
        mentioned = {name for relation in every for name in relation.names}
        shared = dict.fromkeys(sorted(mentioned - domains.keys()), ANY)
        own = {name: one for name, one in domains.items() if name in mentioned}
        return cls(every, dict(ranges) | shared, own | shared, frozenset(shared))

    def opened(self, free: Collection[str]) -> "_State":
        """The state in which `free` may be anything."""
        return _State.of(self, frozenset(self.domains.keys() & free) | self.shared)

    def core(self, free: Collection[str]) -> Core | None:
        """A smallest set of the other targets that cannot all keep their ranges; None where none is seen."""
        state = self.opened(free)
        if state.stands(self.repeated):
            return None
        blamed = state.blamed
        for name in sorted(blamed & self.domains.keys()):
            part = self.part(blamed)
            trial = part.opened(part.domains.keys() - blamed | {name})
            if name in blamed and not trial.stands(part.repeated):
                blamed = trial.blamed
        relations = sorted(each.id for each in self.relations if each.token in blamed and each.id[0] != "=")
        return Core(blamed & self.domains.keys(), tuple(relations))

    def part(self, blamed: frozenset[str]) -> "System":
        """The system of the relations that something rests on."""
        relations = tuple(each for each in self.relations if each.token in blamed)
        mentioned = {name for relation in relations for name in relation.names}
        domains = {name: one for name, one in self.domains.items() if name in mentioned}
        return System(relations, self.ranges, domains, self.shared & mentioned)


@dataclass(slots=True)
class _State:
    """What every target can still be, and on whose ranges and which relations that rests."""

    grounded: tuple[Relation, ...]
    ends: Mapping[str, Interval]
    box: dict[str, Interval]
    rests_on: dict[str, frozenset[str]]
    by_name: Mapping[str, tuple[int, ...]]
    blamed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, system: System, free: frozenset[str]) -> "_State":
        ends = {name: system.ranges[name] for name in system.domains if name not in free}
        by_name: dict[str, list[int]] = {name: [] for name in system.domains}
        for position, relation in enumerate(system.relations):
            for name in relation.names:
                by_name[name].append(position)
        return cls(
            tuple(relation.grounded(free, system.ranges) for relation in system.relations),
            ends,
            {name: ends.get(name, one) for name, one in system.domains.items()},
            {name: frozenset({name}) if name in ends else frozenset() for name in system.domains},
            {name: tuple(found) for name, found in by_name.items()},
        )

    def copy(self) -> "_State":
        """A state to try something in."""
        return _State(self.grounded, self.ends, dict(self.box), dict(self.rests_on), self.by_name)

    def stands(self, repeated: Sequence[str]) -> bool:
        """Whether something can be; with names that stand twice in one relation looked at piece by piece."""
        return self.settle() and (not repeated or self.pieces(repeated, _PIECES_DEEP))

    def pieces(self, repeated: Sequence[str], deep: int) -> bool:
        """Whether something can be in one of the pieces into which the widest of these names is cut, `deep` times."""
        wide = [name for name in repeated if _ratio(self.box[name]) > _PIECE]
        if not deep or not wide:
            return True
        name = max(wide, key=lambda each: _ratio(self.box[each]))
        low, high = _halves(self.box[name])
        blamed = self.rests_on[name]
        for piece in (low, high):
            part = self.copy()
            part.box[name] = piece
            if part.settle([name]) and part.pieces(repeated, deep - 1):
                return True
            blamed |= part.blamed
        self.blamed = blamed
        return False

    def settle(self, changed: Iterable[str] | None = None) -> bool:
        """Narrow until nothing shrinks by much; False when nothing can be, and then `blamed` says for whose sake."""
        every = range(len(self.grounded))
        waiting = list(every) if changed is None else sorted({at for name in changed for at in self.by_name[name]})
        queued, rounds = set(waiting), dict.fromkeys(every, 0)
        while waiting:
            at = waiting.pop(0)
            queued.discard(at)
            relation = self.grounded[at]
            rounds[at] += 1
            before = {name: self.box[name] for name in relation.names}
            blamed = frozenset((relation.token,)).union(*(self.rests_on[name] for name in relation.names))
            if not relation.narrow(self.box, self.ends):
                self.blamed = blamed
                return False
            for name, was in before.items():
                if self.box[name] == was:
                    continue
                self.rests_on[name] = self.rests_on[name] | blamed
                if rounds[at] < _ROUNDS_MAX and _is_news(was, self.box[name]):
                    fresh = [other for other in self.by_name[name] if other != at and other not in queued]
                    waiting.extend(fresh)
                    queued.update(fresh)
        return True


def _ratio(box: Interval) -> Fraction:
    """How many times its lower end the upper end is; 1 where there is no telling."""
    if box.lo is None or box.hi is None or box.lo <= 0:
        return Fraction(1)
    return box.hi / box.lo


def _halves(box: Interval) -> tuple[Interval, Interval]:
    """Two pieces that are each as many times as long as they begin high."""
    assert box.lo is not None, "only pieces with ends are cut"  # noqa: S101  our own mistake
    middle = root(Interval.point(_ratio(box)), 2).lo
    assert middle is not None, "a root of a number is a number"  # noqa: S101  our own mistake
    cut = simplest(box, box.lo * middle)
    return Interval(box.lo, cut), Interval(cut, box.hi)


def _is_news(was: Interval, now: Interval) -> bool:
    if was.width is None or now.width is None:
        return was != now
    return now.is_point != was.is_point or (was.width - now.width) > was.width * _SHRUNK


class _Search:
    """The search for repairs in systems that share nothing but the targets to change."""

    def __init__(
        self,
        systems: Sequence[System],
        names: Sequence[str],
        cheapest: Cheapest,
        weights: dict[str, int],
        locked: frozenset[str],
        on_step: OnStep,
    ) -> None:
        self.systems, self.cheapest, self.on_step = systems, cheapest, on_step
        self.weights = {name: weights.get(name, 1) for name in names if name not in locked}
        self.locked = locked
        self.cores: list[Core] = []
        self.trials = 0

    def run(self, alternatives: int) -> tuple[list[Repair], bool]:
        """Repairs, best first, and whether none can cost less."""
        excluded: list[frozenset[str]] = []
        found: list[Repair] = []
        unsettled: int | None = None
        while len(self.cores) < _CORES_MAX and len(found) < alternatives and len(excluded) < _CHOICES_MAX:
            if not self.on_step(len(self.cores), len(found)):
                return found, False
            choice = self.cheapest([core.targets for core in self.cores], self.weights, excluded)
            if choice is None:
                break
            cost = sum(self.weights[name] for name in choice)
            if found and cost > found[0].cost:
                break
            if self._learn(choice):
                continue
            excluded.append(choice)
            repair = self._repair(choice, cost)
            if repair is not None:
                found.append(repair)
            elif unsettled is None:
                unsettled = cost
        found.sort(key=lambda repair: (repair.cost, repair.moved, sorted(repair.numbers)))
        return found, bool(found) and (unsettled is None or found[0].cost <= unsettled)

    def _learn(self, choice: frozenset[str]) -> bool:
        """Whether something still cannot hold when these targets are free: then cores are learnt, many at once."""
        learnt = False
        for system in self.systems:
            free = set(choice)
            while (core := system.core(free)) is not None:
                if not core.targets - self.locked:
                    raise CannotRepair(targets=", ".join(sorted(core.targets)))
                self.cores.append(core)
                free |= core.targets - self.locked
                learnt = True
        return learnt

    def _repair(self, choice: frozenset[str], cost: int) -> Repair | None:
        """Numbers for the targets to change, simple and near to what the plan says, with which all can hold."""
        numbers: dict[str, Interval] = {}
        room: dict[str, Interval] = {}
        moved = Fraction(0)
        for system in sorted(self.systems, key=lambda one: not any(relation.paired for relation in one.relations)):
            free = choice & system.domains.keys()
            state = system.opened(free)
            if not state.settle():
                return None
            self.trials = 0
            names = [*sorted(free), *sorted(state.box.keys() - free)]
            settled = self._assigned(system, state, names, {name: numbers.get(name) for name in free})
            if settled is None:
                return None
            for name in free:
                one = Interval.point(_middle(settled.box[name]))
                numbers[name] = one.hull(numbers[name]) if name in numbers else one
                room[name] = state.box[name].overlap(room.get(name, ANY)) or one
                moved += distance(system.ranges[name], _middle(one))
        return Repair(numbers, room, cost, moved)

    def _assigned(
        self, system: System, state: _State, names: list[str], chosen: Mapping[str, Interval | None]
    ) -> _State | None:
        """Give every name a number, one after the other, going back where that ends nowhere."""
        waiting = [name for name in names if not _is_one(state.box[name])]
        if not waiting:
            return state
        name = waiting[0]
        for number in _candidates(state.box[name], system.ranges[name], chosen, name):
            self.trials += 1
            if self.trials > _TRIALS_MAX:
                return None
            trial = state.copy()
            trial.box[name] = Interval.point(number)
            if trial.settle([name]):
                found = self._assigned(system, trial, waiting[1:], chosen)
                if found is not None:
                    return found
        return None


def _candidates(box: Interval, said: Interval, chosen: Mapping[str, Interval | None], name: str) -> Iterable[Fraction]:
    """Numbers to try: of a target to change those that were chosen before, then simple ones near to what it was."""
    near = nearest(box, said) if name in chosen else _middle(box)
    before = chosen.get(name)
    seen: set[Fraction | None] = set()
    for number in (*((before.lo, before.hi) if before else ()), simplest(box, near), near, *_spread(box)):
        if number is not None and number in box and number not in seen:
            seen.add(number)
            yield number


def _is_one(box: Interval) -> bool:
    width = box.width
    return width is not None and (width == 0 or width <= _SAME * abs(_middle(box)))


def _middle(box: Interval) -> Fraction:
    if box.lo is None or box.hi is None:
        return box.lo if box.lo is not None else box.hi if box.hi is not None else Fraction(0)
    return (box.lo + box.hi) / 2


def _spread(box: Interval) -> Iterable[Fraction]:
    """Numbers across a range, its ends among them."""
    if box.lo is None or box.hi is None:
        yield from (end * factor for end in (box.lo, box.hi) if end is not None for factor in (1, 2, 10))
        return
    for part in (0, 1, Fraction(1, 4), Fraction(3, 4)):
        yield simplest(box, box.lo + (box.hi - box.lo) * part)
        yield box.lo + (box.hi - box.lo) * part
