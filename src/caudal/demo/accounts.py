"""What becomes of deals that the demo company won: courses are ordered, plans are subscribed to, change and end.

Finance makes a customer of whoever bought, on the day of the signature, and agrees what was sold. Invoices run every
Monday and on the first of each month, before anybody is in the office; on Thursdays the bank's statement is gone
through. On the second of each month the revenue of the one before is posted.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from caudal.demo import market
from caudal.demo.chance import chance
from caudal.demo.office import Office
from caudal.demo.steps import Agree, BecomeCustomer, Collect, Doing, Order, Recognise, Run, Step, SubscriptionStep

ORDERED: Final = {
    "CRS-BASIC": "course_basic",
    "CRS-PREMIUM": "course_premium",
    "CRS-MASTER": "masterclass",
    "CRS-CORP": "corporate_training",
    "CRS-CERT": "certification",
}
SUBSCRIBED: Final = {
    "SAAS-START": "saas_starter",
    "SAAS-PRO": "saas_professional",
    "SAAS-ENT": "saas_enterprise",
    "SAAS-CUSTOM": "saas_custom",
    "DOC-PPU": "documents_per_use",
    "DOC-VOLUME": "documents_volume",
    "DOC-ENT": "documents_enterprise",
}
UPGRADES: Final = {"saas_starter": "saas_professional", "saas_professional": "saas_enterprise"}
COMMITTED: Final = (None, None, None, 12, 12, 36)
"""For how many months a plan is bought: half of them by the month."""
LIVES: Final = (
    *("seats", "seats", "seats", "upgrade", "upgrade", "add_on", "add_on"),
    *("pause", "cancel", "cancel", "ends", "", "", "", ""),
)
"""What happens to subscriptions, by fifteenths."""
RUNS_AT: Final = time(6)
RECOGNISED_ON: Final = 2
"""The day of the month on which the revenue of the one before is posted."""
COLLECTED_ON: Final = 3
"""Thursdays."""


class Accounts:
    """Draws what customers agree on and change, deal by deal."""

    def __init__(self, seed: int, office: Office) -> None:
        """Draw by a seed, within office hours."""
        self.seed, self.office = seed, office
        self.steps: list[Step] = []

    def won(self, deal: str, company: str, sku: str, at: datetime, *, again: bool) -> None:
        """Write what follows from a deal that was won."""
        luck = chance(self.seed, "account", deal)
        if not again:
            self._step(at + timedelta(minutes=luck.randint(3, 12)), company, BecomeCustomer(company))
        signed = at + timedelta(minutes=luck.randint(15, 40))
        percent = 100 - luck.choice(market.PRICES_PERCENT)
        if sku in ORDERED:
            order = Order(deal, company, ORDERED[sku], luck.randint(1, 12), percent)
            self._step(signed, f"{deal} ordered", order)
            return
        code = SUBSCRIBED[sku]
        has_terms = code != "documents_per_use"
        months = luck.choice(COMMITTED) if has_terms else None
        agreed = Agree(deal, company, code, luck.randint(3, 12), percent if months is None else 0, months)
        self._step(signed, f"{deal} subscribed", agreed)
        if has_terms:
            self._live(deal, code, agreed.seats, signed, luck)

    def runs(self, start: date, end: date) -> Iterator[Step]:
        """Yield the runs of invoices of some days."""
        day = start
        while day < end:
            if day.day == 1 or day.weekday() == 0:
                at = datetime.combine(day, RUNS_AT, tzinfo=self.office.zone).astimezone(UTC)
                yield Step(at, f"invoices of {day}", None, Run(day))
            if day.day == RECOGNISED_ON and day.replace(day=1) > start:
                at = datetime.combine(day, RUNS_AT, tzinfo=self.office.zone).astimezone(UTC)
                month = (day.replace(day=1) - timedelta(days=1)).replace(day=1)
                yield Step(at, f"revenue of {month:%Y-%m}", None, Recognise(month))
            if day.weekday() == COLLECTED_ON and self.office.works(day):
                at = self.office.closing(day)
                yield Step(at, f"bank statement of {day}", market.FINANCE.key, Collect(day))
            day += timedelta(days=1)

    def _live(self, deal: str, code: str, seats: int, signed: datetime, luck: random.Random) -> None:
        """Draw what changes of a subscription."""
        what = luck.choice(LIVES)
        at = self.office.after(signed, luck.randint(35, 150), luck)
        if what == "seats":
            more = max(1, seats + luck.choice((-2, -1, 2, 3, 4, 6)))
            self._step(at, f"{deal} seats", SubscriptionStep(deal, "seats", seats=more))
        elif what == "upgrade" and code in UPGRADES:
            paid = luck.choice(("invoice_now", "prorate", "next_period"))
            change = SubscriptionStep(deal, "plan", code=UPGRADES[code], seats=seats, paid=paid)
            self._step(at, f"{deal} upgraded", change)
        elif what == "add_on" and code in {"saas_professional", "saas_enterprise"}:
            change = SubscriptionStep(deal, "add_on", code=code, seats=seats, add_on="priority_support")
            self._step(at, f"{deal} supported", change)
        elif what == "pause":
            self._step(at, f"{deal} paused", SubscriptionStep(deal, "pause"))
            again = self.office.after(at, luck.randint(20, 60), luck)
            self._step(again, f"{deal} resumed", SubscriptionStep(deal, "resume"))
        elif what in {"cancel", "ends"}:
            refund = luck.choice(("prorated", "prorated", "none", "full"))
            change = SubscriptionStep(deal, "cancel", refund=refund, at_end=what == "ends")
            self._step(at, f"{deal} cancelled", change)

    def _step(self, at: datetime, key: str, does: Doing) -> None:
        self.steps.append(Step(at, f"account {key}", market.FINANCE.key, does))
