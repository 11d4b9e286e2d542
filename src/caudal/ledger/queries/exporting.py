"""The journal in the syntax of plain-text accounting: beancount, hledger and ledger."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

from caudal.core.journal import Nature
from caudal.kit.access import Actor, Verb
from caudal.ledger.models import Account, JournalEntry, JournalPosting
from caudal.ledger.queries.entries import chart, postings_of

ROOTS: Final = {
    Nature.ASSET: "Assets",
    Nature.LIABILITY: "Liabilities",
    Nature.EQUITY: "Equity",
    Nature.INCOME: "Income",
    Nature.EXPENSE: "Expenses",
}
ABOUT: Final = ("party", "product", "document", "channel", "note")
"""What a line tells of itself, where it does."""
CHUNK: Final = 500
OPENED: Final = "1900-01-01"
"""Accounts are open on any day that something may have been posted on."""


class Syntax(StrEnum):
    """Whose syntax."""

    BEANCOUNT = "beancount"
    HLEDGER = "hledger"
    LEDGER = "ledger"


def exported(actor: Actor, syntax: Syntax) -> Iterator[str]:
    """Yield the lines of a file with the chart and every entry by day, then id, a few hundred entries at a time."""
    yield from _head(chart(actor), syntax)
    rows = JournalEntry.for_actor(actor, Verb.EXPORT).order_by("day", "pk").iterator(chunk_size=CHUNK)
    for some in _chunks(rows):
        postings = postings_of([row.pk for row in some])
        for row in some:
            yield from _entry(row, postings[row.pk], syntax)


def account_name(account: Account) -> str:
    """Return what an account is called in all three: its root, code and the letters and digits of its English name.

    A name without any leaves the code alone.
    """
    words = re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", account.label_en)).strip("-")
    return f"{ROOTS[Nature(account.nature)]}:{account.code}{'-' if words else ''}{words}"


def _chunks(rows: Iterable[JournalEntry]) -> Iterator[list[JournalEntry]]:
    some: list[JournalEntry] = []
    for row in rows:
        some.append(row)
        if len(some) == CHUNK:
            yield some
            some = []
    if some:
        yield some


def _head(accounts: Iterable[Account], syntax: Syntax) -> Iterator[str]:
    if syntax is Syntax.HLEDGER:
        yield "decimal-mark ."
    for account in accounts:
        name = account_name(account)
        yield f"{OPENED} open {name}" if syntax is Syntax.BEANCOUNT else f"account {name}"


def _entry(row: JournalEntry, postings: Iterable[JournalPosting], syntax: Syntax) -> Iterator[str]:
    yield ""
    if syntax is Syntax.BEANCOUNT:
        yield f'{row.day} * "{_quoted(row.text)}"'
        yield f'  source: "{_quoted(row.source)}"'
        yield f'  entry: "{row.ref}"'
    else:
        yield f"{row.day} * {_plain(row.text).lstrip('(') or '-'}"
        yield f"    ; source: {_plain(row.source)}"
    for posting in postings:
        yield f"    {account_name(posting.account)}  {posting.amount}"
        for name in ABOUT:
            if said := getattr(posting, name):
                value = f'"{_quoted(said)}"' if syntax is Syntax.BEANCOUNT else _plain(said)
                yield f"      {'' if syntax is Syntax.BEANCOUNT else '; '}{name}: {value}"


def _quoted(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')


def _plain(text: str) -> str:
    """Return a text without what begins a comment, another part of a line, or a day that would be read as one."""
    return " ".join(re.sub(r"[;|]", ",", text).replace("[", "(").replace("]", ")").split())
