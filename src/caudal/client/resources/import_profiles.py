"""The API: import profiles. Written by bin/client."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted

ProfileSharing: TypeAlias = Literal["everybody", "private"]
"""Who uses a profile besides whoever saved it."""


class ProfileChange(TypedDict):
    """What to change about a profile; what is left out stays."""

    name: NotRequired[str]
    sharing: NotRequired[ProfileSharing]


class ProfileColumn(TypedDict):
    """A column: the key that it is known by, its header, the field that it becomes, and how it is written."""

    key: str
    label: str
    to: str
    reading: str


class ProfileIn(TypedDict):
    """The rehearsal or import whose decisions are kept, under which name, and who uses it."""

    name: str
    import_id: str
    sharing: NotRequired[ProfileSharing]


class ProfileTable(TypedDict):
    """A table: what its file was called, what its rows become, and its columns."""

    name: str
    kind: str
    columns: list[ProfileColumn]


class ProfileWord(TypedDict):
    """What a word of files means: an answer, and what the row that it names was called."""

    to: str
    called: str


class Profile(TypedDict):
    """A profile of imports."""

    id: str
    version: int
    name: str
    sharing: str
    changed_at: str
    tables: list[ProfileTable]
    stages: dict[str, ProfileWord]
    owners: dict[str, ProfileWord]
    keeps_columns: bool


class ImportProfilesRoutes(Resource):
    """The routes of import profiles."""

    def list_import_profiles(self) -> Sequence[Profile]:
        """List the profiles that one may use, by name."""
        found: Sequence[Profile] = self._send("GET", "/api/v1/import-profiles")
        return found

    def create_import_profile(self, *, idempotency_key: str | None = None, **body: Unpack[ProfileIn]) -> Profile:
        """Keep what was decided about the files of a rehearsal or an import as a profile."""
        found: Profile = self._send("POST", "/api/v1/import-profiles", idempotency_key=idempotency_key, body=body)
        return found

    def get_import_profile(self, profile_id: str) -> Profile:
        """Return a profile."""
        found: Profile = self._send("GET", f"/api/v1/import-profiles/{quoted(profile_id)}")
        return found

    def change_import_profile(
        self,
        profile_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[ProfileChange],
    ) -> Profile:
        """Call a profile otherwise, or say who uses it; If-Match says which version was read."""
        found: Profile = self._send(
            "PATCH",
            f"/api/v1/import-profiles/{quoted(profile_id)}",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def delete_import_profile(
        self, profile_id: str, *, version: Version = None, idempotency_key: str | None = None
    ) -> None:
        """Take a profile away; what was imported by it stays."""
        self._send(
            "DELETE", f"/api/v1/import-profiles/{quoted(profile_id)}", idempotency_key=idempotency_key, version=version
        )
