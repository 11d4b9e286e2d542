"""Adding, changing and deleting records: one view of each, for every kind."""

from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.forms import ChoiceField, Field
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.crm.forms import RecordForm
from caudal.crm.forms.fields import RecordField
from caudal.crm.forms.records import said_of
from caudal.crm.views.forming import Conflict, FormPage, attempt, onwards, sent, show, wanted_next
from caudal.crm.views.nouns import Noun
from caudal.kit.access import Verb
from caudal.kit.outbox import last_sequence
from caudal.kit.pages import actor_of, needs
from caudal.kit.records import VersionConflict
from caudal.kit.world import now
from caudal.ui.formats import day_text, money_text, reader_locale

View = Callable[..., HttpResponse]


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
    """Return the view that changes a record, unless somebody else did so since the form was drawn."""

    @needs(noun.kind, Verb.CHANGE)
    @require_http_methods(["GET", "POST"])
    def change(request: HttpRequest, record_id: str) -> HttpResponse:
        actor = actor_of(request)
        record = noun.load(actor, Ref.parse(record_id, noun.kind).id, Verb.CHANGE)
        form = noun.form(sent(request), actor=actor, record=record)
        if request.method != "POST":
            return show(request, change_page(noun, record), form)
        if not form.is_valid():
            return show(request, change_page(noun, record), form, HTTPStatus.UNPROCESSABLE_ENTITY)
        version = form.cleaned_data["version"]
        _row, problem = attempt(
            form,
            lambda: noun.change(
                actor=actor,
                as_of=now(),
                expected_version=version,
                **{f"{noun.kind}_id": record.pk},
                **form.values(),
            ),
        )
        if isinstance(problem, VersionConflict):
            page = change_page(noun, record, form)
            form.errors.clear()  # the page says it better, field by field
            return show(request, page, form, problem.status)
        if problem:
            return show(request, change_page(noun, record), form, problem.status)
        messages.success(request, _("Saved: %(name)s") % {"name": form.cleaned_data["name"]})
        return onwards(request, noun.href(record))

    return change


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


def change_page(noun: Noun, record: Any, form: RecordForm | None = None) -> FormPage:
    """Return what stands around the form of a record; with a form that was refused, what differs."""
    return FormPage(
        title=_("Edit %(name)s") % {"name": record.name},
        submit=_("Save what I typed") if form else _("Save"),
        action=noun.href(record, "edit"),
        cancel=noun.href(record),
        crumbs=[(noun.plural, noun.list_href)],
        conflicts=conflicts(form, record) if form else (),
        watch=f"{noun.href(record, 'meanwhile')}?after={last_sequence(record.ref)}",
    )


def conflicts(form: RecordForm, record: Any) -> list[Conflict]:
    """Return the fields in which a record, as it is now, and a form differ."""
    stored = said_of(record, form.fields)
    found = []
    for bound in form.visible_fields():
        by_name = isinstance(bound.field, RecordField)
        typed = form.data.get(bound.html_name, "") if by_name else form.cleaned_data.get(bound.name)
        now_said, typed_said = in_words(bound.field, stored.get(bound.name)), in_words(bound.field, typed)
        if now_said != typed_said:
            found.append(Conflict(str(bound.label), now_said, typed_said))
    return found


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
