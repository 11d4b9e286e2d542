"""What every page of a list does with a request: who reads, which rows there are, a condition that was sent."""

from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse

from caudal.kit.lists import Selection, chosen, groups_of, page_of, totals_of, unrated
from caudal.kit.pages import actor_of
from caudal.kit.shapes import Reader
from caudal.ui.lists.asking import Asked
from caudal.ui.lists.comparisons import NotTyped
from caudal.ui.lists.conditions import FIELD, with_condition
from caudal.ui.lists.pages import ROWS, Found, Listing
from caudal.ui.lists.saving import Doors
from caudal.ui.lists.words import Speaker


def reader_of(request: HttpRequest, as_of: datetime) -> Reader:
    """Return who reads, and when."""
    own = getattr(request, "company", None)
    return Reader(actor=actor_of(request), as_of=as_of, currency=own.currency if own else "")


def condition_sent(request: HttpRequest, asked: Asked, speaker: Speaker) -> tuple[str, str]:
    """Return the address with the condition that a form has sent, or what is wrong with it; nothing without one."""
    if FIELD not in request.GET or "is" not in request.GET:
        return "", ""
    try:
        return asked.address(where=with_condition(asked, speaker, request.GET)), ""
    except NotTyped as wrong:
        return "", str(wrong)


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


def doors_of(key: str) -> Doors:
    """Return where the forms about a view are sent."""
    return Doors(
        new=reverse("workspace:view_new"),
        change=reverse("workspace:view_change", args=[key]),
        delete=reverse("workspace:view_delete", args=[key]),
        default=reverse("workspace:view_default"),
    )
