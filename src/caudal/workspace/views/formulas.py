"""Pages of formulas: writing one, with what would come of it tried on some records while it is typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from caudal.core.errors import Problem
from caudal.core.expressions import FUNCTIONS
from caudal.core.ids import Ref
from caudal.kit.access import Actor, Verb
from caudal.kit.own_fields import FieldType, OwnField
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.records import NotFound, VersionConflict
from caudal.kit.shapes import FieldKind, ShapeField, shape_of
from caudal.kit.world import new_id, now
from caudal.ui.formats import unit_text
from caudal.ui.lists.tables import KINDS, cell_of
from caudal.ui.tables import Cell, Column, Row, Table
from caudal.workspace import actions
from caudal.workspace.forms import FormulaForm
from caudal.workspace.models import CustomField
from caudal.workspace.models.fields import ResultType
from caudal.workspace.queries import Trial, link_kinds, tried
from caudal.workspace.shapes import formula_field
from caudal.workspace.views.fields import tell, words

UNNAMED: Final = "_new"
"""The key of a formula that has none yet: no field can have it."""
DECIMALS: Final = 2
DECIMALS_MOST: Final = 6
NAMED_SHOWN: Final = 3
"""Fields that a trial shows beside what the formula makes of them."""
NAME: Final = "name"


@dataclass(frozen=True, slots=True)
class Tried:
    """What would come of a formula, in words."""

    empty: bool
    findings: Sequence[str]
    yields: str
    indexed: bool
    table: Table | None


@dataclass(frozen=True, slots=True)
class Nameable:
    """A field that a formula may name."""

    name: str
    label: str
    holds: str


@needs("field", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def formula_new(request: HttpRequest, kind: str) -> HttpResponse:
    """Give a kind of record a formula."""
    known(kind)
    form = FormulaForm(request.POST if request.method == "POST" else None, trial=trial_href(kind))
    if "try" in request.POST:
        form = FormulaForm(initial=request.POST.dict(), trial=trial_href(kind))
    if not form.is_bound:
        return shown(request, form, kind)
    if form.is_valid():
        values = {"record_kind": kind, "type": FieldType.FORMULA.value, **form.values()}
        try:
            field = actions.add_field(actor=actor_of(request), as_of=now(), **values)
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("Added: %(name)s") % {"name": field.label})
            return redirect("workspace:fields")
    return shown(request, form, kind, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@needs("field", Verb.CHANGE)
@require_http_methods(["GET", "POST"])
def formula_edit(request: HttpRequest, field_id: str) -> HttpResponse:
    """Define a formula otherwise, unless somebody else did so meanwhile."""
    actor = actor_of(request)
    field = CustomField.one_for(actor, Verb.CHANGE, Ref.parse(field_id, "field").id)
    if field.type != FieldType.FORMULA:
        return redirect("workspace:field_edit", field_id)
    sent = request.POST if request.method == "POST" and "try" not in request.POST else None
    typed = request.POST.dict() if "try" in request.POST else None
    form = FormulaForm(sent, field=field, initial=typed, trial=f"{trial_href(field.record_kind)}?of={field.key}")
    if not form.is_bound:
        return shown(request, form, field.record_kind, field)
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            actions.change_field(actor=actor, as_of=now(), field=field, expected_version=version, **form.values())
        except VersionConflict as conflict:
            form.data = {name: form.data[name] for name in form.data} | {"version": conflict.params["version"]}
            form.add_error(None, _("Somebody changed this meanwhile. Look at it again; the button goes ahead with it."))
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("Saved: %(name)s") % {"name": field.label})
            return redirect("workspace:fields")
    return shown(request, form, field.record_kind, field, HTTPStatus.UNPROCESSABLE_ENTITY)


@needs("field", Verb.CREATE)
@require_POST
def formula_trial(request: HttpRequest, kind: str) -> HttpResponse:
    """Say what would come of a formula as it is typed: what is wrong with it, or what it yields. Nothing is kept."""
    known(kind)
    key = request.GET.get("of") or request.POST.get("key", "")
    context = {"trial": drawn(kind, key, request.POST, actor_of(request))}
    return render(request, "workspace/_formula_trial.html", context)


def shown(
    request: HttpRequest,
    form: FormulaForm,
    kind: str,
    field: CustomField | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Return the page of a formula."""
    given = {} if "formula" in form.errors else form.data if form.is_bound else form.initial
    key = field.key if field else str(given.get("key", ""))
    context = {
        "yields": yields(field.value()) if field else "",
        "title": field.label if field else _("New formula: %(kind)s") % {"kind": words(kind)},
        "crumbs": [(_("Fields"), reverse("workspace:fields"))],
        "form": form,
        "field": field,
        "trial": drawn(kind, key, given, actor_of(request)),
        "nameable": nameable(kind, key),
        "functions": sorted(
            each.words for name, each in FUNCTIONS.items() if name.isidentifier() and "(" in each.words
        ),
    }
    return render(request, "workspace/formula.html", context, status=status)


def drawn(kind: str, key: str, given: Any, actor: Actor) -> Tried:
    """Return what would come of a formula that somebody types, on the records that they see."""
    text = str(given.get("formula", "")).strip()
    if not text:
        return Tried(empty=True, findings=(), yields="", indexed=False, table=None)
    said = str(given.get("decimals", ""))
    decimals = int(said) if said.isascii() and said.isdecimal() and int(said) <= DECIMALS_MOST else DECIMALS
    own = OwnField(
        id=new_id(),
        record_kind=kind,
        key=key.strip() or UNNAMED,
        type=FieldType.FORMULA,
        label=str(given.get("label", "")).strip() or _("Yields"),
        formula=text,
        decimals=decimals,
    )
    found = tried(own, actor, now())
    return Tried(
        empty=False,
        findings=[f"{each.place}: {each.told(_)}" for each in found.findings],
        yields="" if found.findings else yields(found.own),
        indexed=found.indexed,
        table=table_of(found) if not found.findings and found.rows else None,
    )


def table_of(found: Trial) -> Table:
    """Return records beside what the formula makes of them, and what it makes it of."""
    named = [each for each in found.named if each.name != NAME][:NAMED_SHOWN]
    result = formula_field(found.own, "en")
    labels = {
        each.name: {option.value: str(option.label) for option in each.options(found.reader)}
        for each in named
        if each.kind is FieldKind.CHOICE and each.options
    }
    columns = [
        Column(_("Record")),
        *(Column(each.label, KINDS[each.kind], unit=unit_text(each.unit), line=0) for each in named),
        Column(found.own.label, KINDS[result.kind], unit=unit_text(result.unit), line=2),
    ]
    rows = [
        Row(
            [
                Cell(getattr(row, NAME, str(row.ref)), href=page_of(row.ref)),
                *(cell_of(each, row, labels.get(each.name, {})) for each in (*named, result)),
            ]
        )
        for row in found.rows
    ]
    return Table(columns=columns, rows=rows, caption=_("What it yields now"))


def yields(own: OwnField) -> str:
    """Return what a formula yields, in words: "Amount of money · EUR"."""
    return " · ".join(part for part in (str(ResultType(own.result).label), own.currency or unit_text(own.unit)) if part)


def nameable(kind: str, key: str) -> list[Nameable]:
    """Return the fields that a formula of a kind may name, those of every record first."""
    fields = [each for each in shape_of(kind).fields if not each.personal and not (each.own and each.own.key == key)]
    return [Nameable(each.name, str(each.label), holding(each)) for each in fields]


def holding(found: ShapeField) -> str:
    """Return what a field holds, in words: "Number · employees"."""
    others = {FieldKind.CHOICE: _("One of several choices"), FieldKind.LINK: _("Another record")}
    kind = others.get(found.kind) or str(ResultType(found.kind).label)
    return " · ".join(part for part in (kind, unit_text(found.unit), _("computed") if found.alias else "") if part)


def known(kind: str) -> None:
    """Refuse a kind that has no fields of its own. Raises NotFound."""
    if kind not in link_kinds():
        raise NotFound(kind="shape", id=kind)


def trial_href(kind: str) -> str:
    """Return the address that tries a formula of a kind."""
    return reverse("workspace:formula_trial", args=[kind])
