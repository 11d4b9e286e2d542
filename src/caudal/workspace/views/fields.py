"""Pages of the company's own fields: by kind of record, with the ways to add, change, retire and restore one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from caudal.core.errors import Finding, Problem
from caudal.core.ids import Ref
from caudal.kit.access import Verb, may
from caudal.kit.pages import actor_of, needs
from caudal.kit.records import NotFound, VersionConflict
from caudal.kit.world import now
from caudal.ui.formats import unit_text
from caudal.ui.tables import Cell, Column, Row, Table
from caudal.workspace import actions
from caudal.workspace.actions.formulas import FormulaRefused
from caudal.workspace.forms import OwnFieldForm
from caudal.workspace.models import CustomField, OwnFieldType
from caudal.workspace.queries import broken_formulas, link_kinds

KIND_WORDS: Final[dict[str, str | Promise]] = {
    "company": gettext_lazy("Companies"),
    "person": gettext_lazy("People"),
    "lead": gettext_lazy("Leads"),
    "deal": gettext_lazy("Deals"),
}


@dataclass(frozen=True, slots=True)
class KindShown:
    """The fields of a kind of record, and the way to add one."""

    title: str
    table: Table | None
    new_href: str
    formula_href: str


@needs("field")
@require_GET
def field_list(request: HttpRequest) -> HttpResponse:
    """List the fields of every kind of record, in their order, those that are retired last."""
    actor = actor_of(request)
    rows = list(CustomField.for_actor(actor).order_by("record_kind", "position", "pk"))
    broken = broken_formulas(actor, now())
    may_add = may(actor, "field", Verb.CREATE)
    shown = [
        KindShown(
            title=words(kind),
            table=table_of(kind, [each for each in rows if each.record_kind == kind], broken, may_change=may_add),
            new_href=reverse("workspace:field_new", args=[kind]) if may_add else "",
            formula_href=reverse("workspace:formula_new", args=[kind]) if may_add else "",
        )
        for kind in link_kinds()
    ]
    return render(request, "workspace/field_list.html", {"title": _("Fields"), "kinds": shown})


@needs("field", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def field_new(request: HttpRequest, kind: str) -> HttpResponse:
    """Give a kind of record a field."""
    if kind not in link_kinds():
        raise NotFound(kind="shape", id=kind)
    form = OwnFieldForm(request.POST if request.method == "POST" else None, kinds=kind_pairs())
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                field = actions.add_field(actor=actor_of(request), as_of=now(), record_kind=kind, **form.values())
            except Problem as problem:
                tell(form, problem)
            else:
                messages.success(request, _("Added: %(name)s") % {"name": field.label})
                return redirect("workspace:fields")
    context = {
        "title": _("New field: %(kind)s") % {"kind": words(kind)},
        "crumbs": [(_("Fields"), reverse("workspace:fields"))],
        "form": form,
    }
    return render(request, "workspace/field.html", context, status=status)


@needs("field", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def field_edit(request: HttpRequest, field_id: str) -> HttpResponse:
    """Define a field otherwise, unless somebody else did so meanwhile."""
    actor = actor_of(request)
    field = CustomField.one_for(actor, Verb.CHANGE, Ref.parse(field_id, "field").id)
    if field.type == OwnFieldType.FORMULA:
        return redirect("workspace:formula_edit", field_id)
    form = OwnFieldForm(request.POST if request.method == "POST" else None, field=field)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            version = form.cleaned_data["version"]
            try:
                actions.change_field(actor=actor, as_of=now(), field=field, expected_version=version, **form.values())
            except VersionConflict as conflict:
                form.data = {name: form.data[name] for name in form.data} | {"version": conflict.params["version"]}
                form.add_error(
                    None, _("Somebody changed this meanwhile. Look at it again; the button goes ahead with it.")
                )
            except Problem as problem:
                tell(form, problem)
            else:
                messages.success(request, _("Saved: %(name)s") % {"name": field.label})
                return redirect("workspace:fields")
    context = {
        "title": field.label,
        "crumbs": [(_("Fields"), reverse("workspace:fields"))],
        "form": form,
        "field": field,
    }
    return render(request, "workspace/field.html", context, status=status)


@needs("field", Verb.CHANGE)
@require_POST
def field_retire(request: HttpRequest, field_id: str) -> HttpResponse:
    """Let a field take no more values; those that it has stay."""
    actor = actor_of(request)
    field = CustomField.one_for(actor, Verb.CHANGE, Ref.parse(field_id, "field").id)
    actions.retire_field(actor=actor, as_of=now(), field=field)
    messages.success(request, _("Retired: %(name)s. Its values stay.") % {"name": field.label})
    return redirect("workspace:fields")


@needs("field", Verb.CHANGE)
@require_POST
def field_restore(request: HttpRequest, field_id: str) -> HttpResponse:
    """Let a retired field take values again."""
    actor = actor_of(request)
    field = CustomField.one_for(actor, Verb.CHANGE, Ref.parse(field_id, "field").id)
    actions.restore_field(actor=actor, as_of=now(), field=field)
    messages.success(request, _("In use again: %(name)s") % {"name": field.label})
    return redirect("workspace:fields")


def table_of(
    kind: str, fields: Sequence[CustomField], broken: Mapping[UUID, Finding], *, may_change: bool
) -> Table | None:
    """Return the fields of a kind as a table, None without any; of a formula that fits no more, why."""
    if not fields:
        return None
    rows = [
        Row(
            [
                each.label,
                f"custom.{each.key}",
                each.get_type_display(),
                about(each),
                state_of(each, broken.get(each.pk)),
            ],
            href=reverse("workspace:field_edit", args=[str(each.ref)]) if may_change else "",
            id=str(each.ref),
        )
        for each in sorted(fields, key=lambda each: each.retired_at is not None)
    ]
    columns = [
        Column(_("Name")),
        Column(_("In filters")),
        Column(_("Type")),
        Column(_("Holds")),
        Column(_("State"), kind="state"),
    ]
    return Table(columns=columns, rows=rows, caption=_("Fields of %(kind)s") % {"kind": words(kind)})


def state_of(field: CustomField, wrong: Finding | None) -> Cell:
    """Return how a field stands."""
    if field.retired_at:
        return Cell(_("Retired"), tone="idle")
    if wrong is not None:
        return Cell(_("Empty everywhere"), tone="bad", note=wrong.told(_))
    return Cell(_("In use"), tone="good")


def about(field: CustomField) -> str:
    """Return what belongs to a type: choices, unit, currency, kind of record; and whether it is required."""
    parts = [
        ", ".join(field.options),
        field.get_result_display(),
        field.formula,
        unit_text(field.unit),
        field.currency,
        words(field.link_kind) if field.link_kind else "",
        _("required") if field.required else "",
    ]
    return " · ".join(part for part in parts if part)


def kind_pairs() -> list[tuple[str, str]]:
    """Return the kinds of records that a field may name, for a choice."""
    return [(kind, words(kind)) for kind in link_kinds()]


def words(kind: str) -> str:
    """Return what many records of a kind are called."""
    return str(KIND_WORDS.get(kind) or capfirst(kind))


def tell(form: OwnFieldForm, problem: Problem) -> None:
    """Show a refusal: beside the fields that it names, else above all of them; of a formula, everything found."""
    if isinstance(problem, FormulaRefused):
        form.add_error("formula", [f"{each.place}: {each.told(gettext)}" for each in problem.findings])
        return
    for name, said in problem.fields.items():
        form.add_error(name if name in form.fields else None, gettext(said))
    if not problem.fields:
        form.add_error(None, problem.told(gettext))
