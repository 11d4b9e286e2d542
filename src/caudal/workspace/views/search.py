"""The command bar and the page of what is found: the same results, one as somebody types, one to stay on."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from caudal.core.ids import Ref
from caudal.kit.access import Actor
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.records import NotFound, in_sight
from caudal.kit.search.findable import Findable, findables
from caudal.kit.search.finding import LIMIT, Group, Hit, Rank, find, recent
from caudal.kit.search.highlights import spans
from caudal.kit.search.visits import note_visit
from caudal.kit.search.words import chunks
from caudal.kit.world import now
from caudal.ui.commands import Offer, address, commands_offered, pages_offered

OFFERS_MAX: Final = 6
"""Pages and commands beside records; all of them stand there while nothing is typed."""
PAGE_LIMIT: Final = 50


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a title; marked where it is what was typed."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One line to choose: a place to go to, or a button of the form `posts`."""

    pieces: tuple[Piece, ...]
    href: str
    icon: str
    note: str = ""
    keys: str = ""
    posts: tuple[str, str] | None = None
    language: str = ""
    is_near: bool = False
    """Found only because a typing mistake was forgiven."""


@dataclass(frozen=True, slots=True)
class Block:
    """Options under a heading."""

    key: str
    label: str | Promise
    options: tuple[Option, ...]
    more_href: str = ""


@needs("search")
@require_GET
def search_bar(request: HttpRequest) -> HttpResponse:
    """Show what fits the letters typed so far: a part of the page, asked for at every pause."""
    text = request.GET.get("q", "")
    blocks = list(bar_blocks(actor_of(request), text))
    values = {"blocks": blocks, "count": sum(len(block.options) for block in blocks), "text": text.strip()}
    return unless_known(request, render(request, "workspace/search_options.html", values))


@needs("search")
@require_GET
def search_page(request: HttpRequest) -> HttpResponse:
    """Show what fits a text, all kinds or one of them; what was opened last while there is no text."""
    actor, text, kind = actor_of(request), request.GET.get("q", "").strip(), request.GET.get("kind", "")
    found = find(actor, text, limit=PAGE_LIMIT if kind else LIMIT) if text else []
    shown = [group for group in found if not kind or group.findable.kind == kind]
    values = {
        "title": _("Search"),
        "text": text,
        "kind": kind,
        "kinds": [(group.findable.kind, group.findable.plural) for group in found],
        "blocks": [*blocks_of(shown, text)] if text else [*recent_blocks(actor)],
        "offers": [] if kind else [*offer_blocks(actor, text)],
    }
    return render(request, "workspace/search.html", values)


@needs("search")
@require_POST
def record_opened(request: HttpRequest) -> HttpResponse:
    """Note that the member opened a record, for what is shown first next time; a key has no such memory."""
    actor, ref = actor_of(request), Ref.parse(request.POST.get("record", ""))
    if ref.kind in findables() and not in_sight([ref], actor):
        raise NotFound(kind=ref.kind, id=ref)
    if actor.member and ref.kind in findables():
        note_visit(member=actor.member, record=ref, as_of=now())
    return HttpResponse(status=204)


def bar_blocks(actor: Actor, text: str) -> Iterator[Block]:
    """Yield what the bar shows: a record that was named whole comes before pages, pages before other records."""
    if not text.strip():
        yield from recent_blocks(actor)
        yield from offer_blocks(actor, "")
        return
    groups = find(actor, text)
    records, offers = list(blocks_of(groups, text)), list(offer_blocks(actor, text))
    named_whole = bool(groups) and groups[0].hits[0].rank is Rank.EXACT
    yield from [*records, *offers] if named_whole else [*offers, *records]


def blocks_of(groups: Sequence[Group], text: str) -> Iterator[Block]:
    """Yield the records that were found, by kind, with the way to the others of that kind."""
    for group in groups:
        options = tuple(option for hit in group.hits if (option := option_of(group.findable, hit)).href)
        kind = group.findable.kind
        more = f"{reverse('workspace:search')}?{urlencode({'q': text.strip(), 'kind': kind})}" if group.has_more else ""
        if options:
            yield Block(kind, group.findable.plural, options, more)


def recent_blocks(actor: Actor) -> Iterator[Block]:
    """Yield what the actor opened last."""
    options = tuple(option_of(findable, hit) for findable, hit in recent(actor))
    if options:
        yield Block("recent", _("Opened last"), options)


def offer_blocks(actor: Actor, text: str) -> Iterator[Block]:
    """Yield pages and commands: all of them without a text, the first that fit with one."""
    most = OFFERS_MAX if text else None
    further = commands_offered(actor, text, are_pages=True) if text else []
    for key, label, offers in (
        ("pages", _("Go to"), [*pages_offered(actor, text), *further]),
        ("commands", _("Do"), commands_offered(actor, text)),
    ):
        if offers:
            yield Block(key, label, tuple(offer_option(offer, text) for offer in offers[:most]))


def option_of(findable: Findable, hit: Hit) -> Option:
    """Return a record as a line."""
    href = page_of(hit.ref) or (address(findable.place) if findable.place else "")
    return Option(pieces(hit.title, hit.marks), href, findable.icon, hit.note, is_near=hit.rank is Rank.TYPO)


def offer_option(offer: Offer, text: str) -> Option:
    """Return a page or command as a line."""
    marked = pieces(offer.label, spans(offer.label, set(chunks(text))))
    return Option(marked, offer.href, offer.icon, offer.note, offer.keys, offer.posts, offer.language)


def pieces(title: str, marks: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    """Cut a title where its marks begin and end."""
    cut, at = [], 0
    for start, end in marks:
        cut += [Piece(title[at:start]), Piece(title[start:end], marked=True)]
        at = end
    return tuple(piece for piece in [*cut, Piece(title[at:])] if piece.text)


def unless_known(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Answer with the digest of the content, and with nothing else if the browser has it."""
    tag = f'"{hashlib.sha256(answer.content).hexdigest()[:24]}"'
    if request.headers.get("If-None-Match") == tag:
        answer = HttpResponse(status=304)
    answer["ETag"] = tag
    answer["Cache-Control"] = "private, no-cache"
    return answer
