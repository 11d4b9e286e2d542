"""Ranges in a plan file: their ends and their units, whatever they are ranges of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from caudal.core.errors import Finding, msg
from caudal.core.intervals import exact_text
from caudal.core.money import UnknownCurrency
from caudal.core.plans.conformity import Checker
from caudal.core.plans.document import Table
from caudal.core.plans.passages import Figure
from caudal.core.plans.pieces import exact_at, head_of, must_at, text_at
from caudal.core.plans.units import Unit, UnknownUnit


@dataclass(frozen=True, slots=True)
class RangeReader:
    """Reads tables with `lo`, `hi` or `open`, and `unit`; `own` are the things that only this plan counts."""

    checker: Checker
    own: Mapping[str, str]

    def findings(self, table: Table, name: str) -> Iterator[Finding]:
        """What is wrong with a range beyond its shape."""
        yield from self.range_findings(table, name)
        yield from self.unit_findings(table, name)

    def figure(self, table: Table) -> Figure:
        """The range of a table without errors."""
        return Figure(exact_at(table, "lo") or Fraction(0), exact_at(table, "hi"), self.unit(table))

    def unit(self, table: Table) -> Unit:
        """The unit of a table without errors."""
        return Unit.parse(must_at(table, "unit"), self.own)

    def range_findings(self, table: Table, name: str) -> Iterator[Finding]:
        """What is wrong with the ends of a table."""
        entries = table.entries
        if "hi" in entries and "open" in entries:
            yield self.checker.finding(
                "plan.two_ends",
                msg("“{name}” has an upper end and is open as well."),
                entries["open"].key,
                name,
                hint=msg("Keep hi for a range, or open = true for “or more”."),
            )
        if not table.broken and "hi" not in entries and "open" not in entries:
            at = entries["lo"].key if "lo" in entries else head_of(table)
            yield self.checker.finding(
                "plan.missing_key",
                msg("“{name}” has no upper end."),
                at,
                name,
                hint=msg("Write hi = …, the same as lo for a single number, or open = true for “or more”."),
            )
        lo, hi = exact_at(table, "lo"), exact_at(table, "hi")
        if lo is not None and hi is not None and lo > hi:
            yield self.checker.finding(
                "plan.reversed",
                msg("“{name}” runs from {lo} down to {hi}."),
                entries["lo"].key,
                name,
                hint=msg("The lower end comes first: swap them."),
                lo=exact_text(lo),
                hi=exact_text(hi),
            )

    def unit_findings(self, table: Table, name: str) -> Iterator[Finding]:
        """What is wrong with the unit of a table."""
        unit = text_at(table, "unit")
        if unit is None or not unit.text.strip():
            return
        try:
            Unit.parse(unit.text, self.own)
        except (UnknownUnit, UnknownCurrency) as problem:
            yield self.checker.refused(problem, unit.span, name)
