"""The API: consents. Written by bin/client."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted

ConsentPurpose: TypeAlias = Literal["newsletter", "calls", "events", "profile", "partners"]
"""What somebody may be written to, called or known for."""


ConsentSource: TypeAlias = Literal["form", "mail", "phone", "paper", "meeting", "other"]
"""How somebody agreed."""


class ConsentBody(TypedDict):
    """A person or a lead agreed to a purpose."""

    record_id: str
    purpose: ConsentPurpose
    wording: str
    wording_version: str
    source: ConsentSource
    proof: NotRequired[str]
    given_at: NotRequired[str | None]


class Consent(TypedDict):
    """What somebody agreed to."""

    id: str
    version: int
    person_id: str | None
    lead_id: str | None
    purpose: str
    wording: str
    wording_version: str
    source: str
    proof: str
    given_at: str
    withdrawn_at: str | None
    withdrawn_how: str


class WithdrawalIn(TypedDict):
    """How somebody took it back."""

    how: ConsentSource
    withdrawn_at: NotRequired[str | None]


class ListQuery(TypedDict):
    """What may be asked."""

    record_id: str


class ConsentsRoutes(Resource):
    """The routes of consents."""

    def list(self, **query: Unpack[ListQuery]) -> Sequence[Consent]:
        """List what a person or a lead agreed to: what holds first, then what was withdrawn."""
        found: Sequence[Consent] = self._send("GET", "/api/v1/consents", query=query)
        return found

    def note(self, *, idempotency_key: str | None = None, **body: Unpack[ConsentBody]) -> Consent:
        """Note that somebody agreed."""
        found: Consent = self._send("POST", "/api/v1/consents", idempotency_key=idempotency_key, body=body)
        return found

    def withdraw(
        self,
        consent_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[WithdrawalIn],
    ) -> Consent:
        """Note that somebody takes back what they agreed to."""
        found: Consent = self._send(
            "POST",
            f"/api/v1/consents/{quoted(consent_id)}/withdrawal",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found
