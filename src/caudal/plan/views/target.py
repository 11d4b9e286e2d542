"""One target: how it stands, what is behind it, and what people typed of it."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from babel.numbers import get_decimal_symbol
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.core.periods import CalendarPeriod, Grain
from caudal.core.plans import Target, UnitKind, UnknownTarget, read_actual
from caudal.core.tables import NumberStyle
from caudal.kit.access import Actor, Verb, may
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.plan.actions import ActualDraft, take_back_actual, type_actuals
from caudal.plan.forms import ActualForm
from caudal.plan.models import TypedActual
from caudal.plan.queries import (
    RECENT,
    Against,
    Standing,
    Standings,
    Typed,
    amount,
    course_of,
    earlier,
    explain,
    history_of,
    interval,
    per_of,
    standing,
    typists,
)
from caudal.plan.views.explained import course_chart, keys_of, shown_explanation
from caudal.plan.views.first import month_named, month_text, step
from caudal.plan.views.lines import language, line
from caudal.ui.formats import day_text, reader_locale
from caudal.workspace.queries import company


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that somebody typed, as the page tells it."""

    period: str
    value: str
    through: str
    source: str
    by: str
    at: datetime
    counts: bool
    taken_back: bool
    href: str = ""
    """Where it is taken back, by whoever may."""


@needs("plan")
@require_http_methods(["GET", "POST"])
def target_page(request: HttpRequest, target_id: str) -> HttpResponse:
    """Show one target, and take what somebody types of it."""
    actor, as_of = actor_of(request), now()
    found, own = target_standing(actor, target_id, month=request.GET.get("month"))
    form = actual_form(request, own, found)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            draft = ActualDraft(
                own.target,
                CalendarPeriod.parse(values["period"], fiscal_start()),
                read_actual(values["value"], own.target, number_style(), percent=True),
                values["through"],
                values["source"],
            )
            type_actuals(actor=actor, as_of=as_of, drafts=[draft])
        except Problem as refused:
            form.take(refused)
        else:
            messages.success(request, _("Saved: %(name)s") % {"name": own.target.label.told(language())})
            return redirect("plan:target", own.target.id)
    context = {
        **shown(actor, found, own, as_of, request.GET.dict()),
        "form": form,
        "may_type": may(actor, "actual", Verb.CREATE),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "plan/target.html", context, status=status)


@needs("actual", Verb.CREATE)
@require_POST
def actual_take_back(request: HttpRequest, actual_id: str) -> HttpResponse:
    """Take back what was typed."""
    actor = actor_of(request)
    if take_back_actual(actor=actor, as_of=now(), actual_id=Ref.parse(actual_id, TypedActual.kind).id):
        messages.success(request, _("Taken back. It stays on the list, and does not count."))
    target_id = request.POST.get("target", "")
    return redirect("plan:target", target_id) if target_id else redirect("plan:actuals")


def target_standing(actor: Actor, target_id: str, *, month: str | None = None) -> tuple[Standings, Standing]:
    """Return how the plan stands, asked of one target alone, and that target. Raises NoPlan, UnknownTarget."""
    found = standing(actor=actor, as_of=now(), month=month_named(month), only={target_id})
    if not found.targets:
        raise UnknownTarget(plan=found.plan.id, target=target_id[:60])
    return found, found.targets[0]


def shown(actor: Actor, found: Standings, own: Standing, as_of: datetime, asked: dict[str, str]) -> dict[str, Any]:
    """Return what the page says of a target."""
    target = own.target
    pillars = {pillar.id: pillar.label.told(language()) for pillar in found.plan.pillars}
    way = course_of(actor, found, own, as_of=as_of)
    against = Against.BEFORE if asked.get("against") == Against.BEFORE else Against.PLAN
    explanation = explain(actor, found, own, as_of=as_of, against=against, by=asked.get("by"))
    return {
        "keys": keys_of(own, way),
        "course": course_chart(own, way),
        "explanation": shown_explanation(found.plan, explanation, asked) if explanation else None,
        "may_compare": own.verdict.actual is not None,
        "title": target.label.told(language()),
        "crumbs": [(_("Plan"), "/"), (_("Targets"), reverse("plan:targets"))],
        "line": line(own),
        "target": target,
        "step": step(found, as_of, asked),
        "facts": [
            (_("Plan"), interval(target)),
            (_("Line of business"), pillars.get(target.pillar or "", _("The whole company"))),
            (_("Metric"), target.metric or ""),
            (_("Lines of the document"), ", ".join(map(str, target.lines))),
        ],
        "unused": None if own.unused is None else amount(target, own.unused.value),
        "words": words_of(actor, target),
    }


def words_of(actor: Actor, target: Target) -> list[Word]:
    """Return everything that was typed of a target's number, the newest period first."""
    told = history_of(actor, target, fiscal_start())
    names, may_take_back = typists(told), may(actor, "actual", Verb.CREATE)
    return [
        Word(
            period=period_text(each.period),
            value=amount(target, each.value),
            through="" if each.is_whole else day_text(each.through, reader_locale()),
            source=each.source,
            by=names[each.by],
            at=each.at,
            counts=each.counts and each.value is not None,
            taken_back=each.value is None,
            href=back_address(each) if may_take_back and each.counts and each.value is not None else "",
        )
        for each in told
    ]


def back_address(told: Typed) -> str:
    """Return where something typed is taken back."""
    return reverse("plan:actual_take_back", args=[str(told.ref)])


def actual_form(request: HttpRequest, own: Standing, found: Standings) -> ActualForm:
    """Return the form of an actual: of this period, and of those before."""
    period = CalendarPeriod.of(own.target.period, found.moment.today, fiscal_start())
    periods = [earlier(period, count) for count in range(RECENT + 1)]
    return ActualForm(
        request.POST or None,
        periods=[(each.label, period_text(each)) for each in periods],
        unit=unit_words(own.target),
        initial={"period": periods[0].label},
    )


def unit_words(target: Target) -> str:
    """Say in which unit a value is typed."""
    unit = target.unit
    if unit.kind is UnitKind.PERCENT:
        return _("In percent: 26 means 26%%.") % {}
    return _("In the unit of the target: %(unit)s.") % {"unit": f"{unit.counted or unit.text} {per_of(unit)}".strip()}


def period_text(period: CalendarPeriod) -> str:
    """Write a period: months by their names, others by their labels."""
    return month_text(period) if period.grain is Grain.MONTH else period.label


def number_style() -> NumberStyle:
    """Return how the reader writes decimals."""
    return NumberStyle.COMMA if get_decimal_symbol(reader_locale()) == "," else NumberStyle.POINT


def fiscal_start() -> int:
    """Return the month that the company's years begin with."""
    own = company()
    return own.fiscal_start_month if own else 1
