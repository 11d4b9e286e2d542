"""Deciding what becomes of the columns of files, and keeping that as a profile."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.core.tables import DayOrder, NumberStyle
from caudal.crm import actions, queries
from caudal.crm.imports.decisions import KEEP, LEAVE, Decisions
from caudal.crm.imports.glimpses import DAYS, NUMBERS, ColumnGlimpse, Glimpse, Sample, glimpses, uploads_of
from caudal.crm.imports.profiles import content_of, decisions_by, fit_of, headed, profile_of
from caudal.crm.imports.sights import require_sight
from caudal.crm.imports.vocabulary import BY_KIND, LABELS, Kind
from caudal.crm.imports.waiting import ask_for_another, ask_for_profile
from caudal.crm.models import ImportProfile, ProfileSharing
from caudal.crm.views.import_offers import offers
from caudal.crm.views.imports import crumbs, href, import_for
from caudal.kit.access import Actor, Verb
from caudal.kit.names import name_key
from caudal.kit.pages import actor_of, needs
from caudal.kit.problems import conflict_of
from caudal.kit.world import now
from caudal.ui.formats import medium_day_text, number_text, percent_text, reader_locale

if TYPE_CHECKING:
    from caudal.workspace.models import Operation

Option = tuple[str, str]
ORDERS: Final = ((DayOrder.DAY_FIRST, "31/12/2026"), (DayOrder.MONTH_FIRST, "12/31/2026"))
STYLES: Final = ((NumberStyle.POINT, "1,234.50"), (NumberStyle.COMMA, "1.234,50"))


@dataclass(frozen=True, slots=True)
class Question:
    """A column, what it says, and what it may become."""

    name: str
    label: str
    becomes: str
    samples: tuple[tuple[str, str], ...]
    """Each as it is written, and what it is read as where that is something else."""
    empty: str
    further: str
    """For which field it is read besides."""
    is_opt_out: bool
    written: str
    """How its days or numbers are written, as somebody decided."""
    ways: tuple[Option, ...]
    """How they may be written; nothing where there is one way only."""


@needs("operation", Verb.CREATE)
@require_http_methods(["GET", "POST"])
def import_mapping(request: HttpRequest, operation_id: str) -> HttpResponse:
    """Show what every column was taken for, with samples, and rehearse again as it was decided."""
    actor = actor_of(request)
    operation = import_for(actor, operation_id, Verb.VIEW)
    tables = glimpses(operation)
    require_sight(actor, operation, (table.kind for table in tables))
    problem, status = "", HTTPStatus.OK
    if request.method == "POST":
        try:
            decided = Decisions.from_json(decisions_of(request, operation, tables))
            if "save" in request.POST:
                decided = kept_as_profile(request, actor, operation, decided)
            return redirect(href(ask_for_another(actor=actor, as_of=now(), operation=operation, decisions=decided)))
        except Problem as refused:
            told = [f"{name.rpartition('.')[2]}: {gettext(words)}" for name, words in refused.fields.items()]
            problem, status = "; ".join(told) or refused.told(gettext), HTTPStatus.UNPROCESSABLE_ENTITY
    known = profile_of(actor, Decisions.from_json(operation.params["decisions"]))
    context = {
        "title": _("What becomes of the columns"),
        "crumbs": [*crumbs(), (operation.title, href(operation))],
        "ref": str(operation.ref),
        "back": href(operation),
        "problem": problem,
        "kinds": [(kind.value, gettext(LABELS[kind])) for kind in Kind],
        "offers": offers(actor, operation),
        "profile_name": request.POST.get("profile", known.name if known else ""),
        "is_private": "private" in request.POST or (known is not None and known.sharing == ProfileSharing.PRIVATE),
        "tables": [
            (number, table, rows_words(table), list(questions(number, table)), fields_of(table.kind))
            for number, table in enumerate(tables)
        ],
    }
    return render(request, "crm/import_mapping.html", context, status=status)


@needs("operation", Verb.CREATE)
@require_POST
def import_by_profile(request: HttpRequest, operation_id: str) -> HttpResponse:
    """Rehearse the same files again as a profile says, or without any."""
    actor = actor_of(request)
    operation = import_for(actor, operation_id, Verb.VIEW)
    said = request.POST.get("profile", "")
    profile = queries.import_profile(actor, Ref.parse(said, ImportProfile.kind).id) if said else None
    return redirect(href(ask_for_profile(actor=actor, as_of=now(), operation=operation, profile=profile)))


def kept_as_profile(request: HttpRequest, actor: Actor, operation: "Operation", decided: Decisions) -> Decisions:
    """Keep what was decided under the name that the form gives, and return it as the profile says it.

    The profile that the files were read by says it from now on if the form names it and the actor may change it.
    """
    tables = headed(uploads_of(operation))
    content = content_of(tables, decided)
    name = request.POST.get("profile", "")
    sharing = ProfileSharing.PRIVATE if "private" in request.POST else ProfileSharing.EVERYBODY
    known = profile_of(actor, decided)
    try:
        if known is not None and known.name_key == name_key(name):
            profile = actions.change_profile(
                actor=actor, as_of=now(), profile_id=known.pk, content=content, sharing=sharing
            )
        else:
            profile = actions.save_profile(actor=actor, as_of=now(), name=name, content=content, sharing=sharing)
    except IntegrityError as error:
        conflict = conflict_of(error)
        if conflict is None:
            raise
        raise conflict from error
    messages.success(request, _("Saved: %(name)s") % {"name": profile.name})
    return decisions_by(fit_of(profile, tables))


def decisions_of(request: HttpRequest, operation: "Operation", tables: list[Glimpse]) -> dict[str, Any]:
    """Return what the form decides: of each table its kind, of each column its field and how it is written.

    A table that was taken for another kind than before is looked at anew: its fields are those of its own words.
    """
    said = dict(operation.params["decisions"])
    decided = {}
    for number, table in enumerate(tables):
        kind = request.POST.get(f"{number}.kind", table.kind)
        columns, readings = {}, {}
        for at, column in enumerate(table.columns):
            columns[column.label] = request.POST.get(f"{number}.{at}", column.becomes)
            readings[column.label] = request.POST.get(f"{number}.{at}.written", column.decided)
        if kind and kind != table.kind and kind in set(Kind):
            known = {each.name for each in BY_KIND[Kind(kind)].fields} | {KEEP, LEAVE}
            columns = {label: to if to in known else LEAVE for label, to in columns.items()}
        decided[table.name] = {"kind": kind, "columns": columns if kind else {}, "readings": readings if kind else {}}
    return {**said, "tables": decided}


def fields_of(kind: str) -> list[Option]:
    """Return what a column of a kind of rows may become, in words."""
    fields = BY_KIND[Kind(kind)].fields if kind else ()
    own = [(each.name, gettext(each.label)) for each in fields]
    return [(LEAVE, _("Leave out")), (KEEP, _("Keep as it is")), *own]


def questions(number: int, table: Glimpse) -> list[Question]:
    """Return what is asked about each column of a table."""
    labels = dict(fields_of(table.kind))
    return [
        Question(
            name=f"{number}.{at}",
            label=column.label,
            becomes=column.becomes,
            samples=tuple((each.text, read_as(each)) for each in column.samples),
            empty=empty_words(column, table.count),
            further=labels.get(column.further, "") if column.further else "",
            is_opt_out=column.is_opt_out,
            written=column.decided,
            ways=tuple(ways_of(table.kind, column)),
        )
        for at, column in enumerate(table.columns)
    ]


def ways_of(kind: str, column: ColumnGlimpse) -> list[Option]:
    """Return how the days or numbers of a column may be written; nothing where there is one way to read them."""
    field = BY_KIND[Kind(kind)].field(column.becomes) if kind else None
    if field is None or column.said is None or not column.said.reading:
        return []
    listed = ORDERS if field.reading in DAYS else STYLES if field.reading in NUMBERS else ()
    own = next((example for way, example in listed if way == column.said.reading), "")
    if not own:
        return []
    first = (
        _("Like %(example)s, as the column tells") if column.said.is_clear else _("Like %(example)s, which is a guess")
    )
    return [
        ("", first % {"example": own}),
        *((way.value, _("Like %(example)s") % {"example": example}) for way, example in listed),
    ]


def read_as(sample: Sample) -> str:
    """Return what a value is read as, in the reader's words; nothing for words, which are read as they stand."""
    locale, value = reader_locale(), sample.value
    if sample.is_refused:
        return _("cannot be read")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return f"{medium_day_text(value.date(), locale)} {value:%H:%M}"
    if isinstance(value, date):
        return medium_day_text(value, locale)
    return number_text(value, locale) if isinstance(value, Decimal) else ""


def empty_words(column: ColumnGlimpse, rows: int) -> str:
    """Return how much of a column says nothing; nothing for one that is filled, or was not read through."""
    if column.said is None or not rows or not column.said.empty:
        return ""
    if column.said.empty == rows:
        return _("empty in every row")
    share = min(max(Decimal(column.said.empty) / rows, Decimal("0.01")), Decimal("0.99"))
    return _("%(share)s empty") % {"share": percent_text(share, reader_locale(), places=0)}


def rows_words(table: Glimpse) -> str:
    """Return how many rows a table has; nothing before it was read through."""
    if not table.count:
        return ""
    return ngettext("%(count)s row", "%(count)s rows", table.count) % {
        "count": number_text(table.count, reader_locale())
    }
