"""The API: pipelines. Written by bin/client."""

from typing import NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import MoneyBody, Stage
from caudal.client.transport import Resource, Version, quoted


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


class PipelineChange(TypedDict):
    """What to change about a pipeline; what is left out stays."""

    name: NotRequired[str]
    pillar_id: NotRequired[str | None]
    is_default: NotRequired[bool]


class PipelineIn(TypedDict):
    """A pipeline to add; it begins with four stages."""

    name: str
    pillar_id: NotRequired[str | None]
    is_default: NotRequired[bool]


class Pipeline(TypedDict):
    """A pipeline with its stages, in order."""

    id: str
    version: int
    name: str
    pillar_id: str | None
    is_default: bool
    stages: list[Stage]


class PipelineList(TypedDict):
    """All pipelines."""

    items: list[Pipeline]


class StageNew(TypedDict):
    """A stage to add, last or at a place counted from 1."""

    name: str
    probability: float | str
    forecast_category: NotRequired[str]
    days_to_rot: NotRequired[int | None]
    needed: NotRequired[list[str]]
    place: NotRequired[int | None]


class GetBoardQuery(TypedDict):
    """What may be asked."""

    owner_id: NotRequired[str | None]


class PipelinesRoutes(Resource):
    """The routes of pipelines."""

    def list(self) -> PipelineList:
        """List the pipelines with their stages."""
        found: PipelineList = self._send("GET", "/api/v1/pipelines")
        return found

    def create(self, *, idempotency_key: str | None = None, **body: Unpack[PipelineIn]) -> Pipeline:
        """Add a pipeline with four stages to begin with."""
        found: Pipeline = self._send("POST", "/api/v1/pipelines", idempotency_key=idempotency_key, body=body)
        return found

    def change(
        self,
        pipeline_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[PipelineChange],
    ) -> Pipeline:
        """Change a pipeline; If-Match says which version was read."""
        found: Pipeline = self._send(
            "PATCH",
            f"/api/v1/pipelines/{quoted(pipeline_id)}",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def delete(self, pipeline_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Take out a pipeline that no deal went through."""
        self._send(
            "DELETE", f"/api/v1/pipelines/{quoted(pipeline_id)}", idempotency_key=idempotency_key, version=version
        )

    def create_stage(
        self, pipeline_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[StageNew]
    ) -> Stage:
        """Add a stage to a pipeline."""
        found: Stage = self._send(
            "POST",
            f"/api/v1/pipelines/{quoted(pipeline_id)}/stages",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def get_board(self, pipeline_id: str, **query: Unpack[GetBoardQuery]) -> Board:
        """Return the board of a pipeline: the newest deals of each stage, and counts and sums over all of them."""
        found: Board = self._send("GET", f"/api/v1/pipelines/{quoted(pipeline_id)}/board", query=query)
        return found
