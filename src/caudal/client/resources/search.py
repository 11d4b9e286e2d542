"""The API: search. Written by bin/client."""

from typing import Any, NotRequired, TypedDict, Unpack

from caudal.client.transport import Resource


class Hit(TypedDict):
    """A record that was found."""

    id: str
    title: str
    note: str
    match: str
    score: int
    highlights: list[list[Any]]
    href: str


class Group(TypedDict):
    """What was found of one kind, best first: by match, then what was opened last, then what changed last."""

    kind: str
    hits: list[Hit]
    has_more: bool


class Search(TypedDict):
    """What was found within the caller's reach, the kind with the best hit first."""

    groups: list[Group]


class SearchQuery(TypedDict):
    """What may be asked."""

    q: str
    kinds: NotRequired[str]
    limit: NotRequired[int]


class SearchRoutes(Resource):
    """The routes of search."""

    def search(self, **query: Unpack[SearchQuery]) -> Search:
        """Find records of every kind by a few letters."""
        found: Search = self._send("GET", "/api/v1/search", query=query)
        return found
