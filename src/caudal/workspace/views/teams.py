"""Pages of the teams: which is inside which, with the ways to add, change and delete one."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.kit.access import Verb, may
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.ui.tables import Column, Row, Table
from caudal.workspace import actions
from caudal.workspace.forms import TeamForm
from caudal.workspace.models import Team
from caudal.workspace.queries import team_tree

STEP = "\u2003"
"""How far a team stands to the right of the one that it is inside."""


@needs("team")
@require_GET
def team_list(request: HttpRequest) -> HttpResponse:
    """List the teams, each below the one that it is inside."""
    actor = actor_of(request)
    may_change = may(actor, "team", Verb.CHANGE)
    places = team_tree(actor)
    rows = [
        Row(
            cells=[
                STEP * place.depth + place.team.name,
                place.team.parent.name if place.team.parent else None,
                place.members,
            ],
            id=str(place.team.ref),
            href=reverse("workspace:team_edit", args=[place.team.ref]) if may_change else "",
        )
        for place in places
    ]
    columns = [Column(_("Team")), Column(_("Inside")), Column(_("Members"), kind="number")]
    context = {
        "title": _("Teams"),
        "crumbs": crumbs()[:1],
        "table": Table(columns=columns, rows=rows, caption=_("Teams")) if rows else None,
        "new_href": reverse("workspace:team_new") if may(actor, "team", Verb.CREATE) else "",
    }
    return render(request, "workspace/team_list.html", context)


@needs("team", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def team_new(request: HttpRequest) -> HttpResponse:
    """Add a team."""
    actor = actor_of(request)
    form = TeamForm(request.POST or None, actor=actor)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            team = actions.add_team(actor=actor, as_of=now(), **form.values())
            messages.success(request, _("Saved: %(name)s") % {"name": team.name})
            return redirect("workspace:teams")
    return render(
        request, "workspace/team.html", {"title": _("New team"), "crumbs": crumbs(), "form": form}, status=status
    )


@needs("team", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def team_edit(request: HttpRequest, team_id: str) -> HttpResponse:
    """Give a team another name or place."""
    actor = actor_of(request)
    team = Team.one_for(actor, Verb.CHANGE, Ref.parse(team_id, Team.kind).id, lock=request.method == "POST")
    form = TeamForm(request.POST or None, actor=actor, team=team)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            version = form.cleaned_data["version"]
            try:
                actions.change_team(actor=actor, as_of=now(), team=team, expected_version=version, **form.values())
            except Problem as problem:
                form.add_error(None, problem.told(gettext))
            else:
                messages.success(request, _("Saved: %(name)s") % {"name": team.name})
                return redirect("workspace:teams")
    context = {"title": team.name, "crumbs": crumbs(), "form": form, "team": team}
    return render(request, "workspace/team.html", context, status=status)


@needs("team", Verb.DELETE)
@require_POST
def team_delete(request: HttpRequest, team_id: str) -> HttpResponse:
    """Take a team away that nobody is in."""
    actor = actor_of(request)
    team = Team.one_for(actor, Verb.DELETE, Ref.parse(team_id, Team.kind).id, lock=True)
    try:
        actions.delete_team(actor=actor, as_of=now(), team=team)
    except Problem as problem:
        messages.error(request, problem.told(gettext))
        return redirect("workspace:team_edit", team.ref)
    messages.success(request, _("The team “%(name)s” was deleted.") % {"name": team.name})
    return redirect("workspace:teams")


def crumbs() -> list[tuple[str, str]]:
    """Return the way to a team."""
    return [(_("Team"), reverse("workspace:members")), (_("Teams"), reverse("workspace:teams"))]
