"""Lists: views as tabs, filters in words, rows page by page or in groups. All of it lives in the address."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from caudal.crm import queries
from caudal.crm.views.nouns import Noun
from caudal.kit.access import Verb, may
from caudal.kit.cursors import Page
from caudal.kit.lists import ListView, Selection, chosen, groups_of, page_of, totals_of, unrated
from caudal.kit.pages import actor_of, needs
from caudal.kit.shapes import Reader, shape_of
from caudal.kit.world import now
from caudal.ui.lists.asking import Asked, read_address
from caudal.ui.lists.comparisons import NotTyped
from caudal.ui.lists.conditions import FIELD, condition_form, with_condition
from caudal.ui.lists.pages import ROWS, Found, Listing, chosen_columns, list_page
from caudal.ui.lists.saving import Doors, saving_of
from caudal.ui.lists.selecting import Selecting
from caudal.ui.lists.words import Speaker
from caudal.workspace.queries import default_view, saved_views

NAMES: Final = 8


def listing(
    noun: Noun, found: Listing, selecting: Callable[[Noun, Asked], Selecting | None]
) -> Callable[..., HttpResponse]:
    """Return the view of a list; `selecting` says what may be done with its rows."""

    @needs(noun.kind)
    @require_GET
    def show(request: HttpRequest) -> HttpResponse:
        reader = reader_of(request)
        asked, views, default = asked_of(request.GET.dict(), noun, found, reader)
        speaker = Speaker(asked.shape, reader)
        if "chosen" in request.GET:
            names = chosen_columns(request.GET.getlist("column"), request.GET)
            return redirect(noun.list_href + asked.address(columns=names or None))
        changed, error = condition_sent(request, asked, speaker)
        if changed:
            return redirect(noun.list_href + changed)
        shown = list_page(
            found,
            asked,
            found_for(found, asked),
            speaker,
            views=views,
            condition=condition_form(asked, speaker, request.GET, error),
            editing=request.GET.get("as") == "text",
            new=(noun.new_href if may(reader.actor, noun.kind, Verb.CREATE) else "", noun.new),
            export_href=noun.list_href + "/file" if may(reader.actor, noun.kind, Verb.EXPORT) else "",
            selecting=selecting(noun, asked),
            saving=saving_of(asked, doors_of(asked.view.key), noun.list_href, default) if reader.actor.member else None,
        )
        context = {"title": found.plural, "page": shown, "now": reader.as_of}
        status = HTTPStatus.UNPROCESSABLE_ENTITY if error or asked.refused else HTTPStatus.OK
        return render(request, "ui/list.html", context, status=status)

    return show


def condition_sent(request: HttpRequest, asked: Asked, speaker: Speaker) -> tuple[str, str]:
    """Return the address with the condition that a form has sent, or what is wrong with it; nothing without one."""
    if FIELD not in request.GET or "is" not in request.GET:
        return "", ""
    try:
        return asked.address(where=with_condition(asked, speaker, request.GET)), ""
    except NotTyped as wrong:
        return "", str(wrong)


def asked_of(
    given: Mapping[str, str],
    noun: Noun,
    found: Listing,
    reader: Reader,
    *,
    opens_with: str = "",
    also: Sequence[str] = (),
) -> tuple[Asked, list[ListView], str]:
    """Return what an address asks of a list, the views there are, and the one that the list opens with."""
    views = [*found.views, *saved_views(reader.actor, noun.kind)]
    default = opens_with or default_view(reader.actor, noun.kind) or found.views[0].key
    return read_address(given, shape_of(noun.kind), reader, views, default, also=also), views, default


def doors_of(key: str) -> Doors:
    """Return where the forms about a view are sent."""
    return Doors(
        new=reverse("workspace:view_new"),
        change=reverse("workspace:view_change", args=[key]),
        delete=reverse("workspace:view_delete", args=[key]),
        default=reverse("workspace:view_default"),
    )


def reader_of(request: HttpRequest) -> Reader:
    """Return who reads, and when."""
    own = getattr(request, "company", None)
    return Reader(actor=actor_of(request), as_of=now(), currency=own.currency if own else "")


def found_for(listing: Listing, asked: Asked) -> Found:
    """Return what the database has for a list."""
    shape, reader, selection = asked.shape, asked.reader, asked.selection
    if asked.refused:
        return Found()
    rows = chosen(shape, selection, reader)
    shown = {each.name for each in asked.columns}
    if asked.group:
        groups = groups_of(rows, shape, asked.group, reader, also=shown)
        return Found(groups=groups, anything=bool(groups) or anything(asked))
    page = page_of(rows, shape, selection, reader, cursor=asked.cursor, limit=ROWS, shown=shown)
    return Found(
        page=page,
        totals=totals_of(rows, shape, reader, also=shown) if listing.totals else None,
        unrated=unrated(shape.model.for_actor(reader.actor), shape, selection, reader),
        anything=bool(page.rows) or anything(asked),
    )


def anything(asked: Asked) -> bool:
    """Say whether the list has any row at all."""
    return chosen(asked.shape, Selection(), asked.reader).exists()


def naming(noun: Noun) -> Callable[..., HttpResponse]:
    """Return the view that suggests names of companies or people as they are typed."""
    find: Callable[..., Page[Any]] = queries.companies if noun.kind == "company" else queries.people
    beside = "domain" if noun.kind == "company" else "email"

    @needs(noun.kind)
    @require_GET
    def suggest(request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").strip()
        rows = find(actor_of(request), text=text, limit=NAMES).rows if text else ()
        names = [row.name for row in rows]
        found = [
            {
                "value": row.name if names.count(row.name) == 1 else f"{row.name} ({row.ref})",
                "label": getattr(row, beside) or row.name,
            }
            for row in rows
        ]
        return JsonResponse(found, safe=False, status=HTTPStatus.OK)

    return suggest
