"""Ends a month of a company of so many subscriptions, in one process; run by `bench.closing`.

    python -m bench.closing_month subscriptions

What is printed is JSON: seconds of each part.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

from bench.setting_up import attached  # isort: split

from bench.invoicing import NOW, grow
from django.urls import reverse

from caudal.billing.actions import invoice_all, recognise_month, run_reconciliation
from caudal.billing.adapters import TableTaxes
from caudal.billing.models import RecognisedRow
from caudal.billing.queries import deferred_months, months_from, revenue_to_come
from caudal.core.money import Currency
from caudal.kit.access import SYSTEM
from caudal.kit.outbox import drain
from caudal.kit.postgres import Role
from caudal.ledger.queries import month_steps

JANUARY: Final = date(2026, 1, 1)
AFTER: Final = datetime(2026, 2, 2, 8, tzinfo=UTC)


@attached(Role.OWNER)
def main() -> None:
    """Grow, invoice January, and end it."""
    many = int(sys.argv[1])
    grow(many)
    invoice_all(actor=SYSTEM, as_of=NOW, up_to=NOW, issue_day=NOW.date(), taxes=TableTaxes())
    drain("billing.mrr", as_of=AFTER)
    reverse("ledger:months")  # loads every page once
    euro, months = Currency("EUR"), months_from(JANUARY, 12)
    told: dict[str, Any] = {
        "revenue": timed(lambda: recognise_month(actor=SYSTEM, as_of=AFTER, month=JANUARY)),
        "lines": RecognisedRow.objects.count(),
        "again": timed(lambda: recognise_month(actor=SYSTEM, as_of=AFTER, month=JANUARY)),
        "reconciliation": timed(lambda: run_reconciliation(actor=SYSTEM, as_of=AFTER)),
        "deferred": timed(lambda: (deferred_months(SYSTEM, euro, months), revenue_to_come(SYSTEM, euro, months))),
        "steps": timed(lambda: month_steps(SYSTEM, JANUARY, as_of=AFTER)),
    }
    print(json.dumps(told))


def timed(act: Callable[[], object]) -> float:
    """Return how many seconds something takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
