"""What if? The driver tree: what moves when a driver is set, what must be true, and what moves most."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from caudal.core.drivers import Node, Origin
from caudal.core.plans import UnitKind
from caudal.kit.access import Verb, may
from caudal.kit.pages import actor_of, needs
from caudal.plan.queries import NoPlan, about, bars_of, known, musts_of, numbers_of, usual, wanted_of
from caudal.plan.views.lines import capital, language
from caudal.plan.views.outlook import (
    SET,
    SIDES,
    Outlook,
    asked_words,
    field_text,
    field_unit,
    goal_words,
    is_met,
    span,
    step_of,
)
from caudal.ui.charts import Chart, Swing, tornado
from caudal.ui.formats import percent_text, points_text, reader_locale
from caudal.ui.tables import Cell, Column, Row, Table

if TYPE_CHECKING:
    from caudal.core.simulate import Answer

_BARS = 12
_FEW = 4


@dataclass(frozen=True, slots=True)
class Lever:
    """A driver as a field: what it is set to, its range, and why that is so."""

    id: str
    name: str
    label: str
    unit: str
    value: str
    lo: str
    hi: str
    step: str
    span: str
    why: str
    changed: bool


@needs("plan")
@require_GET
def tree_page(request: HttpRequest) -> HttpResponse:
    """Set drivers, and see what follows and what must be true."""
    actor = actor_of(request)
    title = _("What if?")
    try:
        outlook = Outlook.of(actor, request.GET.dict())
    except NoPlan:
        return render(request, "plan/none.html", {"title": title, "may_adopt": may(actor, "plan", Verb.CREATE)})
    node = outlook.node
    context = {"title": title, "plan_name": outlook.named, "outlook": outlook}
    if node is None or not outlook.tree.drivers:
        return render(request, "plan/no_drivers.html", context)
    changed = outlook.changed
    usually, now = numbers_of(outlook.tree, outlook.month), numbers_of(outlook.tree, outlook.month, changed)
    bars = bars_of(outlook.tree, node.id, month=outlook.month)
    order = [bar.driver for bar in bars]
    others = [each for each in outlook.tree.drivers if node.id in outlook.tree.above[each.id] and each not in order]
    return render(
        request,
        "plan/tree.html",
        {
            **context,
            "node": node,
            "summary": summary(outlook, node, usually[node.id], now[node.id]),
            "comes_from": comes_from(outlook, node),
            "levers": [lever(outlook, each) for each in (*order, *others)],
            "moved": moved_table(outlook, usually, now) if changed else None,
            "musts": must_table(outlook, node, now[node.id]),
            "met": is_met(node, now[node.id]),
            "wanted": goal_words(node),
            "chart": swing_chart(outlook, node),
            "futures": outlook.address("plan:futures", of=node.id),
            "back": outlook.address("plan:tree", of=node.id, keep=False),
            "findings": outlook.tree.findings,
            "may_keep": may(actor, "plan_scenario", Verb.CREATE),
        },
    )


def summary(outlook: Outlook, node: Node, usually: float, now: float) -> str:
    """Say what the number comes to, and what the plan asks for."""
    said = {
        "what": node.label.told(language()),
        "when": outlook.when(outlook.month),
        "usually": about(node.unit, usually, per=True) or "—",
        "now": about(node.unit, now, per=True) or "—",
    }
    if outlook.changed:
        words = _("%(what)s comes to %(now)s in %(when)s, and not to %(usually)s.") % said
    else:
        words = _("%(what)s comes to %(usually)s in %(when)s when every driver is as usual.") % said
    if node.goal is None:
        return words
    asked = _("The plan asks for %(goal)s.") % {"goal": asked_words(node, node.goal)}
    return f"{words} {asked}"


def comes_from(outlook: Outlook, node: Node) -> str:
    """Say what a number is computed from, in the names of its parts."""
    names = [outlook.tree.by_id[name].label.told(language()) for name in node.inputs]
    names += [
        _("%(what)s of the month before") % {"what": outlook.tree.by_id[name].label.told(language())}
        for name in node.before
    ]
    by = {
        Origin.FORMULA: _("A formula of the plan"),
        Origin.CHECK: _("A check of the plan"),
        Origin.IDENTITY: _("A standard identity"),
    }.get(node.origin, _("A curve"))
    return _("%(by)s computes it from: %(parts)s.") % {"by": by, "parts": "; ".join(names)}


def lever(outlook: Outlook, node: Node) -> Lever:
    """Return a driver as a field."""
    driver = node.driver
    assert driver is not None  # noqa: S101  asked of drivers
    usually = usual(outlook.tree)[node.id]
    value = outlook.changed.get(node.id, usually)
    factor = 100 if node.unit.kind is UnitKind.PERCENT else 1
    hi = driver.hi if driver.hi is not None else driver.p95 or driver.middle * 2
    lo, hi = min(driver.lo, Fraction(value)), max(hi, Fraction(value))
    return Lever(
        id=f"driver-{node.id}",
        name=f"{SET}{node.id}",
        label=node.label.told(language()),
        unit=field_unit(node),
        value=field_text(node, value),
        lo=field_text(node, float(lo)),
        hi=field_text(node, float(hi)),
        step=step_of(lo * factor, hi * factor),
        span=span(node),
        why=driver.why.told(language()) if driver.why else "",
        changed=node.id in outlook.changed,
    )


def moved_table(outlook: Outlook, usually: Mapping[str, float], now: Mapping[str, float]) -> Table:
    """Return every number that a change moves, those with a target first."""
    columns = (
        Column(_("What moves"), line=1),
        Column(_("As usual"), line=0),
        Column(_("Now"), line=2),
        Column(_("Change"), line=3),
        Column(_("Plan"), line=0),
    )
    moved = [
        node
        for node in outlook.tree.computed
        if not node.id.endswith(SIDES)
        and known(now[node.id]) is not None
        and abs(now[node.id] - usually[node.id]) > abs(usually[node.id]) * 1e-9
    ]
    rows = [
        Row(
            (
                Cell(node.label.told(language())),
                about(node.unit, usually[node.id], per=True) or Cell(void=True),
                about(node.unit, now[node.id], per=True),
                change(node, usually[node.id], now[node.id]),
                goal_words(node) or Cell(void=True),
            ),
        )
        for node in sorted(moved, key=lambda each: (each is not outlook.node, each.goal is None))
    ]
    return Table(columns, rows, caption=_("What moves"))


def change(node: Node, usually: float, now: float) -> str:
    """Write a change: of a share in points, of anything else in percent."""
    if node.unit.kind is UnitKind.PERCENT:
        return points_text(now - usually, reader_locale())
    if not usually or known(usually) is None:
        return ""
    text = percent_text(abs(now / usually - 1), reader_locale())
    return f"+{text}" if now > usually else f"\N{MINUS SIGN}{text}"


def must_table(outlook: Outlook, node: Node, now: float) -> Table | None:
    """Return what each driver alone must be for a number to reach its target, or how far it may go until it misses."""
    wanted = wanted_of(outlook.tree, node.id)
    if wanted is None:
        return None
    usually = {**usual(outlook.tree), **outlook.changed}
    met = is_met(node, now)
    columns = (
        Column(_("One driver alone"), line=1),
        Column(_("Is"), line=0),
        Column(_("May go to") if met else _("Must be"), line=2),
        Column(_("Is it likely?"), "state", line=3),
    )
    rows = []
    for answer in musts_of(outlook.tree, node.id, wanted, month=outlook.month, changed=outlook.changed):
        driver = answer.driver
        label, value = driver.label.told(language()), about(driver.unit, usually[driver.id], per=True)
        rows.append(Row((label, value, *needed(node, answer, met=met))))
    return Table(columns, rows, caption=_("What must be true"))


def needed(node: Node, answer: "Answer", *, met: bool) -> tuple[Cell, Cell]:
    """Return what a driver must be or may go to, and whether that is likely enough to hope for, or to fear."""
    driver = answer.driver
    if answer.value is None:
        said = {"value": about(node.unit, answer.reached)}
        if met:
            return Cell(void=True), Cell(_("no value misses it"), tone="good")
        return Cell(void=True), Cell(_("out of reach: %(value)s at best") % said, tone="bad")
    value = Cell(about(driver.unit, answer.value, per=True))
    if answer.within:
        return value, Cell(_("inside the plan's range"), tone="warn" if met else "good")
    outside = _("outside the plan's %(span)s") % {"span": span(driver)}
    return value, Cell(outside, tone="good" if met else "warn")


def swing_chart(outlook: Outlook, node: Node) -> Chart | None:
    """Draw how far each driver alone moves the number."""
    bars = bars_of(outlook.tree, node.id, month=outlook.month, changed=outlook.changed)[:_BARS]
    middle = numbers_of(outlook.tree, outlook.month, outlook.changed)[node.id]
    if not bars or known(middle) is None:
        return None
    swings, rows = [], []
    for bar in bars:
        label = bar.driver.label.told(language())
        ends = [about(bar.driver.unit, end) for end in (bar.low, bar.high)]
        values = [about(node.unit, value) for value in (bar.at_low, bar.at_high)]
        words = [
            _("%(value)s at %(end)s") % {"value": value, "end": end} for value, end in zip(values, ends, strict=True)
        ]
        swings.append(Swing(label, bar.at_low, bar.at_high, *words))
        rows.append(Row((label, ends[0], values[0], ends[1], values[1])))
    columns = (
        Column(_("Driver"), line=1),
        Column(_("Low"), line=0),
        Column(_("Then it is"), line=2),
        Column(_("High"), line=0),
        Column(_("Then it is"), line=3),
    )
    said = {"what": node.label.told(language()), "driver": swings[0].of}
    title = _("%(driver)s moves it most") % {"driver": capital(said["driver"])}
    note = _("Each bar: the driver alone at what only 1 of 20 futures is below, and above; the others as they are.")
    spec = tornado(swings, middle=middle, share=node.unit.kind is UnitKind.PERCENT)
    return Chart("swings", title, spec, Table(columns, rows, caption=title), note=note, short=len(rows) <= _FEW)
