"""How long the first page takes, and what of that is the database.

    PYTHONPATH=src python bench/first_page.py --data DIR [--rounds 30]

Reads the company of a data folder, as an administrator, through Django's own handler. Prints the server's time, the
database's part, the number of statements and the weight of the page.
"""

import argparse
import os
import statistics
import time
from pathlib import Path

import django
from django.test import Client


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
    from django.db import connection  # noqa: PLC0415  the same
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415  the same

    from caudal.kit.postgres.attached import attached  # noqa: PLC0415  needs Django set up
    from caudal.workspace.models import Member, Role  # noqa: PLC0415  the same

    with attached():
        member = Member.objects.filter(role=Role.ADMIN, deactivated_at=None).order_by("pk").first()
        assert member is not None, "the company has no administrator"
        client = Client(SERVER_NAME="localhost")
        client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
        spent, database = [], []
        for round_ in range(rounds + 2):
            with CaptureQueriesContext(connection) as queries:
                begun = time.perf_counter()
                answer = client.get(path)
                passed = time.perf_counter() - begun
            assert answer.status_code == 200, answer.status_code
            if round_ > 1:
                spent.append(passed * 1000)
                database.append(sum(float(query["time"]) for query in queries) * 1000)
        ranked = sorted(spent)
        print(f"{path}  p50 {statistics.median(ranked):.0f} ms  p95 {ranked[int(len(ranked) * 0.95)]:.0f} ms")
        print(f"  database p50 {statistics.median(database):.0f} ms in {len(queries)} statements")
        print(f"  {len(answer.content) / 1000:.0f} kB of HTML")


if __name__ == "__main__":
    main()
