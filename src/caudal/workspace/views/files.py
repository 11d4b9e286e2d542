"""Files with records: given, fetched, taken away, taken back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.kit.access import Verb
from caudal.kit.downloads import handed_out
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.records import NotFound, in_sight
from caudal.kit.world import now
from caudal.workspace import actions, queries
from caudal.workspace.models import Attachment


@needs("attachment", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def files_of(request: HttpRequest, record_id: str) -> HttpResponse:
    """Take files for a record; all of them, or none when one of them is refused."""
    actor, record = actor_of(request), Ref.parse(record_id)
    seen = in_sight({record}, actor, Verb.CHANGE)
    if record not in seen:
        raise NotFound(kind=record.kind, id=record)
    refusals: list[str] = []
    given = request.FILES.getlist("file")
    if request.method == "POST":
        for file in given:
            try:
                actions.attach_file(
                    actor=actor,
                    as_of=now(),
                    record=record,
                    name=file.name or "",
                    file=file,  # type: ignore[arg-type]  # reads and seeks like any open file
                    size_bytes=file.size or 0,
                )
            except NotFound:
                raise
            except Problem as refused:
                refusals.append(f"{refused.said(refused.message, _)} {refused.said(refused.hint, _)}")
        if given and not refusals:
            words = ngettext("%(count)s file is kept here now.", "%(count)s files are kept here now.", len(given))
            messages.success(request, words % {"count": len(given)})
            return redirect(page_of(record))
        if not given:
            refusals.append(_("Choose a file first."))
    context = {
        "title": _("Add files to %(name)s") % {"name": seen[record]},
        "crumbs": [(seen[record], page_of(record))],
        "refusals": refusals,
        "record_href": page_of(record),
    }
    return render(request, "workspace/files.html", context, status=422 if refusals else 200)


@needs("attachment")
@require_GET
def file(request: HttpRequest, attachment_id: str) -> HttpResponseBase:
    """Hand a file out: to be kept, never to be opened as a page of ours."""
    stored = queries.attachment(actor_of(request), Ref.parse(attachment_id, Attachment.kind).id).file
    return handed_out(
        request, sha256=stored.sha256, name=stored.name, media_type=stored.media_type, size_bytes=stored.size_bytes
    )


@needs("attachment", Verb.DELETE)
@require_POST
def file_removal(request: HttpRequest, attachment_id: str) -> HttpResponse:
    """Take a file away, with the way to take it back."""
    row_id = Ref.parse(attachment_id, Attachment.kind).id
    gone = actions.detach_file(actor=actor_of(request), as_of=now(), attachment_id=row_id)
    back = format_html('<a href="{}">{}</a>', reverse("workspace:file_restoration", args=[gone.ref]), _("Take it back"))
    messages.success(request, format_html("{} {}", _("Taken away: %(name)s") % {"name": gone.file.name}, back))
    return redirect(page_of(gone.subject))


@needs("attachment", Verb.DELETE)
@require_http_methods(["GET", "POST"])
def file_restoration(request: HttpRequest, attachment_id: str) -> HttpResponse:
    """Ask whether a file is to be taken back, and do so."""
    actor, as_of = actor_of(request), now()
    row_id = Ref.parse(attachment_id, Attachment.kind).id
    if request.method == "POST":
        back = actions.restore_file(actor=actor, as_of=as_of, attachment_id=row_id)
        messages.success(request, _("It is back: %(name)s") % {"name": back.file.name})
        return redirect(page_of(back.subject))
    gone = queries.detached(actor, row_id, as_of=as_of)
    context = {
        "title": _("Take back %(name)s") % {"name": gone.file.name},
        "record_href": page_of(gone.subject),
    }
    return render(request, "workspace/file_back.html", context)
