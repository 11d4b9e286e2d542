"""Does the plan add up: what a reviewer would say of it, most serious first."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from caudal.core.intervals import Reading
from caudal.kit.access import Verb, may
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.world import now
from caudal.plan.queries import (
    SERIOUS,
    NoPlan,
    PriceOutside,
    Remark,
    Review,
    adopted_plan,
    finding_summary,
    kept_review,
    prices_outside,
)
from caudal.plan.views.first import Tab


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
    reading = reading_asked(request.GET)
    found = kept_review(plan, reading)
    every = request.GET.get("show") == "all"
    return render(
        request,
        "plan/findings.html",
        {
            "title": title,
            "plan_name": plan.name.told(get_language() or "en"),
            "tabs": _tabs(found, every=every),
            "other_reading": address("plan:findings", reading=_other(reading).value, show="all" if every else ""),
            "reading": reading.value,
            "summary": finding_summary(found),
            "parts": _parts(found, every=every),
            "prices": [_priced(each) for each in prices_outside(actor, now(), plan)],
            "repair_all": address("plan:repair", reading=reading.value) if found.broken else "",
            "repair": address("plan:repair", reading=reading.value, checks=""),
        },
    )


def _priced(found: PriceOutside) -> dict[str, object]:
    """Return a price outside the plan as the page shows it."""
    return {
        "label": found.price.label.told(get_language() or "en"),
        "word": _("above the plan") if found.is_above else _("below the plan"),
        "said": _(found.finding.message).format(**found.finding.params),
        "way_out": _(found.finding.hint),
        "lines": found.price.lines,
        "offering": found.listed.name,
        "href": page_of(found.listed.offering),
    }


def reading_asked(asked: Mapping[str, str]) -> Reading:
    return Reading.OPEN if asked.get("reading") == Reading.OPEN else Reading.TARGET


def _other(reading: Reading) -> Reading:
    return Reading.TARGET if reading is Reading.OPEN else Reading.OPEN


def address(name: str, **asked: str | Sequence[str]) -> str:
    """Return a page with what is asked of it; which checks stands last and may be left open, to be written on."""
    said = {key: value for key, value in asked.items() if value or key == "checks"}
    return f"{reverse(name)}?{urlencode(said, doseq=True)}"


def _parts(found: Review, *, every: bool) -> list[tuple[str, Sequence[Remark]]]:
    """The most serious first, under a heading of their own where others follow."""
    shown = found.remarks if every else found.broken
    if len(shown) <= SERIOUS or not found.broken:
        return [("", shown)] if shown else []
    first, rest = shown[:SERIOUS], shown[SERIOUS:]
    words = ngettext("And %(count)s more", "And %(count)s more", len(rest))
    return [(_("The three most serious"), first), (words % {"count": len(rest)}, rest)]


def _tabs(found: Review, *, every: bool) -> list[Tab]:
    reading = found.reading.value
    broken, whole = len(found.broken), len(found.remarks)
    return [
        Tab(
            _("What cannot hold (%(count)s)") % {"count": broken}, address("plan:findings", reading=reading), not every
        ),
        Tab(
            _("Every check (%(count)s)") % {"count": whole},
            address("plan:findings", reading=reading, show="all"),
            every,
        ),
    ]
