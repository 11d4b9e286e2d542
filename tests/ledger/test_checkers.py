"""Other programs of double entry read our books, and come to our balances: beancount, hledger and ledger."""

import csv
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest
from beancount.core.data import Transaction
from beancount.loader import load_file

from caudal.core.journal import Entry, Posting, exchange, move
from caudal.core.money import Currency, Money
from caudal.kit.access import SYSTEM
from caudal.ledger import actions, queries
from caudal.ledger.actions import EntryDraft
from caudal.ledger.queries import Syntax
from caudal.ledger.queries.exporting import account_name
from tests.world import AT, Shop

MADE: dict[str, Any] = {"actor": SYSTEM, "as_of": AT}
KWD: Final = Currency("KWD")
DAY: Final = date(2026, 2, 27)
TEXTS: Final = (
    'She said "no"; then \\ left',
    "Two\nlines\tand a tab\r\n and  more",
    "(code) in front",
    "! * = what marks",
    "[2026-13-45] [=2026/99/99] is no day",
    "Señor Ñandú → 株式会社 €",
    "  ; | comment",
    "key: value, and:other # hash @ 5 {6}",
    "",
)
"""What people write, and what the three would take for a part of their own syntax."""
LABELS: Final = ("Energía & agua (50 %)", "水道光熱費", "Cafe\u0301s: «Ñ»", "; — ;", "A_b  c\td")

Balances: TypeAlias = dict[tuple[str, str], Decimal]


@pytest.fixture
def books(shop: Shop, tmp_path: Path) -> tuple[Path, Balances]:
    """Entries in four currencies of three exponents, with every text on every kind of account; what we say they are."""
    actions.set_up_chart(**MADE)
    odd = [
        actions.add_account(**MADE, code=f"70{number}0", nature="expense", label_en=label)
        for number, label in enumerate(LABELS)
    ]
    accounts = {"paid_from": "1000", "paid_to": "1050", "through": "1900"}
    entries = [
        Entry(exchanged.day, exchanged.postings, TEXTS[0])
        for exchanged in (
            exchange(Money.of("1234567.89", "EUR"), Money.of("200000001", "JPY"), day=DAY, **accounts),
            exchange(Money.of("0.001", "KWD"), Money.of("0.01", "USD"), day=DAY, **accounts),
        )
    ]
    amounts = ("0.01", "999999999999.99", "12.30", "7", "1234.56", "0.10", "100", "3.33", "42")
    for number, (text, amount) in enumerate(zip(TEXTS, amounts, strict=True)):
        account = odd[number % len(odd)]
        entries.append(move(Money.of(amount, "EUR"), debit=account.code, credit="2000", day=DAY, text=text))
        about = {"note": text, "document": "invoice_1"} if text else {}
        income = Posting("4000", Money(-1001 - number, KWD), about)
        entries.append(Entry(DAY, (Posting("1200", Money(1001 + number, KWD), about), income), text))
    drafts = [EntryDraft(f"{number} {TEXTS[number % 8]}", entry) for number, entry in enumerate(entries)]
    posted = actions.post_entries(**MADE, drafts=drafts)
    actions.reverse_entry(**MADE, entry_id=posted[3].pk, day=DAY, text="Twice")
    for syntax in Syntax:
        lines = [f"{line}\n" for line in queries.exported(SYSTEM, syntax)]
        (tmp_path / f"books.{syntax.value}").write_text("".join(lines), encoding="utf-8")
    ours = {
        (account_name(each.account), each.amount.currency.code): Decimal(each.amount.major)
        for each in queries.balances(SYSTEM)
    }
    return tmp_path, ours


def test_beancount_finds_no_fault_with_our_books_and_comes_to_our_balances(books: tuple[Path, Balances]) -> None:
    folder, ours = books
    entries, errors, _ = load_file(str(folder / "books.beancount"))
    assert errors == []
    found: Balances = defaultdict(Decimal)
    for entry in entries:
        for posting in entry.postings if isinstance(entry, Transaction) else ():
            assert posting.units is not None
            assert posting.units.number is not None
            found[posting.account, posting.units.currency] += posting.units.number
    assert {key: amount for key, amount in found.items() if amount} == ours
    assert ("Expenses:7000-Energía-agua-50", "EUR") in ours
    texts = [entry for entry in entries if isinstance(entry, Transaction)]
    assert {entry.narration for entry in texts} == {*(" ".join(text.split()) for text in TEXTS), "Twice"}
    noted = [(posting.meta or {}).get("note") for entry in texts for posting in entry.postings]
    assert " ".join(TEXTS[4].split()) in noted


def program(name: str) -> str:
    """Return where a program is; say that the test was left out where it is not."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not on this machine: install Debian's package {name} to have it check the books")
    return found


def said(*command: str) -> Iterator[list[str]]:
    """Yield the rows of a table that a program printed. A complaint of its fails the test."""
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env={"LC_ALL": "C.UTF-8"})
    assert (ran.returncode, ran.stderr) == (0, "")
    yield from csv.reader(ran.stdout.splitlines())


@pytest.mark.lane("engines")
def test_hledger_comes_to_our_balances(books: tuple[Path, Balances]) -> None:
    folder, ours = books
    table = said(
        program("hledger"), "-f", str(folder / "books.hledger"), "balance", "--flat", "-N", "-O", "csv", "--layout=bare"
    )
    next(table)
    assert {(account, code): Decimal(amount) for account, code, amount in table} == ours


@pytest.mark.lane("engines")
def test_ledger_comes_to_our_balances(books: tuple[Path, Balances]) -> None:
    folder, ours = books
    found: Balances = defaultdict(Decimal)
    shape = "%(quoted(account)),%(quoted(commodity)),%(quoted(quantity(amount)))\n"
    for account, code, amount in said(
        program("ledger"), "--args-only", "-f", str(folder / "books.ledger"), "csv", "--csv-format", shape
    ):
        found[account, code] += Decimal(amount)
    assert {key: amount for key, amount in found.items() if amount} == ours
