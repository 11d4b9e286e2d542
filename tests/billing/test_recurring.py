"""What customers pay again and again: the movements of a company's year, as the terms say and as the metrics tell it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from caudal.billing.actions import (
    Terms,
    cancel,
    change_items,
    change_seats,
    change_trial,
    pause,
    rebuild_mrr,
    resume,
    subscribe,
)
from caudal.billing.models import MrrChange
from caudal.billing.queries import Wanted
from caudal.catalog.actions import add_price
from caudal.core.metrics import REGISTRY
from caudal.core.metrics.reference import evaluate_metric
from caudal.core.periods import Grain
from caudal.insights.queries import measure, question
from caudal.kit.access import SYSTEM
from caudal.kit.outbox import drain
from tests.billing.selling import MADE, Sold, bill, on, sold, take, use
from tests.insights.shop import rate
from tests.insights.test_agreement import facts
from tests.world import Shop

__all__ = ["sold"]
pytestmark = pytest.mark.django_db
YEAR_END = on(12, 31)


def moved() -> list[tuple[str, str, str, str, int]]:
    """Day, customer, kind, the change per month, and customers won, of every row by instant."""
    rows = MrrChange.objects.select_related("customer").order_by("at", "customer__name", "stream", "after_minor")
    return [
        (f"{row.at:%d.%m. %H:%M}", row.customer.name.split()[0], row.kind,
         f"{Decimal(row.after_minor - row.before_minor) / 1200:+.2f}", row.customers)
        for row in rows
    ]  # fmt: skip


def live(sold: Sold, shop: Shop) -> None:
    """What the two customers do in 2026."""
    first = take(sold, seats="2")  # 99 + 2 × 20 a month, from the beginning of the year in Madrid
    trial = take(sold, seats="1", customer=sold.globex, trial_days=14)
    change_seats(**at(on(3, 10, 12)), subscription_id=first.pk, seats=Decimal(5), at=on(3, 10, 12))
    wanted = [Wanted(sold.pro.pk, Decimal(4)), Wanted(sold.support.pk)]
    # Fewer seats and an add-on, 40 minutes later: with the seats above one movement, of +40 and +49.
    change_items(**at(on(3, 10, 13)), subscription_id=first.pk, wanted=wanted, at=on(3, 10, 12).replace(minute=40))
    pause(**at(on(4, 10)), subscription_id=trial.pk, at=on(4, 10))
    resume(**at(on(5, 20)), subscription_id=trial.pk, at=on(5, 20))
    # A second subscription of the same customer is more, paid by the year: 1,200 a year are 100 a month.
    subscribe(
        **MADE,
        customer_id=sold.globex.pk,
        wanted=[Wanted(sold.yearly.pk)],
        terms=Terms(start_day=date(2026, 6, 1)),
    )
    cancel(**at(on(7, 1)), subscription_id=trial.pk, at=on(7, 1))
    # From 15 August on everybody pays 109: existing customers from the first period after that day.
    add_price(
        **MADE,
        charge_id=sold.charges["base"].pk,
        currency="EUR",
        from_date=date(2026, 8, 1),
        existing_from_date=date(2026, 8, 15),
        price={"tiers": [{"flat": "109"}]},
    )
    use(shop.acme, "1000", on(2, 3), "e1")


def at(instant: datetime) -> dict[str, Any]:
    return {"actor": SYSTEM, "as_of": instant}


def test_movements_follow_from_terms_and_prices(sold: Sold, shop: Shop) -> None:
    live(sold, shop)
    drain("billing.mrr", as_of=YEAR_END)
    told = [
        ("31.12. 23:00", "Acme", "new", "+40.00", 0),
        ("31.12. 23:00", "Acme", "new", "+99.00", 1),
        ("14.01. 23:00", "Globex", "new", "+20.00", 0),  # the trial is paid
        ("14.01. 23:00", "Globex", "new", "+99.00", 1),
        ("10.03. 12:00", "Acme", "expansion", "+40.00", 0),
        ("10.03. 12:00", "Acme", "expansion", "+49.00", 0),
        ("10.04. 00:00", "Globex", "churn", "-20.00", 0),
        ("10.04. 00:00", "Globex", "churn", "-99.00", -1),
        ("20.05. 00:00", "Globex", "reactivation", "+20.00", 0),
        ("20.05. 00:00", "Globex", "reactivation", "+99.00", 1),
        ("31.05. 22:00", "Globex", "expansion", "+100.00", 0),
        ("01.07. 00:00", "Globex", "contraction", "-20.00", 0),
        ("01.07. 00:00", "Globex", "contraction", "-99.00", 0),
        ("31.08. 22:00", "Acme", "expansion", "+10.00", 0),
    ]
    assert moved() == told
    # Made anew from changes and prices alone, the rows are the same, also when they were wrong or lost.
    assert rebuild_mrr(actor=SYSTEM, as_of=YEAR_END) == 0
    with connection.cursor() as cursor:
        cursor.execute("UPDATE billing_mrrchange SET after_minor = 1 WHERE customers = 1")
        cursor.execute("DELETE FROM billing_mrrchange WHERE customers = -1")
    assert rebuild_mrr(actor=SYSTEM, as_of=YEAR_END) == 4
    assert moved() == told


def test_a_trial_that_lasts_longer_is_paid_later(sold: Sold) -> None:
    row = take(sold, seats="0", trial_days=14)
    drain("billing.mrr", as_of=on(1, 2))
    assert moved() == [("14.01. 23:00", "Acme", "new", "+99.00", 1)]
    change_trial(**at(on(1, 5)), subscription_id=row.pk, trial_days=20)
    drain("billing.mrr", as_of=on(1, 6))
    assert moved() == [("20.01. 23:00", "Acme", "new", "+99.00", 1)]


def test_metrics_tell_what_the_reference_tells_and_add_up(sold: Sold, shop: Shop) -> None:
    live(sold, shop)
    drain("billing.mrr", as_of=YEAR_END)
    rate("JPY", "EUR", date(2026, 1, 1), "0.006")
    for month in range(1, 9):
        bill(on(month, 2))
    known = facts()
    asked: dict[str, Any] = {
        "as_of": YEAR_END,
        "start": date(2026, 1, 1),
        "end": date(2027, 1, 1),
        "grain": Grain.MONTH,
    }
    values: dict[str, list[Any]] = {}
    for one in REGISTRY.metrics.values():
        by = ("pillar",) if one.id in {"mrr", "revenue", "revenue_gross"} else ()
        request = question(SYSTEM, one.id, **asked, by=by)
        got = {
            (row.period.start, row.dimensions): (row.value, row.missing)
            for row in measure(SYSTEM, one.id, request).rows
        }
        assert got == {
            (each.period, each.dimensions): (each.value, each.missing) for each in evaluate_metric(one, request, known)
        }, one.id
        values[one.id] = [value for value, _ in got.values()]
    # January: 139 and 119. March: 89 more. At the end 238 of Acme and 100 of Globex.
    assert [float(each or 0) for each in values["mrr"]] == [
        *(258, 258, 347, 228, 347, 447, 328, 328, 338, 338, 338, 338),
    ]
    assert values["arr"] == [12 * each for each in values["mrr"]]
    kinds = ("mrr_new", "mrr_reactivation", "mrr_expansion", "mrr_contraction", "mrr_churn")
    assert [sum(each) for each in zip(*(values[kind] for kind in kinds), strict=True)] == values["mrr_net_new"]
    assert values["customers"] == [2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 2, 2]
    assert (values["logo_churn"][3], values["arpa"][0]) == (Decimal("0.5"), 129)
    # April lost 119 of 347; March gained 89 on 258.
    assert (round(values["grr"][3] * 347), round(values["nrr"][2] * 258)) == (228, 347)
    assert values["customers_new"][:3] == [1, 1, 0]  # the trial is invoiced in February
