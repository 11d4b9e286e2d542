"""The API: imports. Written by bin/client."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted


class ImportColumn(TypedDict):
    """A column, some of its values, and the field that it becomes: `custom` is kept as it is."""

    label: str
    samples: list[str]
    read_as: list[str]
    becomes: str
    empty: int | None
    reading: str


class ImportTableIn(TypedDict):
    """What becomes of a table: its kind, nothing to leave it out, and the field of each column by its label."""

    kind: str
    columns: NotRequired[dict[str, str]]
    readings: NotRequired[dict[str, str]]


class ImportDecisionsIn(TypedDict):
    """What is decided; what is left out stays as the files say it."""

    tables: NotRequired[dict[str, ImportTableIn]]
    stages: NotRequired[dict[str, str]]
    owners: NotRequired[dict[str, str]]
    keeps_columns: NotRequired[bool]


class ImportFile(TypedDict):
    """What becomes of one table."""

    file: str
    kind: str
    rows: int
    created: int
    updated: int
    unchanged: int
    refused: int


class ImportFinding(TypedDict):
    """Something worth knowing, a choice that was made, or a reason why rows are refused."""

    code: str
    severity: str
    place: str
    file: str
    lines: list[int]
    count: int
    message: str


class ImportKept(TypedDict):
    """A record that undoing leaves, why, and the one that needs it."""

    ref: str
    reason: str
    by: str


class ImportWord(TypedDict):
    """A stage or an owner as the files write it, and what it is taken for."""

    text: str
    count: int
    taken: str
    chosen: str


class Import(TypedDict):
    """A rehearsal, an import, or the undoing of one."""

    id: str
    does: str
    source: str
    state: str
    done: int
    total: int | None
    error: str
    begun_at: str
    finished_at: str | None
    can_undo: bool
    profile_id: str
    files: list[ImportFile]
    findings: list[ImportFinding]
    stages: list[ImportWord]
    owners: list[ImportWord]
    removed: dict[str, int]
    put_back: dict[str, int]
    kept: dict[str, int]
    listed: list[ImportKept]


class ImportRefused(TypedDict):
    """Rows that are refused, each with its place and why."""

    items: list[ImportFinding]


class ImportTable(TypedDict):
    """A table of the files, the kind of its rows, its columns and its first rows."""

    name: str
    kind: str
    columns: list[ImportColumn]
    rows: list[list[str]]


class ImportTables(TypedDict):
    """The tables of an import."""

    items: list[ImportTable]


class Imports(TypedDict):
    """Rehearsals, imports and undoings, newest first."""

    items: list[Import]


class ProfileApplied(TypedDict):
    """The profile by which files are read; none lets their own words say it."""

    profile_id: NotRequired[str]


class TableFit(TypedDict):
    """A table beside the one that the profile knows: what it has more, and less."""

    name: str
    more: list[str]
    less: list[str]


class ProfileFit(TypedDict):
    """A profile that fits files, and how."""

    id: str
    name: str
    is_exact: bool
    tables: list[TableFit]


class RehearseQuery(TypedDict):
    """What may be asked."""

    source: NotRequired[str]
    profile: NotRequired[str]


class UndoQuery(TypedDict):
    """What may be asked."""

    only: NotRequired[Literal["", "rehearsal"]]


class ImportsRoutes(Resource):
    """The routes of imports."""

    def list(self) -> Imports:
        """Return the newest rehearsals, imports and undoings."""
        found: Imports = self._send("GET", "/api/v1/imports")
        return found

    def rehearse(
        self, *, files: Mapping[str, Any], idempotency_key: str | None = None, **query: Unpack[RehearseQuery]
    ) -> Import:
        """Take files and have their import rehearsed by a worker; the source is what the other system is called."""
        found: Import = self._send("POST", "/api/v1/imports", idempotency_key=idempotency_key, files=files, query=query)
        return found

    def get(self, import_id: str) -> Import:
        """Return how far it is, and what became of it."""
        found: Import = self._send("GET", f"/api/v1/imports/{quoted(import_id)}")
        return found

    def get_tables(self, import_id: str) -> ImportTables:
        """Return the tables of the files, what their columns are taken for, and their first rows."""
        found: ImportTables = self._send("GET", f"/api/v1/imports/{quoted(import_id)}/tables")
        return found

    def get_refused(self, import_id: str) -> ImportRefused:
        """Return the rows that are refused, each with its place and why."""
        found: ImportRefused = self._send("GET", f"/api/v1/imports/{quoted(import_id)}/refused")
        return found

    def decide(
        self,
        import_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[ImportDecisionsIn],
    ) -> Import:
        """Have the same files rehearsed again as it is decided."""
        found: Import = self._send(
            "POST",
            f"/api/v1/imports/{quoted(import_id)}/decisions",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def run(self, import_id: str, *, version: Version = None, idempotency_key: str | None = None) -> Import:
        """Have what was rehearsed imported for good."""
        found: Import = self._send(
            "POST", f"/api/v1/imports/{quoted(import_id)}/run", idempotency_key=idempotency_key, version=version
        )
        return found

    def cancel(self, import_id: str, *, version: Version = None, idempotency_key: str | None = None) -> Import:
        """Ask that it stops between two batches."""
        found: Import = self._send(
            "POST",
            f"/api/v1/imports/{quoted(import_id)}/cancellation",
            idempotency_key=idempotency_key,
            version=version,
        )
        return found

    def undo(
        self, import_id: str, *, version: Version = None, idempotency_key: str | None = None, **query: Unpack[UndoQuery]
    ) -> Import:
        """Have an import undone, or only what that would do said."""
        found: Import = self._send(
            "POST",
            f"/api/v1/imports/{quoted(import_id)}/undo",
            idempotency_key=idempotency_key,
            version=version,
            query=query,
        )
        return found

    def list_fitting_profiles(self, import_id: str) -> Sequence[ProfileFit]:
        """List the profiles that fit the files of an import, the best first, with the columns that differ."""
        found: Sequence[ProfileFit] = self._send("GET", f"/api/v1/imports/{quoted(import_id)}/profiles")
        return found

    def apply_profile(
        self,
        import_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[ProfileApplied],
    ) -> Import:
        """Have the same files rehearsed again as a profile says, or as their own words do."""
        found: Import = self._send(
            "POST",
            f"/api/v1/imports/{quoted(import_id)}/profile",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found
