"""Subscriptions: prices and discounts of one's own, bundles, trials, what is taken back, and no usage paid twice."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from caudal.billing import actions
from caudal.billing.actions import Proposal, Terms
from caudal.billing.models import ChangeSort, Customer, Invoice, InvoiceLine, Subscription
from caudal.billing.queries import Wanted, agreed_of, of_bundle, unpaid_usage
from caudal.catalog.actions import add_bundle, add_charge, add_offering, add_price, price_bundle, retire_offering
from caudal.catalog.queries import NotInWholeBundles, NotSoldAnyMore
from caudal.core.money import Money
from caudal.core.periods import Period
from caudal.core.proration import When
from caudal.kit.access import SYSTEM
from caudal.kit.problems import BadInput
from caudal.usage.actions import add_subject, record_events
from tests.billing.selling import MADE, NEW_YEAR, Sold, bill, on, sold, take, told, use
from tests.world import Shop

__all__ = ["sold"]
FLAT = {"tiers": [{"flat": "1200"}]}


def _paid(subscription: Subscription) -> Decimal:
    """What was invoiced of a subscription, less what was credited."""
    lines = InvoiceLine.objects.filter(source=subscription.pk, holds=True).select_related("invoice")
    return Decimal(sum(line.net_minor * (-1 if line.invoice.sort == "credit_note" else 1) for line in lines)) / 100


def _taken(customer: Customer, wanted: list[Wanted], **terms: Any) -> Subscription:
    said: dict[str, Any] = {"start_day": date(2026, 1, 1)} | terms
    return actions.subscribe(**MADE, customer_id=customer.pk, wanted=wanted, terms=Terms(**said))


def test_a_price_of_ones_own_a_discount_for_a_while_and_a_bundle_hold_as_they_were_agreed(sold: Sold) -> None:
    bundle = add_bundle(
        **MADE,
        name="Together",
        code="together",
        discount_percent=Decimal(10),
        parts={sold.pro.pk: 1, sold.support.pk: 1},
    )
    own = {"base": {"tiers": [{"flat": "80"}]}}
    until = date(2026, 2, 1)
    wanted = [
        Wanted(
            sold.pro.pk, Decimal(1), prices=own, bundle_id=bundle.pk, discount_percent=Decimal(50), discount_until=until
        ),
        Wanted(sold.support.pk, bundle_id=bundle.pk),
    ]
    _taken(sold.acme, wanted)
    bill(on(2, 1))
    january, february = Invoice.objects.order_by("number")
    # 80 of one's own and 20 a seat, less 10 %, less half; 49 less 10 %. From February on without the half.
    assert [line[2] for line in told(january)] == ["36.00", "9.00", "44.10"]
    assert [line[2] for line in told(february)] == ["72.00", "18.00", "44.10"]
    assert january.lines.get(position=1).price_number == 0
    with pytest.raises(BadInput) as refused:
        _taken(sold.globex, [Wanted(sold.pro.pk, bundle_id=bundle.pk)])
    assert "bundle" in refused.value.fields
    with pytest.raises(BadInput) as refused:
        _taken(sold.globex, [Wanted(sold.pro.pk, prices={"base": {"tiers": []}, "none": {}})])
    assert "prices" in refused.value.fields


def test_what_is_to_come_is_taken_back_and_a_trial_is_changed_while_it_lasts(sold: Sold) -> None:
    row = take(sold, trial_days=14)
    row = actions.change_trial(actor=SYSTEM, as_of=on(1, 5), subscription_id=row.pk, trial_days=9)
    assert row.due_at == on(1, 9, 23)
    cancelled = actions.cancel(actor=SYSTEM, as_of=on(1, 6), subscription_id=row.pk)
    assert (cancelled.ends_at, cancelled.due_at) == (on(1, 9, 23), None)
    kept = actions.take_back(actor=SYSTEM, as_of=on(1, 7), subscription_id=row.pk)
    assert (kept.status, kept.ends_at) == ("active", None)
    bill(on(1, 10))
    assert _paid(row) == Decimal("139.00")
    with pytest.raises(actions.TrialIsOver):
        actions.change_trial(actor=SYSTEM, as_of=on(1, 10), subscription_id=row.pk, trial_days=20)
    # Fewer seats from the next period on, then it is thought better of; then more at once.
    fewer = Proposal(ChangeSort.SEATS, seats=Decimal(1), when=When.NEXT_PERIOD)
    actions.change_subscription(actor=SYSTEM, as_of=on(1, 11), subscription_id=row.pk, asked=fewer)
    with pytest.raises(actions.OutOfOrder):
        actions.change_seats(**MADE, subscription_id=row.pk, seats=Decimal(4), at=on(1, 12))
    actions.take_back(actor=SYSTEM, as_of=on(1, 12), subscription_id=row.pk)
    with pytest.raises(actions.NothingToTakeBack):
        actions.take_back(actor=SYSTEM, as_of=on(1, 12), subscription_id=row.pk)
    actions.change_seats(**MADE, subscription_id=row.pk, seats=Decimal(4), at=on(2, 9, 23))
    bill(on(2, 11))
    assert told(Invoice.objects.get(number="INV-2026-00002"))[1:] == [("period seats", "1", "80.00")]


def test_usage_is_paid_by_one_subscription_and_what_nobody_pays_for_is_told(shop: Shop, sold: Sold) -> None:
    add_subject(**MADE, key="acme-labs", company_id=shop.acme.pk)
    first = take(sold, subjects=(shop.acme.name,))
    with pytest.raises(actions.UsagePaidTwice, match="documents"):
        take(sold)
    use(shop.acme, "10", on(1, 3), "1")
    labs = {"source": "app", "id": "2", "type": "document", "subject": "acme-labs", "data": {"pages": "4"}}
    from_labs = labs | {"time": on(1, 4).isoformat()}
    actions_of = agreed_of([first]).values()
    january = Period(NEW_YEAR, on(1, 31, 23))
    record_events(actor=SYSTEM, as_of=on(1, 4), events=[from_labs])
    assert [(one.meter, one.subject) for one in unpaid_usage(sold.acme, list(actions_of), january)] == [
        ("documents", "acme-labs")
    ]
    second = take(sold, subjects=("acme-labs",))
    assert unpaid_usage(sold.acme, list(agreed_of([first, second]).values()), january) == []
    # What ends with January makes room for what begins then.
    actions.cancel(actor=SYSTEM, as_of=on(1, 5), subscription_id=second.pk)
    take(sold, subjects=("acme-labs",), start_day=date(2026, 2, 1))
    with pytest.raises(actions.UsagePaidTwice):
        take(sold, subjects=("acme-labs",), start_day=date(2026, 1, 20))


def test_nothing_is_gained_by_buying_much_using_it_up_and_changing_to_less(sold: Sold) -> None:
    rows = {when: take(sold, subjects=(when.value,)) for when in When}
    bill(on(1, 1, 8))
    for row in rows.values():
        more = Proposal(ChangeSort.SEATS, on(1, 10, 23), seats=Decimal(92), when=When.INVOICE_NOW)
        actions.change_subscription(actor=SYSTEM, as_of=on(1, 10, 23), subscription_id=row.pk, asked=more)
    bill(on(1, 11))
    for when, row in rows.items():
        less = Proposal(ChangeSort.SEATS, on(1, 20, 23), seats=Decimal(2), when=when)
        actions.change_subscription(actor=SYSTEM, as_of=on(1, 20, 23), subscription_id=row.pk, asked=less)
        actions.cancel(actor=SYSTEM, as_of=on(1, 21), subscription_id=row.pk, at=on(1, 31, 23))
    bill(on(3, 1))
    # Ninety more seats of 20 for ten of 31 days are 580.64 as rounded, beside 139 for what was there all month. Whoever changes
    # with the next period pays them to its end, for 21 days: 1,219.35.
    assert {when.value: str(_paid(row)) for when, row in rows.items()} == {
        "invoice_now": "719.64",
        "prorate": "719.64",
        "next_period": "1358.35",
        "reset_cycle": "719.64",
    }


def test_odd_days_and_zones_and_one_second_for_two_changes_have_one_right_answer(sold: Sold) -> None:
    actions.change_customer(**MADE, customer_id=sold.globex.pk, zone="Asia/Kolkata")
    add_price(**MADE, charge_id=sold.charges["year"].pk, currency="EUR", from_date=date(2024, 1, 1), price=FLAT)
    leap = _taken(sold.globex, [Wanted(sold.yearly.pk)], start_day=date(2024, 2, 29))
    # Half past six in the evening of the day before in UTC: the zone is five and a half hours ahead.
    assert leap.due_at == datetime(2024, 2, 28, 18, 30, tzinfo=UTC)
    starts = [one.period.start for one in agreed_of([leap])[leap.pk].subscribed.due(None, on(4, 1, year=2028))]
    days = [(start + timedelta(hours=5, minutes=30)).date() for start in starts]
    assert days == [date(2024, 2, 29), date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29)]
    row = take(sold)
    bill(on(1, 1, 8))
    at = on(1, 16, 11)
    more = Proposal(ChangeSort.SEATS, at, seats=Decimal(50), when=When.INVOICE_NOW)
    actions.change_subscription(actor=SYSTEM, as_of=at, subscription_id=row.pk, asked=more)
    bill(at)
    actions.cancel(actor=SYSTEM, as_of=at, subscription_id=row.pk, at=at)
    bill(on(2, 5))
    # Two seats and the base for half of January; of the fifty nothing is left.
    assert _paid(row) == Decimal("69.50")
    with pytest.raises(actions.HasEnded):
        actions.change_seats(**MADE, subscription_id=row.pk, seats=Decimal(3), at=at)
    once = take(sold, end_day=date(2026, 3, 15), start_day=date(2026, 2, 1))
    items = [Wanted(sold.pro.pk, Decimal(2)), Wanted(sold.course.pk)]
    actions.change_items(**MADE, subscription_id=once.pk, wanted=items, at=on(2, 10))
    bill(on(6, 1))
    # 139 for February, the course once, 336 of the 743 hours of March, of which one is skipped: 44.77 and 18.09.
    assert _paid(once) == Decimal("498.86")
    assert (
        actions.turn_contracts(actor=SYSTEM, as_of=on(6, 1)),
        actions.turn_contracts(actor=SYSTEM, as_of=on(6, 1)),
    ) == (1, 0)


def test_a_bundle_is_one_choice_whose_lines_come_to_its_price(sold: Sold) -> None:
    together = add_bundle(**MADE, name="Together", code="together", parts={sold.pro.pk: 3, sold.support.pk: 1})
    price_bundle(
        **MADE, bundle_id=together.pk, currency="EUR", from_date=date(2026, 1, 1), amount=Money.of("180", "EUR")
    )
    found = _taken(sold.acme, of_bundle(together))
    bill(on(1, 1, 8))
    # 180 by 99, 60 and 49 of 208: 85.67, 51.92, 42.41. A fourth seat costs what a third of 51.92 is of 60: 17.31.
    assert [line[2] for line in told(Invoice.objects.get())] == ["85.67", "51.92", "42.41"]
    actions.change_seats(actor=SYSTEM, as_of=on(1, 20), subscription_id=found.pk, seats=Decimal(4), at=on(1, 31, 23))
    bill(on(2, 2))
    assert [line[2] for line in told(Invoice.objects.latest("number"))][:3] == ["85.67", "69.23", "42.41"]
    with pytest.raises(NotInWholeBundles):
        _taken(sold.globex, of_bundle(together, count=2))
    certified = add_offering(
        **MADE, product_id=sold.course.product_id, name="Certificate", code="certificate", interval="once"
    )
    charge = add_charge(
        **MADE, offering_id=certified.pk, name="Certificate", code="one", sort="once", stream="training"
    )
    add_price(
        **MADE, charge_id=charge.pk, currency="EUR", from_date=date(2025, 1, 1), price={"tiers": [{"unit": "100"}]}
    )
    once = add_bundle(**MADE, name="Certified", code="certified", parts={sold.course.pk: 1, certified.pk: 1})
    price_bundle(
        **MADE, bundle_id=once.pk, currency="EUR", from_date=date(2026, 1, 1), amount=Money.of("333.33", "EUR")
    )
    wanted = of_bundle(once, count=3)
    actions.place_order(**MADE, customer_id=sold.globex.pk, wanted=wanted, day=date(2026, 2, 2))
    bill(on(2, 2, 9))
    row = Invoice.objects.get(customer=sold.globex)
    # Three of 333.33 are 999.99, by 891 and 300 of 1191: 748.103 and 251.886; the last cent goes to the larger rest.
    assert (sorted(line[2] for line in told(row)), row.net_minor) == (["251.89", "748.10"], 99999)


def test_a_retired_plan_keeps_billing_and_a_new_price_reaches_existing_customers_later(sold: Sold) -> None:
    take(sold, seats="0")
    add_price(
        **MADE,
        charge_id=sold.charges["base"].pk,
        currency="EUR",
        from_date=date(2026, 2, 1),
        existing_from_date=date(2026, 4, 1),
        price={"tiers": [{"flat": "119"}]},
    )
    take(sold, seats="0", customer=sold.globex, start_day=date(2026, 2, 1))
    retire_offering(**MADE, offering_id=sold.pro.pk, from_date=date(2026, 3, 1))
    bill(on(4, 1, 8))

    def base(customer: Customer) -> list[str]:
        rows = Invoice.objects.filter(customer=customer).order_by("due_from")
        return [amount for row in rows for text, _, amount in told(row) if text.endswith("base")]

    # Who bought before pays 99 up to March and 119 from April on; who bought in February pays 119 from the beginning.
    assert base(sold.acme) == ["99.00", "99.00", "99.00", "119.00"]
    assert base(sold.globex) == ["119.00", "119.00", "119.00"]
    with pytest.raises(NotSoldAnyMore):
        take(sold, start_day=date(2026, 3, 1))
