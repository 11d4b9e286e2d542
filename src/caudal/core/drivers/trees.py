"""A driver tree as values: numbers in the order in which they are computed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

from caudal.core.errors import Finding, Problem, msg
from caudal.core.expressions import FUNCTIONS, RANGE_FUNCTIONS, Function, Term
from caudal.core.intervals import exact_text
from caudal.core.metrics import Direction
from caudal.core.plans import Driver, Label, Phase, Plan, Ramp, Response, Together, Unit

BEFORE: Final = ".before"
"""Behind the id of a number: what it was the month before."""
COMPUTED: Final[Mapping[str, Function]] = {
    name: {**FUNCTIONS, **RANGE_FUNCTIONS}[name]
    for name in (
        *("+", "-", "unary -", "*", "/", "min", "max", "abs", "round", "floor", "ceil"),
        *("pow", "ln", "exp", "log_ratio", "compound"),
        *("if", "coalesce", "and", "or", "not", "between", "=", "!=", "<", "<=", ">", ">="),
    )
}
"""What a formula may say: functions that give one number for one number of each kind."""


class UnknownNumber(Problem):
    """The tree has no number of that id."""

    code = "tree.unknown"
    status = 404
    message = msg("The tree of the plan has no number “{number}”.")
    hint = msg("It has: {known}.")


class NotADriver(Problem):
    """Only drivers are set: everything else follows from them."""

    code = "tree.not_a_driver"
    status = 422
    message = msg("“{number}” is computed, so it cannot be set.")
    hint = msg("Drivers are: {drivers}.")


class Origin(StrEnum):
    """Where a number of the tree comes from."""

    DRIVER = "driver"
    """The plan says what it may be."""
    ASSUMED = "assumed"
    """Nothing says more of it than its range, which is taken to be all alike."""
    FORMULA = "formula"
    """The plan says how it is computed."""
    CHECK = "check"
    """A check of the plan says what it equals."""
    IDENTITY = "identity"
    """A standard identity says what it equals."""
    RESPONSE = "response"
    """A curve says what spending brings."""
    CAPACITY = "capacity"
    """One side of a capacity."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a target asks of a number: an interval, and which way is better."""

    lo: Fraction
    hi: Fraction | None
    direction: Direction

    @property
    def bound(self) -> Fraction | None:
        """The end to be reached, or not to be passed; None where nothing can be too much."""
        return self.hi if self.direction is Direction.LOWER else self.lo


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One number: a driver, or a term over the ids of numbers before it and `x.before` of any."""

    id: str
    label: Label
    unit: Unit
    origin: Origin
    driver: Driver | None = None
    ramp: Ramp | None = None
    term: Term | None = None
    starts: Term | None = None
    inputs: tuple[str, ...] = ()
    """Numbers of the same month, without those of the month before."""
    before: tuple[str, ...] = ()
    formula: str = ""
    said: Label | None = None
    """The statement of the check or identity, or the reason of the assumption."""
    goal: Goal | None = None
    pillar: str | None = None

    def to_json(self) -> dict[str, Any]:
        """What it is and what it is made of."""
        return {
            "id": self.id,
            "label": self.label.to_json(),
            "unit": self.unit.text,
            "origin": self.origin.value,
            "formula": self.formula,
            "inputs": [*self.inputs, *(f"{name}{BEFORE}" for name in self.before)],
            "driver": None if self.driver is None else self.driver.to_json(),
            "goal": None
            if self.goal is None
            else {
                "lo": exact_text(self.goal.lo),
                "hi": None if self.goal.hi is None else exact_text(self.goal.hi),
                "better": self.goal.direction.value,
            },
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A capacity in the tree: the numbers of both its sides."""

    id: str
    label: Label
    unit: Unit
    needs: str
    has: str
    why: Label | None = None


@dataclass(frozen=True)
class Tree:
    """All numbers that follow from the drivers of a plan, each behind those it is computed from."""

    plan: Plan
    nodes: tuple[Node, ...]
    needs: tuple[Need, ...] = ()
    responses: tuple[Response, ...] = ()
    together: Together | None = None
    findings: tuple[Finding, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        """The numbers by id."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def drivers(self) -> tuple[Node, ...]:
        """The numbers that nothing computes."""
        return tuple(node for node in self.nodes if node.driver is not None)

    @cached_property
    def computed(self) -> tuple[Node, ...]:
        """The numbers that follow."""
        return tuple(node for node in self.nodes if node.driver is None)

    @cached_property
    def above(self) -> Mapping[str, frozenset[str]]:
        """For each number, all that change with it."""
        found: dict[str, set[str]] = {node.id: set() for node in self.nodes}
        changed = True
        while changed:
            changed = False
            for node in self.nodes:
                for name in (*node.inputs, *node.before):
                    more = {node.id} | found[node.id]
                    if not more <= found[name]:
                        found[name] |= more
                        changed = True
        return {name: frozenset(ids) for name, ids in found.items()}

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases by which ramps rise."""
        return self.plan.passages.phases

    def number(self, number_id: str) -> Node:
        """The number of an id. Raises UnknownNumber."""
        if number_id not in self.by_id:
            raise UnknownNumber(number=number_id, known=", ".join(self.by_id) or "-")
        return self.by_id[number_id]

    def driver(self, driver_id: str) -> Node:
        """The driver of an id. Raises UnknownNumber, NotADriver."""
        node = self.number(driver_id)
        if node.driver is None:
            raise NotADriver(number=driver_id, drivers=", ".join(each.id for each in self.drivers) or "-")
        return node

    def level(self, node: Node, month: int) -> Fraction:
        """The share of its full value that a driver has reached in a month."""
        if node.ramp is None:
            return Fraction(1)
        key = node.ramp.id, month
        if key not in self._levels:
            self._levels[key] = node.ramp.level(month, self.phases)
        return self._levels[key]

    @cached_property
    def _levels(self) -> dict[tuple[str, int], Fraction]:
        """The levels of ramps that were asked for: every run of every month asks again."""
        return {}
