"""The API: stages. Written by bin/client."""

from typing import NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import Stage
from caudal.client.transport import Resource, Version, quoted


class StageChange(TypedDict):
    """What to change about a stage; what is left out stays."""

    name: NotRequired[str]
    probability: NotRequired[float | str]
    forecast_category: NotRequired[str]
    days_to_rot: NotRequired[int | None]
    needed: NotRequired[list[str]]
    place: NotRequired[int | None]


class DeleteQuery(TypedDict):
    """What may be asked."""

    to_stage_id: NotRequired[str | None]


class StagesRoutes(Resource):
    """The routes of stages."""

    def change(
        self, stage_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[StageChange]
    ) -> Stage:
        """Change a stage or its place; If-Match says which version was read."""
        found: Stage = self._send(
            "PATCH", f"/api/v1/stages/{quoted(stage_id)}", idempotency_key=idempotency_key, version=version, body=body
        )
        return found

    def delete(
        self,
        stage_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **query: Unpack[DeleteQuery],
    ) -> None:
        """Take out a stage; its open deals go to `to_stage_id`."""
        self._send(
            "DELETE",
            f"/api/v1/stages/{quoted(stage_id)}",
            idempotency_key=idempotency_key,
            version=version,
            query=query,
        )
