"""The API: ledger accounts. Written by bin/client."""

from typing import Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.resources.shared import Nature
from caudal.client.transport import Resource, Version, quoted


class Account(TypedDict):
    """An account; `purpose` is what the system posts to it, `budget` what numbers count its costs as."""

    id: str
    version: int
    code: str
    nature: str
    label_en: str
    label_es: str
    purpose: str | None
    budget: str


class AccountList(TypedDict):
    """The chart of accounts, by code."""

    accounts: list[Account]


Budget: TypeAlias = Literal[
    "delivery",
    "sales_team",
    "sales_management",
    "sales_operations",
    "sales_enablement",
    "crm",
    "sales_tools",
    "analytics",
    "training",
    "digital_marketing",
    "content_marketing",
    "paid_advertising",
    "events",
]
"""What an account's costs count as: what is sold costs it to deliver, or a line of a budget for selling."""


class AccountNames(TypedDict):
    """What an account is called; without a Spanish name the English one is used, without a budget it stays."""

    label_en: str
    label_es: NotRequired[str]
    budget: NotRequired[Budget | Literal[""] | None]


class NewAccount(TypedDict):
    """An account to add to the chart."""

    code: str
    nature: Nature
    label_en: str
    label_es: NotRequired[str]
    budget: NotRequired[Budget | Literal[""]]


class LedgerAccountsRoutes(Resource):
    """The routes of ledger accounts."""

    def list_ledger_accounts(self) -> AccountList:
        """List the chart of accounts, by code."""
        found: AccountList = self._send("GET", "/api/v1/ledger/accounts")
        return found

    def create_ledger_account(self, *, idempotency_key: str | None = None, **body: Unpack[NewAccount]) -> Account:
        """Add an account."""
        found: Account = self._send("POST", "/api/v1/ledger/accounts", idempotency_key=idempotency_key, body=body)
        return found

    def rename_ledger_account(
        self,
        account_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[AccountNames],
    ) -> Account:
        """Call an account otherwise; If-Match says which version was read. Its code and type stay."""
        found: Account = self._send(
            "PATCH",
            f"/api/v1/ledger/accounts/{quoted(account_id)}",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found
