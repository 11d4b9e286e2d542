"""The API: ledger. Written by bin/client."""

from collections.abc import Iterator
from typing import Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.resources.shared import MoneyBody
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


class Balance(TypedDict):
    """What an account holds in a currency."""

    account: str
    nature: str
    label_en: str
    label_es: str
    amount: MoneyBody


class Balances(TypedDict):
    """The trial balance: debits positive, the sum of each currency zero."""

    balances: list[Balance]


class LedgerCostIn(TypedDict):
    """A cost: its key is posted once; owed to a supplier where it is paid from an account of debts."""

    key: str
    day: str
    amount: MoneyBody
    account: str
    paid_from: NotRequired[str | None]
    pillar_id: NotRequired[str | None]
    party: NotRequired[str]
    channel: NotRequired[str]
    document: NotRequired[str]
    note: NotRequired[str]


class CostsIn(TypedDict):
    """Costs to post, all or none."""

    costs: list[LedgerCostIn]


class Costs(TypedDict):
    """The entries that the costs were posted as, in their order."""

    entry_ids: list[str]


class PostingBody(TypedDict):
    """A line of an entry: an amount on an account, debit if positive, and what it is about."""

    account: str
    amount: MoneyBody
    pillar_id: NotRequired[str | None]
    party: NotRequired[str]
    product: NotRequired[str]
    document: NotRequired[str]
    channel: NotRequired[str]
    note: NotRequired[str]


class EntryIn(TypedDict):
    """An entry to post; its source is posted once, and again gives the same entry."""

    source: str
    day: str
    text: NotRequired[str]
    postings: list[PostingBody]


class Entry(TypedDict):
    """An entry with its lines; it is never changed, only undone by the entry `reversal_id`."""

    id: str
    day: str
    text: str
    source: str
    reverses_id: str | None
    reversal_id: str | None
    posted_at: str
    postings: list[PostingBody]


class Income(TypedDict):
    """What was earned and spent, as positive numbers, and what is left by currency."""

    income: list[Balance]
    expenses: list[Balance]
    result: list[MoneyBody]


class MonthIn(TypedDict):
    """A month to close."""

    month: str


class Month(TypedDict):
    """A month: whether it is closed, how many entries it has, and who asks to reopen it."""

    month: str
    is_closed: bool
    entries: int
    closed_month_id: str | None
    asked_by: str | None


class MonthList(TypedDict):
    """The months from the first entry on, the latest first."""

    months: list[Month]


Nature: TypeAlias = Literal["asset", "liability", "equity", "income", "expense"]
"""What an account holds, and on which side it grows."""


class NewAccount(TypedDict):
    """An account to add to the chart."""

    code: str
    nature: Nature
    label_en: str
    label_es: NotRequired[str]
    budget: NotRequired[Budget | Literal[""]]


class OpeningLineIn(TypedDict):
    """What an account held, a debit if positive; name and type add an account that the chart does not have."""

    account: str
    amount: MoneyBody
    name: NotRequired[str]
    nature: NotRequired[Nature | Literal[""]]


class OpeningIn(TypedDict):
    """The balances with which a company moves in; debits and credits of each currency are alike."""

    day: str
    lines: list[OpeningLineIn]


class Opening(TypedDict):
    """The entry that opened the books."""

    entry_id: str


class Paid(TypedDict):
    """The entry of a payment."""

    entry_id: str


class Payable(TypedDict):
    """What is still owed to a supplier for a document."""

    document: str
    party: str
    owed: MoneyBody
    since: str
    entry_id: str


class PayableList(TypedDict):
    """What is owed to suppliers, the oldest first."""

    items: list[Payable]


class RecurringAmount(TypedDict):
    """Another amount, from a day on."""

    from_day: str
    amount: MoneyBody


class RecurringEnd(TypedDict):
    """The last day that a cost recurs on."""

    last_day: str


class RecurringIn(TypedDict):
    """A cost that is posted every month from its day on, up to a last one if there is one."""

    cost: LedgerCostIn
    last_day: NotRequired[str | None]


class Recurring(TypedDict):
    """A cost that recurs; `follows_id` is the one that it took the place of."""

    id: str
    account: str
    paid_from: str
    amount: MoneyBody
    party: str
    channel: str
    note: str
    first_day: str
    last_day: str | None
    follows_id: str | None


class RecurringList(TypedDict):
    """Costs that recur, those that go on first."""

    items: list[Recurring]


class ReopeningIn(TypedDict):
    """Why a month has to be opened again."""

    why: str


class ReversalIn(TypedDict):
    """On which day an entry is undone, and why."""

    day: str
    text: NotRequired[str]


class Sheet(TypedDict):
    """What is owned and owed, as positive numbers, and what was earned in earlier fiscal years and in this one."""

    assets: list[Balance]
    liabilities: list[Balance]
    equity: list[Balance]
    retained: list[MoneyBody]
    result: list[MoneyBody]


class SupplierPaymentIn(TypedDict):
    """A payment of what is owed for a document, in whole or in part; its key pays once."""

    key: str
    document: str
    amount: MoneyBody
    day: str
    paid_from: NotRequired[str | None]


class ListEntriesQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]
    text: NotRequired[str]
    account: NotRequired[str]
    party: NotRequired[str]
    first: NotRequired[str | None]
    last: NotRequired[str | None]
    least: NotRequired[str | None]
    most: NotRequired[str | None]
    currency: NotRequired[str | None]


class BalancesQuery(TypedDict):
    """What may be asked."""

    through: NotRequired[str | None]


class IncomeQuery(TypedDict):
    """What may be asked."""

    first: str
    last: str


class SheetQuery(TypedDict):
    """What may be asked."""

    through: NotRequired[str | None]


class ExportQuery(TypedDict):
    """What may be asked."""

    syntax: NotRequired[Literal["beancount", "hledger", "ledger"]]


class LedgerRoutes(Resource):
    """The routes of ledger."""

    def list_accounts(self) -> AccountList:
        """List the chart of accounts, by code."""
        found: AccountList = self._send("GET", "/api/v1/ledger/accounts")
        return found

    def create_account(self, *, idempotency_key: str | None = None, **body: Unpack[NewAccount]) -> Account:
        """Add an account."""
        found: Account = self._send("POST", "/api/v1/ledger/accounts", idempotency_key=idempotency_key, body=body)
        return found

    def rename_account(
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

    def list_entries(self, **query: Unpack[ListEntriesQuery]) -> Iterator[Entry]:
        """List entries, the latest first; amounts are those of one line, in a currency."""
        found: Iterator[Entry] = self._pages("/api/v1/ledger/entries", query)
        return found

    def post_entry(self, *, idempotency_key: str | None = None, **body: Unpack[EntryIn]) -> Entry:
        """Post an entry; it balances in every currency."""
        found: Entry = self._send("POST", "/api/v1/ledger/entries", idempotency_key=idempotency_key, body=body)
        return found

    def get_entry(self, entry_id: str) -> Entry:
        """Return an entry with its lines."""
        found: Entry = self._send("GET", f"/api/v1/ledger/entries/{quoted(entry_id)}")
        return found

    def reverse_entry(
        self, entry_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[ReversalIn]
    ) -> Entry:
        """Undo an entry by its opposite, once; return that one."""
        found: Entry = self._send(
            "POST",
            f"/api/v1/ledger/entries/{quoted(entry_id)}/reversal",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def balances(self, **query: Unpack[BalancesQuery]) -> Balances:
        """Return the trial balance: every account in every currency."""
        found: Balances = self._send("GET", "/api/v1/ledger/balances", query=query)
        return found

    def income(self, **query: Unpack[IncomeQuery]) -> Income:
        """Return what was earned and spent in some days."""
        found: Income = self._send("GET", "/api/v1/ledger/income", query=query)
        return found

    def sheet(self, **query: Unpack[SheetQuery]) -> Sheet:
        """Return what is owned and owed, and whose it is."""
        found: Sheet = self._send("GET", "/api/v1/ledger/sheet", query=query)
        return found

    def list_months(self) -> MonthList:
        """List the months, and which of them are closed."""
        found: MonthList = self._send("GET", "/api/v1/ledger/months")
        return found

    def close_month(self, *, idempotency_key: str | None = None, **body: Unpack[MonthIn]) -> Month:
        """Close a month that is over: nothing more is posted into it."""
        found: Month = self._send("POST", "/api/v1/ledger/months", idempotency_key=idempotency_key, body=body)
        return found

    def ask_reopening(
        self,
        closed_month_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[ReopeningIn],
    ) -> Month:
        """Ask that a closed month be opened again."""
        found: Month = self._send(
            "POST",
            f"/api/v1/ledger/months/{quoted(closed_month_id)}/asking",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def reopen_month(
        self, closed_month_id: str, *, version: Version = None, idempotency_key: str | None = None
    ) -> Month:
        """Open a month again that somebody else asked for."""
        found: Month = self._send(
            "POST",
            f"/api/v1/ledger/months/{quoted(closed_month_id)}/reopening",
            idempotency_key=idempotency_key,
            version=version,
        )
        return found

    def export(self, **query: Unpack[ExportQuery]) -> bytes:
        """Return the chart and the whole journal in the syntax of beancount, hledger or ledger."""
        found: bytes = self._send("GET", "/api/v1/ledger/export", query=query)
        return found

    def post_costs(self, *, idempotency_key: str | None = None, **body: Unpack[CostsIn]) -> Costs:
        """Post costs, all or none, each once. Without `paid_from` they are paid from the bank."""
        found: Costs = self._send("POST", "/api/v1/ledger/costs", idempotency_key=idempotency_key, body=body)
        return found

    def list_recurring_costs(self) -> RecurringList:
        """List the costs that recur every month."""
        found: RecurringList = self._send("GET", "/api/v1/ledger/recurring-costs")
        return found

    def add_recurring_cost(self, *, idempotency_key: str | None = None, **body: Unpack[RecurringIn]) -> Recurring:
        """Let a cost recur every month; what is due already is posted."""
        found: Recurring = self._send(
            "POST", "/api/v1/ledger/recurring-costs", idempotency_key=idempotency_key, body=body
        )
        return found

    def end_recurring_cost(
        self, cost_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[RecurringEnd]
    ) -> Recurring:
        """Let a cost recur up to a day and no longer."""
        found: Recurring = self._send(
            "POST",
            f"/api/v1/ledger/recurring-costs/{quoted(cost_id)}/end",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def change_recurring_cost(
        self,
        cost_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[RecurringAmount],
    ) -> Recurring:
        """Let another amount recur from a day on; return the cost that recurs then."""
        found: Recurring = self._send(
            "POST",
            f"/api/v1/ledger/recurring-costs/{quoted(cost_id)}/amount",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def list_payables(self) -> PayableList:
        """List what is owed to suppliers, the oldest first."""
        found: PayableList = self._send("GET", "/api/v1/ledger/payables")
        return found

    def pay_supplier(self, *, idempotency_key: str | None = None, **body: Unpack[SupplierPaymentIn]) -> Paid:
        """Pay a supplier what is owed for a document, in whole or in part."""
        found: Paid = self._send("POST", "/api/v1/ledger/payments", idempotency_key=idempotency_key, body=body)
        return found

    def open_books(self, *, idempotency_key: str | None = None, **body: Unpack[OpeningIn]) -> Opening:
        """Post what the accounts held when the company moved in, once."""
        found: Opening = self._send("POST", "/api/v1/ledger/opening", idempotency_key=idempotency_key, body=body)
        return found
