"""The API: files. Written by bin/client."""

from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted


class File(TypedDict):
    """A file with its record."""

    id: str
    version: int
    about: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    added_at: str
    added_by: str


class Files(TypedDict):
    """The files of a record, newest first."""

    items: list[File]


class ListQuery(TypedDict):
    """What may be asked."""

    about: str


class AddQuery(TypedDict):
    """What may be asked."""

    about: str


class FilesRoutes(Resource):
    """The routes of files."""

    def list(self, **query: Unpack[ListQuery]) -> Files:
        """Return the files of a record."""
        found: Files = self._send("GET", "/api/v1/files", query=query)
        return found

    def add(self, *, files: Mapping[str, Any], idempotency_key: str | None = None, **query: Unpack[AddQuery]) -> File:
        """Keep a file with a record; the same file again is kept once."""
        found: File = self._send("POST", "/api/v1/files", idempotency_key=idempotency_key, files=files, query=query)
        return found

    def get(self, file_id: str) -> File:
        """Return what is known of a file."""
        found: File = self._send("GET", f"/api/v1/files/{quoted(file_id)}")
        return found

    def remove(self, file_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Take a file away from its record; it can be taken back for thirty days."""
        self._send("DELETE", f"/api/v1/files/{quoted(file_id)}", idempotency_key=idempotency_key, version=version)

    def get_content(self, file_id: str) -> None:
        """Return the bytes of a file."""
        self._send("GET", f"/api/v1/files/{quoted(file_id)}/content")

    def take_back(self, file_id: str, *, version: Version = None, idempotency_key: str | None = None) -> File:
        """Give a file back to its record."""
        found: File = self._send(
            "POST", f"/api/v1/files/{quoted(file_id)}/restoration", idempotency_key=idempotency_key, version=version
        )
        return found
