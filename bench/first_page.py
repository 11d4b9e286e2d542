"""How long the first page takes, and what of that is the database.

    PYTHONPATH=src python bench/first_page.py --data DIR [--rounds 30]

Reads the company of a data folder, as an administrator, through Django's own handler. Prints the server's time, the
database's part, the number of statements and the weight of the page.
"""

import argparse
import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import django
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caudal.kit.postgres.attached import attached


def main() -> None:
    """Fetch the page and print figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--path", default="/")
    arguments = parser.parse_args()
    os.environ["CAUDAL_DATA"] = str(arguments.data.absolute())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caudal.config.settings")
    os.environ.setdefault("CAUDAL_LOG_LEVEL", "WARNING")
    django.setup()
    measure(arguments.path, arguments.rounds)


def measure(path: str, rounds: int) -> None:
    """Fetch a page again and again, after two times that do not count."""
    with attached():
        member = (
            apps.get_model("workspace", "Member")
            .objects.filter(role="admin", deactivated_at=None)
            .order_by("pk")
            .first()
        )
        assert member is not None, "the company has no administrator"
        client = Client(SERVER_NAME="localhost")
        client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
        fetched = [fetch(client, path) for _ in range(rounds + 2)][2:]
        spent = sorted(each.spent_ms for each in fetched)
        print(f"{path}  p50 {statistics.median(spent):.0f} ms  p95 {spent[int(len(spent) * 0.95)]:.0f} ms")
        database = statistics.median(each.database_ms for each in fetched)
        print(f"  database p50 {database:.0f} ms in {fetched[-1].statements} statements")
        print(f"  {fetched[-1].size / 1000:.0f} kB of HTML")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one fetch cost."""

    spent_ms: float
    database_ms: float
    statements: int
    size: int


def fetch(client: Client, path: str) -> Fetched:
    """Fetch a page once."""
    with CaptureQueriesContext(connection) as queries:
        begun = time.perf_counter()
        answer = client.get(path)
        spent = time.perf_counter() - begun
    assert answer.status_code == 200, answer.status_code
    asked = sum(float(query["time"]) for query in queries)
    return Fetched(spent * 1000, asked * 1000, len(queries), len(answer.content))


if __name__ == "__main__":
    main()
