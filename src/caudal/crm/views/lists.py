"""Lists: saved views as tabs, filters in words, rows page by page. All of it lives in the address."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.html import format_html
from django.views.decorators.http import require_GET

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.crm import queries
from caudal.crm.queries import Totals
from caudal.crm.views.nouns import Noun
from caudal.crm.views.words import count_words, sum_words
from caudal.kit.access import Actor, Verb, may
from caudal.kit.cursors import Order, Page
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.ui.tables import Column, ColumnKind, Pager, Row, Table, query

ROWS: Final = 50
ALL: Final = "all"
ME: Final = "me"
NAMES: Final = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of a list."""

    actor: Actor
    parameters: Mapping[str, str]
    state: str
    order: str
    trail: tuple[str, ...]
    """The cursors of this page and of those before it, first to last; empty on the first page."""

    @property
    def text(self) -> str:
        """Return the words that are looked for."""
        return self.parameters.get("q", "").strip()

    @property
    def cursor(self) -> str | None:
        """Return the cursor of this page."""
        return self.trail[-1] if self.trail else None

    def id_of(self, name: str, kind: str) -> UUID | None:
        """Return the id that a filter names, None where it does not narrow. Raises NotAnId."""
        given = self.parameters.get(name)
        if given == ME and kind == "member":
            return self.actor.member
        return Ref.parse(given, kind).id if given else None


@dataclass(frozen=True, slots=True)
class Tab:
    """A view of a list: the state that it shows, and its label."""

    state: str
    label: str | Promise


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column, the order that sorts by it if there is one, and the cell of a record in it."""

    label: str | Promise
    cell: Callable[[Any], object]
    kind: ColumnKind = "text"
    order: str = ""
    falls: bool = False
    only: tuple[str, ...] = ()
    """The views that have it; all of them without."""


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a filter; with `group` a heading over others."""

    value: str
    label: str
    chosen: bool = False
    group: Sequence["Option"] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter with its choices."""

    name: str
    label: str | Promise
    options: Sequence[Option]

    def chosen(self) -> Option | None:
        """Return the choice in force, if it narrows."""
        flat = [each for option in self.options for each in (option.group or (option,))]
        return next((option for option in flat if option.chosen and option.value), None)


@dataclass(frozen=True, slots=True)
class Empty:
    """What a list without any rows teaches."""

    title: str | Promise
    text: str | Promise
    icon: str
    example: str | Promise
    aside: str | Promise = ""


@dataclass(frozen=True, slots=True)
class Way:
    """A link with words or an icon."""

    label: str
    href: str
    current: bool = False
    icon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What one list is made of."""

    noun: Noun
    rows: Callable[[Asked, int], Page[Any]]
    columns: Sequence[ListColumn]
    orders: Mapping[str, Order]
    order: str
    empty: Empty
    search_label: str | Promise
    tabs: Sequence[Tab] = ()
    filters: Callable[[Asked], Sequence[Filter]] = lambda _asked: ()
    totals: Callable[[Asked], Totals] | None = None
    ways: Callable[[Asked], Sequence[Way]] = lambda _asked: ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """Everything that a list shows."""

    table: Table
    tabs: Sequence[Way]
    views: Sequence[Way]
    filters: Sequence[Filter]
    words: Sequence[Way]
    text: str
    search_label: str | Promise
    kept: Sequence[tuple[str, str]]
    kept_by_filter: Sequence[tuple[str, str]]
    pager: Pager | None
    all_href: str
    new_href: str
    new_label: str | Promise
    empty: Empty
    virgin: bool


class NoSuchView(Problem):
    """The address asks for a view or an order that the list does not have."""

    code = "list.no_such_view"
    status = 404
    message = msg("This list has no view or order called “{name}”.")
    hint = msg("Choose one of its tabs.")


def listing(found: Listing) -> Callable[..., HttpResponse]:
    """Return the view of a list."""

    @needs(found.noun.kind)
    @require_GET
    def show(request: HttpRequest) -> HttpResponse:
        asked = read(request, found)
        page = found.rows(asked, ROWS)
        totals = found.totals(asked) if found.totals else None
        shown = list_page(found, asked, page, totals)
        return render(request, "crm/list.html", {"title": found.noun.plural, "page": shown, "now": now()})

    return show


def read(request: HttpRequest, found: Listing) -> Asked:
    """Return what an address asks of a list. Raises NoSuchView."""
    parameters = {key: value for key, value in request.GET.dict().items() if value}
    state = parameters.get("state", found.tabs[0].state if found.tabs else ALL)
    order = parameters.get("order", found.order)
    for name, known in ((state, [ALL, *(tab.state for tab in found.tabs)]), (order, found.orders)):
        if name not in known:
            raise NoSuchView(name=name)
    trail = tuple(part for part in parameters.get("at", "").split(".") if part)
    return Asked(actor_of(request), parameters, state, order, trail)


def list_page(found: Listing, asked: Asked, page: Page[Any], totals: Totals | None) -> ListPage:
    """Return what a list shows."""
    filters = found.filters(asked)
    narrowing = [(each, option) for each in filters if (option := each.chosen())]
    names = {each.name for each in filters}
    plain = {key: value for key, value in asked.parameters.items() if key != "at"}
    bare = not narrowing and not asked.text and not asked.trail
    creating = may(asked.actor, found.noun.kind, Verb.CREATE)
    return ListPage(
        table=table_of(found, asked, page, totals),
        tabs=[Way(str(tab.label), query(plain, state=tab.state), tab.state == asked.state) for tab in found.tabs],
        views=found.ways(asked),
        filters=filters,
        words=[
            Way(f"{each.label}: {option.label}", query(plain, **{each.name: None}) or "?") for each, option in narrowing
        ],
        text=asked.text,
        search_label=found.search_label,
        kept=[(key, value) for key, value in plain.items() if key != "q"],
        kept_by_filter=[(key, value) for key, value in plain.items() if key not in names],
        pager=pager_of(asked, page, totals),
        all_href=f"?state={ALL}" if found.tabs else "?",
        new_href=found.noun.new_href if creating else "",
        new_label=found.noun.new,
        empty=found.empty,
        virgin=bare and not page.rows and not anything(found, asked),
    )


def anything(found: Listing, asked: Asked) -> bool:
    """Say whether the list has any row in any of its views."""
    return bool(found.tabs) and bool(found.rows(replace(asked, state=ALL), 1).rows)


def table_of(found: Listing, asked: Asked, page: Page[Any], totals: Totals | None) -> Table:
    """Return the rows of a page as a table, totals on top."""
    columns = [column for column in found.columns if not column.only or asked.state in column.only]
    plain = {key: value for key, value in asked.parameters.items() if key != "at"}
    return Table(
        columns=[head(column, asked, plain) for column in columns],
        rows=[
            Row([column.cell(record) for column in columns], href=found.noun.href(record), id=str(record.ref))
            for record in page.rows
        ],
        totals=foot(columns, totals) if totals and page.rows else (),
        caption=found.noun.plural,
    )


def head(column: ListColumn, asked: Asked, plain: Mapping[str, str]) -> Column:
    """Return the head of a column, with the way to sort by it."""
    direction: Literal["", "ascending", "descending"] = "descending" if column.falls else "ascending"
    return Column(
        column.label,
        column.kind,
        whole=column.kind == "money",
        href=query(plain, order=column.order) if column.order else "",
        sorted=direction if column.order and column.order == asked.order else "",
    )


def foot(columns: Sequence[ListColumn], totals: Totals) -> list[object]:
    """Return the row of totals: how many, and what they are worth."""
    worth = format_html("{}", sum_words(totals.amounts))
    cells: list[object] = [worth if column.kind == "money" else None for column in columns]
    return [count_words(totals.count), *cells[1:]]


def pager_of(asked: Asked, page: Page[Any], totals: Totals | None) -> Pager | None:
    """Return the ways to the pages before and after, where there are any."""
    if not asked.trail and page.next is None:
        return None
    first = len(asked.trail) * ROWS + 1
    before, after = ".".join(asked.trail[:-1]), ".".join((*asked.trail, page.next or ""))
    return Pager(
        first,
        first + len(page.rows) - 1,
        totals.count if totals else None,
        previous_href=query(asked.parameters, at=before or None) if asked.trail else "",
        next_href=query(asked.parameters, at=after) if page.next else "",
    )


def options(pairs: Sequence[tuple[str, Any]], chosen: str, everything: str) -> list[Option]:
    """Return the choices of a filter from values and labels, the first of which does not narrow."""
    found = [Option("", everything, chosen=not chosen)]
    for value, label in pairs:
        if isinstance(label, str):
            found.append(Option(value, label, value == chosen))
        else:
            found.append(Option("", value, group=[Option(each, name, each == chosen) for each, name in label]))
    return found


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
