"""The API: operations. Written by bin/client."""

from typing import Any, TypedDict

from caudal.client.transport import Resource, Version, quoted


class Operation(TypedDict):
    """Long work and how far it is."""

    id: str
    title: str
    state: str
    done: int
    total: int | None
    result: dict[str, Any]
    error: str


class OperationsRoutes(Resource):
    """The routes of operations."""

    def get(self, operation_id: str) -> Operation:
        """Say how far a long operation is."""
        found: Operation = self._send("GET", f"/api/v1/operations/{quoted(operation_id)}")
        return found

    def cancel(self, operation_id: str, *, version: Version = None, idempotency_key: str | None = None) -> Operation:
        """Ask a long operation to stop after its current step."""
        found: Operation = self._send(
            "POST",
            f"/api/v1/operations/{quoted(operation_id)}/cancellation",
            idempotency_key=idempotency_key,
            version=version,
        )
        return found
