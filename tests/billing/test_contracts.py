"""Contracts: they renew or end on their day, what is added to them ends with them, and a minimum is owed once."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from caudal.billing import actions
from caudal.billing.adapters import TableTaxes
from caudal.billing.models import Contract, Invoice, InvoiceLine, InvoiceRun, Subscription
from caudal.billing.queries import Wanted, commitment_standings, preview
from caudal.core.money import Money
from caudal.core.proration import When
from caudal.core.recognition import Pattern
from caudal.kit.access import SYSTEM
from caudal.kit.problems import BadInput
from tests.billing.invariants import broken
from tests.billing.selling import MADE, Sold, bill, draft_said, invoice_said, on, sold, take, told, use
from tests.world import Shop

__all__ = ["sold"]
NEW_YEAR = date(2026, 1, 1)


def bill_as_previewed(at: datetime) -> InvoiceRun:
    """Invoice what is due at an instant: the documents are what the preview of the run said, line by line."""
    shown = preview(SYSTEM, up_to=at, as_of=at, issue_day=at.date(), taxes=TableTaxes())
    known = set(Invoice.objects.values_list("pk", flat=True))
    run = bill(at)
    rows = list(Invoice.objects.exclude(pk__in=known))
    drafts = [draft for each in shown.customers for draft in each.drafts]
    assert sorted(map(draft_said, drafts)) == sorted(map(invoice_said, rows))
    due = sum(-row.gross_minor if row.sort == "credit_note" else row.gross_minor for row in rows)
    assert [total.minor for total in shown.totals.values()] == ([due] if rows else [])
    return run


def test_a_contract_renews_by_itself_or_ends_on_its_day_and_a_late_notice_ends_it_once_later(sold: Sold) -> None:
    row = actions.sign_contract(
        **MADE,
        customer_id=sold.acme.pk,
        name="Frame",
        start_day=NEW_YEAR,
        end_day=date(2026, 2, 1),
        renews_months=1,
        notice_days=10,
    )
    added = take(sold, contract_id=row.pk, start_day=date(2026, 1, 11), with_contract=True)
    # From the 11th to the 1st are 21 of 31 days: 67.06 of 99 and 27.10 of 40.
    bill(on(1, 11))
    assert told(Invoice.objects.get()) == [("period base", "21/31", "67.06"), ("period seats", "21/31", "27.10")]
    assert actions.turn_contracts(actor=SYSTEM, as_of=on(1, 31, 22)) == 0
    assert [actions.turn_contracts(actor=SYSTEM, as_of=on(1, 31, 23)) for _ in "ab"] == [1, 0]
    row.refresh_from_db()
    added.refresh_from_db()
    assert (row.end_day, added.end_day, added.status) == (date(2026, 3, 1), date(2026, 3, 1), "active")
    bill(on(2, 1))
    assert told(Invoice.objects.get(number="INV-2026-00002"))[0] == ("period base", "1", "99.00")
    # Ten days before 1 March would have been 19 February: it goes on to 1 April, and then it is over.
    actions.give_notice(**MADE, contract_id=row.pk, day=date(2026, 2, 20))
    actions.turn_contracts(actor=SYSTEM, as_of=on(3, 1))
    row.refresh_from_db()
    assert (row.end_day, row.ended_at) == (date(2026, 4, 1), None)
    assert [actions.turn_contracts(actor=SYSTEM, as_of=on(4, 2)) for _ in "ab"] == [2, 0]
    bill(on(6, 1))
    added.refresh_from_db()
    assert (added.status, added.due_at, Invoice.objects.count()) == ("ended", None, 3)
    with pytest.raises(actions.ContractIsOver):
        actions.change_contract(**MADE, contract_id=row.pk, name="More")
    with pytest.raises(actions.HasEnded):
        actions.change_seats(**MADE, subscription_id=added.pk, seats=Decimal(9), at=on(5, 1))
    # What cannot be is refused in words, every field of it at once.
    with pytest.raises(BadInput) as refused:
        actions.sign_contract(
            **MADE, customer_id=sold.acme.pk, name=" ", start_day=NEW_YEAR, end_day=NEW_YEAR, notice_days=9999
        )
    assert sorted(refused.value.fields) == ["end_day", "name", "notice_days"]
    endless = actions.sign_contract(**MADE, customer_id=sold.globex.pk, name="Endless", start_day=NEW_YEAR)
    with pytest.raises(actions.NeverEnds):
        actions.renew_contract(**MADE, contract_id=endless.pk, months=12)
    with pytest.raises(BadInput):
        take(sold, contract_id=endless.pk)
    assert Contract.objects.get(pk=endless.pk).end_day is None


def test_what_is_missing_of_a_minimum_is_owed_as_previewed_and_less_of_it_when_more_was_used(
    shop: Shop, sold: Sold
) -> None:
    row = actions.sign_contract(
        **MADE,
        customer_id=sold.acme.pk,
        name="Minimum",
        start_day=NEW_YEAR,
        end_day=date(2026, 2, 15),
        commitment=Money.of("310", "EUR"),
        commitment_months=1,
    )
    subscription = take(sold, contract_id=row.pk, with_contract=True)
    ordered = actions.place_order(
        **MADE, customer_id=sold.acme.pk, contract_id=row.pk, wanted=[Wanted(sold.course.pk)], day=date(2026, 2, 2)
    )
    bill_as_previewed(on(1, 31))
    # January counts from the contract's own day, so its first part is a stub of 14 of 31 days, up to the 15th:
    # 44.71 and 18.06; the period from the 15th on is whole: 99 and 40. 310 less 201.77 is missing.
    bill_as_previewed(on(2, 1))
    first = Invoice.objects.get(number="INV-2026-00003")
    assert told(first) == [("commitment minimum", "1", "108.23")]
    assert (first.lines.get().pattern, first.lines.get().source) == (Pattern.AT_END.value, row.pk)
    # Late usage of 5.00 in January lowers it; the same usage is not paid twice.
    use(shop.acme, "200", on(1, 10), "late", known=on(2, 3))
    bill_as_previewed(on(2, 4))
    late = {told(one)[0]: one.sort for one in Invoice.objects.filter(issue_day=date(2026, 2, 4))}
    assert late["commitment minimum", "-1", "5.00"] == "credit_note"
    assert bill_as_previewed(on(2, 4)).invoices == 0
    # Of February 14 of 28 days are committed to: 155.00, and the course of 297 is more than that.
    bill_as_previewed(on(3, 1))
    assert InvoiceLine.objects.filter(sort="commitment").count() == 2
    # The course turns out not to be wanted: its invoice is void, so the minimum is missing again, and once only.
    course = Invoice.objects.get(lines__sort="once")
    actions.void(actor=SYSTEM, as_of=on(3, 2), invoice_id=course.pk, day=date(2026, 3, 2), why="Not wanted")
    actions.call_off(actor=SYSTEM, as_of=on(3, 2), order_id=ordered.pk)
    with pytest.raises(actions.CommitmentSettled):
        actions.commit(
            actor=SYSTEM, as_of=on(3, 2), contract_id=row.pk, from_day=date(2026, 1, 20), amount=None, months=1
        )
    standing = commitment_standings(row, as_of=on(3, 2))
    assert [each.missing.major for each in standing] == ["103.23", "155.00"]
    assert Subscription.objects.get(pk=subscription.pk).end_day == date(2026, 2, 15)


@pytest.mark.parametrize("pauses", [True, False])
def test_a_renewal_within_a_period_writes_only_what_it_changed(sold: Sold, shop: Shop, *, pauses: bool) -> None:
    contract = actions.sign_contract(
        **MADE, customer_id=sold.acme.pk, name="Frame", start_day=NEW_YEAR, end_day=date(2026, 2, 15)
    )
    row = take(sold, seats="0", contract_id=contract.pk, with_contract=True)
    # From 20 January on it is paid from the 20th to the 20th, and the contract ends within.
    reset: dict[str, Any] = {"seats": Decimal(1), "at": on(1, 20), "when": When.RESET_CYCLE}
    actions.change_seats(actor=SYSTEM, as_of=on(1, 20), subscription_id=row.pk, **reset)
    use(shop.acme, "300", on(2, 5), "e1")
    if pauses:
        actions.pause(actor=SYSTEM, as_of=on(2, 10), subscription_id=row.pk, at=on(2, 10))
        actions.resume(actor=SYSTEM, as_of=on(2, 12), subscription_id=row.pk, at=on(2, 12))
    bill(on(2, 15, 8))
    actions.renew_contract(actor=SYSTEM, as_of=on(2, 15, 9), contract_id=contract.pk, months=6)
    for day in (on(2, 16), on(2, 21)):
        bill_as_previewed(day)
        actions.rebuild_mrr(actor=SYSTEM, as_of=day)
        assert broken(day) == []
        assert bill(day).invoices == 0
    used = InvoiceLine.objects.filter(source=row.pk, sort="usage").order_by("invoice__issue_day")
    seen = [
        (line.invoice.issue_day.day, line.invoice.sort, line.service_end.day, line.net_minor)
        for line in used.select_related("invoice")
        if line.invoice.issue_day is not None
    ]
    if pauses:
        # Of 100 free documents 21 of 26 days are for what was used until the pause, and then 21 of 31: 219.23 and then
        # 232.26 at 0.05 are 10.96 and 11.61. Only the difference is written, as it falls due with the longer period.
        assert seen == [(15, "invoice", 10, 1096), (21, "invoice", 10, 65)]
    else:
        # 200 documents at 0.05. Used up to the end of the contract is something else than used up to the 20th: free
        # documents and tiers are those of the whole stretch, which falls due when it is over and not before.
        assert seen == [(15, "invoice", 14, 1000), (16, "credit_note", 14, 1000), (21, "invoice", 19, 1000)]
