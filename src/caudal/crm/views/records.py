"""The page of one record: what it is, what to do next, what happened, what belongs to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from caudal.core.errors import msg
from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.crm.queries import reckoned
from caudal.crm.views.nouns import Noun
from caudal.crm.views.tags import tags_of
from caudal.crm.views.timelines import later, story
from caudal.kit.access import Actor, Verb, may, policies
from caudal.kit.outbox import count_about, last_sequence
from caudal.kit.own_fields import FieldType, OwnField, held, held_result
from caudal.kit.pages import actor_of, etag_of, needs
from caudal.kit.panels import page_of, panels_of
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound, in_sight
from caudal.kit.world import now
from caudal.ui.formats import unit_text
from caudal.ui.live import Fragment, answer_live, fragment
from caudal.ui.tables import Cell, Column, ColumnKind
from caudal.ui.timelines import Moment
from caudal.workspace.queries import following, own_fields

DIGITS_MOST: Final = 18
"""Of the number of a fact; the database counts with 64 bits."""


@dataclass(frozen=True, slots=True)
class State:
    """How a record stands, in a word."""

    word: str = ""
    tone: str = "idle"


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its label: one of the numbers that matter, or a fact."""

    column: Column
    cell: Cell
    note: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done with the record."""

    label: str
    href: str
    icon: str
    key: str = ""
    dialog: bool = True
    danger: bool = False
    divided: bool = False
    posts: bool = False
    """Done by pressing the button, without a form."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do next, as a sentence, with the way to do it."""

    words: str
    icon: str = "task"
    label: str = ""
    href: str = ""
    dialog: bool = True
    posts: bool = False
    """Done by pressing the button, without a form."""


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of the record's pipeline: past, here or ahead, and how long the record was there."""

    name: str
    state: str
    note: str = ""

    @property
    def current(self) -> bool:
        """Whether the record is there."""
        return self.state == "here"


@dataclass(frozen=True, slots=True)
class PanelShown:
    """A panel of any context, with what its template shows."""

    title: str | Promise
    template: str
    values: Mapping[str, Any]
    beside: bool
    """It stands beside the record; otherwise over what happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """What a kind of record says of itself."""

    state: State = State()
    figures: Sequence[Figure] = ()
    stages: Sequence[Step] = ()
    next: NextStep | None = None
    body: str = ""
    """A text of any length."""
    facts: Sequence[Figure] = ()
    primary: Action | None = None
    actions: Sequence[Action] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordShown:
    """A portrait with what every record has."""

    portrait: Portrait
    actions: Sequence[Action]
    edit_href: str
    tags: Sequence[tuple[str, str, str]] = ()
    """Each tag with its colour and the way to everything that bears it."""
    panels: Sequence[PanelShown]
    moments: Sequence[Moment]
    earlier_href: str
    later_href: str
    thumbs: Sequence[Action] = ()
    """What stands at the foot of the page on a phone."""
    fields_href: str = ""
    """What stands before the name of a field in the address where it is edited in its place."""


Thumbs = Callable[[Any, "Portrait", Actor], Sequence[Action]]
"""Takes a record, its portrait and the reader, and returns what a thumb reaches."""
Paint = Callable[[Any, Actor, datetime, bool], Portrait]
"""Takes a record, the reader, the instant and whether the reader may change it."""


def value(
    label: str, given: Any, kind: ColumnKind = "text", *, href: str = "", note: str = "", field: str = ""
) -> Figure:
    """Return a labelled value; None stays empty. `field` is the field that it shows, to be edited in its place."""
    whole = isinstance(given, Money) and not given.minor % given.currency.minor_per_major
    return Figure(Column(label, kind, whole=whole, edit=field), Cell(given, href=href), note)


def known(*figures: Figure) -> list[Figure]:
    """Return the figures that have a value; what nobody knows is left out where it would say nothing."""
    return [figure for figure in figures if figure.cell.value is not None]


def showing(noun: Noun, paint: Paint, thumbs: Thumbs) -> Callable[..., HttpResponse]:
    """Return the view of a record's page."""

    @needs(noun.kind)
    @require_GET
    def show(request: HttpRequest, record_id: str) -> HttpResponse:
        actor = actor_of(request)
        record = noun.load(actor, Ref.parse(record_id, noun.kind).id)
        etag = record_etag(request, record)  # before it is drawn, so that a change meanwhile is asked for again
        earlier = {"before": request.GET["before"]} if "before" in request.GET else {}
        context = {
            "title": record.name,
            "crumbs": [(noun.plural, noun.list_href)],
            "parts": parts_of(request, shown(noun, paint, thumbs, record, request)),
            "etag": etag,
            "called_href": called_href(record, actor),
            "live_href": noun.href(record, "live") + (f"?{urlencode(earlier)}" if earlier else ""),
        }
        return render(request, "crm/record.html", context)

    return show


def living(noun: Noun, paint: Paint, thumbs: Thumbs) -> Callable[..., HttpResponse]:
    """Return the view that tells an open page of a record what changed on it: nothing at all, most of the time."""

    @needs(noun.kind)
    @require_GET
    def live(request: HttpRequest, record_id: str) -> HttpResponse:
        record = noun.load(actor_of(request), Ref.parse(record_id, noun.kind).id)

        def draw() -> list[Fragment]:
            return list(parts_of(request, shown(noun, paint, thumbs, record, request)).values())

        return answer_live(request, record_etag(request, record), draw)

    return live


def change_number(typed: str) -> int:
    """Read the number of a fact that a page knows, 0 where it says none. Raises BadInput."""
    if not typed:
        return 0
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= DIGITS_MOST):
        raise BadInput({"after": msg("This is not the number of a change.")})
    return int(typed)


def watching(noun: Noun) -> Callable[..., HttpResponse]:
    """Return the view that tells an open form of a record what others have changed since it was drawn."""

    @needs(noun.kind, Verb.CHANGE)
    @require_GET
    def meanwhile(request: HttpRequest, record_id: str) -> HttpResponse:
        actor = actor_of(request)
        ref = Ref.parse(record_id, noun.kind)
        if ref not in in_sight({ref}, actor, Verb.CHANGE):
            raise NotFound(kind=noun.kind, id=record_id)
        after = request.GET.get("after", "")
        known = change_number(after)

        def draw() -> list[Fragment]:
            context = {"moments": later(ref, actor, known)}
            return [fragment(request, "meanwhile", "crm/_meanwhile.html", context)]

        return answer_live(request, etag_of(known, last_sequence(ref)), draw)

    return meanwhile


def record_etag(request: HttpRequest, record: Any) -> str:
    """Return an ETag that is another one when a record's page may look otherwise: news of it, or another day."""
    today = now().astimezone(timezone.get_current_timezone()).date()
    return etag_of(record.ref, record.version, count_about(record.ref), today, request.GET.get("before", ""))


def shown(noun: Noun, paint: Paint, thumbs: Thumbs, record: Any, request: HttpRequest) -> RecordShown:
    """Return everything that the page of a record shows."""
    actor, as_of = actor_of(request), now()
    told = story(record.ref, actor, before=request.GET.get("before", ""))
    policy = policies()[noun.kind]
    may_change = policy.covering(actor, Verb.CHANGE)(record.owner_id, record.pk)
    portrait = paint(record, actor, as_of, may_change)
    portrait = replace(portrait, facts=[*portrait.facts, *own_facts(record, actor, as_of)])
    return RecordShown(
        portrait=portrait,
        actions=all_actions(
            noun,
            record,
            portrait,
            may_change=may_change,
            may_delete=policy.covering(actor, Verb.DELETE)(record.owner_id, record.pk),
            follow=follow_action(record, actor),
        ),
        edit_href=noun.href(record, "edit") if may_change else "",
        fields_href=f"{noun.href(record)}/fields/" if may_change else "",
        tags=tags_of(record),
        panels=panels(record.ref, actor, as_of),
        moments=told.moments,
        earlier_href=f"?{urlencode({'before': told.earlier})}#story" if told.earlier else "",
        later_href=noun.href(record) + "#story" if "before" in request.GET else "",
        thumbs=thumbs(record, portrait, actor),
    )


def parts_of(request: HttpRequest, page: RecordShown) -> dict[str, Fragment]:
    """Draw the parts of a record's page that change by themselves."""
    as_of = now()

    def part(name: str, classes: str, **more: str) -> Fragment:
        context = {"page": page, "now": as_of}
        return fragment(request, f"record-{name}", f"crm/_record_{name}.html", context, classes=classes, **more)

    return {
        "state": part("state", "live", tag="span"),
        "actions": part("actions", "live", tag="span"),
        "top": part("top", "record-top stack"),
        "side": part("side", "record-side", tag="aside", label=_("About it")),
        "work": part("work", "stack"),
        "story": part("story", "stack"),
        "thumbs": part("thumbs", "thumb-bar", tag="nav", label=_("At hand")),
    }


def all_actions(
    noun: Noun, record: Any, portrait: Portrait, *, may_change: bool, may_delete: bool, follow: Action | None
) -> list[Action]:
    """Return what can be done besides the primary action: edit first, delete last."""
    found = [Action(_("Edit"), noun.href(record, "edit"), "edit", "e", dialog=False)] if may_change else []
    found += [*portrait.actions, *filter(None, [follow])]
    if may_delete:
        found.append(Action(_("Delete"), noun.href(record, "delete"), "trash", danger=True, divided=bool(found)))
    return found


def follow_action(record: Any, actor: Actor) -> Action | None:
    """Return the button by which a member follows a record, or no more; none for whoever is told nothing."""
    if actor.member is None:
        return None
    hears = following(actor, record.ref, owner_id=record.owner_id)
    query = urlencode({"hears": "0" if hears else "1", "next": page_of(record.ref)})
    label = _("Follow no more") if hears else _("Follow")
    return Action(label, f"{reverse('workspace:follow', args=[record.ref])}?{query}", "bell", posts=True)


def called_href(record: Any, actor: Actor) -> str:
    """Return where a call that is made from a record's page is written down, for whoever may."""
    if not may(actor, "activity", Verb.CREATE):
        return ""
    return f"{reverse('crm:call_log')}?{urlencode({'about': str(record.ref), 'next': page_of(record.ref)})}"


def own_facts(record: Any, actor: Actor, as_of: datetime) -> list[Figure]:
    """Return what the company's own fields say of a record; those that nobody has filled in stay empty."""
    language = get_language() or "en"
    reckoned(record, actor, as_of)
    values = {
        own: held_result(own, getattr(record, own.alias)) if own.computed else held(own, record.custom)
        for own in own_fields(record.kind)
    }
    seen = in_sight({each for each in values.values() if isinstance(each, Ref)}, actor)
    return [own_fact(own, given, language, seen) for own, given in values.items()]


def own_fact(own: OwnField, given: Any, language: str, seen: Mapping[Ref, str]) -> Figure:
    """Return one of the company's own fields with its value; what is computed says so, and nobody edits it."""
    label = own.said(language)
    field, note = ("", _("computed")) if own.computed else (own.name, "")
    kind: ColumnKind = "text"
    shown, href = given, given if own.type is FieldType.URL and given else ""
    match given:
        case bool():
            shown = _("Yes") if given else _("No")
        case Ref():
            hidden = given not in seen
            shown = _("somebody or something out of your sight") if hidden else seen[given]
            href = "" if hidden else page_of(given)
        case Money():
            kind = "money"
        case Decimal():
            kind, label = "number", f"{label} ({unit_text(own.unit)})" if own.unit else label
        case date():
            kind = "date"
    return value(label, shown, kind, href=href, note=note, field=field)


def panels(ref: Ref, actor: Actor, as_of: datetime) -> list[PanelShown]:
    """Return the panels that contexts have for a kind of record, those with something to show."""
    loaded = ((panel, panel.load(ref, actor, as_of)) for panel in panels_of(ref.kind))
    return [
        PanelShown(panel.title, panel.template, values, panel.beside) for panel, values in loaded if values is not None
    ]


def one_of(*steps: NextStep | None) -> NextStep | None:
    """Return the first step that applies."""
    return next((step for step in steps if step is not None), None)
