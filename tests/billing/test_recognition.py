"""Revenue into the books: what is deferred becomes revenue month by month, once, and what is used is never forgotten."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from caudal.billing.actions import Terms, recognise_month, recognise_through, record_payment, subscribe, void
from caudal.billing.models import AccruedRow, Invoice, RecognisedRow
from caudal.billing.queries import Wanted, reconcile
from caudal.core.money import Money
from caudal.kit.access import SYSTEM
from caudal.kit.outbox import drain
from caudal.kit.world import fixed_world
from caudal.ledger.actions import MonthIsClosed, MonthNotOver, close_month
from caudal.ledger.queries import balances
from caudal.workspace.actions import issue_key
from tests.billing.selling import MADE, Sold, bill, on, sold, take, use
from tests.crm.browsing import Api
from tests.world import Shop

__all__ = ["sold"]
pytestmark = pytest.mark.django_db


def live(sold: Sold, shop: Shop) -> None:
    """A year paid in advance, a plan paid by the month, and 300 documents of January."""
    subscribe(
        **MADE,
        customer_id=sold.globex.pk,
        wanted=[Wanted(sold.yearly.pk)],
        terms=Terms(start_day=date(2026, 1, 1)),
    )
    take(sold, seats="2")
    bill(on(1, 2))
    use(shop.acme, "300", on(1, 12), "1")


def held(*purposes: str, until: date | None = None) -> list[str]:
    """What accounts hold by a day, liabilities and income as positive numbers."""
    found = {each.account.purpose: each.natural.major for each in balances(SYSTEM, until=until)}
    return [found.get(purpose, "0.00") for purpose in purposes]


def recognise(month: int, at: Any) -> Any:
    return recognise_month(actor=SYSTEM, as_of=at, month=date(2026, month, 1))


def test_what_is_deferred_becomes_revenue_month_by_month(sold: Sold, shop: Shop) -> None:
    live(sold, shop)
    names = ("deferred", "unbilled", "revenue_subscription", "revenue_licence", "revenue_usage")
    assert held(*names) == ["1339.00", "0.00", "0.00", "0.00", "0.00"]
    with pytest.raises(MonthNotOver):
        recognise(1, on(1, 31, 12))
    told = recognise(1, on(2, 1))
    # 31 of 365 days of 1,200, and the whole of 99 and of 40; 200 documents beyond the free ones at 0.05 are not invoiced.
    assert (told.lines, told.accrued, len(told.entries)) == (3, 1, 2)
    assert held(*names, until=date(2026, 2, 1)) == ["1098.08", "10.00", "200.92", "40.00", "10.00"]
    assert held(*names) == ["1098.08", "0.00", "200.92", "40.00", "0.00"]  # on 1 February what was accrued is undone
    assert not recognise(1, on(2, 1)).entries
    bill(on(2, 2))
    assert [each.month for each in recognise_through(actor=SYSTEM, as_of=on(3, 2))] == [date(2026, 2, 1)]
    # Until the end of February 59 of 365 days: 193.97, of which 101.92 were told.
    assert held(*names) == ["1006.03", "0.00", "391.97", "80.00", "10.00"]
    assert [row.amount_minor for row in RecognisedRow.objects.filter(line__net_minor=120_000).order_by("month")] == [
        10_192,
        9_205,
    ]
    assert [(row.quantity, row.amount_minor) for row in AccruedRow.objects.all()] == [(Decimal(300), 1_000)]
    drain("billing.mrr", as_of=on(3, 2))
    assert [each.key for each in reconcile() if not each.is_green] == []


def test_what_is_invoiced_after_its_month_was_earned_in_it(sold: Sold, shop: Shop) -> None:
    """Two weeks late or two months: January says the same, and nothing is said twice."""
    live(sold, shop)
    bill(on(2, 2))
    names = ("unbilled", "revenue_subscription", "revenue_licence", "revenue_usage")
    # Usage of January was invoiced on 2 February, before the revenue of January was posted.
    assert [
        (each.month.month, each.lines, each.accrued) for each in recognise_through(actor=SYSTEM, as_of=on(3, 2))
    ] == [
        (1, 3, 1),
        (2, 3, 0),
    ]
    assert held(*names, until=date(2026, 2, 1)) == ["10.00", "200.92", "40.00", "10.00"]
    assert held(*names) == ["0.00", "391.97", "80.00", "10.00"]
    (row,) = AccruedRow.objects.select_related("line__invoice")
    assert row.line is not None
    assert (row.line.sort, row.line.invoice.issue_day, row.subscription) == ("usage", date(2026, 2, 2), None)
    drain("billing.mrr", as_of=on(3, 2))
    assert [each.key for each in reconcile() if not each.is_green] == []


def test_void_documents_and_closed_months_are_caught_up_with(sold: Sold, shop: Shop) -> None:
    live(sold, shop)
    recognise(1, on(2, 1))
    yearly = Invoice.objects.get(customer=sold.globex)
    void(actor=SYSTEM, as_of=on(2, 3), invoice_id=yearly.pk, day=date(2026, 2, 3), why="Another currency")
    close_month(actor=SYSTEM, as_of=on(2, 3), month=date(2026, 1, 1), today=date(2026, 2, 3))  # of all legal entities
    assert not recognise(1, on(2, 3)).entries  # it has nothing more to tell
    assert bill(on(2, 3), issue_day=date(2026, 1, 31)).failures.count() == 2
    bill(on(2, 3))  # the year anew, of January on, and the month of Acme
    assert [(each.month, each.lines) for each in recognise_through(actor=SYSTEM, as_of=on(3, 2))] == [
        (date(2026, 2, 1), 4)
    ]
    # The void one gives its 101.92 back; the new one is revenue of two months.
    assert held("deferred", "revenue_subscription") == ["1006.03", "391.97"]
    drain("billing.mrr", as_of=on(3, 2))
    assert [each.key for each in reconcile() if not each.is_green] == []
    close_month(actor=SYSTEM, as_of=on(4, 2), month=date(2026, 3, 1), today=date(2026, 4, 2))
    with pytest.raises(MonthIsClosed):
        recognise(3, on(4, 2))


def test_programs_ask_for_it_all(sold: Sold, shop: Shop, client: Client) -> None:
    live(sold, shop)
    drain("billing.mrr", as_of=on(3, 2))
    scopes = ("billing:read", "billing:write", "ledger:read", "ledger:write")
    _, token = issue_key(actor=shop.actor("ana"), as_of=on(3, 2), name="Books", role="finance", scopes=scopes)
    api = Api(client, token)
    api.world = fixed_world(at=on(3, 2, 12))
    assert api("GET", "/revenue/reconciliation").json()["checks"] == []
    answer = api("POST", "/revenue/recognition", {})
    assert answer.status_code == 200, answer.content
    told = answer.json()["months"]
    assert [(each["month"], each["lines"]) for each in told] == [("2026-01", 3), ("2026-02", 1)]
    waterfall = api("GET", "/revenue/deferred?since=2026-01&months=2").json()
    # Invoiced in January: 1,339, of which 240.92 in January and 92.05 in February; 1,006.03 are left.
    row = waterfall["rows"][1]
    assert [each["amount"] for each in (row["invoiced"], *row["recognised"])] == ["1339.00", "240.92", "92.05"]
    assert [each["amount"] for each in waterfall["left"]] == ["1098.08", "1006.03"]
    assert api("POST", "/revenue/reconciliation", {}).json()["red"] == 0
    assert len(api("GET", "/revenue/reconciliation").json()["checks"]) == len(FAULTS)


FAULTS = {
    "receivable": "UPDATE billing_invoice SET open_minor = 1 WHERE number = 'INV-2026-00001'",
    "stored_value": "UPDATE billing_payment SET open_minor = open_minor - 1",
    "settled": "UPDATE billing_settlement SET minor = minor + 1 WHERE sort = 'allocation'",
    "revenue": "UPDATE billing_invoice SET net_minor = net_minor + 1, tax_minor = tax_minor - 1 WHERE number = 'INV-2026-00001'",
    "deferred": "UPDATE billing_recognisedrow SET amount_minor = amount_minor - 1 WHERE amount_minor = 4000",
    "lines": "UPDATE billing_recognisedrow SET amount_minor = -1 WHERE amount_minor = 9900",
    "accrued": "UPDATE billing_accruedrow SET amount_minor = 7",
    "tax": "UPDATE billing_invoicetax SET tax_minor = tax_minor + 1 WHERE tax_minor > 0",
    "entries": "UPDATE ledger_journalentry SET source = 'lost ' || id WHERE source LIKE 'invoice\\_%'",
    "numbers": "UPDATE billing_numberseries SET following = following + 2",
    "ids": "UPDATE ledger_journalposting SET product = 'customer_00000000000000000000000000' "
    "WHERE id = (SELECT min(id) FROM ledger_journalposting)",
    "movements": "UPDATE billing_mrrchange SET after_minor = after_minor + 12 WHERE kind = 'new'",
}

TABLES = sorted({fault.split()[1] for fault in FAULTS.values()})


def test_each_fault_turns_its_check_red_and_is_named(sold: Sold, shop: Shop) -> None:
    live(sold, shop)
    recognise(1, on(2, 1))
    record_payment(
        **MADE | {"as_of": on(2, 1)},
        customer_id=sold.acme.pk,
        amount=Money.of("200", "EUR"),
        day=date(2026, 2, 1),
    )
    drain("billing.mrr", as_of=on(2, 1))
    assert {each.key for each in reconcile()} == set(FAULTS)
    assert [each.key for each in reconcile() if not each.is_green] == []
    also = {
        "receivable": {"settled"},
        "stored_value": {"settled"},
        "lines": {"deferred"},
        "entries": {"revenue", "deferred"},
    }
    for key, fault in FAULTS.items():
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT fault")
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(fault)
            assert cursor.rowcount, key
            red = {each.key: each for each in reconcile() if not each.is_green}
            assert set(red) == {key} | also.get(key, set()), key
            assert red[key].odd, key
            cursor.execute("ROLLBACK TO SAVEPOINT fault")
