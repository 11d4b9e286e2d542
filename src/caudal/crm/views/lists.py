"""Lists: views as tabs, filters in words, rows page by page or in groups. All of it lives in the address."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from caudal.crm import queries
from caudal.crm.views.nouns import Noun
from caudal.kit.access import Verb, may
from caudal.kit.cursors import Page
from caudal.kit.lists import ListView
from caudal.kit.pages import actor_of, needs
from caudal.kit.shapes import Reader, shape_of
from caudal.kit.world import now
from caudal.ui.lists.asking import Asked, read_address
from caudal.ui.lists.conditions import condition_form
from caudal.ui.lists.pages import Listing, chosen_columns, list_page
from caudal.ui.lists.saving import saving_of
from caudal.ui.lists.selecting import Selecting
from caudal.ui.lists.serving import condition_sent, doors_of, found_for, reader_of
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
        reader = reader_of(request, now())
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
