"""Does the plan add up: what a reviewer would say of it, and the least to change."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from caudal.core.checks import CannotRepair
from caudal.core.intervals import Reading
from caudal.core.plans import Plan
from caudal.kit.access import Verb, may, require
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.plan.actions import apply_repair
from caudal.plan.adapters import minimiser
from caudal.plan.models import PlanVersion
from caudal.plan.queries import (
    NoPlan,
    RepairReport,
    Review,
    adopted_plan,
    checks_of,
    offered_repairs,
    repair_diff,
    review,
)
from caudal.plan.views.first import Tab

_KEPT = 16


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a diff, and what happens to it."""

    text: str
    sign: str


@needs("plan")
@require_GET
def finding_list(request: HttpRequest) -> HttpResponse:
    """List what a reviewer would say, most serious first."""
    actor = actor_of(request)
    title = _("Does it add up?")
    try:
        _version, plan = adopted_plan(actor)
    except NoPlan:
        return render(request, "plan/none.html", {"title": title, "may_adopt": may(actor, "plan", Verb.CREATE)})
    reading = _reading(request.GET)
    found = _review(plan, reading, get_language() or "en")
    every = request.GET.get("show") == "all"
    return render(
        request,
        "plan/findings.html",
        {
            "title": title,
            "plan_name": plan.name.told(get_language() or "en"),
            "tabs": _tabs(found, every=every),
            "other_reading": _address("plan:findings", reading=_other(reading).value, show="all" if every else ""),
            "reading": reading.value,
            "summary": _summary(found),
            "remarks": found.remarks if every else found.broken,
            "repair_all": _address("plan:repair", reading=reading.value) if found.broken else "",
            "repair": _address("plan:repair", reading=reading.value, checks=""),
        },
    )


@needs("plan")
@require_http_methods(["GET", "POST"])
def repair_page(request: HttpRequest) -> HttpResponse:
    """Offer the least to change, with its proof and its diff; sent, one offer becomes the plan."""
    actor = actor_of(request)
    try:
        version, plan = adopted_plan(actor)
    except NoPlan:
        return redirect("plan:findings")
    asked = request.POST if request.method == "POST" else request.GET
    reading, chosen = _reading(asked), asked.get("checks") or "all"
    if request.method == "POST":
        require(actor, "plan", Verb.CREATE)
        adopted = apply_repair(
            actor=actor,
            as_of=now(),
            sha256=asked.get("sha256", ""),
            checks=chosen,
            reading=reading,
            take=int(asked.get("take", "1")) if asked.get("take", "1").isdigit() else 1,
            minimiser=minimiser(),
        )
        messages.success(request, _("%(plan)s was changed. Earlier versions are kept.") % {"plan": adopted.name})
        return redirect(_address("plan:findings", reading=reading.value))
    context = {
        "title": _("The least to change"),
        "crumbs": [(_("Plan"), "/"), (_("Does it add up?"), _address("plan:findings", reading=reading.value))],
        "reading": reading.value,
        "checks": chosen,
        "version": version,
        "may_apply": may(actor, "plan", Verb.CREATE),
    }
    try:
        report = offered_repairs(plan, reading, chosen, minimiser())
    except CannotRepair as refused:
        return render(request, "plan/repair.html", {**context, "refused": refused.told(_)})
    return render(request, "plan/repair.html", {**context, **_offers(version, report)})


def _offers(version: PlanVersion, report: RepairReport) -> dict[str, object]:
    return {
        "report": report,
        "offers": [
            {
                "number": number,
                "offer": offer,
                "diff": _diff(repair_diff(version.text, report.plan, offer.proposal, "plan.toml")),
            }
            for number, offer in enumerate(report.offers, 1)
        ],
    }


def _diff(text: str) -> list[DiffLine]:
    signs = {"+": "added", "-": "removed", "@": "place"}
    return [
        DiffLine(line, signs.get(line[:1], "kept")) for line in text.splitlines() if not line.startswith(("---", "+++"))
    ]


def _reading(asked: Mapping[str, str]) -> Reading:
    return Reading.OPEN if asked.get("reading") == Reading.OPEN else Reading.TARGET


def _other(reading: Reading) -> Reading:
    return Reading.TARGET if reading is Reading.OPEN else Reading.OPEN


def _address(name: str, **asked: str) -> str:
    return f"{reverse(name)}?{urlencode({key: value for key, value in asked.items() if value or key == 'checks'})}"


def _tabs(found: Review, *, every: bool) -> list[Tab]:
    reading = found.reading.value
    broken, whole = len(found.broken), len(found.remarks)
    return [
        Tab(
            _("What cannot hold (%(count)s)") % {"count": broken}, _address("plan:findings", reading=reading), not every
        ),
        Tab(
            _("Every check (%(count)s)") % {"count": whole},
            _address("plan:findings", reading=reading, show="all"),
            every,
        ),
    ]


def _summary(found: Review) -> str:
    broken = len(found.broken)
    if not broken:
        return _("Nothing in the plan contradicts itself.")
    words = ngettext(
        "%(broken)s of %(all)s relations between the numbers of the plan cannot hold.",
        "%(broken)s of %(all)s relations between the numbers of the plan cannot hold.",
        broken,
    )
    return words % {"broken": broken, "all": len(found.remarks)}


@lru_cache(maxsize=_KEPT)
def _review(plan: Plan, reading: Reading, language: str) -> Review:
    """Reviews of one plan in one language are all alike."""
    with override(language):
        return review(plan, checks_of(plan), reading)
