"""A plan file read: the plan when nothing is wrong with it, and every finding there is when something is."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction

from caudal.core.errors import Finding, Place, Severity, msg
from caudal.core.money import Currency, UnknownCurrency
from caudal.core.periods import Grain
from caudal.core.plans.assumption_reading import AssumptionReader
from caudal.core.plans.checking import check_findings, checks_in
from caudal.core.plans.conformity import Checker
from caudal.core.plans.document import Span, Table, decode, read_document
from caudal.core.plans.passage_reading import PassageReader
from caudal.core.plans.pieces import (
    exact_at,
    items_at,
    label_at,
    must_at,
    numbers_at,
    table_at,
    tables_at,
    text_at,
    word_at,
    words_at,
)
from caudal.core.plans.plan import Pillar, Plan, Target, Version
from caudal.core.plans.ranges import RangeReader
from caudal.core.plans.shape import CODE, ID, PLAN
from caudal.core.plans.units import Unit, UnknownUnit


@dataclass(frozen=True, slots=True)
class PlanFile:
    """What came out of a file: `plan` is None when a finding is an error."""

    plan: Plan | None
    findings: tuple[Finding, ...]


def read_plan(source: str | bytes, file: str = "", *, metrics: Collection[str] | None = None) -> PlanFile:
    r"""Read a plan file, from its text or its bytes. Never raises: whatever is wrong is a finding with line and column.

    With `metrics`, the ids that exist, a target whose metric is not among them gets a note.

    >>> read = read_plan("[targets.leads]\nlo = 5\nhi = 3\nunits = 'leads/month'\n", "plan.toml")
    >>> for finding in read.findings[:3]: print(finding)
    plan.toml:1:1: “plan” is missing here.
    plan.toml:1:10 targets.leads: “targets.leads.label” is missing here.
    plan.toml:1:10 targets.leads: “targets.leads.unit” is missing here.
    """
    text, findings = (source, ()) if isinstance(source, str) else decode(source, file)
    if findings:
        return PlanFile(None, findings)
    document = read_document(text, file)
    reader = _PlanReader(Checker(file), document.root, metrics)
    found = [*document.findings, *reader.findings()]
    found.sort(key=lambda finding: (finding.place.line, finding.place.column))
    refused = any(finding.severity is Severity.ERROR for finding in found)
    return PlanFile(None if refused else reader.plan(), tuple(found))


class _PlanReader:
    """Reads one document: first what is wrong with it, then the plan."""

    def __init__(self, checker: Checker, root: Table, metrics: Collection[str] | None) -> None:
        self._checker = checker
        self._root = root
        self._metrics = metrics
        self._about = table_at(root, "plan")
        self._targets = tables_at(root, "targets")
        self._pillars = tables_at(root, "pillars")
        self._versions = tables_at(root, "versions")
        units = table_at(root, "units")
        own = {key: scalar.text for key in units.entries if (scalar := text_at(units, key))}
        self._ranges = RangeReader(checker, own)
        self._passages = PassageReader(
            checker, root, self._ranges, self._targets, self._pillars, int(exact_at(self._about, "months") or 0)
        )
        self._assumptions = AssumptionReader(checker, root, self._ranges, self._targets)

    def findings(self) -> Iterator[Finding]:
        yield from self._checker.check(PLAN, self._root, Span(0, 0, 1, 1), "")
        yield from self._currency()
        for target_id, (_, target) in self._targets.items():
            name = f"targets.{target_id}"
            yield from self._ranges.findings(target, name)
            yield from self._names(target, name)
        for version_id, (_, version) in self._versions.items():
            yield from self._scales(version, f"versions.{version_id}")
        yield from self._passages.findings()
        yield from self._assumptions.findings()
        yield from check_findings(self._root, self._checker)

    def plan(self) -> Plan:
        about = self._about
        default = text_at(about, "period")
        return Plan(
            id=must_at(about, "id"),
            name=label_at(about, "name"),
            currency=Currency(must_at(about, "currency")),
            months=int(exact_at(about, "months") or 0),
            targets=tuple(
                self._target(target_id, key, table, Grain(default.text) if default else Grain.MONTH)
                for target_id, (key, table) in self._targets.items()
            ),
            pillars=tuple(Pillar(key, label_at(table)) for key, (_, table) in self._pillars.items()),
            versions=tuple(
                Version(key, label_at(table), exact_at(table, "scale") or Fraction(1), words_at(table, "scales"))
                for key, (_, table) in self._versions.items()
            ),
            checks=checks_in(self._root, self._checker.file),
            document=word_at(about, "document") or "",
            sha256=word_at(about, "sha256") or "",
            assumptions=self._assumptions.assumptions(),
            passages=self._passages.passages(),
        )

    def _target(self, target_id: str, key: Span, table: Table, default: Grain) -> Target:
        figure = self._ranges.figure(table)
        period = word_at(table, "period")
        return Target(
            id=target_id,
            label=label_at(table),
            lo=figure.lo,
            hi=figure.hi,
            unit=figure.unit,
            period=Grain(period) if period else figure.unit.time or default,
            pillar=word_at(table, "pillar"),
            metric=word_at(table, "metric"),
            lines=tuple(int(line) for line in numbers_at(table, "lines")),
            place=Place(self._checker.file, key.line, key.column, f"targets.{target_id}"),
        )

    def _currency(self) -> Iterator[Finding]:
        code = text_at(self._about, "currency")
        if code is None or not re.fullmatch(CODE, code.text):
            return
        try:
            Currency(code.text)
        except UnknownCurrency as problem:
            yield self._checker.refused(problem, code.span, "plan.currency")

    def _names(self, table: Table, name: str) -> Iterator[Finding]:
        pillar, metric = text_at(table, "pillar"), text_at(table, "metric")
        if pillar is not None and re.fullmatch(ID, pillar.text) and pillar.text not in self._pillars:
            yield self._checker.unknown(
                "plan.unknown_pillar", msg("The plan has no pillar “{text}”."), pillar, name, self._pillars
            )
        if metric is not None and self._metrics is not None and metric.text not in self._metrics:
            yield self._checker.unknown(
                "plan.unknown_metric",
                msg("Nothing measures “{text}” yet."),
                metric,
                name,
                self._metrics,
                severity=Severity.NOTE,
            )

    def _scales(self, table: Table, name: str) -> Iterator[Finding]:
        scale = exact_at(table, "scale")
        if scale is not None and scale <= 0:
            yield self._checker.finding(
                "plan.bad_scale", msg("“{name}” must be above zero."), table.entries["scale"].key, f"{name}.scale"
            )
        for item in items_at(table, "scales"):
            own = self._assumptions.own
            if item.text not in self._targets and item.text not in own:
                yield self._checker.unknown(
                    "plan.unknown_target", msg("The plan has no target “{text}”."), item, name, self._targets
                )
                continue
            unit = text_at((own | self._targets)[item.text][1], "unit")
            if unit is not None and not self._scales_along(unit.text, own=item.text in own):
                yield self._checker.finding(
                    "plan.not_a_total",
                    msg("“{text}” is told in {unit}, which does not grow with the company."),
                    item.span,
                    name,
                    hint=msg("Only totals in a time scale, such as leads/month or USD/year."),
                    text=item.text,
                    unit=unit.text,
                )

    def _scales_along(self, unit: str, *, own: bool) -> bool:
        """Whether it grows with the company: totals in a time, and of a driver of its own any total."""
        try:
            read = Unit.parse(unit, self._ranges.own)
        except (UnknownUnit, UnknownCurrency):
            return True  # that it is unknown has been said
        return read.is_flow or (own and read.is_total)
