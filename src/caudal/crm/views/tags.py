"""Tags: where they are borne, what they are called while somebody types, and merging them."""

from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from caudal.core.ids import Ref
from caudal.crm import actions, queries
from caudal.crm.forms.registers import MergeForm
from caudal.crm.models import Tagged
from caudal.crm.views.forming import FormPage, attempt, sent, show
from caudal.crm.views.nouns import BY_KIND
from caudal.kit.access import Verb
from caudal.kit.names import name_key
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.ui.lists.asking import ALL
from caudal.ui.tables import Cell


def bearing_href(kind: str, name: str) -> str:
    """Return the address of the list of everything of a kind that bears a tag."""
    said = name.replace("\\", "\\\\").replace('"', '\\"')
    asked = urlencode({"view": ALL, "where": f'has(tags, "{said}")'})
    return f"{BY_KIND[kind].list_href}?{asked}"


def tags_cell(row: Tagged) -> Cell | None:
    """Return the tags of a row, whose colours were looked up."""
    return Cell(row.tinted) if row.tags else None


def tags_of(row: Tagged) -> Sequence[tuple[str, str, str]]:
    """Return the tags of a row with their colours and the way to everything that bears them."""
    queries.tinted([row])
    return [(name, tone, bearing_href(row.kind, name)) for name, tone in row.tinted]


@needs("tag")
@require_GET
def tag_names(request: HttpRequest) -> HttpResponse:
    """Answer with what was typed, its last word made a tag: several are typed into one field."""
    before, comma, typed = request.GET.get("q", "").rpartition(",")
    start, text = f"{before}{comma} " if comma else "", name_key(typed)
    names = [each.name for each in queries.tags(actor_of(request)) if text in each.name_key]
    return JsonResponse([{"value": f"{start}{name}", "label": name} for name in names], safe=False)


@needs("tag", Verb.DELETE)
@require_http_methods(["GET", "POST"])
def tag_merge(request: HttpRequest, record_id: str) -> HttpResponse:
    """Merge a tag into another one."""
    actor = actor_of(request)
    tag = queries.tag(actor, Ref.parse(record_id, "tag").id, Verb.DELETE)
    others = [(str(each.ref), each.name) for each in queries.tags(actor) if each.pk != tag.pk]
    form = MergeForm(sent(request), actor=actor, pairs=others)
    page = FormPage(
        title=_("Merge “%(name)s” into another tag") % {"name": tag.name},
        submit=_("Merge"),
        action=reverse("crm:tag_merge", args=[tag.ref]),
        cancel=reverse("crm:tags"),
        lead=_("What bears “%(name)s” bears the other one instead. This cannot be undone.") % {"name": tag.name},
        crumbs=[(_("Tags"), reverse("crm:tags"))],
    )
    if request.method != "POST":
        return show(request, page, form)
    if not form.is_valid():
        return show(request, page, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    as_of, into = now(), Ref.parse(form.cleaned_data["into"], "tag").id
    stays, problem = attempt(form, lambda: actions.merge_tags(actor=actor, as_of=as_of, tag_id=tag.pk, into_id=into))
    if problem:
        return show(request, page, form, problem.status)
    messages.success(request, _("Merged: %(gone)s is %(name)s now") % {"gone": tag.name, "name": stays.name})
    return redirect(reverse("crm:tags"))
