"""Invoice runs that are killed, with their database, and four of them at once: nothing twice, no gap, all balanced."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from caudal.kit.postgres import Cluster, Role
from tests.kit.postgres_processes import SOURCE, open_folder

pytestmark = pytest.mark.lane("faults")
CUSTOMERS = 60
ROOT = SOURCE.parent
FAILPOINTS = sorted(
    {
        name
        for room in (SOURCE / "caudal" / "billing").rglob("*.py")
        for name in re.findall(r'failpoint\("((?:run|invoice)\.\w+)"\)', room.read_text())
    }
)
CHECKS = {
    "an obligation twice": """
        SELECT count(*) FROM (
            SELECT source, obligation FROM billing_invoiceline WHERE holds AND source IS NOT NULL
            GROUP BY 1, 2 HAVING count(*) > 1
        ) AS twice""",
    "a number twice or a gap": """
        SELECT count(*) FROM (
            SELECT row_number() OVER (ORDER BY number) AS place, right(number, 5)::int AS said
            FROM billing_invoice WHERE sort = 'invoice'
        ) AS numbered WHERE place <> said""",
    "an entry that does not balance": """
        SELECT count(*) FROM (
            SELECT entry_id FROM ledger_journalposting GROUP BY entry_id, amount_currency HAVING sum(amount_minor) <> 0
        ) AS uneven""",
    "an invoice without its entry": """
        SELECT abs((SELECT count(*) FROM billing_invoice) - (SELECT count(*) FROM ledger_journalentry))""",
    "a document that does not add up": """
        SELECT count(*) FROM billing_invoice AS i WHERE i.net_minor <>
            (SELECT sum(l.net_minor) FROM billing_invoiceline AS l WHERE l.invoice_id = i.id)""",
}


class Company:
    """A data folder with subscriptions."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"

    def start(self, *words: str, **environment: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", *words],
            env={
                **os.environ,
                "CAUDAL_DATA": str(self.data),
                "PYTHONPATH": os.pathsep.join([str(SOURCE), str(ROOT)]),
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, **environment: str) -> int:
        process = self.start(*words, **environment)
        _, said = process.communicate(timeout=180)
        assert process.returncode in {0, -signal.SIGKILL}, said
        return process.returncode

    def invoice(self, month: int, **environment: str) -> int:
        return self.run(
            "caudal", "invoice", "--through", f"2026-{month:02}-01", "--dated", f"2026-{month:02}-01", **environment
        )

    def asked(self, sql: str) -> Any:
        with (
            Cluster(self.data).attach() as server,
            psycopg.connect(server.dsn(Role.OWNER).url(), autocommit=True) as connection,
        ):
            row = connection.execute(sql.encode()).fetchone()
            assert row is not None
            return row[0]

    def is_whole(self) -> None:
        """Every invariant holds, whatever happened before."""
        assert {name: self.asked(sql) for name, sql in CHECKS.items()} == dict.fromkeys(CHECKS, 0)

    def invoices(self) -> int:
        return int(self.asked("SELECT count(*) FROM billing_invoice"))


@pytest.fixture(scope="module")
def company() -> Iterator[Company]:
    with open_folder() as folder:
        found = Company(folder)
        own = ("--company", "Acme", "--currency", "EUR", "--zone", "Europe/Madrid", "--yes")
        assert found.run("caudal", "init", *own) == 0
        assert found.run("tests.faults.billed", str(CUSTOMERS)) == 0
        yield found


def test_a_run_killed_at_any_point_goes_on_and_invoices_nothing_twice(company: Company) -> None:
    assert len(FAILPOINTS) >= 5
    for month, name in enumerate(FAILPOINTS, 1):
        before = company.invoices()
        died = company.invoice(month, CAUDAL_FAILPOINTS=f"{name}=kill")
        company.is_whole()
        assert company.invoices() in {before, before + CUSTOMERS}  # a lot is done whole or not at all
        assert died == -signal.SIGKILL or name == "invoice.after_number"
        assert company.invoice(month) == 0
        company.is_whole()
        assert company.invoices() == before + CUSTOMERS


def test_four_runs_at_once_and_a_killed_database_leave_one_invoice_for_each_obligation(company: Company) -> None:
    before = company.invoices()
    runs = [company.start("caudal", "invoice", "--through", "2026-09-01", "--dated", "2026-09-01") for _ in range(4)]

    def kill_the_server() -> None:
        time.sleep(2.5)
        if pid := Cluster(company.data).status().pid:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill_the_server)
    killer.start()
    for run in runs:
        run.communicate(timeout=180)  # some of them lost their connection: that is the point
    killer.join()
    company.is_whole()
    assert company.invoice(9) == 0
    company.is_whole()
    done = company.invoices() - before
    assert done % CUSTOMERS == 0
    assert done > 0
    assert company.invoice(9) == 0
    assert company.invoices() - before == done


NAIVE = """
import sys
from pathlib import Path
import psycopg
from caudal.kit.postgres import Cluster, Role
with Cluster(Path(sys.argv[1])).attach() as server:
    with psycopg.connect(server.dsn(Role.OWNER).url()) as connection:
        for _ in range(60):
            (following,) = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM naive").fetchone()
            connection.execute("INSERT INTO naive VALUES (%s)", [following])
            connection.commit()
"""


def test_numbers_taken_by_looking_for_the_last_one_do_collide(company: Company) -> None:
    """What our counter is held against fails here, so the tests above can fail."""
    with Cluster(company.data).attach() as server, psycopg.connect(server.dsn(Role.OWNER).url()) as connection:
        connection.execute("CREATE TABLE naive (number int)")
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", NAIVE, str(company.data)], env={**os.environ, "PYTHONPATH": str(SOURCE)}
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.wait(timeout=120) == 0
    assert company.asked("SELECT count(*) - count(DISTINCT number) FROM naive") > 0
