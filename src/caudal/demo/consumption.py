"""What customers of the demo company use: documents every day, calls of the API twice a week, told on Fridays.

Of every forty events one arrives a week late, and of every sixty one is corrected a week later. Some are of a subject
that nobody knows, until somebody asks whose it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from caudal.demo.chance import chance
from caudal.demo.office import Office
from caudal.demo.steps import Step, Use, Used

DOCUMENTS: Final = "document.made"
CALLS: Final = "api.called"
METERS: Final[tuple[dict[str, Any], ...]] = (
    {
        "code": "documents",
        "label_en": "Documents",
        "label_es": "Documentos",
        "unit": "document",
        "event_type": DOCUMENTS,
        "aggregation": "sum",
        "quantity_property": "documents",
        "dimensions": ("kind",),
    },
    {
        "code": "api_calls",
        "label_en": "Calls of the API",
        "label_es": "Llamadas a la API",
        "unit": "call",
        "event_type": CALLS,
        "aggregation": "sum",
        "quantity_property": "calls",
    },
)
KINDS: Final = ("contract", "contract", "letter", "report")
LATE: Final = 40
CORRECTED: Final = 60
STRANGE: Final = 25
"""One in so many of the days on which documents are made is told under another key."""
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who bought what is used: since when, by which domain they are known, and how much they use."""

    since: datetime
    key: str
    domain: str
    makes_documents: bool


@dataclass(slots=True)
class Consumption:
    """Draws the usage of customers week by week."""

    seed: int
    office: Office
    customers: list[Customer]

    def weeks(self, start: date, end: date) -> Iterator[Step]:
        """Yield what was used in each week up to a day, at its end."""
        waiting: list[Used] = []
        monday = start - timedelta(days=start.weekday())
        while monday < end:
            at = self.office.end_of_week(monday)
            events, later = self._week(monday, at)
            if events or waiting:
                yield Step(at, f"usage by {monday}", None, Use((*waiting, *events)))
            waiting = later
            monday += WEEK

    def _week(self, monday: date, told_at: datetime) -> tuple[list[Used], list[Used]]:
        """What was used in a week: what is told at its end, and what is told with the next one."""
        now: list[Used] = []
        later: list[Used] = []
        for customer in self.customers:
            luck = chance(self.seed, "usage", customer.key, monday)
            for number in range(5 if customer.makes_documents else 2):
                day = monday + timedelta(days=number if customer.makes_documents else 1 + 2 * number)
                at = self.office.at(day, luck)
                if not customer.since < at < told_at or self.office.day(at) != day:
                    continue
                used = self._used(
                    customer, at, luck.randint(8, 90) if customer.makes_documents else luck.randint(40, 900)
                )
                (later if luck.randrange(LATE) == 0 else now).append(used)
                if luck.randrange(CORRECTED) == 0:
                    later.append(
                        Used(f"{used.id}-c", used.type, used.subject, at, used.quantity // 2, used.kind, used.id)
                    )
        return now, later

    def _used(self, customer: Customer, at: datetime, quantity: int) -> Used:
        name = f"{customer.key.replace(' ', '-')}-{self.office.day(at):%Y%m%d}"
        luck = chance(self.seed, "used", name)
        strange = customer.makes_documents and luck.randrange(STRANGE) == 0
        subject = f"archive-{customer.domain}" if strange else customer.domain
        if customer.makes_documents:
            return Used(
                name, DOCUMENTS, subject.replace(".", "-") if strange else subject, at, quantity, luck.choice(KINDS)
            )
        return Used(name, CALLS, subject, at, quantity)
