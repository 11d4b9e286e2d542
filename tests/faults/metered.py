"""Sends every event of a company once, in batches and in an order of its own: `python -m tests.faults.metered SEED`."""

import random
import sys
from datetime import timedelta
from decimal import Decimal
from typing import Any

from caudal.kit.postgres.attached import attached
from caudal.kit.terminal import set_up_django

set_up_django()

from caudal.crm.actions import CompanyDraft, add_company  # noqa: E402  Django comes first
from caudal.crm.models import Company  # noqa: E402  the same
from caudal.kit.access import SYSTEM  # noqa: E402  the same
from caudal.kit.world import now  # noqa: E402  the same
from caudal.usage.actions import Outcome, add_meter, add_subject, record_events  # noqa: E402  the same

EVENTS = 400
BATCH = 10
METER: dict[str, Any] = {"label_en": "Pages", "event_type": "doc", "aggregation": "sum", "quantity_property": "pages"}


def pages(number: int) -> int:
    """What an event counts for."""
    return number % 7 + 1


def event(number: int) -> dict[str, Any]:
    """An event, the same whoever sends it and whenever."""
    at = FIRST + timedelta(minutes=number)
    return {
        "source": "app",
        "id": str(number),
        "type": "doc",
        "subject": "acme",
        "time": at.isoformat(),
        "data": {"pages": Decimal(pages(number))},
    }


FIRST = now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=3)


@attached()
def main() -> None:
    """Prepare the company for 0; else send everything, and print what was taken of each batch once it is kept."""
    seed = int(sys.argv[1])
    if not seed:
        made: dict[str, Any] = {"actor": SYSTEM, "as_of": now()}
        company = add_company(**made, company=CompanyDraft(name="Acme"))
        add_meter(**made, code="pages", **METER)
        add_subject(**made, key="acme", company_id=company.pk)
        return
    assert Company.objects.exists()
    numbers = list(range(EVENTS))
    random.Random(seed).shuffle(numbers)  # noqa: S311  an order that can be repeated
    for first in range(0, EVENTS, BATCH):
        batch = numbers[first : first + BATCH]
        answers = record_events(actor=SYSTEM, as_of=now(), events=[event(number) for number in batch])
        assert {each.outcome for each in answers} <= {Outcome.ACCEPTED, Outcome.DUPLICATE}
        for number, answer in zip(batch, answers, strict=True):
            if answer.outcome is Outcome.ACCEPTED:
                print(number, flush=True)  # noqa: T201  what the test reads


if __name__ == "__main__":
    main()
