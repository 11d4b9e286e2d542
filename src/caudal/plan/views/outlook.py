"""What the pages about futures share: the tree that is looked at, the number, the month, and what is changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from urllib.parse import urlencode

from babel.dates import format_skeleton
from django.urls import reverse
from django.utils.translation import gettext as _

from caudal.core.drivers import Goal, Node, Tree
from caudal.core.metrics import Direction
from caudal.core.periods import add_months
from caudal.core.plans import UnitKind
from caudal.kit.access import Actor
from caudal.plan.queries import Laid, about, adopted_plan, headline, per_of, scenario_called, tree_of, usual
from caudal.plan.views.lines import language
from caudal.ui.formats import reader_locale

SET = "d."
"""How the names of fields that set drivers begin."""
SIDES = (".needs", ".has")
"""How the ids of the two sides of a capacity end: they are shown as a capacity, and not as numbers of their own."""


@dataclass(frozen=True, slots=True)
class Option:
    """A number to look at."""

    id: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    """The tree of the plan that counts, and what a page was asked of it."""

    tree: Tree
    starts_on: date
    asked: Mapping[str, str]
    scenario: Laid | None = None
    """The scenario that is looked at instead of the plan."""

    @classmethod
    def of(cls, actor: Actor, asked: Mapping[str, str]) -> "Outlook":
        """Return what is looked at. Raises NoPlan, NotFound, UnknownScenario, ScenarioUnreadable."""
        version, plan = adopted_plan(actor)
        laid = scenario_called(actor, asked["scenario"]) if asked.get("scenario") else None
        return cls(tree_of(laid.plan if laid else plan), version.starts_on, asked, laid)

    @property
    def month(self) -> int:
        """The month that is looked at: the last one of the plan."""
        return self.tree.plan.months

    @property
    def node(self) -> Node | None:
        """The number that is looked at: what was asked for, else revenue, else whatever has a target."""
        return headline(self.tree, self.asked.get("of", ""))

    @property
    def changed(self) -> dict[str, float]:
        """The drivers that are set to something else than usual."""
        usually = usual(self.tree)
        found = {}
        for node in self.tree.drivers:
            value = typed(node, self.asked.get(f"{SET}{node.id}", ""))
            if value is not None and abs(value - usually[node.id]) > abs(usually[node.id]) * 1e-9:
                found[node.id] = value
        return found

    @property
    def options(self) -> list[Option]:
        """The numbers that can be looked at, those with a target first."""
        chosen = self.node
        nodes = sorted(
            (node for node in self.tree.computed if not node.id.endswith(SIDES)),
            key=lambda node: (node.goal is None, node.label.told(language()).casefold()),
        )
        return [Option(node.id, node.label.told(language()), node is chosen) for node in nodes]

    def when(self, month: int, *, skeleton: str = "yMMMM") -> str:
        """Write a month of the plan: "December 2026"."""
        noon = datetime.combine(add_months(self.starts_on, month - 1), datetime.min.time())
        return str(format_skeleton(skeleton, noon, locale=reader_locale()))

    def address(self, name: str, *, of: str | None = None, keep: bool = True) -> str:
        """Return a page about the same scenario, of a number."""
        said = {"of": of} if of else {}
        if keep:
            said |= dict(self.kept)
        return f"{reverse(name)}?{urlencode(said)}" if said else reverse(name)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The fields that carry the changes from page to page."""
        said = [(f"{SET}{name}", field_text(self.tree.by_id[name], value)) for name, value in self.changed.items()]
        return [*said, ("scenario", self.scenario.called)] if self.scenario else said

    @property
    def futures_href(self) -> str:
        """The chances of this scenario."""
        return self.address("plan:futures", of=self.asked.get("of"))

    @property
    def tree_href(self) -> str:
        """The drivers of this scenario."""
        return self.address("plan:tree", of=self.asked.get("of"))

    @property
    def split_href(self) -> str:
        """The best split."""
        return reverse("plan:split")

    @property
    def named(self) -> str:
        """What is looked at: the plan, and the scenario of it."""
        name = self.tree.plan.name.told(language())
        return f"{name} · {self.scenario.name}" if self.scenario else name

    @property
    def scenarios_href(self) -> str:
        """The scenarios beside the plan."""
        return reverse("plan:scenarios")

    @property
    def changes(self) -> str:
        """Say what is set: "Leads 9,000 per month; Win rate 30%"."""
        return "; ".join(
            f"{self.tree.by_id[name].label.told(language())}: {about(self.tree.by_id[name].unit, value, per=True)}"
            for name, value in self.changed.items()
        )


def goal_words(node: Node) -> str:
    """Say what a number's target asks for: "at least $10,000,000 per month"; nothing without one."""
    return asked_words(node, node.goal) if node.goal is not None else ""


def asked_words(node: Node, goal: Goal) -> str:
    """Say what a target asks for, as its direction has it."""
    lo = about(node.unit, float(goal.lo))
    hi = None if goal.hi is None else about(node.unit, float(goal.hi))
    per = per_of(node.unit)
    if goal.direction is Direction.LOWER:
        words = _("at most %(value)s") % {"value": hi} if hi else _("any amount")
    elif goal.direction is Direction.BAND and hi:
        words = _("%(lo)s to %(hi)s") % {"lo": lo, "hi": hi}
    else:
        words = _("at least %(value)s") % {"value": lo}
    return f"{words} {per}".strip()


def is_met(node: Node, value: float) -> bool:
    """Say whether a number reaches its target."""
    goal = node.goal
    if goal is None or value != value:  # noqa: PLR0124  not a number
        return False
    low, high = value >= float(goal.lo), goal.hi is None or value <= float(goal.hi)
    return {Direction.HIGHER: low, Direction.LOWER: high, Direction.BAND: low and high}[goal.direction]


def typed(node: Node, text: str) -> float | None:
    """Read what somebody typed for a driver: shares in percent; None for nothing that is a number."""
    try:
        value = Decimal(text.strip().replace(",", ".")) if text.strip() else None
    except InvalidOperation:
        return None
    if value is None or not value.is_finite() or abs(value) > 10**15:
        return None
    return float(value / 100 if node.unit.kind is UnitKind.PERCENT else value)


def field_text(node: Node, value: float) -> str:
    """Write a driver's value as its field has it."""
    shown = value * 100 if node.unit.kind is UnitKind.PERCENT else value
    return f"{Decimal(f'{shown:.10g}'):f}"


def field_unit(node: Node) -> str:
    """Write what stands behind a driver's field."""
    sign = "%" if node.unit.kind is UnitKind.PERCENT else node.unit.counted if node.unit.kind is UnitKind.MONEY else ""
    days = _("days") if node.unit.kind is UnitKind.DAYS else ""
    return " ".join(part for part in (sign or days, per_of(node.unit)) if part)


def span(node: Node) -> str:
    """Write the range of a driver."""
    driver = node.driver
    assert driver is not None  # noqa: S101  asked of drivers
    lo, hi = about(node.unit, float(driver.lo)), about(node.unit, None if driver.hi is None else float(driver.hi))
    if not hi:
        return _("at least %(value)s") % {"value": lo}
    return lo if driver.lo == driver.hi else _("%(lo)s to %(hi)s") % {"lo": lo, "hi": hi}


def step_of(lo: Fraction, hi: Fraction) -> str:
    """Return a round step that cuts a range into about a hundred."""
    wide = hi - lo or abs(hi) or Fraction(1)
    return f"{Decimal(1).scaleb(Decimal(float(wide)).adjusted() - 2):f}"
