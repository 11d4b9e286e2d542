"""Adopting a plan."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caudal.core.errors import Finding
from caudal.core.periods import day_in
from caudal.core.plans import UnknownVersion
from caudal.kit.access import Verb
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.plan.actions import PlanRefused, adopt_plan
from caudal.plan.forms import AdoptionForm
from caudal.plan.queries import read_bytes


@needs("plan", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def adoption(request: HttpRequest) -> HttpResponse:
    """Ask for a plan, and adopt it; one with mistakes comes back with all of them."""
    actor, as_of = actor_of(request), now()
    first = day_in(as_of, ZoneInfo(actor.zone)).replace(day=1)
    form = AdoptionForm(request.POST or None, request.FILES or None, initial={"starts_on": first})
    findings: tuple[Finding, ...] = ()
    if request.method == "POST" and form.is_valid():
        name, data = form.source()
        file, text = read_bytes(name) if data is None else (name, data)
        values = form.cleaned_data
        try:
            adopted = adopt_plan(
                actor=actor,
                as_of=as_of,
                text=text,
                version=values["version"],
                starts_on=values["starts_on"],
                file=file,
            )
        except PlanRefused as refused:
            findings = refused.findings
        except UnknownVersion as unknown:
            form.add_error("version", unknown.told(_))
        else:
            messages.success(request, _("%(plan)s is the plan from now on.") % {"plan": adopted.name})
            return redirect("plan:first")
    return render(
        request,
        "plan/adoption.html",
        {"title": _("Adopt a plan"), "form": form, "findings": findings, "crumbs": [(_("Plan"), "/")]},
        status=422 if findings or form.errors else 200,
    )
