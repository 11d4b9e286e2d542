"""Invoice runs that are killed, or lose their database, and four of them at once: nothing twice, no gap, all balanced."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from caudal.kit.postgres import Cluster, Role, Server
from tests.billing.living import FAILPOINTS
from tests.faults.in_lots import CUSTOMERS as LOT
from tests.kit.postgres_processes import SOURCE, eventually, kill_server, open_folder, state_of

pytestmark = pytest.mark.lane("faults")
CUSTOMERS = 9 * LOT - 3
ROOT = SOURCE.parent
ALIVE, KILLED = 0, -signal.SIGKILL
POINTS = [name for name in FAILPOINTS if name.startswith(("run.", "invoice."))]
CHECKS = {
    "an obligation twice": """
        SELECT count(*) FROM (
            SELECT source, obligation FROM billing_invoiceline WHERE holds AND source IS NOT NULL
            GROUP BY 1, 2 HAVING count(*) > 1
        ) AS twice""",
    "a number twice or a gap": """
        SELECT count(*) FROM (
            SELECT right(number, 5)::int AS said,
                row_number() OVER (PARTITION BY entity_id, left(number, -6) ORDER BY number) AS place
            FROM billing_invoice
        ) AS numbered WHERE place <> said""",
    "an entry that does not balance": """
        SELECT count(*) FROM (
            SELECT entry_id FROM ledger_journalposting GROUP BY entry_id, amount_currency HAVING sum(amount_minor) <> 0
        ) AS uneven""",
    "an invoice without its entry": """
        SELECT abs(count(*) - (SELECT count(*) FROM billing_invoice)) + count(*) - count(DISTINCT source)
        FROM ledger_journalentry""",
    "an invoice without its fact": """
        SELECT abs(count(*) - (SELECT count(*) FROM billing_invoice)) + count(*) - count(DISTINCT subject_id)
        FROM kit_fact WHERE name = 'billing.invoice_issued'""",
    "a document that does not add up": """
        SELECT count(*) FROM billing_invoice AS i WHERE i.net_minor <>
            (SELECT sum(l.net_minor) FROM billing_invoiceline AS l WHERE l.invoice_id = i.id)""",
    "a customer with two invoices of a day": """
        SELECT count(*) FROM (
            SELECT customer_id, issue_day FROM billing_invoice GROUP BY 1, 2 HAVING count(*) > 1
        ) AS twice""",
}


@dataclass(frozen=True, slots=True)
class Company:
    """A data folder with subscriptions, its server, and the days on which it invoices a month each."""

    data: Path
    server: Server
    days: Iterator[date]

    def start(self, *words: str, **environment: str) -> "subprocess.Popen[str]":
        return started(self.data, *words, **environment)

    def invoice(self, day: date, **environment: str) -> "subprocess.Popen[str]":
        """Begin to invoice what fell due on a day and before."""
        return self.start("tests.faults.in_lots", "--through", f"{day}", "--dated", f"{day}", **environment)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database, which is there again by then."""
        self.server.ensure()
        with psycopg.connect(self.server.dsn(Role.OWNER).url(), autocommit=True) as connection:
            return connection.execute(sql.encode(), values or None).fetchall()

    def count(self, sql: str) -> int:
        """Ask for one number."""
        return int(self.rows(sql)[0][0])

    def invoices(self) -> int:
        """Every invoice that is there, when every invariant holds, whatever happened before."""
        assert {name: self.count(sql) for name, sql in CHECKS.items()} == dict.fromkeys(CHECKS, 0)
        return self.count("SELECT count(*) FROM billing_invoice")

    def waits(self, processes: int) -> bool:
        """Whether so many wait for a lock that somebody asks for by its number."""
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        return self.count(waiting) == processes


def stands_still(pid: int) -> bool:
    """Whether a process was stopped where it was."""
    return state_of(pid) == "T"


def started(data: Path, *words: str, **environment: str) -> "subprocess.Popen[str]":
    """Start a module in a process of its own, at work in a data folder."""
    own = {"CAUDAL_DATA": str(data), "PYTHONPATH": os.pathsep.join([str(SOURCE), str(ROOT)])}
    return subprocess.Popen(
        [sys.executable, "-m", *words],
        env=os.environ | own | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """Wait for a process; return how it ended, and what it complained of."""
    _, said = process.communicate(timeout=180)
    return process.returncode, said


@pytest.fixture(scope="module")
def company() -> Iterator[Company]:
    with open_folder() as folder, Cluster(folder / "data").attach() as server:
        own = ("--company", "Acme", "--currency", "EUR", "--zone", "Europe/Madrid", "--yes")
        for words in (("caudal", "init", *own), ("tests.faults.billed", str(CUSTOMERS))):
            status, said = ended(started(folder / "data", *words))
            assert status == ALIVE, said
        months = (date(2024 + month // 12, month % 12 + 1, 1) for month in count())
        yield Company(folder / "data", server, months)


def test_runs_that_are_killed_at_any_point_or_lose_their_database_there_invoice_nothing_twice(company: Company) -> None:
    assert len(POINTS) >= 6
    for name in POINTS:
        before, day = company.invoices(), next(company.days)
        # Each dies in its third lot, or behind it: the lots before are done whole.
        done = LOT * (3 if name == "run.after_lot" else 2)
        assert ended(company.invoice(day, CAUDAL_FAILPOINTS=f"{name}=kill@3"))[0] == KILLED, name
        assert company.invoices() == before + done, name
        run = company.invoice(day, CAUDAL_FAILPOINTS=f"{name}=stop@3")
        assert eventually(partial(stands_still, run.pid), 90), name
        kill_server(company.server.cluster)
        company.server.ensure()
        run.send_signal(signal.SIGCONT)
        status, said = ended(run)
        assert (status, "OperationalError" in said) == (1, True), said
        assert company.invoices() == before + 2 * done, name
        assert ended(company.invoice(day))[0] == ALIVE
        assert company.invoices() == before + CUSTOMERS, name


def test_four_runs_at_once_leave_one_invoice_for_each_obligation(company: Company) -> None:
    before, day = company.invoices(), next(company.days)
    runs = [company.invoice(day) for _ in range(4)]
    assert [ended(run)[0] for run in runs] == [ALIVE] * 4
    assert company.invoices() == before + CUSTOMERS
    shares = company.rows("SELECT invoices FROM billing_invoicerun WHERE issue_day = %s", day)
    assert sum(share for (share,) in shares) == CUSTOMERS


def test_four_runs_at_once_that_lose_their_database_leave_whole_lots(company: Company) -> None:
    before, day = company.invoices(), next(company.days)
    runs = [company.invoice(day) for _ in range(4)]
    assert eventually(lambda: company.count("SELECT count(*) FROM billing_invoice") > before, 60)
    kill_server(company.server.cluster)
    company.server.ensure()
    assert {ended(run)[0] for run in runs} <= {ALIVE, 1}
    assert before < company.invoices() <= before + CUSTOMERS
    assert ended(company.invoice(day))[0] == ALIVE
    assert company.invoices() == before + CUSTOMERS
    assert ended(company.invoice(day))[0] == ALIVE
    assert company.invoices() == before + CUSTOMERS


NAIVE = """
import sys
import psycopg
address, way = sys.argv[1:]
with psycopg.connect(address) as connection:
    connection.execute("SELECT pg_advisory_lock_shared(1)")  # until everybody is there
    connection.commit()
    for number in range(60):
        if way == "look for the last number":
            (taken,) = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM naive").fetchone()
            connection.execute("INSERT INTO naive VALUES (%s)", [taken])
        elif way == "look whether it is invoiced":
            found = connection.execute("SELECT 1 FROM naive WHERE number = %s", [number]).fetchone()
            if found is None:
                connection.execute("INSERT INTO naive VALUES (%s)", [number])
        elif way == "write what is not there":  # a batch of events
            connection.execute(
                "INSERT INTO naive SELECT n FROM generate_series(%s::int, %s::int) AS n"
                " WHERE NOT EXISTS (SELECT 1 FROM naive WHERE naive.number = n)",
                [1000 * number, 1000 * number + 999],
            )
        elif way == "look what is open and write what is left":
            (left,) = connection.execute("SELECT open FROM naive_invoice").fetchone()
            connection.execute("INSERT INTO naive VALUES (1)")
            connection.execute("UPDATE naive_invoice SET open = %s", [left - 1])
        else:
            connection.execute("INSERT INTO naive SELECT nextval('naive_number')")
            if number % 10 == 3:
                connection.rollback()  # a document that was refused
        connection.commit()
"""


@pytest.mark.parametrize(
    ("way", "broken", "alone"),
    [
        ("look for the last number", "SELECT count(*) - count(DISTINCT number) FROM naive", 0),
        ("look whether it is invoiced", "SELECT count(*) - count(DISTINCT number) FROM naive", 0),
        ("take it of a sequence", "SELECT max(number) - count(*) FROM naive", 6),
        ("write what is not there", "SELECT count(*) - count(DISTINCT number) FROM naive", 0),
        (
            "look what is open and write what is left",
            "SELECT open + (SELECT sum(number) FROM naive) - 1000 FROM naive_invoice",
            0,
        ),
    ],
)
def test_what_looks_first_and_writes_then_does_break(company: Company, way: str, broken: str, alone: int) -> None:
    """What numbers, obligations, events and settlements are held against is right alone and wrong in company."""
    company.server.ensure()
    address = company.server.dsn(Role.OWNER).url()
    for processes in (1, 4):
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("DROP TABLE IF EXISTS naive")
            connection.execute("CREATE TABLE naive (number int)")
            connection.execute("DROP SEQUENCE IF EXISTS naive_number")
            connection.execute("CREATE SEQUENCE naive_number")
            connection.execute("DROP TABLE IF EXISTS naive_invoice")
            connection.execute("CREATE TABLE naive_invoice AS SELECT 1000 AS open")
            connection.execute("SELECT pg_advisory_lock(1)")
            working = [subprocess.Popen([sys.executable, "-c", NAIVE, address, way]) for _ in range(processes)]
            assert eventually(partial(company.waits, processes), 60)
        assert [process.wait(timeout=120) for process in working] == [ALIVE] * processes
        wrong = company.count(broken)
        assert wrong == alone if processes == 1 else wrong > 0
