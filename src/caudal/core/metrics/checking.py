"""What is wrong with definitions: all of it at once."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from caudal.core.errors import Finding, Place, Problem, msg
from caudal.core.expressions import BOOLEAN, Field, Kind, Schema, Type, Unit, UnreadableUnit, check, number
from caudal.core.metrics.definitions import Metric, Registry, Source
from caudal.core.metrics.formulas import (
    Balance,
    Cohort,
    Conversion,
    Count,
    Cumulative,
    Derived,
    Distinct,
    Event,
    Formula,
    Part,
    Ratio,
    Sum,
)
from caudal.core.metrics.trees import Tree, tree_of

_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")


def check_registry(registry: Registry) -> list[Finding]:
    """Every finding about every metric: labels, references, circles, expressions, units. Empty when all is well."""
    return [finding for metric in registry.metrics.values() for finding in check_metric(metric, registry)]


def check_metric(metric: Metric, registry: Registry) -> list[Finding]:
    """Every finding about one metric; their places are named `win_rate.denominator`."""
    checker = _Checker(metric, registry)
    return [*checker.words(), *checker.references(), *checker.formula()]


class _Checker:
    """One metric against its registry."""

    def __init__(self, metric: Metric, registry: Registry) -> None:
        self.metric, self.registry = metric, registry
        units = {one.id: _unit(one.unit) for one in registry.metrics.values() if _ID.fullmatch(one.id)}
        self.schema = Schema({name: Field(number(unit)) for name, unit in units.items() if unit is not None})

    def say(self, code: str, message: str, part: str = "", /, **params: object) -> Finding:
        return Finding(f"metric.{code}", message, place=Place(name=_at(self.metric.id, part)), params=params)

    def words(self) -> Iterator[Finding]:
        if not _ID.fullmatch(self.metric.id):
            yield self.say("id", msg("An id is made of small letters, digits and underscores."))
        for part, words in (("label", self.metric.label), ("description", self.metric.description)):
            for language, text in (("en", words.en), ("es", words.es)):
                if not text.strip():
                    yield self.say(
                        "words_missing",
                        msg("The {part} has no text in {language}."),
                        part,
                        part=part,
                        language=language,
                    )

    def sides(self) -> Iterator[Finding]:
        """What a side of a ratio lacks so that readers can be told what it is."""
        if not isinstance(self.metric.formula, Ratio):
            return
        parts = (self.metric.formula.numerator, self.metric.above), (self.metric.formula.denominator, self.metric.below)
        for side, (part, words) in zip(("numerator", "denominator"), parts, strict=True):
            if words is None and not (isinstance(part, str) and part in self.registry.metrics):
                yield self.say(
                    "side_unnamed", msg("The {part} is no metric, and nothing says what it is."), side, part=side
                )

    def references(self) -> Iterator[Finding]:
        for driver in self.metric.drivers:
            if driver not in self.registry.metrics:
                yield self.say("unknown", msg("There is no metric “{metric}”."), "drivers", metric=driver)
        for factor in self.metric.factors:
            if factor not in self.registry.metrics:
                yield self.say("unknown", msg("There is no metric “{metric}”."), "factors", metric=factor)

    def formula(self) -> Iterator[Finding]:
        declared = _unit(self.metric.unit)
        if declared is None:
            yield self.say("unit", msg("“{unit}” is not a unit."), "unit", unit=self.metric.unit)
            return
        found: list[Finding] = []
        unit = self.unit_of(self.metric.formula, "", found)
        yield from found
        if found:
            return
        counts = isinstance(self.metric.formula, Count | Distinct)
        if counts and (declared.is_money or declared.is_time):
            yield self.say("unit", msg("A count is not a number of {unit}."), "unit", unit=declared)
        if not counts and unit is not None and unit != declared:
            yield self.say(
                "unit", msg("The formula gives {found}, declared is {declared}."), "unit", found=unit, declared=declared
            )
        yield from self.sides()
        yield from self.grown()

    def grown(self) -> Iterator[Finding]:
        """What only shows when the whole tree is put together: circles."""
        tree = self.tree()
        if isinstance(tree, Problem):
            yield Finding(tree.code, tree.message, place=Place(name=self.metric.id), hint=tree.hint, params=tree.params)

    def tree(self) -> Tree | Problem:
        try:
            return tree_of(self.metric, self.registry)
        except Problem as problem:
            return problem

    def unit_of(  # noqa: PLR0911  one line per kind of formula
        self, formula: Formula | Part, part: str, found: list[Finding]
    ) -> Unit | None:
        """The unit a formula gives, None when it takes any; what is wrong goes to `found`."""
        match formula:
            case str():
                return self.expression(formula, self.schema, part, number(), found)
            case Derived(expression=expression):
                return self.expression(expression, self.schema, part, number(), found)
            case Ratio():
                above = self.unit_of(formula.numerator, "numerator", found)
                below = self.unit_of(formula.denominator, "denominator", found)
                return (above or Unit()) / (below or Unit())
            case Sum() | Balance():
                source = self.facts(formula, part, found)
                if source is None:
                    return None
                return self.expression(formula.measure, source.schema, _at(part, "measure"), number(), found)
            case Count() | Distinct():
                source = self.facts(formula, part, found)
                if source and isinstance(formula, Distinct):
                    self.expression(formula.entity, source.schema, _at(part, "entity"), None, found)
                return Unit()
            case Cumulative():
                return self.cumulative(formula, found)
            case Conversion():
                self.event(formula.base, "base", found)
                self.event(formula.converted, "converted", found)
            case Cohort():
                self.event(formula.first, "first", found)
                self.event(formula.active, "active", found)
        return Unit()

    def cumulative(self, formula: Cumulative, found: list[Finding]) -> Unit | None:
        of = self.registry.metrics.get(formula.of)
        if of is None:
            found.append(self.say("unknown", msg("There is no metric “{metric}”."), "of", metric=formula.of))
            return None
        if not isinstance(of.formula, Sum | Count | Distinct):
            found.append(self.say("not_cumulative", msg("{metric} is neither a sum nor a count."), "of", metric=of.id))
        if formula.days is not None and (formula.since is not None or formula.days < 1):
            found.append(
                self.say("stretch", msg("Give a number of days from 1, or the period to begin with, or neither."))
            )
        return _unit(of.unit)

    def event(self, event: Event, part: str, found: list[Finding]) -> None:
        source = self.facts(event, part, found)
        if source:
            self.expression(event.entity, source.schema, _at(part, "entity"), None, found)

    def facts(self, facts: Sum | Count | Distinct | Balance | Event, part: str, found: list[Finding]) -> Source | None:
        """The source of some facts, with their time and condition checked."""
        source = self.registry.sources.get(facts.source)
        if source is None:
            message = msg("There is no source “{source}”.")
            found.append(self.say("source_unknown", message, _at(part, "source"), source=facts.source))
            return None
        time = source.schema.fields.get(facts.time)
        if time is None or time.type.kind not in {Kind.DATE, Kind.INSTANT}:
            message = msg("“{field}” is neither a date nor an instant of {source}.")
            found.append(self.say("time", message, _at(part, "time"), field=facts.time, source=source.name))
        self.expression(facts.where, source.schema, _at(part, "where"), BOOLEAN, found)
        return source

    def expression(self, text: str, schema: Schema, part: str, wants: Type | None, found: list[Finding]) -> Unit | None:
        """The unit of an expression; `wants` gives its kind alone."""
        kind = None if wants is None else replace(wants, unit=None)
        checked = check(text, schema, wants=kind)
        name = _at(self.metric.id, part)
        found.extend(replace(one, place=replace(one.place, name=name)) for one in checked.findings)
        return checked.expression.type.unit if checked.expression else None


def _unit(text: str) -> Unit | None:
    try:
        return Unit.parse(text)
    except UnreadableUnit:
        return None


def _at(*parts: str) -> str:
    return ".".join(part for part in parts if part)
