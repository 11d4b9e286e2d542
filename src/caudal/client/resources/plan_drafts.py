"""The API: plan drafts. Written by bin/client."""

from typing import Any, Literal, NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import Draft, DraftDecision, Plan
from caudal.client.transport import Resource, Version, quoted


class DraftChangeIn(TypedDict):
    """What is to be otherwise; what is left out stays."""

    name: NotRequired[str | None]
    purpose: NotRequired[Literal["plan", "budget", "forecast"] | None]
    note: NotRequired[str | None]
    text: NotRequired[str | None]
    starts_on: NotRequired[str | None]
    size: NotRequired[str | None]


class DraftDecisionIn(TypedDict):
    """Yes, or no with the reason."""

    granted: bool
    note: NotRequired[str]


class DraftIn(TypedDict):
    """What a draft is begun from: a text, or an id or the name of a shipped plan; else the plan that counts."""

    begun_from: NotRequired[str]
    text: NotRequired[str | None]
    name: NotRequired[str]
    purpose: NotRequired[Literal["plan", "budget", "forecast"]]
    note: NotRequired[str]
    starts_on: NotRequired[str | None]
    size: NotRequired[str | None]


class DraftText(TypedDict):
    """A text that a draft had: by whom it was saved, and when."""

    number: int
    sha256: str
    at: str
    by: str


class DraftTexts(TypedDict):
    """The texts of a draft, the last one first."""

    texts: list[DraftText]


class Drafts(TypedDict):
    """Drafts, changed last first."""

    drafts: list[Draft]


class WholeDraft(TypedDict):
    """A draft with its text and what a check says of it."""

    id: str
    name: str
    purpose: str
    note: str
    state: str
    size: str
    starts_on: str
    origin: str
    begun_from: str
    sha256: str
    proposed_by: str | None
    proposed_at: str | None
    approved_at: str | None
    decisions: list[DraftDecision]
    version: int
    changed_at: str
    changed_by: str
    text: str
    findings: list[dict[str, Any]]
    broken: int | None


class WholeDraftText(TypedDict):
    """A text with its lines, each with the save by which it came and who made it."""

    number: int
    sha256: str
    at: str
    by: str
    text: str
    lines: list[dict[str, Any]]


class PlanDraftsRoutes(Resource):
    """The routes of plan drafts."""

    def list_drafts(self) -> Drafts:
        """Return the drafts of plans, budgets and forecasts, changed last first."""
        found: Drafts = self._send("GET", "/api/v1/plan-drafts")
        return found

    def post_draft(self, *, idempotency_key: str | None = None, **body: Unpack[DraftIn]) -> WholeDraft:
        """Begin a draft."""
        found: WholeDraft = self._send("POST", "/api/v1/plan-drafts", idempotency_key=idempotency_key, body=body)
        return found

    def get_draft(self, draft_id: str) -> WholeDraft:
        """Return a draft with its text and what a check says of it."""
        found: WholeDraft = self._send("GET", f"/api/v1/plan-drafts/{quoted(draft_id)}")
        return found

    def patch_draft(
        self,
        draft_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[DraftChangeIn],
    ) -> WholeDraft:
        """Write on a draft; If-Match says which version was read. A text with mistakes is kept as well."""
        found: WholeDraft = self._send(
            "PATCH",
            f"/api/v1/plan-drafts/{quoted(draft_id)}",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def remove_draft(self, draft_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Throw a draft away."""
        self._send(
            "DELETE", f"/api/v1/plan-drafts/{quoted(draft_id)}", idempotency_key=idempotency_key, version=version
        )

    def list_texts(self, draft_id: str) -> DraftTexts:
        """Return the texts that a draft had, the last one first."""
        found: DraftTexts = self._send("GET", f"/api/v1/plan-drafts/{quoted(draft_id)}/texts")
        return found

    def get_text(self, draft_id: str, number: str) -> WholeDraftText:
        """Return one text of a draft, with the save by which each of its lines came."""
        found: WholeDraftText = self._send("GET", f"/api/v1/plan-drafts/{quoted(draft_id)}/texts/{quoted(number)}")
        return found

    def post_proposal(self, draft_id: str, *, version: Version = None, idempotency_key: str | None = None) -> Draft:
        """Ask two others to approve a draft; one with mistakes is refused with all of them."""
        found: Draft = self._send(
            "POST", f"/api/v1/plan-drafts/{quoted(draft_id)}/proposal", idempotency_key=idempotency_key, version=version
        )
        return found

    def remove_proposal(self, draft_id: str, *, version: Version = None, idempotency_key: str | None = None) -> Draft:
        """Take a proposal back."""
        found: Draft = self._send(
            "DELETE",
            f"/api/v1/plan-drafts/{quoted(draft_id)}/proposal",
            idempotency_key=idempotency_key,
            version=version,
        )
        return found

    def post_decision(
        self,
        draft_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[DraftDecisionIn],
    ) -> Draft:
        """Approve a proposal, or send it back; people do, keys do not."""
        found: Draft = self._send(
            "POST",
            f"/api/v1/plan-drafts/{quoted(draft_id)}/decisions",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def post_adoption(self, draft_id: str, *, version: Version = None, idempotency_key: str | None = None) -> Plan:
        """Make an approved plan the plan that counts."""
        found: Plan = self._send(
            "POST", f"/api/v1/plan-drafts/{quoted(draft_id)}/adoption", idempotency_key=idempotency_key, version=version
        )
        return found
