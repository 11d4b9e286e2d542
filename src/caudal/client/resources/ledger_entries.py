"""The API: ledger entries. Written by bin/client."""

from collections.abc import Iterator
from typing import NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import MoneyBody
from caudal.client.transport import Resource, Version, quoted


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


class ReversalIn(TypedDict):
    """On which day an entry is undone, and why."""

    day: str
    text: NotRequired[str]


class ListLedgerEntriesQuery(TypedDict):
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


class LedgerEntriesRoutes(Resource):
    """The routes of ledger entries."""

    def list_ledger_entries(self, **query: Unpack[ListLedgerEntriesQuery]) -> Iterator[Entry]:
        """List entries, the latest first; amounts are those of one line, in a currency."""
        found: Iterator[Entry] = self._pages("/api/v1/ledger/entries", query)
        return found

    def post_ledger_entry(self, *, idempotency_key: str | None = None, **body: Unpack[EntryIn]) -> Entry:
        """Post an entry; it balances in every currency."""
        found: Entry = self._send("POST", "/api/v1/ledger/entries", idempotency_key=idempotency_key, body=body)
        return found

    def get_ledger_entry(self, entry_id: str) -> Entry:
        """Return an entry with its lines."""
        found: Entry = self._send("GET", f"/api/v1/ledger/entries/{quoted(entry_id)}")
        return found

    def reverse_ledger_entry(
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
