"""One field of a record edited in its place, in a list or among its facts; a small page without a script."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from typing_extensions import override

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.core.merging import Merge, merge
from caudal.crm.forms.bases import comparable
from caudal.crm.forms.cells import held_by, input_for
from caudal.crm.forms.fields import RecordField
from caudal.crm.forms.records import ActorForm
from caudal.crm.queries import reckoned
from caudal.crm.views.editing import in_words
from caudal.crm.views.forming import onwards, sent, wanted_next
from caudal.crm.views.nouns import Noun, around
from caudal.kit.access import Actor, Verb, policies
from caudal.kit.formulas import formulas_of
from caudal.kit.given import values_of
from caudal.kit.outbox import since
from caudal.kit.pages import needs
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound, VersionConflict
from caudal.kit.shapes import FieldKind, NoSuchField, Reader, ShapeField, shape_of
from caudal.kit.world import now
from caudal.ui.formats import instant_text, reader_locale, unit_text
from caudal.ui.lists.pages import Listing
from caudal.ui.lists.tables import KINDS, cell_of
from caudal.ui.tables import Cell, Column
from caudal.workspace.queries import actor_names

VALUE: Final = "value"
TURNS: Final = 5


class CellForm(ActorForm):
    """The input of one field, with what it was drawn from."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    base = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, noun: Noun, found: ShapeField, reader: Reader, record: Any, **kwargs: Any) -> None:
        super().__init__(*args, actor=reader.actor, **kwargs)
        self.fields[VALUE] = input_for(noun.kind, found, reader, record=record)
        self.initial["version"] = record.version
        self.initial["base"] = json.dumps(said_by(self, found, record))

    @override
    def field_of(self, _name: str) -> str:
        """Return the only field there is."""
        return VALUE

    def typed(self) -> Any:
        """Return what was typed, in a form that compares."""
        field = self.fields[VALUE]
        return comparable(self.data.get(VALUE, "") if isinstance(field, RecordField) else self.cleaned_data[VALUE])

    def drawn_from(self, otherwise: Any) -> Any:
        """Return what the form was drawn from, `otherwise` where it does not say. Raises BadInput."""
        said = self.data.get("base", "")
        try:
            return json.loads(said) if said else otherwise
        except (ValueError, RecursionError) as error:
            raise BadInput({"base": msg("This does not say what the form was drawn from.")}) from error


def editing_in_place(noun: Noun, listing: Listing) -> Callable[..., HttpResponse]:
    """Return the view that edits one field of a record."""

    @needs(noun.kind, Verb.CHANGE)
    @require_http_methods(["GET", "POST"])
    def edit(request: HttpRequest, record_id: str, field: str) -> HttpResponse:
        reader = reader_here(request)
        row_id = Ref.parse(record_id, noun.kind).id
        record = noun.load(reader.actor, row_id, Verb.CHANGE)
        found = fields_in_place(noun.kind, reader.actor).get(field)
        if found is None:
            raise NoSuchField(name=field, kind=noun.kind)
        form = CellForm(sent(request), noun=noun, found=found, reader=reader, record=record)
        if request.method != "POST":
            return asked(request, noun, record, found, form)
        if not form.is_valid():
            return asked(request, noun, record, found, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        record, sides, problem = settled(form, noun, found, record)
        if not sides.is_clean:
            return collided(request, noun, record, found, form, reader)
        if problem is not None:
            form.take(problem, _)
            return asked(request, noun, record, found, form, problem.status)
        if not alone(request):
            messages.success(request, _("Saved: %(name)s") % {"name": record.name})
            return onwards(request, noun.href(record))
        saved = noun.load(reader.actor, row_id, Verb.VIEW)
        shape = shape_of(noun.kind)
        shape.complete([reckoned(saved, reader.actor, reader.as_of)])
        computed = [shown(noun, listing, saved, each, reader) for each in formulas_of(shape, reader)]
        context = {**shown(noun, listing, saved, found, reader), "computed": computed, "now": reader.as_of}
        return render(request, "crm/_cell.html", context)

    return edit


def fields_in_place(kind: str, actor: Actor) -> dict[str, ShapeField]:
    """Return the fields that can be edited in their place, by name; how a lead ends is asked for elsewhere."""
    editable = shape_of(kind).editable(actor)
    return {each.name: each for each in editable if each.kind is not FieldKind.CHOICE or each.written_by is None}


def places_of(noun: Noun, actor: Actor) -> Callable[[Any], str]:
    """Return what gives the address of a record's fields, nothing for a record out of reach; shares are read once."""
    covers = policies()[noun.kind].covering(actor, Verb.CHANGE)
    before, behind = around(f"crm:{noun.kind}")

    def place(record: Any) -> str:
        return f"{before}{record.ref}{behind}/fields/" if covers(record.owner_id, record.pk) else ""

    return place


def of_one(form: CellForm, found: ShapeField, record: Any) -> Merge[str]:
    """Return what becomes of the field: what it was drawn from, what it says now, what was typed."""
    now_said = said_by(form, found, record)
    return merge({VALUE: form.drawn_from(now_said)}, {VALUE: now_said}, {VALUE: form.typed()})


def said_by(form: CellForm, found: ShapeField, record: Any) -> Any:
    """Return what a record says in a field, in a form that compares."""
    field, value = form.fields[VALUE], held_by(found, record)
    return comparable(field.to_python(value) if isinstance(field, forms.DecimalField) else value)


def settled(form: CellForm, noun: Noun, found: ShapeField, record: Any) -> tuple[Any, Merge[str], Problem | None]:
    """Write what was typed, unless somebody else wrote otherwise; return the record that it was held against."""
    sides, problem = of_one(form, found, record), None
    for _turn in range(TURNS):
        if not sides.ours or not sides.is_clean:
            break
        problem = attempted(form, noun, found, record)
        if not isinstance(problem, VersionConflict):
            break
        record = noun.load(form.actor, record.pk, Verb.CHANGE)
        sides = of_one(form, found, record)
    return record, sides, problem


def attempted(form: CellForm, noun: Noun, found: ShapeField, record: Any) -> Problem | None:
    """Write what was typed; return what refuses it."""
    action = found.written_by or noun.change
    values = values_of(found, form.cleaned_data[VALUE])
    try:
        action(
            actor=form.actor,
            as_of=now(),
            expected_version=record.version,
            **{f"{noun.kind}_id": record.pk},
            **values,
        )
    except NotFound:
        raise
    except Problem as refused:
        return refused
    return None


def collided(
    request: HttpRequest, noun: Noun, record: Any, found: ShapeField, form: CellForm, reader: Reader
) -> HttpResponse:
    """Answer with what somebody else wrote meanwhile; sent again, what was typed goes over that."""
    told = since(record.ref, form.cleaned_data.get("version") or record.version, record.version).changes
    last = next((each for each in reversed(told) if each.name in {found.name, found.argument}), None)
    said = {
        "who": actor_names({last.actor}).get(last.actor, last.actor) if last else _("Somebody"),
        "when": instant_text(last.at, reader_locale(), timezone.get_current_timezone(), now=reader.as_of)
        if last
        else "",
        "now": in_words(form.fields[VALUE], held_by(found, record)),
    }
    base = json.dumps(said_by(form, found, record))
    form.data = {name: form.data[name] for name in form.data} | {"version": str(record.version), "base": base}
    form.add_error(
        VALUE, _("%(who)s wrote “%(now)s” meanwhile (%(when)s). Save again to write yours, or leave theirs.") % said
    )
    return asked(request, noun, record, found, form, VersionConflict.status)


def asked(
    request: HttpRequest, noun: Noun, record: Any, found: ShapeField, form: CellForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    """Answer with the form: alone to the script, else on a page."""
    context = {
        "title": _("%(field)s of %(name)s") % {"field": found.label, "name": record.name},
        "crumbs": [(noun.plural, noun.list_href), (record.name, noun.href(record))],
        "form": form,
        "value": form[VALUE],
        "label": found.label,
        "action": request.path,
        "next": wanted_next(request),
        "back": wanted_next(request) or noun.href(record),
    }
    return render(request, "crm/_cell_form.html" if alone(request) else "crm/cell.html", context, status=status)


def shown(noun: Noun, listing: Listing, record: Any, found: ShapeField, reader: Reader) -> Mapping[str, Any]:
    """Return the column and the cell of a field, as the list shows it."""
    kind = listing.kinds.get(found.name, KINDS[found.kind])
    options = {option.value: str(option.label) for option in found.options(reader)} if found.options else {}
    drawn = listing.cells[found.name](record) if found.name in listing.cells else cell_of(found, record, options)
    href = places_of(noun, reader.actor)(record)
    return {
        "column": Column(
            found.label,
            kind,
            unit=unit_text(found.unit),
            whole=kind == "money",
            edit=found.name if href and found.argument else "",
            computed=found.name if found.alias else "",
        ),
        "cell": drawn if isinstance(drawn, Cell) else Cell(drawn),
        "edit_href": href,
        "record_href": noun.href(record) if found.name == "name" else "",
    }


def reader_here(request: HttpRequest) -> Reader:
    """Return who edits, and when."""
    own = getattr(request, "company", None)
    return Reader(actor=request.actor, as_of=now(), currency=own.currency if own else "")  # type: ignore[attr-defined]  # `needs` saw it


def alone(request: HttpRequest) -> bool:
    """Say whether the script asks, which wants the piece alone."""
    return request.headers.get("hx-request") == "true"
