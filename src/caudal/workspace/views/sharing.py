"""Sharing one record with members and teams."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.kit.access import Verb
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.world import now
from caudal.workspace import actions
from caudal.workspace.forms import ShareForm
from caudal.workspace.models import Share
from caudal.workspace.queries import shareable


@needs("share", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def share(request: HttpRequest, record_id: str) -> HttpResponse:
    """Ask with whom a record is to be shared, and share it."""
    actor, ref = actor_of(request), Ref.parse(record_id)
    record = shareable(actor, ref)
    form = ShareForm(request.POST or None, actor=actor)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                made = actions.share_record(actor=actor, as_of=now(), record=ref, **form.values())
            except Problem as problem:
                form.add_error(None, problem.told(gettext))
            else:
                messages.success(request, _("Shared with %(name)s") % {"name": made.holder.name})
                return redirect(page_of(ref))
    name = getattr(record, "name", "")
    context = {"title": _("Share “%(name)s”") % {"name": name}, "crumbs": [(name, page_of(ref))], "form": form}
    return render(request, "workspace/share.html", context | {"back": page_of(ref)}, status=status)


@needs("share", Verb.DELETE)
@require_POST
def end(request: HttpRequest, share_id: str) -> HttpResponse:
    """Take a share back."""
    gone = actions.end_share(actor=actor_of(request), as_of=now(), share_id=Ref.parse(share_id, Share.kind).id)
    messages.success(request, _("Not shared with %(name)s any more") % {"name": gone.holder.name})
    return redirect(page_of(gone.shared))
