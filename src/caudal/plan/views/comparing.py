"""Two versions side by side: what differs first, with both ranges on one scale; what is alike folded away."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.core.plans import TARGETS, Difference, Plan, Target, difference
from caudal.kit.access import Actor, Verb
from caudal.kit.pages import actor_of, needs
from caudal.plan.models import PlanDraft, PlanScenario, PlanVersion
from caudal.plan.queries import (
    DifferenceWords,
    adopted_plan,
    difference_summary,
    difference_words,
    interval,
    kept_plan,
    scenario_called,
    section_word,
    shifts,
)
from caudal.plan.views.lines import language
from caudal.plan.views.repairing import chances_of
from caudal.plan.views.versions import choices
from caudal.ui.tables import query

WIDTH: Final = 200
OPEN_REACH: Final = Fraction(3, 2)


@dataclass(frozen=True, slots=True)
class Bar:
    """A range on the scale that it shares with the other one: where it begins, how long it is, whether it is open."""

    x: Decimal
    width: Decimal
    open: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """One target in both versions."""

    words: DifferenceWords
    before: Bar | None
    after: Bar | None


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two versions."""

    name: str
    href: str


@needs("plan")
@require_GET
def comparison(request: HttpRequest) -> HttpResponse:
    """Compare two versions; without an id it is the plan that counts."""
    actor = actor_of(request)
    one, other = request.GET.get("a", ""), request.GET.get("b", "")
    context = {
        "title": _("Compare"),
        "crumbs": [(_("Plan"), "/"), (_("Versions"), reverse("plan:versions"))],
        "before_choices": choices(actor, one),
        "after_choices": choices(actor, other),
        "a": one,
        "b": other,
    }
    if not context["before_choices"]:
        return render(request, "plan/comparison.html", context)
    try:
        (before, side), (after, other_side) = side_of(actor, one), side_of(actor, other)
    except Problem as refused:
        if refused.status == 404:  # noqa: PLR2004  what is not there is not there
            raise
        return render(request, "plan/comparison.html", {**context, "refused": refused.told(_)})
    found = difference(before, after)
    sections = dict.fromkeys(each.section for each in found.differences if each.section != TARGETS)
    same = {each.id for each in found.of(TARGETS)}
    return render(
        request,
        "plan/comparison.html",
        {
            **context,
            "found": found,
            "before": side,
            "after": other_side,
            "summary": difference_summary(found),
            "chances_href": query({}, a=one, b=other, chances="1"),
            "chances": chances_of(shifts(before, after)) if request.GET.get("chances") else None,
            "targets": [beside(each) for each in found.of(TARGETS)],
            "sections": [(section_word(name), list(map(difference_words, found.of(name)))) for name in sections],
            "alike": [
                (target.label.told(language()), interval(target)) for target in after.targets if target.id not in same
            ],
        },
    )


def side_of(actor: Actor, called: str) -> tuple[Plan, Side]:
    """Return a version's plan, and how it is named. Raises NoPlan, NotFound, NotAnId, DraftUnreadable."""
    if not called:
        version, plan = adopted_plan(actor)
        return plan, Side(version.name, reverse("plan:version", args=[version.ref]))
    ref = Ref.parse(called)
    if ref.kind == PlanDraft.kind:
        draft = PlanDraft.one_for(actor, Verb.VIEW, ref.id)
        return kept_plan(actor, ref), Side(draft.name, reverse("plan:draft", args=[ref]))
    if ref.kind == PlanScenario.kind:
        laid = scenario_called(actor, called)
        return laid.plan, Side(laid.name, reverse("plan:scenario", args=[called]))
    version = PlanVersion.one_for(actor, Verb.VIEW, Ref.parse(called, PlanVersion.kind).id)
    return kept_plan(actor, ref), Side(version.name, reverse("plan:version", args=[ref]))


def beside(each: Difference) -> Beside:
    """Return a differing target with both of its ranges on one scale; other units have no common one."""
    before, after = each.before, each.after
    if before is not None and after is not None and before.unit != after.unit:
        return Beside(difference_words(each), None, None)
    ranges = [entry for entry in (before, after) if isinstance(entry, Target)]
    low, high = domain(ranges)
    return Beside(difference_words(each), bar(before, low, high), bar(after, low, high))


def domain(ranges: Iterable[Target]) -> tuple[Fraction, Fraction]:
    """Return the ends of the scale: zero and the largest end, with some room for one that is open."""
    ends = [Fraction(0)]
    for target in ranges:
        ends += [target.lo, target.lo * OPEN_REACH if target.hi is None else target.hi]
    low, high = min(ends), max(ends)
    return low, high if high > low else low + 1


def bar(target: Target | None, low: Fraction, high: Fraction) -> Bar | None:
    """Place a range; one of a single number is a mark of two units."""
    if target is None:
        return None
    left = (target.lo - low) / (high - low) * WIDTH
    right = ((high if target.hi is None else target.hi) - low) / (high - low) * WIDTH
    left = min(left, Fraction(WIDTH - 2))
    return Bar(tenth(left), tenth(max(right - left, Fraction(2))), target.hi is None)


def tenth(value: Fraction) -> Decimal:
    """Round to one decimal."""
    return Decimal(round(value * 10)) / 10
