"""What a context shows on pages of contexts below it, as plain values found in its `panels` room.

`PANELS`, `RECORD_PAGES`, `FILE_BEARERS`, `OPERATION_PAGES`, `KIND_WORDS`, `FIRST_PAGES`, `REQUEST_WORDS`,
`FACT_WORDS` and `NAVIGATION` are tuples; pages below use them without importing the context.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, TypeAlias

from django.urls import reverse
from django.utils.functional import Promise

from caudal.core.ids import Ref
from caudal.kit.access import Actor, Verb, may
from caudal.kit.outbox.facts import RecordedFact
from caudal.kit.rooms import gathered

Load: TypeAlias = Callable[[Ref, Actor, datetime], Mapping[str, Any] | None]
Words: TypeAlias = Callable[[RecordedFact], str]
SLOT: Final = "~"
"""Stands for an id where the form of an address is asked for."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a record's page: `load` returns what the template shows, or None to stay away."""

    kind: str
    order: int
    title: str | Promise
    template: str
    load: Load
    beside: bool = True
    """It stands beside the record; otherwise over what happened to it, where one works."""


@dataclass(frozen=True, slots=True)
class RecordPage:
    """The page that a kind of record has; its route takes the public id."""

    kind: str
    url_name: str


@dataclass(frozen=True, slots=True)
class OperationPage:
    """The page on which long work of a name is watched; its route takes the public id of the operation."""

    name: str
    url_name: str


@dataclass(frozen=True, slots=True)
class KindWords:
    """What so many records of a kind are called inside a sentence: "a deal", "12 deals"."""

    kind: str
    words: Callable[[int], str]
    url_name: str
    """The page where those records are found."""


@dataclass(frozen=True, slots=True)
class RequestWords:
    """What a second person is asked to agree to, as an imperative: "Reopen the deal"."""

    request: str
    words: str | Promise


@dataclass(frozen=True, slots=True)
class FactWords:
    """How a fact reads in a timeline: one sentence in the active language."""

    name: str
    words: Words
    icon: str = "dot"


@dataclass(frozen=True, slots=True)
class NavItem:
    """A line of the left rail. Shown to actors to whom `verb` on `noun` is granted."""

    section: str
    label: str | Promise
    url_name: str
    order: int
    noun: str
    verb: Verb = Verb.VIEW
    key: str = ""
    """The letter that goes there after `g`."""


@dataclass(frozen=True, slots=True)
class MetricPage:
    """A page that tells some metrics in full. Shown to actors to whom `noun` is granted."""

    metrics: tuple[str, ...]
    label: str | Promise
    url_name: str
    noun: str


@dataclass(frozen=True, slots=True)
class FirstPage:
    """Where somebody of a role comes to after signing in; whoever has none comes to the first page of all."""

    role: str
    url_name: str


@cache
def panels_of(kind: str) -> tuple[Panel, ...]:
    """Return the panels for one kind of record, in their fixed order."""
    found: tuple[Panel, ...] = gathered("panels", "PANELS")
    return tuple(sorted((panel for panel in found if panel.kind == kind), key=lambda panel: panel.order))


@cache
def file_bearers() -> tuple[str, ...]:
    """Return the kinds of records that files are kept with: those that contexts name in `FILE_BEARERS`."""
    found: tuple[str, ...] = gathered("panels", "FILE_BEARERS")
    return tuple(sorted(found))


def page_of(ref: Ref) -> str:
    """Return the address of a record's page, or nothing for a kind that has none."""
    around = _around(ref.kind)
    return f"{around[0]}{ref}{around[1]}" if around else ""


@cache
def _around(kind: str) -> tuple[str, str] | None:
    """What stands before and behind the id in the address of a record's page. Kept, because a page has many links."""
    url_name = _record_pages().get(kind)
    if url_name is None:
        return None
    before, _slot, behind = reverse(url_name, args=[SLOT]).partition(SLOT)
    return before, behind


def operation_page(name: str, ref: Ref) -> str:
    """Return the address where long work of a name is watched, or nothing where it has no page."""
    url_name = _operation_pages().get(name)
    return reverse(url_name, args=[ref]) if url_name else ""


def kind_words(kind: str, count: int) -> str:
    """Return what so many records of a kind are called inside a sentence, in the active language."""
    found = _kinds().get(kind)
    return found.words(count) if found else kind


def list_of(kind: str) -> str:
    """Return the address where records of a kind are found, or nothing."""
    found = _kinds().get(kind)
    return reverse(found.url_name) if found else ""


def first_page(roles: Iterable[str]) -> str:
    """Return the address at which somebody of some roles begins."""
    found: tuple[FirstPage, ...] = gathered("panels", "FIRST_PAGES")
    held = set(roles)
    return next((reverse(page.url_name) for page in found if page.role in held), "/")


def is_page_of(url_name: str, public_id: str) -> bool:
    """Say whether a page is the one that a record of that public id has."""
    return _record_pages().get(public_id.rpartition("_")[0]) == url_name


def request_words(request: str) -> str:
    """Return what is asked for, in the active language; a request that nobody speaks of shows its name."""
    return str(_requests().get(request, request))


@cache
def fact_words() -> Mapping[str, FactWords]:
    """Return how each fact reads, by its name."""
    found: tuple[FactWords, ...] = gathered("panels", "FACT_WORDS")
    return {each.name: each for each in found}


@cache
def navigation() -> tuple[NavItem, ...]:
    """Return every line of the rail, in order."""
    found: tuple[NavItem, ...] = gathered("panels", "NAVIGATION")
    return tuple(sorted(found, key=lambda item: item.order))


def pages_of_metric(metric_id: str, actor: Actor) -> list[tuple[str, str]]:
    """Return the pages that tell a metric in full, as words and address, of those that an actor may see."""
    found: tuple[MetricPage, ...] = gathered("panels", "METRIC_PAGES")
    return [
        (str(each.label), reverse(each.url_name))
        for each in found
        if metric_id in each.metrics and may(actor, each.noun, Verb.VIEW)
    ]


@cache
def _record_pages() -> Mapping[str, str]:
    found: tuple[RecordPage, ...] = gathered("panels", "RECORD_PAGES")
    by_kind = {each.kind: each.url_name for each in found}
    if len(by_kind) != len(found):
        raise LookupError("two pages show the same kind of record")
    return by_kind


@cache
def _operation_pages() -> Mapping[str, str]:
    found: tuple[OperationPage, ...] = gathered("panels", "OPERATION_PAGES")
    return {each.name: each.url_name for each in found}


@cache
def _kinds() -> Mapping[str, KindWords]:
    found: tuple[KindWords, ...] = gathered("panels", "KIND_WORDS")
    return {each.kind: each for each in found}


@cache
def _requests() -> Mapping[str, str | Promise]:
    found: tuple[RequestWords, ...] = gathered("panels", "REQUEST_WORDS")
    return {each.request: each.words for each in found}
