"""The board of a pipeline."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.crm import queries
from caudal.crm.models import Deal, Outcome, Pipeline, Stage
from caudal.crm.queries import Board, BoardColumn, Card
from caudal.crm.views.cards import Line, choices_of, lines_of
from caudal.crm.views.lists import asked_of
from caudal.crm.views.nouns import DEAL
from caudal.crm.views.shelves import DEALS
from caudal.crm.views.words import count_words, days_words, deals_words
from caudal.kit.access import Actor, Reach, Verb, may, policies
from caudal.kit.lists import Selection
from caudal.kit.pages import actor_of, etag_of, needs
from caudal.kit.pulse import pulse
from caudal.kit.world import now
from caudal.ui.lists.asking import ALL, Asked
from caudal.ui.lists.conditions import condition_form
from caudal.ui.lists.pages import Found, ListPage, chosen_columns, list_page
from caudal.ui.lists.serving import condition_sent, reader_of
from caudal.ui.lists.tables import sum_text
from caudal.ui.lists.words import Speaker
from caudal.ui.live import KNOWN, Fragment, answer_live, fragment, marks_known
from caudal.ui.tables import query

CARDS: Final = 30
"""Cards of a column; the rest is a list away, and the page stays light."""
ENDS_DAYS: Final = 30
PHONE_COLUMN: Final = "stage"

Movable: TypeAlias = Callable[[UUID | None, UUID], bool]
"""Says of a deal, by its owner and its id, whether the reader may move it."""


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another view of the board."""

    label: str
    href: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class CardShown:
    """A deal on the board."""

    id: str
    name: str
    href: str
    move_href: str
    move_link: str
    """The same, and back to this board."""
    version: int
    buyer: str
    amount: Money | None
    owner: str
    age: str
    rotting: bool
    lines: Sequence[Line]
    """What it shows besides, as the reader chose."""


@dataclass(frozen=True, slots=True)
class ColumnShown:
    """A stage of the board."""

    id: str
    name: str
    href: str
    chosen: bool
    count: int
    total: str
    cards: Sequence[CardShown]
    more: str
    more_href: str


@dataclass(frozen=True, slots=True)
class EndShown:
    """Where deals go that have ended."""

    outcome: str
    name: str
    tone: str
    count: int
    total: str
    since: str
    hint: str
    href: str
    link: str


@dataclass(frozen=True, slots=True)
class BoardPage:
    """Everything that the board shows."""

    tabs: Sequence[Link] = ()
    owners: Sequence[Link] = ()
    columns: Sequence[ColumnShown] = ()
    ends: Sequence[EndShown] = ()
    sum_words: str = ""
    list_href: str = ""
    new_href: str = ""
    pipeline_href: str = ""
    """Where the first pipeline is added, for whoever may."""
    filter: ListPage | None = None
    """The filter line; the board after a move has none, since it stays where it is."""


@needs("deal")
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Show the open deals of a pipeline by stage; the address says which, whose, and on a phone which stage."""
    actor = actor_of(request)
    pipelines = queries.pipelines(actor)
    wanted = request.GET.get("pipeline")
    sets_up = may(actor, Pipeline.kind, Verb.CREATE)
    context: dict[str, Any] = {"title": _("Board")}
    page = BoardPage(list_href=DEAL.list_href, pipeline_href=reverse("crm:pipeline_new") if sets_up else "")
    if pipelines:
        asked = asked_of_board(request)
        speaker = Speaker(asked.shape, asked.reader)
        if "chosen" in request.GET:
            names = chosen_columns(request.GET.getlist("column"), request.GET)
            return redirect(reverse("crm:board") + asked.address(columns=names or None))
        changed, error = condition_sent(request, asked, speaker)
        if changed:
            return redirect(reverse("crm:board") + changed)
        chosen = Ref.parse(wanted, Pipeline.kind).id if wanted else queries.busy_pipeline(actor, pipelines)
        etag = board_etag(request, chosen)  # before it is drawn, so that a change meanwhile is asked for again
        page = replace(
            board_page(request, actor, pipelines, chosen), filter=filter_line(request, asked, speaker, error)
        )
        live = reverse("crm:board_live") + query(request.GET.dict(), pipeline=str(Ref(Pipeline.kind, chosen)))
        context |= {"parts": parts_of(request, page), "etag": etag, "live_href": live}
    return render(request, "crm/board.html", context | {"page": page})


@needs("deal")
@require_GET
def board_live(request: HttpRequest) -> HttpResponse:
    """Answer a board that is open with what changed on it: nothing at all, most of the time."""
    actor = actor_of(request)
    chosen = Ref.parse(request.GET.get("pipeline", ""), Pipeline.kind).id

    def draw() -> list[Fragment]:
        page = board_page(request, actor, queries.pipelines(actor), chosen)
        parts, known = parts_of(request, page), marks_known(request)
        if {each.id for each in parts.all()} == known.keys():
            return parts.all()
        # Other stages than before: all of it anew.
        return [fragment(request, "board-whole", "crm/_board.html", {"page": page, "parts": parts}, classes="live")]

    return answer_live(request, board_etag(request, chosen), draw)


def board_etag(request: HttpRequest, pipeline_id: UUID) -> str:
    """Return an ETag that is another one when the board may look otherwise: a deal or a stage changed, or the day."""
    asked = sorted(asked_plainly(request).items() - {("pipeline", str(Ref(Pipeline.kind, pipeline_id)))})
    today = now().astimezone(timezone.get_current_timezone()).date()
    return etag_of(pipeline_id, asked, today, pulse(Deal, Stage))


@dataclass(frozen=True, slots=True)
class Parts:
    """The board, drawn in parts that change by themselves."""

    sum: Fragment
    picker: Fragment
    columns: Sequence[tuple[ColumnShown, Fragment]]
    ends: Fragment

    def all(self) -> list[Fragment]:
        """Return every part."""
        return [self.sum, self.picker, *(part for _column, part in self.columns), self.ends]


def parts_of(request: HttpRequest, page: BoardPage) -> Parts:
    """Draw the parts of a board."""
    as_of = now()

    def part(name: str, template: str, classes: str, column: ColumnShown | None = None, **more: str) -> Fragment:
        context = {"page": page, "column": column, "now": as_of}
        return fragment(request, name, f"crm/{template}", context, classes=classes, **more)

    return Parts(
        sum=part("board-sum", "_board_sum.html", "board-sum"),
        picker=part("board-picker", "_board_picker.html", "tabs board-picker", tag="nav", label=_("Stages")),
        columns=[(each, part(f"column-{each.id}", "_board_column.html", "live", each)) for each in page.columns],
        ends=part("board-ends", "_board_ends.html", "board-ends"),
    )


def asked_of_board(request: HttpRequest) -> Asked:
    """Return which deals the address of a board asks for: all of the pipeline's, unless it says otherwise."""
    given = {name: value for name, value in asked_plainly(request).items() if name not in {"sort", "group"}}
    return asked_of(
        given, DEAL, DEALS, reader_of(request, now()), opens_with=ALL, also=("pipeline", "owner", PHONE_COLUMN)
    )[0]


def asked_plainly(request: HttpRequest) -> dict[str, str]:
    """Return what the address of a board says, without what a live region adds."""
    return {name: value for name, value in request.GET.dict().items() if name != KNOWN}


def filter_line(request: HttpRequest, asked: Asked, speaker: Speaker, error: str) -> ListPage:
    """Return the filter line of the board: that of the list, without what only tables have."""
    line = list_page(
        DEALS,
        asked,
        Found(),
        speaker,
        views=(),
        condition=condition_form(asked, speaker, request.GET, error),
        editing=request.GET.get("as") == "text",
        new=("", ""),
    )
    return replace(line, columns=choices_of(asked, line.columns), columns_label=_("On cards"), grouping=())


def answer_board(request: HttpRequest, pipeline_id: UUID) -> HttpResponse:
    """Answer with the board alone, as it is after a move."""
    actor = actor_of(request)
    page = board_page(request, actor, queries.pipelines(actor), pipeline_id)
    return render(request, "crm/_board.html", {"page": page, "parts": parts_of(request, page)})


def board_page(request: HttpRequest, actor: Actor, pipelines: Iterable[Pipeline], chosen: UUID) -> BoardPage:
    """Return what the board of a pipeline shows."""
    as_of, asked = now(), asked_plainly(request) | {"pipeline": str(Ref(Pipeline.kind, chosen))}
    mine = actor.member if asked.get("owner") == "me" else None
    wanted = asked_of_board(request)
    # A filter that cannot be read shows nothing, and the filter line says why.
    selection = Selection(where="false") if wanted.refused else replace(wanted.selection, sort="")
    sought = queries.Sought.of(selection, as_of)
    found = queries.board(actor, chosen, as_of=as_of, owner_id=mine, cards=CARDS, sought=sought)
    here = reverse("crm:board")
    stages = [str(each.stage.ref) for each in found.columns]
    filled = [str(each.stage.ref) for each in found.columns if each.count]
    picked = asked.get(PHONE_COLUMN) if asked.get(PHONE_COLUMN) in stages else next(iter(filled or stages), "")
    opening = may(actor, "deal", Verb.CREATE) and stages
    back = urlencode({"next": here + query(asked)})
    lines = lines_of(wanted, (each.ref for column in found.columns for each in column.cards))
    movable = policies()["deal"].covering(actor, Verb.CHANGE)
    return BoardPage(
        tabs=[Link(each.name, f"{here}?pipeline={each.ref}", each.pk == chosen) for each in pipelines],
        owners=owner_links(actor, asked),
        columns=[
            column(
                each,
                [card(one, movable, back, lines.get(one.ref, ())) for one in each.cards],
                asked,
                chosen=str(each.stage.ref) == picked,
            )
            for each in found.columns
        ],
        ends=[end(outcome, actor, found.pipeline, mine, as_of) for outcome in Outcome],
        sum_words=count_words(sum(each.count for each in found.columns), worth(found)),
        list_href=deals_where(f'state = "open" and pipeline = "{found.pipeline.ref}"'),
        new_href=f"{DEAL.new_href}?stage={stages[0]}&{back}" if opening else "",
    )


def worth(found: Board) -> list[Money]:
    """Return what the open deals of a board are worth, by currency."""
    sums: dict[str, Money] = {}
    for total in (total for each in found.columns for total in each.totals):
        known = sums.get(total.currency.code)
        sums[total.currency.code] = known + total if known else total
    return list(sums.values())


def owner_links(actor: Actor, asked: Mapping[str, str]) -> list[Link]:
    """Return the choice between everybody's deals and one's own, for those who see more than their own."""
    if actor.member is None or policies()["deal"].reach(actor, Verb.VIEW) is Reach.OWN:
        return []
    mine = asked.get("owner") == "me"
    return [
        Link(_("Everybody"), query(asked, owner=None) or "?", not mine),
        Link(_("Mine"), query(asked, owner="me"), mine),
    ]


def deals_where(text: str, view: str = "open") -> str:
    """Return the list of the deals that a filter keeps."""
    return DEAL.list_href + query({"view": view, "where": text})


def column(found: BoardColumn, cards: Sequence[CardShown], asked: Mapping[str, str], *, chosen: bool) -> ColumnShown:
    """Return a stage as the board shows it."""
    stage = str(found.stage.ref)
    shown = f'state = "open" and stage = "{stage}"'
    if asked.get("where"):
        shown = f"{shown} and ({asked['where']})"
    return ColumnShown(
        id=stage,
        name=found.stage.name,
        href=query(asked, **{PHONE_COLUMN: stage}),
        chosen=chosen,
        count=found.count,
        total=sum_text(found.totals),
        cards=cards,
        more=_("%(deals)s more") % {"deals": deals_words(found.hidden)} if found.hidden else "",
        more_href=deals_where(f"{shown} and owner = me" if asked.get("owner") == "me" else shown),
    )


def card(found: Card, movable: Movable, back: str, lines: Sequence[Line]) -> CardShown:
    """Return a deal as its card shows it."""
    href = DEAL.href(found.ref)
    move = f"{href}/stage"
    may_move = movable(found.owner_id, found.ref.id)
    return CardShown(
        id=str(found.ref),
        name=found.name,
        href=href,
        move_href=move if may_move else "",
        move_link=f"{move}?{back}" if may_move else "",
        version=found.version,
        buyer=found.company or found.person,
        amount=found.amount,
        owner=found.owner,
        age=_("%(days)s here") % {"days": days_words(found.days_in_stage)} if found.days_in_stage else _("new today"),
        rotting=found.rotting,
        lines=lines,
    )


def end(outcome: Outcome, actor: Actor, pipeline: Pipeline, mine: UUID | None, as_of: datetime) -> EndShown:
    """Return where deals of one outcome go, with those of the last days."""
    since = as_of.astimezone(timezone.get_current_timezone()).date() - timedelta(days=ENDS_DAYS)
    filters = queries.DealFilters(
        pipeline_id=pipeline.pk, owner_id=mine, state="won" if outcome == Outcome.WON else "lost", closed_from=since
    )
    totals = queries.totals_of(actor, filters)
    won = outcome == Outcome.WON
    return EndShown(
        outcome=outcome.value,
        name=str(outcome.label),
        tone="good" if won else "bad",
        count=totals.count,
        total=sum_text(totals.amounts),
        since=_("in the last %(days)s") % {"days": days_words(ENDS_DAYS)},
        hint=_("Drop a deal here when it is won") if won else _("Drop a deal here when it is lost"),
        href=deals_where(f'state = "{outcome.value}" and pipeline = "{pipeline.ref}"', view=outcome.value),
        link=_("All won deals") if won else _("All lost deals"),
    )
