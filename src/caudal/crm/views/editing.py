"""Adding, changing and deleting records: one view of each, for every kind."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.forms import ChoiceField, Field
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.core.merging import Merge
from caudal.core.money import Money
from caudal.crm.forms import RecordForm
from caudal.crm.forms.bases import held, only, sides
from caudal.crm.forms.fields import RecordField
from caudal.crm.forms.records import said_of
from caudal.crm.views.forming import Conflict, FormPage, attempt, onwards, sent, show, wanted_next
from caudal.crm.views.nouns import Noun
from caudal.kit.access import Actor, Verb
from caudal.kit.outbox import FieldChange, last_sequence, since
from caudal.kit.pages import actor_of, needs
from caudal.kit.records import VersionConflict
from caudal.kit.world import now
from caudal.ui.formats import day_text, instant_text, money_text, reader_locale
from caudal.workspace.queries import actor_names

View = Callable[..., HttpResponse]
TURNS: Final = 5
"""How often a form is merged with what others were faster with, before they are told."""


def adding(noun: Noun) -> View:
    """Return the view that adds a record."""

    @needs(noun.kind, Verb.CREATE)
    @require_http_methods(["GET", "POST"])
    def add(request: HttpRequest) -> HttpResponse:
        actor = actor_of(request)
        form = noun.form(sent(request), actor=actor, initial=request.GET.dict())
        page = FormPage(
            title=str(noun.new),
            submit=_("Add"),
            action=noun.new_href,
            cancel=wanted_next(request) or noun.list_href,
            crumbs=[(noun.plural, noun.list_href)],
        )
        if request.method != "POST":
            return show(request, page, form)
        if not form.is_valid():
            return show(request, page, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        as_of = now()
        row, problem = attempt(form, lambda: noun.add(actor, as_of, form.values()))
        if problem:
            return show(request, page, form, problem.status)
        if row.created_at == as_of:
            messages.success(request, _("Added: %(name)s") % {"name": row.name})
        else:
            messages.info(request, _("There was an open lead with this address; the new interest was noted on it."))
        return onwards(request, noun.href(row))

    return add


def changing(noun: Noun) -> View:
    """Return the view that changes a record; what somebody else changed meanwhile is merged, or told where it collides.

    Only what was typed over is written: a field that nobody touched in the form keeps what it holds by now.
    """

    @needs(noun.kind, Verb.CHANGE)
    @require_http_methods(["GET", "POST"])
    def change(request: HttpRequest, record_id: str) -> HttpResponse:
        actor = actor_of(request)
        row_id = Ref.parse(record_id, noun.kind).id
        record = noun.load(actor, row_id, Verb.CHANGE)
        form = drawn(noun, actor, record, sent(request))
        if request.method != "POST":
            return show(request, change_page(noun, record), form)
        if not form.is_valid():
            return show(request, change_page(noun, record), form, HTTPStatus.UNPROCESSABLE_ENTITY)
        record, found, problem = settled(noun, record, form)
        if not found.is_clean:
            return collided(request, noun, record, form, found)
        if problem:
            return show(request, change_page(noun, record), form, problem.status)
        messages.success(request, saved_words(form, found))
        return onwards(request, noun.href(record))

    return change


def drawn(noun: Noun, actor: Actor, record: Any, data: Any = None, initial: Mapping[str, Any] | None = None) -> Any:
    """Return the form of a record that says what it is drawn from."""
    form = noun.form(data, actor=actor, record=record, initial=initial)
    form.initial["base"] = json.dumps(held(form, record))
    return form


def settled(noun: Noun, record: Any, form: RecordForm) -> tuple[Any, Merge[str], Problem | None]:
    """Write what was typed, merged with what others were faster with; return the record that it was merged with.

    What collides is not written, nor is anything else then.
    """
    found, problem = sides(form, record), None
    for _turn in range(TURNS):
        if not found.is_clean:
            break
        _row, problem = attempt(form, partial(written, noun, form, record, found))
        if not isinstance(problem, VersionConflict):
            break
        record = noun.load(form.actor, record.pk, Verb.CHANGE)
        form.errors.clear()
        found = sides(form, record)
    return record, found, problem


def written(noun: Noun, form: RecordForm, record: Any, found: Merge[str]) -> Any:
    """Write what was typed over the version that was looked at. Raises VersionConflict when that is not the last."""
    return noun.change(
        actor=form.actor,
        as_of=now(),
        expected_version=record.version,
        **{f"{noun.kind}_id": record.pk},
        **only(form.values(), found.ours),
    )


def collided(request: HttpRequest, noun: Noun, record: Any, form: RecordForm, found: Merge[str]) -> HttpResponse:
    """Answer with the form again: what they changed is in it, what was typed too, and where both did so is asked."""
    mine = {name: shown_again(form, name) for name in (*found.ours, *found.collisions)}
    fresh = drawn(noun, form.actor, record, initial=mine)
    version = form.cleaned_data.get("version")
    told = since(record.ref, version, record.version).changes if version is not None else ()
    page = change_page(noun, record, [conflict_of(fresh, form, record, name, told) for name in found.collisions])
    return show(request, page, fresh, VersionConflict.status)


def shown_again(form: RecordForm, name: str) -> Any:
    """Return what was typed into a field, as its input shows it."""
    return form.data.get(name, "") if isinstance(form.fields[name], RecordField) else form.cleaned_data.get(name)


def saved_words(form: RecordForm, found: Merge[str]) -> str:
    """Say that it was saved, and what somebody else had changed meanwhile."""
    saved = _("Saved: %(name)s") % {"name": form.cleaned_data["name"] if "name" in found.ours else form.data["name"]}
    taken = ", ".join(str(form.fields[name].label) for name in found.theirs)
    if not taken:
        return saved
    return _("%(saved)s. Meanwhile somebody else changed %(fields)s; that is kept too.") % {
        "saved": saved,
        "fields": taken,
    }


def deleting(noun: Noun) -> View:
    """Return the view that deletes a record, after naming it."""

    @needs(noun.kind, Verb.DELETE)
    @require_http_methods(["GET", "POST"])
    def delete(request: HttpRequest, record_id: str) -> HttpResponse:
        actor = actor_of(request)
        record = noun.load(actor, Ref.parse(record_id, noun.kind).id, Verb.DELETE)
        if request.method != "POST":
            page = FormPage(
                title=_("Delete “%(name)s”?") % {"name": record.name},
                submit=_("Delete"),
                action=noun.href(record, "delete"),
                cancel=noun.href(record),
                lead=noun.delete_note,
                danger=True,
                crumbs=[(noun.plural, noun.list_href), (record.name, noun.href(record))],
            )
            return show(request, page)
        noun.delete(actor=actor, as_of=now(), **{f"{noun.kind}_id": record.pk})
        messages.success(request, _("Deleted: %(name)s") % {"name": record.name})
        return onwards(request, noun.list_href)

    return delete


def change_page(noun: Noun, record: Any, conflicts: Sequence[Conflict] = ()) -> FormPage:
    """Return what stands around the form of a record; where a form was refused, what collides."""
    return FormPage(
        title=_("Edit %(name)s") % {"name": record.name},
        submit=_("Save as chosen") if conflicts else _("Save"),
        action=noun.href(record, "edit"),
        cancel=noun.href(record),
        crumbs=[(noun.plural, noun.list_href)],
        conflicts=conflicts,
        watch=f"{noun.href(record, 'meanwhile')}?after={last_sequence(record.ref)}",
    )


def conflict_of(fresh: RecordForm, form: RecordForm, record: Any, name: str, told: Sequence[FieldChange]) -> Conflict:
    """Return what a field says now, who said so, and what was typed."""
    field = fresh.fields[name]
    last = next((each for each in reversed(told) if each.name in {name, f"{name}_id"}), None)
    zone = timezone.get_current_timezone()
    return Conflict(
        name=name,
        label=str(field.label),
        now=in_words(field, said_of(record, fresh.fields).get(name)),
        typed=in_words(field, shown_again(form, name)),
        who=actor_names({last.actor}).get(last.actor, last.actor) if last else "",
        when=instant_text(last.at, reader_locale(), zone, now=now()) if last else "",
    )


def in_words(field: Field, value: Any) -> str:
    """Return a field's value as its reader says it."""
    if value is None or value in ("", []):
        return _("nothing")
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, Money):
        return money_text(value.amount, value.currency.code, reader_locale())
    if isinstance(value, date):
        return day_text(value, reader_locale())
    if isinstance(field, ChoiceField):
        return next((str(label) for key, label in pairs_of(field) if key == str(value)), str(value))
    return str(value)


def pairs_of(field: ChoiceField) -> list[tuple[str, Any]]:
    """Return the choices of a select."""
    return list(field.choices)  # type: ignore[arg-type]  # an iterable of pairs, whatever else could be given to it
