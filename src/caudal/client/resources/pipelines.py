"""The API: pipelines. Written by bin/client."""

from typing import NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import MoneyBody
from caudal.client.transport import Resource, quoted


class Card(TypedDict):
    """A deal as the board shows it."""

    id: str
    version: int
    name: str
    company: str
    person: str
    owner: str
    amount: MoneyBody | None
    opened_at: str | None
    expected_close_date: str | None
    entered_at: str
    days_in_stage: int
    rotting: bool


class Stage(TypedDict):
    """A stage of a pipeline."""

    id: str
    name: str
    probability: str
    forecast_category: str
    days_to_rot: int | None


class Column(TypedDict):
    """A stage of the board; `hidden` is how many of its deals are not among the cards."""

    stage: Stage
    cards: list[Card]
    count: int
    hidden: int
    rotting: int
    totals: list[MoneyBody]


class Board(TypedDict):
    """The open deals of a pipeline, by stage."""

    pipeline_id: str
    as_of: str
    columns: list[Column]


class Pipeline(TypedDict):
    """A pipeline with its stages, in order."""

    id: str
    name: str
    pillar_id: str | None
    is_default: bool
    stages: list[Stage]


class PipelineList(TypedDict):
    """All pipelines."""

    items: list[Pipeline]


class GetBoardQuery(TypedDict):
    """What may be asked."""

    owner_id: NotRequired[str | None]


class PipelinesRoutes(Resource):
    """The routes of pipelines."""

    def list(self) -> PipelineList:
        """List the pipelines with their stages."""
        found: PipelineList = self._send("GET", "/api/v1/pipelines")
        return found

    def get_board(self, pipeline_id: str, **query: Unpack[GetBoardQuery]) -> Board:
        """Return the board of a pipeline: the newest deals of each stage, and counts and sums over all of them."""
        found: Board = self._send("GET", f"/api/v1/pipelines/{quoted(pipeline_id)}/board", query=query)
        return found
