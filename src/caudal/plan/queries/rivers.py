"""The business as one river, from channels to cash: what each reach carries so far, beside what was due by now."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import gettext

from caudal.core.metrics import NotFed, Request
from caudal.core.periods import CalendarPeriod, Days, Grain
from caudal.core.plans import Target
from caudal.insights.queries import Figure, sees_company
from caudal.kit.access import SYSTEM, Actor, NotAllowed
from caudal.plan.queries.adopted import adopted_plan
from caudal.plan.queries.measuring import Measuring
from caudal.plan.queries.standings import ONE_DAY, Standing, Standings, standing
from caudal.plan.queries.terminal import decimal_text
from caudal.ui.formats import money_text, number_text, reader_locale
from caudal.workspace.queries import company


class Reach(StrEnum):
    """A stretch of the river, in the order of the water."""

    LEADS = "leads"
    DEALS = "deals"
    """Leads that became deals."""
    WON = "won"
    CUSTOMERS = "customers"
    REVENUE = "revenue"
    CASH = "cash"


METRICS: Final[Mapping[Reach, str]] = {
    Reach.LEADS: "leads",
    Reach.DEALS: "lead_conversion",
    Reach.WON: "deals_closed",
    Reach.CUSTOMERS: "customers_new",
    Reach.REVENUE: "revenue_won",
    Reach.CASH: "cash_flow",
}
DEAL_SIZE: Final = "deal_size"
FEW: Final = 10
"""Fewer things than these are told with a decimal."""
BRANCHES: Final[Mapping[Reach, str]] = {Reach.LEADS: "channel", Reach.REVENUE: "pillar"}
"""By what a reach divides: where its water comes from, or where it goes."""
MONEY: Final = frozenset({Reach.REVENUE, Reach.CASH})
ALWAYS: Final = frozenset({Reach.LEADS, Reach.DEALS, Reach.WON, Reach.REVENUE})
"""Reaches that are counted; the others are there when the plan has a target of them."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What a reach carries: `actual` so far, `due` by now; None where nobody knows, or the plan says nothing.

    `branches` are the values of its dimension with what each carries, the largest first. `target` is the plan's,
    where it has one; `typed` says that the actual was typed.
    """

    reach: Reach
    metric: str
    actual: Fraction | None
    due: Fraction | None
    target: Target | None = None
    branches: tuple[tuple[Any, Fraction], ...] = ()
    typed: bool = False
    counted: bool = True
    currency: str = ""
    """That of a reach that carries money."""

    @property
    def fill(self) -> Fraction | None:
        """How much of what was due there is."""
        return self.actual / self.due if self.actual is not None and self.due else None


@dataclass(frozen=True, slots=True)
class River:
    """All reaches of one month, up to a day of it."""

    standings: Standings
    days: Days
    flows: tuple[Flow, ...]

    @property
    def thinnest(self) -> Flow | None:
        """The reach that carries the least of what was due; of equals the first."""
        known = [flow for flow in self.flows if flow.fill is not None]
        return min(known, key=lambda flow: flow.fill or 0) if known else None


def river(actor: Actor, *, as_of: datetime, month: CalendarPeriod | None = None) -> River:
    """Return the river of this month so far, or of a month that has ended. Raises NoPlan."""
    _, plan = adopted_plan(actor)
    targets: dict[str, Target] = {}
    for target in plan.targets:
        if target.pillar is None and target.period is Grain.MONTH and target.metric in {*METRICS.values(), DEAL_SIZE}:
            targets.setdefault(target.metric or "", target)
    found = standing(actor=actor, as_of=as_of, month=month, only={target.id for target in targets.values()})
    by_metric = {each.target.metric or "": each for each in found.targets}
    own = company()
    days = Days(found.month.days.start, found.moment.day + ONE_DAY)
    question = Request(
        start=days.start,
        end=days.end,
        as_of=found.moment.today,
        zone=found.calendar.zone.key,
        currency=plan.currency.code,
        fiscal_start=own.fiscal_start_month if own else 1,
    )
    divides = actor == SYSTEM or sees_company(actor)
    share = found.calendar.elapsed_share(found.month.in_zone(found.calendar.zone), found.moment.at)
    sounding = _Sounding(Measuring.of(SYSTEM if found.whole else actor, as_of), question, by_metric, share, divides)
    flows = [sounding.flow(reach) for reach in Reach if reach in ALWAYS or METRICS[reach] in by_metric]
    return River(found, days, tuple(flows))


@dataclass(frozen=True, slots=True)
class _Sounding:
    """What all reaches are asked with."""

    measuring: Measuring
    question: Request
    standings: Mapping[str, Standing]
    share: Fraction
    divides: bool

    def flow(self, reach: Reach) -> Flow:
        """Return what a reach carries."""
        metric = METRICS[reach]
        own = self.standings.get(metric)
        currency = self.question.currency if reach in MONEY else ""
        flow = Flow(reach, metric, None, self.due(reach), own.target if own else None, currency=currency)
        if reach in {Reach.CUSTOMERS, Reach.CASH}:
            known = own is not None and own.verdict.actual is not None and own.period == own_month(own)
            actual = own.verdict.actual if own is not None and known else None
            return replace(flow, actual=actual, typed=own is not None and own.typed is not None, counted=False)
        try:
            whole = self.measuring.figures(metric, self.question)[0]
        except (NotFed, NotAllowed):
            return replace(flow, counted=False)
        actual = whole.numerator if reach is Reach.DEALS else whole.value
        return replace(flow, actual=actual or Fraction(0), branches=self.branches(reach))

    def due(self, reach: Reach) -> Fraction | None:
        """Return what was due in a reach by now, where the plan says so or its numbers do."""
        if reach is Reach.DEALS:
            return _times(self.due(Reach.LEADS), self.planned(METRICS[Reach.DEALS]))
        planned = self.planned(METRICS[reach])
        if planned is None and reach is Reach.REVENUE:
            return _times(self.due(Reach.WON), self.planned(DEAL_SIZE))
        return _times(planned, self.share)

    def planned(self, metric: str) -> Fraction | None:
        """Return the end of a target that is to be reached, where the plan has one."""
        own = self.standings.get(metric)
        return own.target.lo if own is not None else None

    def branches(self, reach: Reach) -> tuple[tuple[Any, Fraction], ...]:
        """Return where the water of a reach comes from or goes, for those who may see it."""
        if reach not in BRANCHES or not self.divides:
            return ()
        asked = replace(self.question, by=(BRANCHES[reach],))
        found: tuple[Figure, ...] = self.measuring.figures(METRICS[reach], asked)
        known = [(each.dimensions[0], each.value) for each in found if each.value]
        return tuple(sorted(((key, value) for key, value in known if value), key=lambda each: -each[1]))


def own_month(own: Standing) -> CalendarPeriod | None:
    """Return the period that a typed number is of, where it is that of the standing."""
    return own.period if own.typed is None or own.typed.period == own.period else None


def _times(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return None if one is None or other is None else one * other


def flow_name(reach: Reach) -> str:
    """Say what a reach is called."""
    return {
        Reach.LEADS: gettext("Leads"),
        Reach.DEALS: gettext("Leads that became deals"),
        Reach.WON: gettext("Deals won"),
        Reach.CUSTOMERS: gettext("New customers"),
        Reach.REVENUE: gettext("Revenue won"),
        Reach.CASH: gettext("Cash flow"),
    }[reach]


def flow_text(flow: Flow, value: Fraction | None) -> str:
    """Write what a reach carries; nothing where nobody knows."""
    if value is None:
        return ""
    if flow.currency:
        return money_text(value, flow.currency, reader_locale(), whole=True)
    return number_text(round(value, 0 if value >= FEW else 1), reader_locale())


def river_words(found: River) -> str:
    """Say where the river runs thinnest."""
    thinnest = found.thinnest
    if thinnest is None or thinnest.fill is None:
        return gettext("The river begins with the first leads, and its bed with a plan that says how many.")
    words = {
        "reach": flow_name(thinnest.reach).lower(),
        "actual": flow_text(thinnest, thinnest.actual),
        "due": flow_text(thinnest, thinnest.due),
    }
    if thinnest.fill >= 1:
        every = gettext("Every reach carries what was due by now; the narrowest is %(reach)s, %(actual)s of %(due)s.")
        return every % words
    return gettext("The river runs thinnest at %(reach)s: %(actual)s of the %(due)s due by now.") % words


def river_data(found: River) -> dict[str, Any]:
    """Return the river as data: numbers are decimal texts."""
    return {
        "from": found.days.start.isoformat(),
        "to": found.days.end.isoformat(),
        "words": river_words(found),
        "reaches": [
            {
                "reach": flow.reach.value,
                "metric": flow.metric,
                "actual": decimal_text(flow.actual),
                "due": decimal_text(flow.due),
                "currency": flow.currency or None,
                "typed": flow.typed,
                "by": BRANCHES.get(flow.reach),
                "branches": [
                    {"value": None if key is None else str(key), "actual": decimal_text(value)}
                    for key, value in flow.branches
                ],
            }
            for flow in found.flows
        ],
    }
