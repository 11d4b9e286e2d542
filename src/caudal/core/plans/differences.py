"""What two plans say differently: entry by entry, field by field, with how much the ends of a range moved, exactly."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import chain
from typing import Any, Final

from caudal.core.errors import Place
from caudal.core.intervals import exact_text
from caudal.core.plans.assumptions import Driver
from caudal.core.plans.labels import Label
from caudal.core.plans.passages import Figure
from caudal.core.plans.plan import Plan, Target
from caudal.core.plans.units import Unit

ABOUT: Final = "plan"
"""The section of what a plan says of itself: its name, its currency, how long it runs."""
TARGETS: Final = "targets"
_NOT_COMPARED: Final = frozenset({"id", "lines"})


class Fate(StrEnum):
    """What became of an entry from one plan to the other."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field before and after, as plain values with exact numbers as text; None where there is none."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry that differs. `before` or `after` is None for one that was added or removed.

    `lo_by` and `hi_by` are the shares by which the ends of a changed range moved: None where an end did not move, was
    zero or does not exist, or where unit or period are not the same.
    """

    section: str
    id: str
    fate: Fate
    before: Any
    after: Any
    changes: tuple[FieldChange, ...] = ()
    lo_by: Fraction | None = None
    hi_by: Fraction | None = None

    @property
    def label(self) -> Label | None:
        """What people call it, by the later plan that has it."""
        entry = self.after if self.after is not None else self.before
        return getattr(entry, "label", None) or getattr(entry, "statement", None)

    def to_json(self) -> dict[str, Any]:
        """Every field, with exact numbers as text."""
        label = self.label
        return {
            "section": self.section,
            "id": self.id,
            "fate": self.fate.value,
            "label": label and label.to_json(),
            "changes": [{"field": each.name, "before": each.before, "after": each.after} for each in self.changes],
            "lo_by": None if self.lo_by is None else exact_text(self.lo_by),
            "hi_by": None if self.hi_by is None else exact_text(self.hi_by),
        }


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """All that two plans say differently, in the order of the file, and how much they say alike, by section."""

    before: Plan
    after: Plan
    differences: tuple[Difference, ...]
    alike: Mapping[str, int]

    def of(self, section: str) -> tuple[Difference, ...]:
        """The differences of one section."""
        return tuple(each for each in self.differences if each.section == section)

    def count(self, fate: Fate) -> int:
        """How many entries met a fate."""
        return sum(each.fate is fate for each in self.differences)

    def to_json(self) -> dict[str, Any]:
        """Counts and every difference."""
        return {
            "added": self.count(Fate.ADDED),
            "removed": self.count(Fate.REMOVED),
            "changed": self.count(Fate.CHANGED),
            "alike": sum(self.alike.values()),
            "differences": [each.to_json() for each in self.differences],
        }


def difference(before: Plan, after: Plan) -> PlanDifference:
    """Compare two plans by the ids of what they say, each at the size that it has.

    Where something is said (lines, places, order) is no difference. Another id is another entry: one that was renamed
    is removed and added.
    """
    found: list[Difference] = []
    alike: dict[str, int] = {}
    told: dict[str, tuple[FieldChange, ...]] = {}
    for (section, old), (_section, new) in zip(_sections(before), _sections(after), strict=True):
        differing = tuple(_compared(section, old, new, told))
        found.extend(differing)
        if section == TARGETS:
            told = {each.id: each.changes for each in differing}
        kept = len(set(_by_id(old)) & set(_by_id(new)))
        alike[section] = kept - sum(each.fate is Fate.CHANGED for each in differing)
    return PlanDifference(before, after, tuple(found), alike)


def moved_by(before: Fraction | None, after: Fraction | None) -> Fraction | None:
    """The share by which a number moved; None where that is not said: it did not, it was zero, there is none.

    >>> [str(moved_by(Fraction(one), Fraction(other))) for one, other in ((40, 50), (-2, -3), (0, 1))]
    ['1/4', '-1/2', 'None']
    """
    if before is None or after is None or before in {0, after}:
        return None
    return (after - before) / abs(before)


@dataclass(frozen=True, slots=True)
class _About:
    """What a plan says of itself, as an entry like any other."""

    id: str
    label: Label
    currency: str
    months: int
    version: str | None


def _sections(plan: Plan) -> Iterable[tuple[str, Sequence[Any]]]:
    about = _About("", plan.name, plan.currency.code, plan.months, plan.version.id if plan.version else None)
    own = ((ABOUT, (about,)), (TARGETS, plan.targets), ("pillars", plan.pillars))
    rest = (("versions", plan.versions), ("scenarios", plan.scenarios), ("checks", plan.checks))
    return chain(own, _kinds(plan.passages), _kinds(plan.assumptions), rest)


def _kinds(whole: Any) -> Iterable[tuple[str, Sequence[Any]]]:
    return ((kind.name, getattr(whole, kind.name)) for kind in fields(whole))


def _by_id(entries: Sequence[Any]) -> dict[str, Any]:
    return {entry.id: entry for entry in entries}


def _compared(
    section: str, old: Sequence[Any], new: Sequence[Any], told: Mapping[str, tuple[FieldChange, ...]]
) -> Iterable[Difference]:
    """What a driver takes from the target of its id was `told` of the target already."""
    before, after = _by_id(old), _by_id(new)
    for name, entry in after.items():
        said = told.get(name, ()) if isinstance(entry, Driver) else ()
        if name not in before:
            yield Difference(section, name, Fate.ADDED, None, entry)
        elif changes := tuple(each for each in _changes(before[name], entry) if each not in said):
            lo_by, hi_by = _moved(before[name], entry)
            yield Difference(section, name, Fate.CHANGED, before[name], entry, changes, lo_by, hi_by)
    for name, entry in before.items():
        if name not in after:
            yield Difference(section, name, Fate.REMOVED, entry, None)


def _changes(old: Any, new: Any) -> Iterable[FieldChange]:
    before, after = _said(old), _said(new)
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield FieldChange(name, before.get(name), after.get(name))


def _moved(old: Any, new: Any) -> tuple[Fraction | None, Fraction | None]:
    one, other = _range(old), _range(new)
    if one is None or other is None or one.unit != other.unit:
        return None, None
    if isinstance(old, Target) and isinstance(new, Target) and old.period is not new.period:
        return None, None
    return moved_by(one.lo, other.lo), moved_by(one.hi, other.hi)


def _range(entry: Any) -> Figure | None:
    figure = getattr(entry, "figure", None)
    if isinstance(figure, Figure):
        return figure
    return Figure(entry.lo, entry.hi, entry.unit) if hasattr(entry, "lo") else None


def _said(entry: Any) -> dict[str, Any]:
    """The fields of an entry as plain values; those of a range of its own stand beside the others."""
    told: dict[str, Any] = {}
    for each in fields(entry):
        value = getattr(entry, each.name)
        if each.name in _NOT_COMPARED or isinstance(value, Place):
            continue
        told |= _said(value) if isinstance(value, Figure) else {each.name: _plain(value)}
    return told


_WRITTEN: Final[tuple[tuple[type, Callable[[Any], Any]], ...]] = (
    (Fraction, exact_text),
    (Label, Label.to_json),
    (Unit, lambda unit: unit.text),
    (StrEnum, lambda word: word.value),
    (tuple, lambda items: [_plain(item) for item in items]),
)


def _plain(value: Any) -> Any:
    for kind, written in _WRITTEN:
        if isinstance(value, kind):
            return written(value)
    if is_dataclass(value):
        return ({"id": value.id} if hasattr(value, "id") else {}) | _said(value)
    return value
