"""A plan file read: the plan when nothing is wrong with it, and every finding there is when something is."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from caudal.core.errors import Finding, Place, Severity, msg
from caudal.core.money import Currency, UnknownCurrency
from caudal.core.periods import Grain
from caudal.core.plans.assumption_reading import AssumptionReader
from caudal.core.plans.checking import check_findings, checks_in
from caudal.core.plans.conformity import Checker
from caudal.core.plans.document import Entry, Span, Table, decode, read_document
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
from caudal.core.plans.scenarios import OverrideReader, Scenario, UnknownScenario, scenario_at
from caudal.core.plans.shape import CODE, ID, OVERRIDES, PLAN
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
    reader, found = _read(text, file, metrics)
    return PlanFile(None if _refused(found) else reader.plan(), found)


def read_scenario(source: str | bytes, scenario_id: str, file: str = "") -> PlanFile:
    """Read a plan file as one of its scenarios has it. Raises UnknownScenario."""
    text, findings = (source, ()) if isinstance(source, str) else decode(source, file)
    if findings:
        return PlanFile(None, findings)
    reader, found = _read(text, file, None)
    if _refused(found):
        return PlanFile(None, found)
    return PlanFile(reader.scenario(scenario_id), found)


def read_overrides(source: str, overrides: str, scenario: Scenario, file: str = "") -> PlanFile:
    r"""Read a plan as a scenario has it that stands beside its file: a text with the same tables as one in it.

    The findings are those of the overrides, at their places in that text; none of the plan, which is read by itself
    and must be without mistakes.

    >>> shop = "[plan]\nid = 'shop'\nname = { en = 'Shop', es = 'Tienda' }\ncurrency = 'EUR'\nmonths = 12\n"
    >>> shop += "[targets.leads]\nlabel = { en = 'Leads', es = 'Leads' }\nlo = 10\nopen = true\nunit = 'leads/month'\n"
    >>> from caudal.core.plans.labels import Label
    >>> few = Scenario(id="few", label=Label("Few", "Pocos"))
    >>> read = read_overrides(shop, "[targets.leads]\nlo = 5\nhi = 8\nunit = 'leads/month'\n", few)
    >>> read.plan.targets[0].lo, read.plan.targets[0].hi, read.plan.scenario.label.en
    (Fraction(5, 1), Fraction(8, 1), 'Few')
    >>> print(*read_overrides(shop, "[targets.lead]\nlo = 5\nhi = 8\nunit = 'leads/year'\n", few).findings)
    1:10 targets.lead: The plan has no target “lead”. Did you mean “leads”?
    """
    reader, plan_findings = _read(source, file, None)
    document = read_document(overrides, file)
    if _refused(plan_findings):
        return PlanFile(None, plan_findings)
    plan, found = reader.overridden(document.root, overrides.encode("utf-8", "surrogatepass"), scenario)
    said = (*document.findings, *found)
    return PlanFile(None if _refused(said) else plan, said)


def _read(text: str, file: str, metrics: Collection[str] | None) -> tuple["_PlanReader", tuple[Finding, ...]]:
    document = read_document(text, file)
    reader = _PlanReader(Checker(file), document.root, metrics, text.encode("utf-8", "surrogatepass"))
    found = [*document.findings, *reader.findings()]
    found.sort(key=lambda finding: (finding.place.line, finding.place.column))
    return reader, tuple(found)


def _refused(findings: Iterable[Finding]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)


class _PlanReader:
    """Reads one document: first what is wrong with it, then the plan."""

    def __init__(
        self, checker: Checker, root: Table, metrics: Collection[str] | None = None, written: bytes = b""
    ) -> None:
        self._checker = checker
        self._root = root
        self._written = written
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
        self._overrides = OverrideReader(checker, root, self._ranges)
        self._scenarios = tables_at(root, "scenarios")

    def findings(self) -> Iterator[Finding]:
        """Everything that is wrong."""
        own = list(self.own_findings())
        yield from own
        for scenario_id, (_, said) in self._scenarios.items():
            yield from self._scenario_findings(said, f"scenarios.{scenario_id}", known=own)

    def own_findings(self) -> Iterator[Finding]:
        """What is wrong with the plan but for its scenarios, whose shape is that of the file."""
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

    def _scenario_findings(self, said: Table, name: str, known: Iterable[Finding]) -> Iterator[Finding]:
        """What is wrong with a scenario: with what it says, and else with the plan that it makes and was not before."""
        found = list(self._overrides.findings(said, name))
        yield from found
        if not _refused((*known, *found)):
            before = {(finding.code, finding.told()) for finding in known}
            for finding in self._overlaid(said).own_findings():
                if (finding.code, finding.told()) not in before:
                    yield finding

    def _overlaid(self, said: Table) -> "_PlanReader":
        """The reader of the plan as a scenario has it."""
        root = self._overrides.overlaid(said)
        kept: dict[str, Entry] = {key: entry for key, entry in root.entries.items() if key != "scenarios"}
        return _PlanReader(self._checker, replace(root, entries=kept), self._metrics)

    def scenario(self, scenario_id: str) -> Plan:
        """The plan as one of its scenarios has it. Raises UnknownScenario."""
        plan = self.plan()
        for scenario in plan.scenarios:
            if scenario.id == scenario_id:
                made = self._overlaid(self._scenarios[scenario_id][1]).plan()
                return replace(made, scenarios=plan.scenarios, scenario=scenario)
        known = [scenario.id for scenario in plan.scenarios]
        told = nearest(scenario_id, known) or ", ".join(known) or "-"
        raise UnknownScenario(plan=plan.id, scenario=scenario_id, scenarios=told)

    def overridden(self, said: Table, written: bytes, scenario: Scenario) -> tuple[Plan | None, tuple[Finding, ...]]:
        """The plan with overrides of another text laid over it, and what is wrong with them."""
        shape = list(self._checker.check(OVERRIDES, said, Span(0, 0, 1, 1), ""))
        known = [*self.own_findings(), *shape]
        found = [*shape, *self._scenario_findings(said, "", known)]
        if _refused(found):
            return None, tuple(found)
        named = replace(scenario, overrides=self._overrides.overrides(said, written))
        made = replace(self._overlaid(said).plan(), scenarios=self.declared(), scenario=named)
        return made, tuple(found)

    def declared(self) -> tuple[Scenario, ...]:
        """The scenarios in the file."""
        return tuple(
            scenario_at(
                scenario_id,
                key,
                table,
                self._overrides.overrides(table, self._written, f"scenarios.{scenario_id}"),
                self._checker.file,
            )
            for scenario_id, (key, table) in self._scenarios.items()
        )

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
            scenarios=self.declared(),
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
