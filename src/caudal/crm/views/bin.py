"""The recycle bin: what was deleted lately, with the way back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from caudal.core.ids import Ref
from caudal.crm import actions, queries
from caudal.crm.actions import bulk
from caudal.crm.actions.bulk import Chosen, Edit, How
from caudal.crm.views.edits import told_and_back
from caudal.crm.views.nouns import BY_KIND
from caudal.kit.access import Actor, Verb, may
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.world import now
from caudal.ui.lists.asking import NoSuchView
from caudal.ui.lists.pages import Way
from caudal.ui.tables import query
from caudal.workspace.queries import actor_names

ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Thrown:
    """A deleted record as the page shows it."""

    id: str
    name: str
    deleted_at: datetime
    deleted_by: str
    days_left: int


@needs("bin")
@require_GET
def bin_page(request: HttpRequest) -> HttpResponse:
    """List what was deleted of one kind, latest first."""
    actor, as_of = actor_of(request), now()
    kinds = kinds_of(actor)
    kind = request.GET.get("kind", kinds[0])
    if kind not in kinds:
        raise NoSuchView(name=kind)
    found = queries.binned(actor, kind, as_of=as_of, cursor=request.GET.get("at"))
    names = actor_names({row.deleted_by or "" for row in found.rows})
    rows = [
        Thrown(
            str(row.ref),
            row.name,
            row.deleted_at,
            names.get(row.deleted_by or "", row.deleted_by or ""),
            (row.deleted_at + timedelta(days=queries.BIN_DAYS) - as_of) // ONE_DAY,
        )
        for row in found.rows
        if row.deleted_at is not None
    ]
    tabs = [Way(str(BY_KIND[each].plural), query({}, kind=each), each == kind) for each in kinds]
    context = {
        "title": _("Recycle bin"),
        "tabs": tabs,
        "rows": rows,
        "kind": kind,
        "days": queries.BIN_DAYS,
        "next_href": query({}, kind=kind, at=found.next) if found.next else "",
        "list_href": BY_KIND[kind].list_href,
        "list_label": BY_KIND[kind].plural,
    }
    return render(request, "crm/bin.html", context)


@needs("bin")
@require_POST
def restore(request: HttpRequest, record_id: str) -> HttpResponse:
    """Take a record out of the bin and lead to it."""
    ref = Ref.parse(record_id)
    record = actions.restore_record(actor=actor_of(request), as_of=now(), ref=ref)
    messages.success(request, _("Restored: %(name)s") % {"name": record.name})
    return redirect(page_of(record.ref))


@needs("bulk_edit", Verb.CREATE)
@require_POST
def restore_many(request: HttpRequest) -> HttpResponse:
    """Take the ticked records of one kind out of the bin."""
    actor, as_of, kind = actor_of(request), now(), request.POST.get("kind", "")
    if kind not in kinds_of(actor):
        raise NoSuchView(name=kind)
    edit = Edit(kind=kind, how=How.RESTORE)
    ids = [Ref.parse(row, kind).id for row in request.POST.getlist("row")]
    back = reverse("crm:bin") + query({}, kind=kind)
    chosen = Chosen(bulk.records_in_reach(edit, actor, as_of, ids), {"back": back})
    return told_and_back(request, bulk.edit_many(actor=actor, as_of=as_of, edit=edit, chosen=chosen))


def kinds_of(actor: Actor) -> list[str]:
    """Return the kinds that an actor may delete, and so restore."""
    return [kind for kind in queries.BINNED if may(actor, kind, Verb.DELETE)]
