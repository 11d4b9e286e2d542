"""The assumptions of a plan file: what is wrong with its drivers, ramps, correlations and curves, and their values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final

from caudal.core.errors import Finding, Place, Severity, msg
from caudal.core.intervals import exact_text
from caudal.core.metrics import Direction
from caudal.core.plans.assumptions import (
    MAY_BE_OPEN,
    Assumptions,
    Capacity,
    Correlation,
    Distribution,
    Driver,
    Formula,
    Ramp,
    in_order,
    together,
)
from caudal.core.plans.conformity import DID_YOU_MEAN, Checker, number
from caudal.core.plans.document import Span, Table
from caudal.core.plans.labels import Label
from caudal.core.plans.pieces import (
    exact_at,
    items_at,
    label_at,
    must_at,
    table_at,
    tables_at,
    text_at,
    word_at,
)
from caudal.core.plans.ranges import RangeReader
from caudal.core.plans.response_reading import CurveReader
from caudal.core.plans.units import nearest

Tables = Mapping[str, tuple[Span, Table]]
OWN: Final = ("label", "unit")
"""What drivers and formulas say themselves where no target says it."""


@dataclass(frozen=True)
class AssumptionReader:
    """Reads the assumptions of one document."""

    checker: Checker
    root: Table
    ranges: RangeReader
    targets: Tables

    @cached_property
    def drivers(self) -> dict[str, tuple[Span, Table]]:
        """The tables of drivers by id."""
        return tables_at(self.root, "drivers")

    @cached_property
    def curves(self) -> CurveReader:
        """The reader of what spending brings."""
        return CurveReader(self.checker, self.ranges)

    @cached_property
    def own(self) -> dict[str, tuple[Span, Table]]:
        """The tables of those drivers that no target speaks of."""
        return {name: entry for name, entry in self.drivers.items() if name not in self.targets}

    def findings(self) -> Iterator[Finding]:
        """What is wrong beyond the shape of it."""
        for driver_id, (key, table) in self.drivers.items():
            yield from self._driver(driver_id, key, table)
        for formula_id, (key, table) in tables_at(self.root, "formulas").items():
            yield from self._formula(formula_id, key, table)
        yield from self._ramps()
        yield from self._correlations()
        for response_id, (key, table) in tables_at(self.root, "responses").items():
            yield from self._response(response_id, key, table)
        for capacity_id, (_, table) in tables_at(self.root, "capacities").items():
            yield from self.ranges.unit_findings(table, f"capacities.{capacity_id}")

    def assumptions(self) -> Assumptions:
        """The values of a document without errors."""
        return Assumptions(
            drivers=tuple(
                driver
                for name, (key, table) in self.drivers.items()
                if (driver := self._read_driver(name, key, table)) is not None
            ),
            formulas=tuple(self._read_formula(name, key, table) for name, (key, table) in self._tables("formulas")),
            ramps=tuple(
                Ramp(
                    id=name,
                    label=label_at(table),
                    start=exact_at(table, "start") or Fraction(0),
                    ends=tuple(
                        (phase, exact_at(table_at(table, "ends"), phase) or Fraction(0))
                        for phase in table_at(table, "ends").entries
                    ),
                )
                for name, (_, table) in self._tables("ramps")
            ),
            correlations=tuple(
                self._read_correlation(name, key, table) for name, (key, table) in self._tables("correlations")
            ),
            responses=tuple(
                self.curves.read(name, table, self._place(key, f"responses.{name}"))
                for name, (key, table) in self._tables("responses")
            ),
            capacities=tuple(
                Capacity(
                    id=name,
                    label=label_at(table),
                    unit=self.ranges.unit(table),
                    needs=must_at(table, "needs"),
                    has=must_at(table, "has"),
                    why=self._label(table, "why"),
                    place=self._place(key, f"capacities.{name}"),
                    needs_place=self._inside(table, "needs", f"capacities.{name}"),
                    has_place=self._inside(table, "has", f"capacities.{name}"),
                )
                for name, (key, table) in self._tables("capacities")
            ),
        )

    def _tables(self, kind: str) -> Iterator[tuple[str, tuple[Span, Table]]]:
        yield from tables_at(self.root, kind).items()

    # What is wrong.

    def _driver(self, driver_id: str, key: Span, table: Table) -> Iterator[Finding]:
        name = f"drivers.{driver_id}"
        yield from self._own_words(driver_id, key, table, name, wanted=(*OWN, "lo"))
        ramps = tables_at(self.root, "ramps")
        ramp = text_at(table, "ramp")
        if ramp is not None and ramp.text not in ramps:
            yield self.checker.unknown("plan.unknown_ramp", msg("The plan has no ramp “{text}”."), ramp, name, ramps)
        if table.broken:
            return
        shape = word_at(table, "shape") or Distribution.UNIFORM
        if shape in set(Distribution):
            yield from self._shaped(driver_id, Distribution(shape), key, table)

    def _shaped(self, driver_id: str, shape: Distribution, key: Span, table: Table) -> Iterator[Finding]:
        """What is wrong with a range and its shape: refused, but for what becomes wrong when a target changes."""
        name = f"drivers.{driver_id}"
        lo, hi = self._ends(driver_id, table)
        likely, p95 = exact_at(table, "likely"), exact_at(table, "p95")
        alone = driver_id not in self.targets or {"lo", "hi"} <= set(table.entries)
        severity = Severity.ERROR if alone else Severity.CHOICE
        if shape is Distribution.EMPIRICAL or "values" in table.entries:
            if shape is not Distribution.EMPIRICAL or len(_values(table)) < 2:  # noqa: PLR2004  something lies between two
                yield self.checker.finding(
                    "plan.driver_values",
                    msg("“{name}” is empirical when it has at least two values, and has values when it is empirical."),
                    key,
                    name,
                )
            return
        if shape is Distribution.FIXED and (likely is not None or (lo is not None and lo == hi)):
            return
        if hi is None and not _says_what_is_large(shape, likely, p95):
            if self._is_said_open(driver_id, lo):
                yield self.checker.finding(
                    "plan.driver_open",
                    msg("“{name}” has no upper end, so nothing says how likely large values are."),
                    key,
                    name,
                    severity=severity,
                    hint=msg("Write hi = …, or shape = “lognormal” with likely = … and p95 = …."),
                )
            return
        floor = Fraction(0) if shape is Distribution.LOGNORMAL else None
        if lo is not None and hi is not None and lo > hi and not {"lo", "hi"} & set(table.entries):
            return  # its target runs the wrong way, which has been said
        if not in_order(floor, lo, likely, p95, hi) or _is_flat(shape, likely, p95):
            said = ", ".join(exact_text(value) for value in (floor, lo, likely, p95, hi) if value is not None)
            own = in_order(floor, *(exact_at(table, word) for word in ("lo", "likely", "p95", "hi")))
            yield self.checker.finding(
                "plan.driver_order",
                msg("“{name}” has lo, likely, p95 and hi in the wrong order: {said}."),
                key,
                name,
                severity=severity if own and not _is_flat(shape, likely, p95) else Severity.ERROR,
                said=said,
            )

    def _is_said_open(self, driver_id: str, lo: Fraction | None) -> bool:
        """Whether the lack of an upper end is the driver's own, and not a mistake in its target."""
        if driver_id in self.targets:
            return "open" in self.targets[driver_id][1].entries
        return lo is not None

    def _own_words(self, own_id: str, key: Span, table: Table, name: str, wanted: tuple[str, ...]) -> Iterator[Finding]:
        """Label, unit and range are said once: by the target of that id, or here."""
        if own_id in self.targets:
            for word in OWN:
                if word in table.entries:
                    yield self.checker.finding(
                        "plan.said_twice",
                        msg("The target of “{name}” says this already."),
                        table.entries[word].key,
                        name,
                        hint=msg("Leave it out here."),
                    )
            return
        missing = [word for word in wanted if word not in table.entries and not self._without_range(word, table)]
        if missing and not table.broken:
            near = nearest(own_id, self.targets)
            yield self.checker.finding(
                "plan.unknown_target",
                msg("“{name}” is no target, and says no {missing} of its own."),
                key,
                name,
                hint=DID_YOU_MEAN if near else "",
                missing=", ".join(missing),
                near=near,
            )
        yield from self.ranges.unit_findings(table, name)

    @staticmethod
    def _without_range(word: str, table: Table) -> bool:
        return word == "lo" and ("values" in table.entries or word_at(table, "shape") == Distribution.FIXED)

    def _formula(self, formula_id: str, key: Span, table: Table) -> Iterator[Finding]:
        name = f"formulas.{formula_id}"
        yield from self._own_words(formula_id, key, table, name, wanted=OWN)
        for kind in ("drivers", "responses"):
            if formula_id in tables_at(self.root, kind):
                yield self._twice(key, name, kind)

    def _twice(self, key: Span, name: str, kind: str) -> Finding:
        return self.checker.finding(
            "plan.said_twice",
            msg("“{name}” has the id of something in [{kind}]."),
            key,
            name,
            hint=msg("A number is a driver or it is computed: keep one of them."),
            kind=kind,
        )

    def _ramps(self) -> Iterator[Finding]:
        phases = tables_at(self.root, "phases")
        for ramp_id, (_, table) in self._tables("ramps"):
            name = f"ramps.{ramp_id}"
            ends = table_at(table, "ends")
            for phase, entry in ends.entries.items():
                if phase not in phases:
                    near = nearest(phase, phases)
                    yield self.checker.finding(
                        "plan.unknown_phase",
                        msg("The plan has no phase “{text}”."),
                        entry.key,
                        name,
                        hint=DID_YOU_MEAN if near else "",
                        text=phase,
                        near=near,
                    )
            for where, keys in ((table, ("start",)), (ends, tuple(ends.entries))):
                for key in keys:
                    share = exact_at(where, key)
                    if share is not None and share < 0:
                        message = msg("“{name}” must be zero or more.")
                        yield self.checker.finding("plan.bad_share", message, where.entries[key].key, f"{name}.{key}")

    def _correlations(self) -> Iterator[Finding]:
        read: list[Correlation] = []
        seen: set[frozenset[str]] = set()
        last: tuple[Span, str] | None = None
        for correlation_id, (key, table) in self._tables("correlations"):
            name = f"correlations.{correlation_id}"
            items = items_at(table, "of")
            unknown = [item for item in items if item.text not in self.drivers]
            for item in unknown:
                message = msg("The plan has no driver “{text}”.")
                yield self.checker.unknown("plan.unknown_driver", message, item, name, self.drivers)
            pair = frozenset(item.text for item in items)
            strength = exact_at(table, "strength")
            if items and (len(items) != 2 or pair in seen or len(pair) != 2):  # noqa: PLR2004  a pair
                message = msg("“{name}” must name two different drivers, and no two twice.")
                yield self.checker.finding("plan.bad_pair", message, key, name)
                continue
            seen.add(pair)
            if strength is not None and abs(strength) > 1:
                message = msg("“{name}” must be from -1 to 1.")
                yield self.checker.finding("plan.bad_strength", message, table.entries["strength"].key, name)
                continue
            if items and not unknown and strength is not None:
                read.append(Correlation(id=correlation_id, of=(items[0].text, items[1].text), strength=strength))
                last = key, name
        if last is not None and together(tuple(read)) is None:
            yield self.checker.finding(
                "plan.correlations_impossible",
                msg("No numbers can go together as these correlations say: {all}."),
                last[0],
                last[1],
                hint=msg("Make some of them weaker."),
                all=", ".join(f"{each.of[0]} ~ {each.of[1]} {exact_text(each.strength)}" for each in read),
            )

    def _response(self, response_id: str, key: Span, table: Table) -> Iterator[Finding]:
        name = f"responses.{response_id}"
        yield from self.ranges.unit_findings(table, name)
        if response_id in self.targets or response_id in self.drivers:
            yield self._twice(key, name, "targets" if response_id in self.targets else "drivers")
        spend = text_at(table, "spend")
        if spend is not None and spend.text not in self.drivers:
            message = msg("The plan has no driver “{text}”.")
            yield self.checker.unknown("plan.unknown_driver", message, spend, name, self.drivers)
        yield from self.curves.findings(table, key, name)

    # The values.

    def _ends(self, driver_id: str, table: Table) -> tuple[Fraction | None, Fraction | None]:
        """The ends of a driver: its own, else those of its target; a share stays within one."""
        target = self.targets[driver_id][1] if driver_id in self.targets else None
        lo, hi = exact_at(table, "lo"), exact_at(table, "hi")
        if lo is None and target is not None:
            lo = exact_at(target, "lo")
        if hi is None and target is not None:
            hi = exact_at(target, "hi")
        return lo, hi

    def _read_driver(self, driver_id: str, key: Span, table: Table) -> Driver | None:
        """A driver, with what its target made impossible put right; None where nothing says how large it may be."""
        said = self.targets[driver_id][1] if driver_id in self.targets else table
        shape = Distribution(word_at(table, "shape") or Distribution.UNIFORM)
        likely, p95, values = exact_at(table, "likely"), exact_at(table, "p95"), _values(table)
        lo, hi = (min(values), max(values)) if values else self._ends(driver_id, table)
        if shape is Distribution.FIXED:
            likely = likely if likely is not None else lo
            lo = hi = likely
        elif hi is None and not _says_what_is_large(shape, likely, p95):
            return None
        lo = max(lo or Fraction(0), Fraction(0)) if shape is Distribution.LOGNORMAL else lo or Fraction(0)
        hi = hi if hi is None or hi >= lo else lo
        likely, p95 = (_within(value, lo, hi) for value in (likely, p95))
        return Driver(
            id=driver_id,
            label=label_at(said),
            unit=self.ranges.unit(said),
            lo=lo,
            hi=hi,
            shape=shape,
            likely=likely,
            p95=None if _is_flat(shape, likely, p95) else p95,
            values=values,
            ramp=word_at(table, "ramp"),
            own=driver_id not in self.targets,
            why=self._label(table, "why"),
            place=self._place(key, f"drivers.{driver_id}"),
        )

    def _read_formula(self, formula_id: str, key: Span, table: Table) -> Formula:
        own = formula_id not in self.targets
        better = word_at(table, "better")
        name = f"formulas.{formula_id}"
        return Formula(
            id=formula_id,
            value=must_at(table, "value"),
            starts=word_at(table, "starts") or "",
            label=label_at(table) if own else None,
            unit=self.ranges.unit(table) if own else None,
            better=Direction(better) if better else None,
            why=self._label(table, "why"),
            place=self._place(key, name),
            value_place=self._inside(table, "value", name),
            starts_place=self._inside(table, "starts", name),
        )

    def _read_correlation(self, correlation_id: str, key: Span, table: Table) -> Correlation:
        one, other = (item.text for item in items_at(table, "of"))
        place = self._place(key, f"correlations.{correlation_id}")
        strength = exact_at(table, "strength") or Fraction(0)
        return Correlation(id=correlation_id, of=(one, other), strength=strength, place=place)

    def _place(self, key: Span, name: str) -> Place:
        return Place(self.checker.file, key.line, key.column, name)

    def _inside(self, table: Table, key: str, name: str) -> Place:
        """Where a quoted text begins, behind its quote."""
        scalar = text_at(table, key)
        return Place(self.checker.file, scalar.span.line, scalar.span.column + 1, name) if scalar else Place()

    @staticmethod
    def _label(table: Table, key: str) -> Label | None:
        return label_at(table, key) if key in table.entries else None


def _values(table: Table) -> tuple[Fraction, ...]:
    return tuple(value for item in items_at(table, "values") if (value := number(item)) is not None)


def _says_what_is_large(shape: Distribution, likely: Fraction | None, p95: Fraction | None) -> bool:
    """Whether a shape without an upper end says how likely large values are."""
    return shape in MAY_BE_OPEN and likely is not None and p95 is not None and likely < p95


def _is_flat(shape: Distribution, likely: Fraction | None, p95: Fraction | None) -> bool:
    """Whether a bell has no width, or a lognormal one no middle."""
    if shape not in MAY_BE_OPEN or likely is None:
        return False
    return likely == p95 or (shape is Distribution.LOGNORMAL and likely <= 0)


def _within(value: Fraction | None, lo: Fraction, hi: Fraction | None) -> Fraction | None:
    if value is None:
        return None
    return max(lo, value if hi is None else min(value, hi))
