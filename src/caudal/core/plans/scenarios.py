"""Scenarios: a few things of a plan said otherwise, under a name, so that the whole plan can be looked at that way.

A scenario is laid over the tree of the plan's text before it is read. Whatever reads a plan then reads the scenario:
what it changes stands where the scenario says it, so a finding about it leads there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from caudal.core.errors import Finding, Place, Problem, msg
from caudal.core.money import UnknownCurrency
from caudal.core.plans.conformity import Checker
from caudal.core.plans.document import Array, Entry, Kind, Scalar, Span, Table, Value
from caudal.core.plans.labels import Label
from caudal.core.plans.passages import NOWHERE
from caudal.core.plans.pieces import label_at, table_at, tables_at, text_at, word_at
from caudal.core.plans.ranges import RangeReader
from caudal.core.plans.responses import CURVE_KEYS
from caudal.core.plans.units import Unit, UnknownUnit

ENDS: Final = frozenset({"lo", "hi", "open"})
LIKELIHOOD: Final = frozenset({"lo", "hi", "shape", "likely", "p95", "values"})
"""What a driver says of its values: a scenario that says any of it says all of it."""
CURVE: Final = frozenset({"curve"}).union(*CURVE_KEYS.values())
"""What a curve says of its form: a scenario that names a form says all of it."""
OVERRIDDEN: Final[Mapping[str, str]] = {
    "targets": msg("The plan has no target “{text}”."),
    "budget": msg("The plan has no budget “{text}”."),
    "drivers": msg("The plan has no driver “{text}”."),
    "ramps": msg("The plan has no ramp “{text}”."),
    "responses": msg("The plan has no response “{text}”."),
    "capacities": msg("The plan has no capacity “{text}”."),
}
"""The sections that a scenario can say otherwise, and what is said of an id that is not in them."""
_CODES: Final = {
    "targets": "plan.unknown_target",
    "budget": "plan.unknown_budget",
    "drivers": "plan.unknown_driver",
    "ramps": "plan.unknown_ramp",
    "responses": "plan.unknown_response",
    "capacities": "plan.unknown_capacity",
}


class UnknownScenario(Problem):
    """The plan has no scenario of that id."""

    code = "plan.unknown_scenario"
    status = 404
    message = msg("The plan “{plan}” has no scenario “{scenario}”.")
    hint = msg("It has: {scenarios}.")


@dataclass(frozen=True, slots=True)
class Override:
    """One thing that a scenario says otherwise: where it stands in the plan, and what is said, as it is written."""

    section: str
    id: str
    said: tuple[tuple[str, str], ...]
    place: Place = NOWHERE

    def to_json(self) -> dict[str, Any]:
        """Every field but the place."""
        return {"section": self.section, "id": self.id, "said": dict(self.said)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A name for a plan with some things otherwise, who thought of it and why."""

    id: str
    label: Label
    why: Label | None = None
    author: str = ""
    overrides: tuple[Override, ...] = ()
    place: Place = NOWHERE

    def to_json(self) -> dict[str, Any]:
        """Every field but the place."""
        return {
            "id": self.id,
            "label": self.label.to_json(),
            "why": self.why and self.why.to_json(),
            "author": self.author or None,
            "overrides": [each.to_json() for each in self.overrides],
        }


@dataclass(frozen=True, slots=True)
class OverrideReader:
    """Reads what scenarios say otherwise of one plan: what is wrong with it, and the plan's tree with it laid over."""

    checker: Checker
    root: Table
    """The tree of the plan."""
    ranges: RangeReader

    def findings(self, said: Table, name: str = "") -> Iterator[Finding]:
        """What is wrong with overrides beyond their shape, `name` being where they stand."""
        ranged: dict[str, str] = {}
        for section, (override_id, (key, table)) in _each(said):
            path = f"{name}.{section}.{override_id}" if name else f"{section}.{override_id}"
            unit = self._unit(section, override_id)
            if unit is None:
                yield self._unknown(section, override_id, key, path)
                continue
            if section in {"targets", "budget"}:
                target = self._target(section, override_id)
                if target in ranged:
                    message = msg("“{name}” says the target “{text}” a second time: {first} does as well.")
                    first = ranged[target]
                    yield self.checker.finding("plan.said_twice", message, key, path, text=target, first=first)
                ranged.setdefault(target, path)
                yield from self.ranges.range_findings(table, path)
            yield from self._unit_findings(table, path, unit)

    def overrides(self, said: Table, written: bytes, name: str = "") -> tuple[Override, ...]:
        """The overrides as values; `written` is the text in which they stand."""
        return tuple(
            Override(
                section,
                override_id,
                tuple(
                    (path, written[entry.value.span.start : entry.value.span.end].decode("utf-8", "replace"))
                    for path, entry in _leaves(table)
                ),
                Place(self.checker.file, key.line, key.column, f"{name}.{section}.{override_id}".strip(".")),
            )
            for section, (override_id, (key, table)) in _each(said)
        )

    def overlaid(self, said: Table) -> Table:
        """The plan's tree with overrides laid over it; what they do not name stays."""
        entries = dict(self.root.entries)
        for section, (override_id, (key, table)) in _each(said):
            home, at = (
                ("targets", self._target(section, override_id)) if section == "budget" else (section, override_id)
            )
            held = entries.get(home)
            tables = held.value if held is not None and isinstance(held.value, Table) else Table(key)
            known = tables.entries.get(at)
            old = known.value if known is not None and isinstance(known.value, Table) else Table(table.span)
            new = replace(old, entries=changed(home, old, table), headed=table.headed or [key])
            span = held.key if held is not None else key
            laid = replace(tables, entries=tables.entries | {at: Entry(key, new, table.span)})
            entries[home] = Entry(span, laid, held.span if held is not None else span)
        return replace(self.root, entries=entries)

    def _target(self, section: str, override_id: str) -> str:
        """The target that an override of a range is about."""
        if section == "targets":
            return override_id
        return word_at(table_at(table_at(self.root, "budget"), override_id), "target") or ""

    def _unit(self, section: str, override_id: str) -> str | None:
        """The unit of what is overridden, empty where it has none; None where the plan has no such thing."""
        targets = tables_at(self.root, "targets")
        if section == "budget":
            if override_id not in tables_at(self.root, "budget"):
                return None
            section, override_id = "targets", self._target(section, override_id)
        if section == "drivers" and override_id in targets and override_id not in tables_at(self.root, "formulas"):
            section = "targets"  # a target that nothing computes is a driver, whether or not more is said of it
        known = tables_at(self.root, section)
        return (word_at(known[override_id][1], "unit") or "") if override_id in known else None

    def _unknown(self, section: str, override_id: str, key: Span, path: str) -> Finding:
        known = set(tables_at(self.root, section))
        if section == "drivers":
            known |= set(tables_at(self.root, "targets")) - set(tables_at(self.root, "formulas"))
        named = Scalar(kind=Kind.TEXT, text=override_id, span=key)
        return self.checker.unknown(_CODES[section], OVERRIDDEN[section], named, path, known)

    def _unit_findings(self, table: Table, path: str, wanted: str) -> Iterator[Finding]:
        wrong = list(self.ranges.unit_findings(table, path))
        yield from wrong
        said = text_at(table, "unit")
        if wrong or said is None or not said.text.strip():
            return
        try:
            one, other = (replace(Unit.parse(text, self.ranges.own), text="") for text in (said.text, wanted))
        except (UnknownUnit, UnknownCurrency):
            return  # that the plan's own is unknown has been said
        if one != other:
            yield self.checker.finding(
                "plan.other_unit",
                msg("“{name}” is told in {text}, but the plan tells it in {unit}."),
                said.span,
                path,
                hint=msg("A scenario changes how much, not what: write it in the unit of the plan."),
                text=said.text,
                unit=wanted,
            )


def changed(home: str, old: Table, said: Table) -> dict[str, Entry]:
    """The entries of something with what a scenario says of it.

    Of a target and a driver it says the whole range and likelihood, of a curve the whole form where it names one, of a
    ramp the phases that it names, of anything else the entries that it names.
    """
    new = {key: entry for key, entry in said.entries.items() if key != "unit"}
    if home == "ramps" and "ends" in new:
        ends, more = table_at(old, "ends"), table_at(said, "ends")
        new["ends"] = replace(new["ends"], value=replace(more, entries=ends.entries | more.entries))
    gone = gone_of(home, said)
    return {key: entry for key, entry in old.entries.items() if key not in gone} | new


def gone_of(home: str, said: Table) -> frozenset[str]:
    """What no longer counts of something when a scenario says this of it, unless it says it again."""
    if home == "targets":
        return ENDS
    if home == "responses" and "curve" in said.entries:
        return CURVE
    return LIKELIHOOD if home == "drivers" and LIKELIHOOD & set(said.entries) else frozenset()


def scenario_at(scenario_id: str, key: Span, table: Table, overrides: tuple[Override, ...], file: str) -> Scenario:
    """The scenario of a table without errors."""
    return Scenario(
        id=scenario_id,
        label=label_at(table),
        why=label_at(table, "why") if "why" in table.entries else None,
        author=word_at(table, "author") or "",
        overrides=overrides,
        place=Place(file, key.line, key.column, f"scenarios.{scenario_id}"),
    )


def _each(said: Table) -> Iterator[tuple[str, tuple[str, tuple[Span, Table]]]]:
    """Every override with its section, in the order of the sections."""
    for section in OVERRIDDEN:
        for each in tables_at(said, section).items():
            yield section, each


def _leaves(table: Table, name: str = "") -> Iterator[tuple[str, Entry]]:
    for key, entry in table.entries.items():
        value: Value = entry.value
        if isinstance(value, Scalar | Array):
            yield f"{name}{key}", entry
        else:
            yield from _leaves(value, f"{name}{key}.")
