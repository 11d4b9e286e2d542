"""The route that finds records of every kind."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from caudal.core.errors import Problem, msg
from caudal.kit.bodies import Body
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.search.findable import findables
from caudal.kit.search.finding import LIMIT, Group, Hit, find

router = Router()
LIMIT_MAX = 50


class UnknownKind(Problem):
    """Records of that kind are not searched."""

    code = "search.unknown_kind"
    status = 422
    message = msg("There is nothing of the kind “{kind}” to be found.")
    hint = msg("Kinds are: {known}.")


class SearchQuery(Body):
    """What to look for."""

    q: Annotated[
        str,
        Field(
            min_length=1,
            max_length=200,
            description="Beginnings of words, in any case and without accents; an e-mail address or a part of one; the "
            "digits of a phone number; a public id or its beginning. One letter of a longer word may be wrong.",
        ),
    ]
    kinds: Annotated[str, Field(default="", description="Kinds to look in, with commas between: `deal,person`.")]
    limit: Annotated[int, Field(default=LIMIT, ge=1, le=LIMIT_MAX, description="Hits of each kind.")]


class HitOut(Schema):
    """A record that was found."""

    id: str
    title: str
    note: Annotated[str, Field(description="What tells it from others of the name, in the caller's language.")]
    match: Annotated[str, Field(description="`exact`, `prefix`, `word` or `typo`, the best first.")]
    score: Annotated[int, Field(description="100 for the whole title, address, number or id; 25 for a typing mistake.")]
    highlights: Annotated[
        list[tuple[int, int]],
        Field(description="Stretches of the title that were meant: first letter, and the one after the last."),
    ]
    href: Annotated[str, Field(description="Its page, empty for a kind that has none.")]


class GroupOut(Schema):
    """What was found of one kind, best first: by match, then what was opened last, then what changed last."""

    kind: str
    hits: list[HitOut]
    has_more: bool


class SearchOut(Schema):
    """What was found within the caller's reach, the kind with the best hit first."""

    groups: list[GroupOut]


@router.get("/search", response=SearchOut)
@needs("search")
def search(request: HttpRequest, query: Query[SearchQuery]) -> SearchOut:
    """Find records of every kind by a few letters."""
    kinds = [kind.strip() for kind in query.kinds.split(",") if kind.strip()]
    for kind in kinds:
        if kind not in findables():
            raise UnknownKind(kind=kind, known=", ".join(findables()))
    groups = find(actor_of(request), query.q, kinds=kinds or None, limit=query.limit)
    return SearchOut(groups=[group_out(group) for group in groups])


def group_out(group: Group) -> GroupOut:
    """Return a group as the API shows it."""
    return GroupOut(kind=group.findable.kind, hits=[hit_out(hit) for hit in group.hits], has_more=group.has_more)


def hit_out(hit: Hit) -> HitOut:
    """Return a hit as the API shows it."""
    return HitOut(
        id=str(hit.ref),
        title=hit.title,
        note=hit.note,
        match=hit.rank.name.lower(),
        score=hit.rank.score,
        highlights=list(hit.marks),
        href=page_of(hit.ref),
    )
