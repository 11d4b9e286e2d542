"""Recurring revenue as its pages tell it: months that close, the same as the metrics say, down to what was changed."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final

import pytest

from caudal.billing import queries
from caudal.billing.models import MovementSort
from caudal.billing.queries import Dimension
from caudal.core.money import Currency, Money
from caudal.core.periods import Days, Grain
from caudal.insights.queries import measure, question
from caudal.kit.access import SYSTEM
from caudal.kit.outbox import drain
from caudal.kit.world import fixed_world, use
from caudal.workspace.actions import issue_key
from tests.billing.selling import Sold, on, sold, take
from tests.billing.test_recurring import YEAR_END, live
from tests.crm.browsing import Api, Enter, enter, text_of
from tests.insights.shop import rate
from tests.world import AT, Shop

__all__ = ["enter", "sold"]
pytestmark = pytest.mark.django_db
EUR, JAPAN = Currency("EUR"), date(2026, 9, 1)
YEAR: Final[dict[str, Any]] = {"until": date(2027, 1, 1), "count": 12}
METRICS = {
    "mrr": "closing",
    "customers": "customers",
    "customers_won": "won",
    "customers_lost": "lost",
    "nrr": "net_retention",
    "grr": "gross_retention",
    "logo_churn": "churn",
    "arpa": "per_customer",
}


def lived(sold: Sold, shop: Shop) -> None:
    """The year of both customers, and from September on one in yen: 99 and two seats at 20 are 139 yen."""
    live(sold, shop)
    take(sold, customer=sold.globex, currency="JPY", start_day=JAPAN)
    drain("billing.mrr", as_of=YEAR_END)
    rate("JPY", "EUR", date(2026, 8, 31), "0.5")


def metric(name: str) -> list[Any]:
    """What a metric says of each month."""
    asked = question(SYSTEM, name, as_of=YEAR_END, start=date(2026, 1, 1), end=date(2027, 1, 1), grain=Grain.MONTH)
    return [row.value for row in measure(SYSTEM, name, asked).rows]


def told(value: Any) -> Any:
    """A number as it is compared: amounts in euros."""
    return round(float(value.amount if isinstance(value, Money) else value or 0), 2)


def test_months_close_and_say_what_the_metrics_say(sold: Sold, shop: Shop) -> None:
    lived(sold, shop)
    part = queries.mrr_slice(SYSTEM, as_of=YEAR_END)
    assert (part.currency, part.converted, part.is_part) == (EUR, True, False)
    found = queries.mrr_months(SYSTEM, part, **YEAR)
    for each in found.months:
        assert each.opening + sum(each.moved.values(), Money(0, EUR)) == each.closing
    for name, attribute in METRICS.items():
        assert [told(getattr(each, attribute)) for each in found.months] == list(map(told, metric(name))), name
    for kind in MovementSort:
        assert [told(each.moved[kind]) for each in found.months] == list(map(told, metric(f"mrr_{kind.value}"))), kind
    # 139 yen are 69.50 euros at 0.5, and Acme pays 10 more.
    assert found.months[8].moved[MovementSort.EXPANSION] == Money.of("79.50", "EUR")
    shown = {each.key: each.closing.major for each in queries.mrr_parts(SYSTEM, part, Dimension.CURRENCY, **ENDS)}
    assert shown == {"EUR": "338.00", "JPY": "69.50"}
    moved = queries.mrr_moved(SYSTEM, part, Days(date(2026, 9, 1), date(2026, 10, 1)))
    # Acme pays 10 more from September on, in Madrid.
    assert (moved.net.major, len(moved.page.rows)) == ("79.50", 3)


ENDS: Final[dict[str, Any]] = {"since": date(2026, 1, 1), "until": date(2027, 1, 1)}


def test_a_part_counts_its_own_customers_and_what_became_of_those_of_a_day(sold: Sold, shop: Shop) -> None:
    lived(sold, shop)
    every: dict[str, Any] = {"as_of": YEAR_END}
    euros = queries.mrr_slice(SYSTEM, currency="EUR", **every)
    months = queries.mrr_months(SYSTEM, euros, **YEAR).months
    assert [each.customers for each in months] == [2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 2, 2]
    yen = queries.mrr_slice(SYSTEM, currency="JPY", **every)
    last = queries.mrr_months(SYSTEM, yen, **YEAR).months[-4]
    assert (last.opening.major, last.closing.major, last.customers, last.won) == ("0", "139", 1, 1)
    # Globex leaves Professional in July and keeps the yearly plan: lost to the one, not to the company.
    plan = queries.mrr_slice(SYSTEM, currency="EUR", plan=sold.pro.pk, **every)
    months = queries.mrr_months(SYSTEM, plan, **YEAR).months
    assert [(each.customers, each.lost) for each in months[5:8]] == [(2, 0), (1, 1), (1, 0)]
    support = queries.mrr_slice(SYSTEM, currency="EUR", stream="support", **every)
    assert queries.mrr_months(SYSTEM, support, **YEAR).months[-1].closing == Money.of("49", "EUR")
    parts = queries.mrr_parts(SYSTEM, euros, Dimension.PLAN, **ENDS)
    # 109 and four seats of Acme, 100 of the yearly plan, 49 of support.
    assert [(each.name, each.closing.major) for each in parts] == [
        *(("Professional", "189.00"), ("Yearly", "100.00"), ("Priority support", "49.00")),
    ]
    pillars = queries.mrr_parts(SYSTEM, euros, Dimension.PILLAR, **ENDS)
    assert sum(each.closing.minor for each in pillars) == 33800
    # Of the 258 of both on 1 February: Acme brings 238 at the end, Globex 100 of 119.
    kept = queries.mrr_retention(SYSTEM, euros, since=date(2026, 2, 1), until=date(2027, 1, 1))
    assert (kept.customers, kept.kept) == (2, 2)
    assert (kept.net, kept.gross) == (Fraction(338, 258), Fraction(139 + 100, 258))
    # All in euros at the rate of 1 September: 328 before that day, and with the yen 407.50 at the end.
    every_one = queries.mrr_retention(SYSTEM, queries.mrr_slice(SYSTEM, **every), since=JAPAN, until=date(2027, 1, 1))
    assert every_one.net == Fraction("407.5") / 328
    # Rosa sees Acme, which is hers: 238 of it all, and 189 of the plan.
    rosa = shop.actor("rosa")
    seen = [queries.mrr_months(rosa, each, **YEAR).months[-1] for each in (euros, plan)]
    assert [(each.closing.major, each.customers) for each in seen] == [("238.00", 1), ("189.00", 1)]
    assert queries.mrr_retention(rosa, euros, since=JAPAN, until=date(2027, 1, 1)).net == Fraction(238, 228)


def test_a_number_opens_into_who_moved_and_what_was_changed(sold: Sold, shop: Shop, enter: Enter, client: Any) -> None:
    lived(sold, shop)
    with use(fixed_world(at=YEAR_END, seed=5)):
        look(enter, sold, shop, client)


def look(enter: Enter, sold: Sold, shop: Shop, client: Any) -> None:
    """Go from the page into its numbers, and ask the same of the API."""
    ana, year = enter("ana"), {"until": "2026-12", "by": "plan", "currency": "EUR"}
    page = ana.get("/recurring-revenue", year).content.decode()
    there = "/recurring-revenue/movements?currency=EUR&amp;month=2026-03&amp;kind=expansion"
    assert there in page
    found = ana.get(there.replace("&amp;", "&"))
    assert "Expansion in March 2026" in found.content.decode()
    shown = text_of(found)
    assert "All of them together are +€89.00 per month." in shown
    assert "Professional: Seats" in shown
    assert "Other number of seats, Other add-ons" in shown
    # What shares are told of: 258 of both in February, with 89 more in March; of each customer over twelve months.
    shares = text_of(ana.get("/recurring-revenue/movements?show=shares&month=2026-03&currency=EUR"))
    assert f"€347.00 ÷ €258.00 = {100 * 347 / 258:.1f}%" in shares
    with use(fixed_world(at=on(2, 10) + timedelta(days=365))):
        assert "show=kept&amp;month=2027-02#nrr" in enter("ana").get("/recurring-revenue?currency=EUR").content.decode()
        kept = text_of(enter("ana").get("/recurring-revenue/movements?show=kept&currency=EUR"))
        assert "€338.00 ÷ €258.00 = 131%" in kept
        assert "0 ÷ 2 = 0%" in kept
        assert "All customers 258.00 338.00 239.00" in kept
    nobody = ana.get("/recurring-revenue/movements?show=kept&month=2026-03&currency=EUR")
    assert "Nobody paid for that twelve months before" in text_of(nobody)
    # What the rates lack is said, and a narrower look leads back.
    assert "Nobody pays for that" in text_of(ana.get("/recurring-revenue", {"stream": "data"}))
    assert "Nothing moved like that" in text_of(ana.get("/recurring-revenue/movements?month=2026-02"))
    assert "Month by month" in ana.get("/measure/mrr").content.decode()
    assert "€238.00" in text_of(ana.get(f"/billing/customers/{sold.acme.ref}"))
    _, token = issue_key(actor=shop.actor("ana"), as_of=AT, name="Program", role="admin", scopes=("billing:read",))
    api = Api(client, token)
    api.world = fixed_world(at=YEAR_END)
    said = api("GET", "/revenue/recurring?until=2026-12&currency=EUR&by=plan").json()
    assert [each["closing"]["amount"] for each in said["months"][:3]] == ["258.00", "258.00", "347.00"]
    assert (said["months"][3]["churn"], said["parts"][0]["name"]) == ("0.500000", "Professional")
    # 258 at the beginning of March, and 89 more.
    assert said["months"][2]["net_retention"] == f"{347 / 258:.6f}"
    narrow = f"/revenue/recurring/movements?month=2026-03&plan_id={said['parts'][0]['key']}"
    rows = api("GET", narrow).json()
    assert [(each["before"]["amount"], each["after"]["amount"], each["causes"]) for each in rows["movements"]] == [
        ("40.00", "80.00", [2, 3])
    ]
    assert api("GET", "/revenue/recurring/movements?month=2026-13").status_code == 422
