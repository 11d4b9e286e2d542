"""The buttons under a list that keep, change and take away its views."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from caudal.core.ids import Ref
from caudal.kit.access import Verb
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.workspace import actions
from caudal.workspace.models import SavedView


@needs("view", Verb.CREATE)
@require_POST
def view_new(request: HttpRequest) -> HttpResponse:
    """Keep what a list shows under a name."""
    sent = request.POST.dict()
    values: Any = shown(sent) | {"name": sent.get("name", ""), "sharing": sent.get("sharing", "")}
    view = actions.save_view(
        actor=actor_of(request), as_of=now(), record_kind=sent.get("record_kind", ""), layout="list", **values
    )
    messages.success(request, _("The view “%(name)s” is kept.") % {"name": view.name})
    return back(sent, str(view.ref))


@needs("view", Verb.CHANGE)
@require_POST
def view_change(request: HttpRequest, view_id: str) -> HttpResponse:
    """Give a view another name or readers, or let it show what the list shows now."""
    sent = request.POST.dict()
    values: Any = shown(sent) if "where" in sent else {name: sent[name] for name in ("name", "sharing") if name in sent}
    version = sent.get("version", "")
    view = actions.change_view(
        actor=actor_of(request),
        as_of=now(),
        view_id=Ref.parse(view_id, SavedView.kind).id,
        expected_version=int(version) if version.isascii() and version.isdecimal() else None,
        **values,
    )
    messages.success(request, _("The view “%(name)s” is kept.") % {"name": view.name})
    return back(sent, str(view.ref))


@needs("view", Verb.DELETE)
@require_POST
def view_delete(request: HttpRequest, view_id: str) -> HttpResponse:
    """Take a view away."""
    view = actions.delete_view(actor=actor_of(request), as_of=now(), view_id=Ref.parse(view_id, SavedView.kind).id)
    messages.success(request, _("The view “%(name)s” was deleted. Its rows are where they were.") % {"name": view.name})
    return back(request.POST.dict())


@needs("view")
@require_POST
def view_default(request: HttpRequest) -> HttpResponse:
    """Let a list open with a view."""
    sent = request.POST.dict()
    key = sent.get("key", "")
    actions.choose_default_view(actor=actor_of(request), as_of=now(), record_kind=sent.get("record_kind", ""), key=key)
    messages.success(request, _("The list opens with this view from now on."))
    return back(sent, key)


def shown(sent: Mapping[str, str]) -> dict[str, Any]:
    """Return what a list shows, as its page sent it."""
    return {
        "where": sent.get("where", ""),
        "columns": [name for name in sent.get("columns", "").split(",") if name],
        "sort": sent.get("sort", ""),
        "group": sent.get("group", ""),
    }


def back(sent: Mapping[str, str], view: str = "") -> HttpResponse:
    """Lead back to the list, to one of its views."""
    wanted = sent.get("next", "")
    page = wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else "/"
    return redirect(f"{page.partition('?')[0]}?view={view}" if view else page.partition("?")[0])
