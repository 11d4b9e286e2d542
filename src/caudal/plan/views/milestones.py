"""A milestone: who sees to it, and when it was done."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.kit.access import Verb, policies
from caudal.kit.pages import actor_of, needs
from caudal.kit.records import NotFound, VersionConflict
from caudal.kit.world import now
from caudal.plan.actions import MilestoneGone, change_milestone
from caudal.plan.forms import MilestoneForm
from caudal.plan.models import MilestoneWork
from caudal.plan.queries import MilestoneStanding, milestone_called, phase_standings
from caudal.plan.views.lines import language


@needs("milestone")
@require_GET
def milestone_of(request: HttpRequest, milestone_id: str) -> HttpResponse:
    """Lead to a milestone by the id of what was said of it."""
    work = milestone_called(actor_of(request), Ref.parse(milestone_id, MilestoneWork.kind).id)
    return redirect("plan:milestone", work.phase, work.milestone)


@needs("milestone", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def milestone_edit(request: HttpRequest, phase: str, milestone: str) -> HttpResponse:
    """Say who sees to a milestone, and when it was done."""
    actor, as_of = actor_of(request), now()
    found = {
        (each.phase.id, each.milestone.id): each for one in phase_standings(actor, as_of) for each in one.milestones
    }.get((phase, milestone))
    if found is None:
        raise MilestoneGone(phase=phase, milestone=milestone)
    policy = policies()["milestone"]
    form = MilestoneForm(
        request.POST or None,
        may_give=policy.covers(actor, Verb.CHANGE, None),
        held_by=(str(found.owner_id), found.owner) if found.owner_id else None,
        initial={"owner": str(found.owner_id or ""), "done_on": found.done_on, "version": found.version},
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            change_milestone(
                actor=actor,
                as_of=as_of,
                phase=phase,
                milestone=milestone,
                owner_id=UUID(values["owner"]) if values["owner"] else None,
                done_on=values["done_on"],
                expected_version=values["version"] or None,
            )
        except VersionConflict:
            form.add_error(None, _("Somebody changed this meanwhile. Look at it again before you change it."))
        except (NotFound, MilestoneGone):
            raise
        except Problem as refused:
            form.take(refused)
        else:
            messages.success(request, _("Saved: %(name)s") % {"name": found.milestone.label.told(language())})
            return redirect("plan:whole")
    return show(request, found, form)


def show(request: HttpRequest, found: MilestoneStanding, form: MilestoneForm) -> HttpResponse:
    """Answer with the form."""
    context = {
        "title": found.milestone.label.told(language()),
        "crumbs": [(_("Plan"), "/"), (_("Whole plan"), reverse("plan:whole"))],
        "phase": found.phase.label.told(language()),
        "last": found.due.days.last,
        "form": form,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "plan/milestone.html", context, status=status)
