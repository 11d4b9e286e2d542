"""Lists of billing: views as tabs, filters in words, rows page by page or in groups, all of it in the address."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.views.decorators.http import require_GET

from caudal.kit.access import Verb, may
from caudal.kit.pages import needs
from caudal.kit.shapes import shape_of
from caudal.kit.world import now
from caudal.ui.lists.asking import read_address
from caudal.ui.lists.conditions import condition_form
from caudal.ui.lists.pages import Listing, chosen_columns, list_page
from caudal.ui.lists.saving import saving_of
from caudal.ui.lists.serving import condition_sent, doors_of, found_for, reader_of
from caudal.ui.lists.words import Speaker
from caudal.workspace.queries import default_view, saved_views


def listing(
    kind: str, found: Listing, *, new: tuple[Callable[[], str], str | Promise] = (str, "")
) -> Callable[..., HttpResponse]:
    """Return the view of a list of a kind; `new` is where a row is added, and the words of the button."""

    @needs(kind)
    @require_GET
    def show(request: HttpRequest) -> HttpResponse:
        reader, shape = reader_of(request, now()), shape_of(kind)
        views = [*found.views, *saved_views(reader.actor, kind)]
        default = default_view(reader.actor, kind) or found.views[0].key
        asked = read_address(request.GET.dict(), shape, reader, views, default)
        speaker = Speaker(shape, reader)
        if "chosen" in request.GET:
            names = chosen_columns(request.GET.getlist("column"), request.GET)
            return redirect(request.path + asked.address(columns=names or None))
        changed, error = condition_sent(request, asked, speaker)
        if changed:
            return redirect(request.path + changed)
        shown = list_page(
            found,
            asked,
            found_for(found, asked),
            speaker,
            views=views,
            condition=condition_form(asked, speaker, request.GET, error),
            editing=request.GET.get("as") == "text",
            new=(new[0]() if may(reader.actor, kind, Verb.CREATE) else "", new[1]),
            saving=saving_of(asked, doors_of(asked.view.key), request.path, default) if reader.actor.member else None,
        )
        context = {"title": found.plural, "page": shown, "now": reader.as_of}
        status = HTTPStatus.UNPROCESSABLE_ENTITY if error or asked.refused else HTTPStatus.OK
        return render(request, "ui/list.html", context, status=status)

    return show
