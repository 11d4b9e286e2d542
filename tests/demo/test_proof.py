"""A year of the demo company proves itself: its documents worked out anew, and its books read by other programs."""

import csv
import json
import os
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

import pytest
from beancount.core.data import Open, Transaction
from beancount.loader import load_file

from tests.kit.postgres_processes import SOURCE, open_folder

pytestmark = pytest.mark.lane("scale")
SECONDS_MOST = 1800
Balances: TypeAlias = dict[tuple[str, str], Decimal]
"""By the code of the account and the currency."""


def caudal(data: Path, *words: str) -> str:
    """Return what the command said on a data folder."""
    done = subprocess.run(
        [sys.executable, "-m", "caudal", "--data", str(data), *words],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS_MOST,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def demo() -> Iterator[Path]:
    """A demo company that is a year old."""
    with open_folder() as folder:
        data = folder / "demo"
        command = [sys.executable, "-m", "caudal", "demo", "--data", str(data), "--months", "12", "--check"]
        environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=SECONDS_MOST)
        yield data


def test_every_document_of_a_year_is_the_same_when_it_is_worked_out_in_another_database(demo: Path) -> None:
    proof = json.loads(caudal(demo, "prove", "--json"))
    assert proof["differing"] == []
    assert proof["documents"] > 100
    print(proof["documents"], "documents from", proof["facts"], "facts")  # noqa: T201  the figures


def test_the_books_of_a_year_fit_to_documents_payments_and_terms(demo: Path) -> None:
    said = caudal(demo, "billing", "reconcile")
    assert "DIFFERS" not in said


def test_beancount_hledger_and_ledger_come_to_the_balances_of_a_year(demo: Path, tmp_path: Path) -> None:
    ours = printed(caudal(demo, "ledger", "balances"))
    assert len(ours) > 10
    files = {}
    for syntax in ("beancount", "hledger", "ledger"):
        files[syntax] = tmp_path / f"books.{syntax}"
        files[syntax].write_text(caudal(demo, "ledger", "export", "--format", syntax), encoding="utf-8")
    assert by_beancount(files["beancount"]) == ours
    for name, found in (("hledger", by_hledger(files["hledger"])), ("ledger", by_ledger(files["ledger"]))):
        assert found in (None, ours), name


def printed(text: str) -> Balances:
    """Read the trial balance as it is printed: code, name, amount, currency."""
    rows = [line.split() for line in text.splitlines()[1:]]
    return {(row[0], row[-1]): Decimal(row[-2]) for row in rows if Decimal(row[-2])}


def code_of(account: str) -> str:
    """Return the code in the name that an account has in all three: `Assets:1200-Receivable-from-customers`."""
    return account.rpartition(":")[2].partition("-")[0]


def by_beancount(path: Path) -> Balances:
    entries, errors, _ = load_file(str(path))
    assert errors == []
    found: Balances = defaultdict(Decimal)
    for entry in entries:
        for posting in entry.postings if isinstance(entry, Transaction) else ():
            assert posting.units is not None
            assert posting.units.number is not None
            found[code_of(posting.account), posting.units.currency] += posting.units.number
    counted = Counter(type(entry) for entry in entries)
    print(counted[Transaction], "entries on", counted[Open], "accounts")  # noqa: T201  the figures
    return {key: amount for key, amount in found.items() if amount}


def by_hledger(path: Path) -> Balances | None:
    """Return hledger's balances, None where it is not installed."""
    table = rows_of("hledger", "-f", str(path), "balance", "--flat", "-N", "-O", "csv", "--layout=bare")
    if table is None:
        return None
    return {(code_of(account), unit): Decimal(amount) for account, unit, amount in table[1:]}


def by_ledger(path: Path) -> Balances | None:
    """Return ledger's balances, None where it is not installed."""
    shape = "%(quoted(account)),%(quoted(commodity)),%(quoted(quantity(amount)))\n"
    table = rows_of("ledger", "--args-only", "-f", str(path), "csv", "--csv-format", shape)
    if table is None:
        return None
    found: Balances = defaultdict(Decimal)
    for account, unit, amount in table:
        found[code_of(account), unit] += Decimal(amount)
    return {key: amount for key, amount in found.items() if amount}


def rows_of(program: str, *words: str) -> list[list[str]] | None:
    """Return the table that a program prints without a complaint, None where there is no such program."""
    if shutil.which(program) is None:
        return None
    ran = subprocess.run(
        [program, *words], capture_output=True, encoding="utf-8", check=False, env={"LC_ALL": "C.UTF-8"}
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return list(csv.reader(ran.stdout.splitlines()))
