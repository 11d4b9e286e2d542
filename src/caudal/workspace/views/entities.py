"""Pages of legal entities: who sells and invoices, with the head of their documents drawn while it is typed."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from caudal.core.colours import is_colour
from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.kit.access import Actor, Verb, may
from caudal.kit.countries import country_name
from caudal.kit.downloads import handed_out
from caudal.kit.files import FileMissing
from caudal.kit.outbox import RecordedFact
from caudal.kit.pages import actor_of, needs
from caudal.kit.problems import BadInput
from caudal.kit.records import VersionConflict
from caudal.kit.tax_ids import tax_id_term
from caudal.kit.world import now
from caudal.ui.tables import Cell, Column, Row, Table
from caudal.ui.timelines import Change
from caudal.workspace import actions, queries
from caudal.workspace.forms import EntityForm
from caudal.workspace.models import LegalEntity


@needs("entity")
@require_GET
def entity_list(request: HttpRequest) -> HttpResponse:
    """List the legal entities, and say what their invoices still lack."""
    actor = actor_of(request)
    may_change = may(actor, "entity", Verb.CHANGE)
    default = queries.default_entity().pk
    rows = [
        Row(
            cells=[
                each.name,
                country_name(each.country, request.LANGUAGE_CODE) if each.country else None,
                each.tax_id or None,
                Cell(_("default")) if each.pk == default else None,
                lacking(each) or None,
            ],
            id=str(each.ref),
            href=reverse("workspace:entity_edit", args=[each.ref]) if may_change else "",
        )
        for each in queries.legal_entities(actor)
    ]
    columns = [
        Column(_("Legal name")),
        Column(_("Country"), line=0),
        Column(_("Tax id")),
        Column(_("Where nothing else is said"), line=0),
        Column(_("Invoices still lack")),
    ]
    context = {
        "title": _("Legal entities"),
        "table": Table(columns=columns, rows=rows, caption=_("Legal entities")),
        "new_href": reverse("workspace:entity_new") if may(actor, "entity", Verb.CREATE) else "",
    }
    return render(request, "workspace/entity_list.html", context)


@needs("entity", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def entity_new(request: HttpRequest) -> HttpResponse:
    """Add a legal entity."""
    if request.method == "POST" and "try" not in request.POST:
        form = EntityForm(request.POST, request.FILES)
        if (entity := kept(actor_of(request), None, form)) is not None:
            messages.success(request, _("Saved: %(name)s") % {"name": entity.name})
            return redirect("workspace:entities")
        return shown(request, None, form, request.POST, HTTPStatus.UNPROCESSABLE_ENTITY)
    typed = request.POST.dict() if request.method == "POST" else {"language": request.LANGUAGE_CODE[:2]}
    return shown(request, None, EntityForm(initial=typed), typed)


@needs("entity", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def entity_edit(request: HttpRequest, entity_id: str) -> HttpResponse:
    """Change what a legal entity says of itself, unless somebody else did so meanwhile."""
    actor, pk = actor_of(request), Ref.parse(entity_id, LegalEntity.kind).id
    entity = queries.legal_entity(actor, pk, Verb.CHANGE, lock=request.method == "POST")
    if request.method == "POST" and "try" not in request.POST:
        form = EntityForm(request.POST, request.FILES, entity=entity)
        if kept(actor, entity, form) is not None:
            messages.success(request, _("Saved: %(name)s") % {"name": entity.name})
            return redirect("workspace:entities")
        return shown(request, entity, form, request.POST, HTTPStatus.UNPROCESSABLE_ENTITY)
    if request.method == "POST":
        return shown(request, entity, EntityForm(entity=entity, initial=request.POST.dict()), request.POST)
    form = EntityForm(entity=entity)
    return shown(request, entity, form, form.initial)


@needs("entity", Verb.CREATE)
@require_POST
def entity_preview(request: HttpRequest) -> HttpResponse:
    """Draw the head of a document as a legal entity would have it that somebody types. Nothing is kept."""
    return render(request, "workspace/_letterhead.html", {"head": drawn(request.POST, request.GET.get("logo", ""))})


@needs("entity")
@require_GET
def entity_logo(request: HttpRequest, entity_id: str) -> HttpResponseBase:
    """Hand the logo of a legal entity out."""
    logo = queries.legal_entity(actor_of(request), Ref.parse(entity_id, LegalEntity.kind).id).logo
    if logo is None:
        raise FileMissing(sha256="")
    return handed_out(
        request, sha256=logo.sha256, name=logo.name, media_type=logo.media_type, size_bytes=logo.size_bytes
    )


@needs("settings", Verb.CHANGE)
@require_POST
def entity_default(request: HttpRequest, entity_id: str) -> HttpResponse:
    """Make a legal entity the one that invoices where nothing else is said."""
    actor = actor_of(request)
    entity = queries.legal_entity(actor, Ref.parse(entity_id, LegalEntity.kind).id, Verb.CHANGE, lock=True)
    actions.choose_default_entity(actor=actor, as_of=now(), entity=entity)
    messages.success(request, _("%(name)s invoices now where nothing else is said.") % {"name": entity.name})
    return redirect("workspace:entities")


@needs("entity", Verb.DELETE)
@require_POST
def entity_retire(request: HttpRequest, entity_id: str) -> HttpResponse:
    """Take a legal entity away in whose name nothing was done."""
    actor = actor_of(request)
    entity = queries.legal_entity(actor, Ref.parse(entity_id, LegalEntity.kind).id, Verb.DELETE, lock=True)
    name, ref = entity.name, entity.ref
    try:
        actions.retire_entity(actor=actor, as_of=now(), entity=entity)
    except Problem as problem:
        messages.error(request, problem.told(gettext))
        return redirect("workspace:entity_edit", ref)
    messages.success(request, _("Taken away: %(name)s") % {"name": name})
    return redirect("workspace:entities")


def kept(actor: Actor, entity: LegalEntity | None, form: EntityForm) -> LegalEntity | None:
    """Keep what a form says; what refuses it becomes words of the form, and nothing is returned."""
    if not form.is_valid():
        return None
    as_of, logo = now(), form.cleaned_data["logo"]
    try:
        if entity is None:
            entity = actions.add_entity(actor=actor, as_of=as_of, **form.values())
        else:
            version = form.cleaned_data["version"]
            actions.change_entity(actor=actor, as_of=as_of, entity=entity, expected_version=version, **form.values())
        if logo:
            actions.set_logo(
                actor=actor, as_of=as_of, entity=entity, name=logo.name or "", file=logo, size_bytes=logo.size or 0
            )
        elif form.cleaned_data.get("no_logo"):
            actions.drop_logo(actor=actor, as_of=as_of, entity=entity)
    except VersionConflict as conflict:
        form.renew(str(conflict.params["version"]))
        form.add_error(None, _("Somebody changed this meanwhile. Look at it again; the button goes ahead with it."))
        return None
    except BadInput as refused:
        for name, said in refused.fields.items():
            form.add_error(name, gettext(said))
        return None
    except Problem as refused:
        form.add_error("logo", refused.told(gettext))
        return None
    return entity


def shown(
    request: HttpRequest,
    entity: LegalEntity | None,
    form: EntityForm,
    typed: Mapping[str, Any],
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Answer with the page of a legal entity."""
    logo = reverse("workspace:entity_logo", args=[entity.ref]) if entity is not None and entity.logo_id else ""
    context = {
        "title": entity.name if entity else _("New legal entity"),
        "crumbs": [(_("Legal entities"), reverse("workspace:entities"))],
        "form": form,
        "entity": entity,
        "is_default": entity is not None and queries.is_default(entity),
        "lacking": lacking(entity) if entity else "",
        "head": drawn(typed, logo),
        "logo": logo,
        "moments": queries.moments(entity.ref, changes=changes) if entity else [],
    }
    return render(request, "workspace/entity.html", context, status=status)


def drawn(typed: Mapping[str, Any], logo: str) -> dict[str, Any]:
    """Return what the head of a document would say, in its own language, of values as they are typed."""
    texts = {name: str(typed.get(name) or "") for name in EntityForm.base_fields if name not in EntityForm.APART}
    language = texts["language"] if texts["language"] in dict(settings.LANGUAGES) else "en"
    colour = texts.pop("colour").strip().lower()
    head = queries.letterhead(LegalEntity(colour=colour if is_colour(colour) else "", **texts), language)
    ours = logo.startswith(reverse("workspace:entities") + "/")
    with override(language):
        return {
            "said": head,
            "document": _("Invoice"),
            "tax": _(tax_id_term(texts["country"], texts["tax_id"])),
            "language": language,
            "logo": logo if ours and not typed.get("no_logo") else "",
        }


def lacking(entity: LegalEntity) -> str:
    """Return what a legal entity's invoices still lack, in words."""
    labels = [str(EntityForm.base_fields[name].label) for name in queries.missing_for_invoices(entity)]
    return ", ".join(label.lower() for label in labels)


def changes(fact: RecordedFact) -> list[Change]:
    """Return the fields of a legal entity that a fact changed, by the labels of its form."""
    return [
        Change(EntityForm.base_fields[name].label or name, str(before or ""), str(after or ""))
        for name, (before, after) in fact.data.get("changes", {}).items()
        if name in EntityForm.base_fields and name not in EntityForm.APART
    ]
