"""The API: billing contracts. Written by bin/client."""

from collections.abc import Iterator
from typing import NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import MoneyBody
from caudal.client.transport import Resource, Version, quoted


class CommitmentIn(TypedDict):
    """What is spent at least from a day on; null ends it."""

    from_day: str
    amount: MoneyBody | None
    months: NotRequired[int]


class ContractIn(TypedDict):
    """What was signed."""

    customer_id: str
    name: str
    start_day: str
    end_day: NotRequired[str | None]
    reference: NotRequired[str]
    renews_months: NotRequired[int]
    notice_days: NotRequired[int]
    commitment: NotRequired[MoneyBody | None]
    commitment_months: NotRequired[int]
    note: NotRequired[str]


class Contract(TypedDict):
    """A contract."""

    id: str
    version: int
    customer_id: str
    name: str
    reference: str
    start_day: str
    end_day: str | None
    renews_months: int
    notice_days: int
    notice_day: str | None
    commitment: MoneyBody | None
    commitment_months: int
    is_over: bool


class NoticeIn(TypedDict):
    """On which day notice was given; null takes it back."""

    day: str | None


class RenewalIn(TypedDict):
    """For how many months a contract is renewed early; null for as long as it would by itself."""

    months: NotRequired[int | None]


class ListContractsQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]


class BillingContractsRoutes(Resource):
    """The routes of billing contracts."""

    def list_contracts(self, **query: Unpack[ListContractsQuery]) -> Iterator[Contract]:
        """List contracts, the latest first."""
        found: Iterator[Contract] = self._pages("/api/v1/billing/contracts", query)
        return found

    def create_contract(self, *, idempotency_key: str | None = None, **body: Unpack[ContractIn]) -> Contract:
        """Keep what was signed with a customer."""
        found: Contract = self._send("POST", "/api/v1/billing/contracts", idempotency_key=idempotency_key, body=body)
        return found

    def get_contract(self, contract_id: str) -> Contract:
        """Return a contract."""
        found: Contract = self._send("GET", f"/api/v1/billing/contracts/{quoted(contract_id)}")
        return found

    def give_notice(
        self, contract_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[NoticeIn]
    ) -> Contract:
        """Keep that notice was given, or take it back."""
        found: Contract = self._send(
            "PUT",
            f"/api/v1/billing/contracts/{quoted(contract_id)}/notice",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def renew_contract(
        self,
        contract_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[RenewalIn],
    ) -> Contract:
        """Renew a contract before it ends."""
        found: Contract = self._send(
            "POST",
            f"/api/v1/billing/contracts/{quoted(contract_id)}/renewals",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def commit(
        self,
        contract_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[CommitmentIn],
    ) -> Contract:
        """Agree on what is spent at least from a day on."""
        found: Contract = self._send(
            "POST",
            f"/api/v1/billing/contracts/{quoted(contract_id)}/commitments",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found
