"""From a plan to its driver tree: drivers first, then whatever follows from what is known, until nothing does."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from caudal.core.checks import standard_checks
from caudal.core.drivers.curves import curve_syntax
from caudal.core.drivers.trees import BEFORE, COMPUTED, Goal, Need, Node, Origin, Tree
from caudal.core.errors import Finding, Place, Severity, msg
from caudal.core.expressions import (
    BARE_NUMBER,
    Call,
    Checked,
    Expression,
    Field,
    Schema,
    Term,
    fields_of,
    number,
    show,
)
from caudal.core.expressions import check as check_text
from caudal.core.metrics import Direction
from caudal.core.plans import (
    Check,
    Driver,
    Formula,
    Label,
    Plan,
    Sense,
    Target,
    Unit,
    better_is,
    term_unit,
    together,
)

_ENDS: Final = frozenset({"lower", "upper", "interval"})
_NOWHERE: Final = Place()
_BALANCES: Final = frozenset({"steady_state", "base", "little"})
"""Standard identities of a business that neither grows nor shrinks: they bind a plan, and compute no month of it."""
_OVER_PILLARS: Final = "pillars"
"""The one standard identity by which numbers of lines of business make one of the company."""


@dataclass(frozen=True, slots=True)
class _Offer:
    """One way to compute a number; `asked` when the plan itself says so, and then it must work."""

    id: str
    term: Term
    origin: Origin
    formula: str
    asked: bool = False
    starts: Term | None = None
    said: Label | None = None
    place: Place = _NOWHERE

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for name in self._names(self.term) if not name.endswith(BEFORE)))

    @property
    def before(self) -> tuple[str, ...]:
        names = (name for name in self._names(self.term) if name.endswith(BEFORE))
        return tuple(dict.fromkeys(name.removesuffix(BEFORE) for name in names))

    @property
    def first(self) -> tuple[str, ...]:
        """What must be known before it, in the same month or for its beginning."""
        return tuple(dict.fromkeys((*self.inputs, *(self._names(self.starts) if self.starts is not None else ()))))

    @staticmethod
    def _names(term: Term) -> Iterable[str]:
        return fields_of(term)


def grow_tree(plan: Plan) -> Tree:
    """The driver tree of a plan. Never raises: what cannot be used is a finding with its place.

    Formulas of the plan come first, then its own checks that say what a target equals, then standard identities. A
    plan without drivers and formulas takes every target for one that something follows from and that follows from
    nothing, each value in its range as likely as any other.
    """
    return _Grower(plan).tree()


class _Grower:
    """Grows the tree of one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.assumed = plan.assumptions
        self.targets = {target.id: target for target in plan.targets}
        self.findings: list[Finding] = []
        self.nodes: dict[str, Node] = {}
        self.units: dict[str, Unit] = {target.id: target.unit for target in plan.targets}
        self.units |= {driver.id: driver.unit for driver in self.assumed.drivers}
        self.units |= {one.id: one.unit for one in self.assumed.formulas if one.unit is not None}
        self.units |= {curve.id: curve.unit for curve in self.assumed.responses}
        kinds = {name: number(term_unit(unit)) for name, unit in self.units.items()}
        now = {name: Field(kind.required) for name, kind in kinds.items()}
        self.schema = Schema(now | {f"{name}{BEFORE}": Field(kind.optional) for name, kind in kinds.items()})
        self.first = Schema(now)

    def tree(self) -> Tree:
        for driver in self.assumed.drivers:
            self._add_driver(driver, Origin.DRIVER)
        asked = [*self._formulas(), *self._responses()]
        offers = list(self._offers({offer.id for offer in asked}))
        if not self.assumed.drivers and not self.assumed.formulas:
            self._assume(target for target in self.plan.targets if self._is_root(target, asked + offers))
        self._chain(asked, offers)
        needs = tuple(self._capacities())
        self._keep_what_was_reached()
        return Tree(
            self.plan,
            tuple(self.nodes.values()),
            needs=needs,
            responses=tuple(curve for curve in self.assumed.responses if curve.id in self.nodes),
            together=together(self.assumed.correlations),
            findings=tuple(self.findings),
        )

    # Ways to compute.

    def _formulas(self) -> Iterator[_Offer]:
        for formula in self.assumed.formulas:
            read = check_text(
                formula.value, self.schema, wants=BARE_NUMBER, around=formula.value_place, functions=COMPUTED
            )
            term = self._fitting(read, self.units[formula.id], formula.id, formula.value_place)
            starts = self._starts(formula)
            if term is not None and (starts is not None or not formula.starts):
                yield _Offer(
                    formula.id,
                    term,
                    Origin.FORMULA,
                    formula.value,
                    asked=True,
                    starts=starts,
                    said=formula.why,
                    place=formula.place,
                )

    def _starts(self, formula: Formula) -> Term | None:
        if not formula.starts:
            return None
        read = check_text(
            formula.starts, self.first, wants=BARE_NUMBER, around=formula.starts_place, functions=COMPUTED
        )
        return self._fitting(read, self.units[formula.id], formula.id, formula.starts_place)

    def _responses(self) -> Iterator[_Offer]:
        for curve in self.assumed.responses:
            text = show(curve_syntax(curve, term_unit(self.units[curve.spend])))
            read = check_text(text, self.schema, wants=BARE_NUMBER, around=curve.place, functions=COMPUTED)
            term = self._fitting(read, curve.unit, curve.id, curve.place)
            if term is not None:
                yield _Offer(curve.id, term, Origin.RESPONSE, text, asked=True, said=curve.why, place=curve.place)

    def _offers(self, asked: set[str]) -> Iterator[_Offer]:
        """What checks and identities say that a target equals, where the plan says nothing of it by a formula."""
        for origin, checks in ((Origin.CHECK, self.plan.checks), (Origin.IDENTITY, standard_checks(self.plan))):
            for check in checks:
                target = self.targets.get(check.stated)
                says = check.sense in {Sense.EQUALS, Sense.PARTS} and not check.converts
                if target is None or not says or target.id in asked or target.id in self.nodes:
                    continue
                term = self._said_by(check, target)
                if term is not None:
                    yield _Offer(target.id, term, origin, check.value, said=check.statement, place=check.place)

    def _said_by(self, check: Check, target: Target) -> Term | None:
        read = check.read_value(self.first)
        if read.expression is None or read.findings:
            return None
        term = _unpaired(read.expression.term)
        unit, names = term.type.unit, set(fields_of(term))
        if (unit is not None and unit != term_unit(target.unit)) or not _is_computed(term) or target.id in names:
            return None
        if check.standard in _BALANCES:
            return None
        apart = any(self.targets[name].pillar not in {None, target.pillar} for name in names)
        return None if check.standard and check.standard != _OVER_PILLARS and apart else term

    def _fitting(self, read: Checked, unit: Unit, name: str, place: Place) -> Term | None:
        """The term of a text without mistakes whose unit is the one that is wanted."""
        self.findings.extend(read.findings)
        expression: Expression | None = read.expression
        if expression is None or read.findings:
            return None
        found, wanted = expression.term.type.unit, term_unit(unit)
        if found is not None and found != wanted:
            self._finding(
                "tree.units",
                msg("“{name}” is told in {wanted}, and its formula gives {found}."),
                place,
                hint=msg("Multiply or divide by a quantity that turns one into the other, such as 12 [months/year]."),
                name=name,
                wanted=wanted,
                found=found,
            )
            return None
        return expression.term

    # What follows.

    def _chain(self, asked: list[_Offer], offers: list[_Offer]) -> None:
        """Add all that follows; what a formula of the plan lacks is taken from the range of its target."""
        waiting = asked + offers
        while True:
            waiting = self._follow(waiting)
            missing = self._missing(waiting)
            if not missing:
                break
            self._assume(missing)
        stuck = [offer for offer in waiting if offer.asked]
        for offer in stuck:
            self._say_stuck(offer, {each.id for each in stuck})

    def _follow(self, waiting: list[_Offer]) -> list[_Offer]:
        changed = True
        while changed:
            changed = False
            for offer in waiting:
                if offer.id not in self.nodes and all(name in self.nodes for name in offer.first):
                    self._add(offer)
                    changed = True
                    break  # the first of the list that follows goes first, again and again
            waiting = [offer for offer in waiting if offer.id not in self.nodes]
        return waiting

    def _missing(self, waiting: list[_Offer]) -> list[Target]:
        """Targets that a formula of the plan needs and that nothing computes."""
        made = {offer.id for offer in waiting}
        names = {name for offer in waiting if offer.asked for name in (*offer.first, *offer.before)}
        names |= {name for node in self.nodes.values() for name in node.before}
        names |= set(self._capacity_names())
        found = [self.targets[name] for name in sorted(names) if name in self.targets]
        return [
            target
            for target in found
            if target.id not in self.nodes and target.id not in made and target.hi is not None
        ]

    def _is_root(self, target: Target, offers: list[_Offer]) -> bool:
        used = any(target.id in offer.first for offer in offers)
        open_end = used and target.hi is None
        if open_end and not any(offer.id == target.id for offer in offers):
            self._open(target)
        return used and not open_end and not any(offer.id == target.id for offer in offers)

    def _assume(self, targets: Iterable[Target]) -> None:
        for target in targets:
            driver = Driver(
                id=target.id, label=target.label, unit=target.unit, lo=target.lo, hi=target.hi, place=target.place
            )
            self._add_driver(driver, Origin.ASSUMED)

    def _say_stuck(self, offer: _Offer, stuck: set[str]) -> None:
        missing = [name for name in offer.first if name not in self.nodes]
        circle = [name for name in missing if name in stuck]
        for name in missing:
            if name in self.targets and name not in stuck and self.targets[name].hi is None:
                self._open(self.targets[name])
        if circle:
            message = msg("“{name}” is computed from {missing}, which is computed from it, or cannot be computed.")
            self._finding("tree.circle", message, offer.place, name=offer.id, missing=", ".join(circle))
        else:
            message = msg("“{name}” is computed from {missing}, of which nothing is known.")
            self._finding(
                "tree.missing",
                message,
                offer.place,
                hint=msg("Make it a driver: [drivers.{missing}]."),
                name=offer.id,
                missing=", ".join(missing),
            )

    def _open(self, target: Target) -> None:
        self._finding(
            "tree.open",
            msg("“{name}” has no upper end, so nothing says how likely large values are."),
            target.place,
            severity=Severity.NOTE,
            hint=msg("Make it a driver with an upper end: [drivers.{name}] hi = …."),
            name=target.id,
        )

    def _keep_what_was_reached(self) -> None:
        """Drop what needs a number of the month before that the tree does not have."""
        while True:
            lost = [node for node in self.nodes.values() if not {*node.inputs, *node.before} <= set(self.nodes)]
            if not lost:
                return
            for node in lost:
                del self.nodes[node.id]
                if node.origin is Origin.FORMULA:
                    missing = ", ".join(name for name in (*node.inputs, *node.before) if name not in self.nodes)
                    message = msg("“{name}” is computed from {missing}, of which nothing is known.")
                    self._finding("tree.missing", message, Place(name=node.id), name=node.id, missing=missing)

    # Nodes.

    def _add(self, offer: _Offer) -> None:
        target = self.targets.get(offer.id)
        formula = next((one for one in self.assumed.formulas if one.id == offer.id), None)
        curve = next((one for one in self.assumed.responses if one.id == offer.id), None)
        own = curve.label if curve is not None else formula.label if formula is not None else None
        label = target.label if target is not None else own or Label(offer.id, offer.id)
        self.nodes[offer.id] = Node(
            id=offer.id,
            label=label,
            unit=self.units[offer.id],
            origin=offer.origin,
            term=offer.term,
            starts=offer.starts,
            inputs=offer.inputs,
            before=offer.before,
            formula=offer.formula,
            said=offer.said,
            goal=self._goal(target, formula.better if formula is not None else None),
            pillar=target.pillar if target is not None else None,
        )

    def _add_driver(self, driver: Driver, origin: Origin) -> None:
        target = self.targets.get(driver.id)
        self.nodes[driver.id] = Node(
            id=driver.id,
            label=driver.label,
            unit=driver.unit,
            origin=origin,
            driver=driver,
            ramp=next((ramp for ramp in self.assumed.ramps if ramp.id == driver.ramp), None),
            said=driver.why,
            goal=self._goal(target, None),
            pillar=target.pillar if target is not None else None,
        )

    @staticmethod
    def _goal(target: Target | None, better: Direction | None) -> Goal | None:
        if target is None:
            return None
        return Goal(target.lo, target.hi, better or better_is(target.metric))

    def _capacity_names(self) -> Iterator[str]:
        for capacity in self.assumed.capacities:
            for text in (capacity.needs, capacity.has):
                read = check_text(text, self.schema, wants=BARE_NUMBER, functions=COMPUTED)
                if read.expression is not None:
                    yield from (name.removesuffix(BEFORE) for name in fields_of(read.expression.term))

    def _capacities(self) -> Iterator[Need]:
        for capacity in self.assumed.capacities:
            sides = []
            for side, text, place in (
                ("needs", capacity.needs, capacity.needs_place),
                ("has", capacity.has, capacity.has_place),
            ):
                read = check_text(text, self.schema, wants=BARE_NUMBER, around=place, functions=COMPUTED)
                term = self._fitting(read, capacity.unit, capacity.id, place)
                if term is None:
                    break
                offer = _Offer(f"{capacity.id}.{side}", term, Origin.CAPACITY, text, asked=True, place=place)
                missing = [name for name in (*offer.first, *offer.before) if name not in self.nodes]
                if missing:
                    message = msg("“{name}” is computed from {missing}, of which nothing is known.")
                    self._finding("tree.missing", message, place, name=capacity.id, missing=", ".join(missing))
                    break
                sides.append(offer)
            else:
                for offer in sides:
                    self.units[offer.id] = capacity.unit
                    self._add(offer)
                    self.nodes[offer.id] = replace(self.nodes[offer.id], label=capacity.label)
                yield Need(
                    id=capacity.id,
                    label=capacity.label,
                    unit=capacity.unit,
                    needs=f"{capacity.id}.needs",
                    has=f"{capacity.id}.has",
                    why=capacity.why,
                )

    def _finding(
        self,
        code: str,
        message: str,
        place: Place,
        *,
        hint: str = "",
        severity: Severity = Severity.ERROR,
        **params: object,
    ) -> None:
        found = Finding(code=code, message=message, severity=severity, place=place, hint=hint, params=params)
        if found not in self.findings:
            self.findings.append(found)


def _unpaired(term: Term) -> Term:
    """The term for single numbers, of which low with low and high with high says nothing more."""
    if not isinstance(term, Call):
        return term
    if term.function.by_ends:
        return _unpaired(term.arguments[0])
    return replace(term, arguments=tuple(_unpaired(argument) for argument in term.arguments))


def _is_computed(term: Term) -> bool:
    """Whether single numbers give a single number: it speaks of no ends of ranges."""
    if not isinstance(term, Call):
        return True
    return term.function.name not in _ENDS and all(_is_computed(argument) for argument in term.arguments)
