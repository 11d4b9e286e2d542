"""A plan file read: the plan when nothing is wrong with it, and every finding there is when something is."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from caudal.core.errors import Finding, Place, Problem, Severity, msg
from caudal.core.intervals import exact_text
from caudal.core.money import Currency, UnknownCurrency
from caudal.core.periods import Grain
from caudal.core.plans.checking import check_findings, checks_in
from caudal.core.plans.conformity import DID_YOU_MEAN, Checker, number
from caudal.core.plans.document import Array, Entry, Kind, Scalar, Span, Table, decode, read_document
from caudal.core.plans.labels import Label
from caudal.core.plans.plan import Pillar, Plan, Target, Version
from caudal.core.plans.shape import CODE, ID, PLAN
from caudal.core.plans.units import Unit, UnknownUnit, nearest


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
        self._about = _table(root, "plan")
        self._targets = _tables(root, "targets")
        self._pillars = _tables(root, "pillars")
        self._versions = _tables(root, "versions")
        units = _table(root, "units")
        self._own = {key: scalar.text for key in units.entries if (scalar := _text(units, key))}

    def findings(self) -> Iterator[Finding]:
        yield from self._checker.check(PLAN, self._root, Span(0, 0, 1, 1), "")
        yield from self._currency()
        for target_id, (_, target) in self._targets.items():
            name = f"targets.{target_id}"
            yield from self._range(target, name)
            yield from self._unit(target, name)
            yield from self._names(target, name)
        for version_id, (_, version) in self._versions.items():
            yield from self._scales(version, f"versions.{version_id}")
        yield from check_findings(self._root, self._checker)

    def plan(self) -> Plan:
        about = self._about
        default = _text(about, "period")
        return Plan(
            id=_must(about, "id"),
            name=_label(about, "name"),
            currency=Currency(_must(about, "currency")),
            months=int(_exact(about, "months") or 0),
            targets=tuple(
                self._target(target_id, key, table, Grain(default.text) if default else Grain.MONTH)
                for target_id, (key, table) in self._targets.items()
            ),
            pillars=tuple(Pillar(key, _label(table)) for key, (_, table) in self._pillars.items()),
            versions=tuple(
                Version(key, _label(table), _exact(table, "scale") or Fraction(1), _words(table, "scales"))
                for key, (_, table) in self._versions.items()
            ),
            checks=checks_in(self._root, self._checker.file),
            document=_word(about, "document") or "",
            sha256=_word(about, "sha256") or "",
        )

    def _target(self, target_id: str, key: Span, table: Table, default: Grain) -> Target:
        unit = Unit.parse(_must(table, "unit"), self._own)
        period = _word(table, "period")
        return Target(
            id=target_id,
            label=_label(table),
            lo=_exact(table, "lo") or Fraction(0),
            hi=_exact(table, "hi"),
            unit=unit,
            period=Grain(period) if period else unit.time or default,
            pillar=_word(table, "pillar"),
            metric=_word(table, "metric"),
            lines=tuple(int(line) for line in _numbers(table, "lines")),
            place=Place(self._checker.file, key.line, key.column, f"targets.{target_id}"),
        )

    def _currency(self) -> Iterator[Finding]:
        code = _text(self._about, "currency")
        if code is None or not re.fullmatch(CODE, code.text):
            return
        try:
            Currency(code.text)
        except UnknownCurrency as problem:
            yield self._refused(problem, code.span, "plan.currency")

    def _range(self, table: Table, name: str) -> Iterator[Finding]:
        entries = table.entries
        if "hi" in entries and "open" in entries:
            yield self._checker.finding(
                "plan.two_ends",
                msg("“{name}” has an upper end and is open as well."),
                entries["open"].key,
                name,
                hint=msg("Keep hi for a range, or open = true for “or more”."),
            )
        if not table.broken and "hi" not in entries and "open" not in entries:
            at = entries["lo"].key if "lo" in entries else _head(table)
            yield self._checker.finding(
                "plan.missing_key",
                msg("“{name}” has no upper end."),
                at,
                name,
                hint=msg("Write hi = …, the same as lo for a single number, or open = true for “or more”."),
            )
        lo, hi = _exact(table, "lo"), _exact(table, "hi")
        if lo is not None and hi is not None and lo > hi:
            yield self._checker.finding(
                "plan.reversed",
                msg("“{name}” runs from {lo} down to {hi}."),
                entries["lo"].key,
                name,
                hint=msg("The lower end comes first: swap them."),
                lo=exact_text(lo),
                hi=exact_text(hi),
            )

    def _unit(self, table: Table, name: str) -> Iterator[Finding]:
        unit = _text(table, "unit")
        if unit is None or not unit.text.strip():
            return
        try:
            Unit.parse(unit.text, self._own)
        except (UnknownUnit, UnknownCurrency) as problem:
            yield self._refused(problem, unit.span, name)

    def _names(self, table: Table, name: str) -> Iterator[Finding]:
        pillar, metric = _text(table, "pillar"), _text(table, "metric")
        if pillar is not None and re.fullmatch(ID, pillar.text) and pillar.text not in self._pillars:
            yield self._unknown(
                "plan.unknown_pillar", msg("The plan has no pillar “{text}”."), pillar, name, self._pillars
            )
        if metric is not None and self._metrics is not None and metric.text not in self._metrics:
            yield self._unknown(
                "plan.unknown_metric",
                msg("Nothing measures “{text}” yet."),
                metric,
                name,
                self._metrics,
                severity=Severity.NOTE,
            )

    def _scales(self, table: Table, name: str) -> Iterator[Finding]:
        scale = _exact(table, "scale")
        if scale is not None and scale <= 0:
            yield self._checker.finding(
                "plan.bad_scale", msg("“{name}” must be above zero."), table.entries["scale"].key, f"{name}.scale"
            )
        for item in _items(table, "scales"):
            if item.text not in self._targets:
                yield self._unknown(
                    "plan.unknown_target", msg("The plan has no target “{text}”."), item, name, self._targets
                )
                continue
            unit = _text(self._targets[item.text][1], "unit")
            if unit is not None and not self._is_flow(unit.text):
                yield self._checker.finding(
                    "plan.not_a_total",
                    msg("“{text}” is told in {unit}, which does not grow with the company."),
                    item.span,
                    name,
                    hint=msg("Only totals in a time scale, such as leads/month or USD/year."),
                    text=item.text,
                    unit=unit.text,
                )

    def _is_flow(self, unit: str) -> bool:
        try:
            return Unit.parse(unit, self._own).is_flow
        except (UnknownUnit, UnknownCurrency):
            return True  # that it is unknown has been said

    def _unknown(
        self,
        code: str,
        message: str,
        scalar: Scalar,
        name: str,
        known: Collection[str],
        severity: Severity = Severity.ERROR,
    ) -> Finding:
        near = nearest(scalar.text, known)
        return self._checker.finding(
            code,
            message,
            scalar.span,
            name,
            hint=DID_YOU_MEAN if near else "",
            severity=severity,
            text=scalar.text,
            near=near,
        )

    def _refused(self, problem: Problem, span: Span, name: str) -> Finding:
        hint = DID_YOU_MEAN if problem.params.get("near") else problem.hint
        finding = self._checker.finding(problem.code, problem.message, span, name, hint=hint)
        return replace(finding, params=problem.params)


def _table(table: Table, key: str) -> Table:
    """The table under a key; an empty one where there is none, which has been said."""
    entry = table.entries.get(key)
    return entry.value if entry and isinstance(entry.value, Table) else Table(Span(0, 0, 0, 0))


def _tables(table: Table, key: str) -> dict[str, tuple[Span, Table]]:
    return {
        name: (entry.key, entry.value)
        for name, entry in _table(table, key).entries.items()
        if isinstance(entry.value, Table)
    }


def _scalar(table: Table, key: str) -> Scalar | None:
    entry: Entry | None = table.entries.get(key)
    return entry.value if entry and isinstance(entry.value, Scalar) else None


def _text(table: Table, key: str) -> Scalar | None:
    scalar = _scalar(table, key)
    return scalar if scalar and scalar.kind is Kind.TEXT else None


def _word(table: Table, key: str) -> str | None:
    scalar = _text(table, key)
    return scalar.text if scalar else None


def _must(table: Table, key: str) -> str:
    word = _word(table, key)
    assert word is not None, "a plan is made of a document without errors"  # noqa: S101  our own mistake
    return word


def _exact(table: Table, key: str) -> Fraction | None:
    scalar = _scalar(table, key)
    return number(scalar) if scalar else None


def _label(table: Table, key: str = "label") -> Label:
    label = _table(table, key)
    return Label(_must(label, "en"), _must(label, "es"))


def _items(table: Table, key: str) -> list[Scalar]:
    entry = table.entries.get(key)
    items = entry.value.items if entry and isinstance(entry.value, Array) else ()
    return [item for item in items if isinstance(item, Scalar)]


def _words(table: Table, key: str) -> tuple[str, ...]:
    return tuple(item.text for item in _items(table, key))


def _numbers(table: Table, key: str) -> list[Fraction]:
    return [value for item in _items(table, key) if (value := number(item)) is not None]


def _head(table: Table) -> Span:
    return table.headed[0] if table.headed else table.span
