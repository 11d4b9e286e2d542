"""The API: search. Written by bin/client."""

from typing import NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import Search
from caudal.client.transport import Resource


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
