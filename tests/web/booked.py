"""Costs for the pages that the tour looks at."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from caudal.billing.actions import run_reconciliation
from caudal.core.money import Money
from caudal.kit.access import SYSTEM
from caudal.kit.outbox import drain
from caudal.ledger.actions import CostDraft, RecurringDraft, add_cost_file, add_recurring_cost, post_cost
from caudal.ledger.models import Account

COSTS = """day;amount;currency;account;supplier;channel;note
{month}-01;1240,50;USD;Paid advertising;Google;paid;Ads
{month}-02;380,00;USD;Content marketing;Studio Sur;content;Podcast
{month}-02;12,00;USD;Taxis;;;Airport
"""


def spent(at: datetime) -> dict[str, Any]:
    """What a supplier is owed, what recurs, and a file that waits to be posted."""
    found = {each.code: each for each in Account.objects.all()}
    owed = CostDraft(
        key="stage",
        day=at.date(),
        amount=Money.of("1210", "EUR"),
        account=found["6220"],
        paid_from=found["2000"],
        party="Hetzner",
        document="R-2026-17",
        note="Servers of the CRM",
    )
    post_cost(actor=SYSTEM, as_of=at, cost=owed)
    rent = replace(owed, key="rent", account=found["6400"], paid_from=found["1000"], party="Landlord", note="Rent")
    add_recurring_cost(actor=SYSTEM, as_of=at, draft=RecurringDraft(cost=rent))
    drain("billing.mrr", as_of=at)
    run_reconciliation(actor=SYSTEM, as_of=at)
    said = COSTS.format(month=f"{at:%Y-%m}")
    return {"cost_file": add_cost_file(actor=SYSTEM, as_of=at, name="costs.csv", content=said.encode())}
