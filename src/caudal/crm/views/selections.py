"""What is done with many rows of a list: which rows, which field, which value, and on to the rehearsal."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods
from typing_extensions import override

from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.crm.actions import bulk
from caudal.crm.actions.bulk import Chosen, Edit, How, NothingSelected
from caudal.crm.forms.cells import as_json, input_for
from caudal.crm.forms.records import ActorForm
from caudal.crm.views.edits import edit_href, selected_words
from caudal.crm.views.lists import asked_of
from caudal.crm.views.nouns import Noun
from caudal.kit.access import Actor, Verb, may
from caudal.kit.lists import chosen
from caudal.kit.pages import needs
from caudal.kit.shapes import Reader, ShapeField
from caudal.kit.world import now
from caudal.ui.lists.asking import KEPT, Asked
from caudal.ui.lists.pages import Listing
from caudal.ui.lists.selecting import Doing, Selecting
from caudal.ui.lists.serving import reader_of
from caudal.ui.tables import query

ROWS_MOST: Final = 200
"""Rows that an address names one by one: a page of a list has fewer."""
SETS: Final = gettext_lazy("Set")


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows that were ticked, or all that a list finds."""

    noun: Noun
    asked: Asked
    rows: tuple[str, ...]
    is_all: bool

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What forms carry on."""
        if self.is_all:
            return [("all", "1"), *self.asked.parameters.items()]
        return [*(("row", row) for row in self.rows), *self.asked.parameters.items()]

    @property
    def back(self) -> str:
        """The list that they were ticked in."""
        return self.noun.list_href + query(self.asked.parameters).removesuffix("?")

    def chosen(self) -> Chosen:
        """Return the rows. Raises Refused, NothingSelected."""
        reader = self.asked.reader
        if self.is_all:
            if self.asked.refused:
                raise self.asked.refused
            said = {"where": self.asked.where, "text": self.asked.text, "back": self.back}
            return Chosen(chosen(self.asked.shape, self.asked.selection, reader), said)
        ids = [Ref.parse(row, self.noun.kind).id for row in self.rows[:ROWS_MOST]]
        if not ids:
            raise NothingSelected
        return Chosen(self.noun.model.for_actor(reader.actor).filter(pk__in=ids), {"back": self.back})

    def count(self) -> int:
        """Return how many rows it has."""
        return int(self.chosen().rows.count())


class ValueForm(ActorForm):
    """The value that many records get."""

    def __init__(self, *args: Any, noun: Noun, doing: "Do", reader: Reader, **kwargs: Any) -> None:
        super().__init__(*args, actor=reader.actor, **kwargs)
        self.found = doing.found
        if doing.found is not None:
            made = input_for(noun.kind, doing.found, reader)
            made.required = doing.how is not How.SET or doing.found.written_by is not None
            self.fields["value"] = made

    def value(self) -> Any:
        """Return it as bodies of the API carry it."""
        return as_json(self.found, self.cleaned_data["value"]) if self.found is not None else None

    @override
    def field_of(self, _name: str) -> str:
        """Return the only field there is."""
        return "value"


@dataclass(frozen=True, slots=True)
class Do:
    """One of the things that can be done: how, and with which field."""

    how: How
    found: ShapeField | None = None

    @property
    def value(self) -> str:
        """As addresses write it."""
        return f"{self.how.value}:{self.found.name if self.found else ''}"


def choosing(noun: Noun, found: Listing) -> Callable[..., HttpResponse]:
    """Return the view that asks what many rows of a list are to become, and has it rehearsed."""

    @needs(noun.kind, Verb.CHANGE)
    @require_http_methods(["GET", "POST"])
    def choose(request: HttpRequest) -> HttpResponse:
        reader = reader_of(request, now())
        given = request.POST if request.method == "POST" else request.GET
        selection = selection_of(given, noun, found, reader)
        doings = doings_of(noun, reader.actor)
        doing = next((each for each in doings if each.value == given.get("do")), doings[0])
        form = ValueForm(given if request.method == "POST" else None, noun=noun, doing=doing, reader=reader)
        status, problem = HTTPStatus.OK, ""
        if request.method == "POST":
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            if form.is_valid():
                edit = Edit(
                    kind=noun.kind, how=doing.how, field=doing.found.name if doing.found else "", value=form.value()
                )
                try:
                    return redirect(edit_href(rehearsed(reader, edit, selection)))
                except Problem as refused:
                    form.take(refused, _)
        count = selection.count()
        context = {
            "title": selected_words(noun.kind, count),
            "crumbs": [(noun.plural, selection.back)],
            "kept": selection.kept,
            "doing": doing.value,
            "groups": Selecting(href="", doings=[shown(each) for each in doings], all_words="").groups,
            "deletes": doing.how is How.DELETE,
            "delete_note": noun.delete_note,
            "form": form,
            "back": selection.back,
            "problem": problem,
        }
        return render(request, "crm/selection.html", context, status=status)

    return choose


def rehearsed(reader: Reader, edit: Edit, selection: Selection) -> Any:
    """Return the operation that finds out what an edit would do."""
    return bulk.rehearse_edit(actor=reader.actor, as_of=reader.as_of, edit=edit, chosen=selection.chosen())


def selection_of(given: QueryDict, noun: Noun, found: Listing, reader: Reader) -> Selection:
    """Return which rows a form names."""
    named = {name: str(given[name]) for name in KEPT if name in given}
    asked, _views, _default = asked_of(named, noun, found, reader)
    return Selection(noun, asked, tuple(given.getlist("row")), "all" in given)


def selecting_of(noun: Noun, asked: Asked) -> Selecting | None:
    """Return the bar under a list, None for whoever may change nothing of it, and for groups."""
    if asked.group or asked.refused or not may(asked.reader.actor, noun.kind, Verb.CHANGE):
        return None
    return Selecting(
        href=f"{noun.list_href}/many",
        doings=[shown(each) for each in doings_of(noun, asked.reader.actor)],
        all_words=_("all rows that this list finds"),
        kept=[each for each in asked.parameters.items() if each[0] != "at"],
    )


def doings_of(noun: Noun, actor: Actor) -> list[Do]:
    """Return what may be done with many records of a kind."""
    fields = sorted(bulk.fields_for_many(noun.kind, actor), key=lambda each: (each.own is not None, str(each.label)))
    found = [Do(How.SET, each) for each in fields]
    found += [Do(how, each) for each in fields if each.several for how in (How.ADD, How.REMOVE)]
    # The owner first: giving records to somebody is what is done most.
    found.sort(key=lambda each: not (each.found and each.found.argument == "owner_id"))
    return [*found, *([Do(How.DELETE)] if may(actor, noun.kind, Verb.DELETE) else [])]


def shown(doing: Do) -> Doing:
    """Return something that can be done as a choice shows it."""
    label = doing.found.label if doing.found else ""
    match doing.how:
        case How.SET if doing.found and doing.found.name == "reason":
            return Doing(doing.value, _("Disqualify"), _("End"))
        case How.SET:
            return Doing(doing.value, label, SETS)
        case How.ADD:
            return Doing(doing.value, _("Add to %(field)s") % {"field": label}, _("Add and take off"))
        case How.REMOVE:
            return Doing(doing.value, _("Take off %(field)s") % {"field": label}, _("Add and take off"))
    return Doing(doing.value, pgettext("many", "Delete"), _("End"))
