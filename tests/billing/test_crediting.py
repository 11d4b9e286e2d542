"""Credit notes, refunds and write-offs: exact to the last unit, once, and above a limit only by two people."""

from datetime import date
from decimal import Decimal
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from caudal.billing import actions
from caudal.billing.models import Invoice, InvoiceLine, MoneyRequest, Settlement
from caudal.billing.queries import Credit, LineCredit, NothingToCredit, left_to_credit
from caudal.core.money import Money
from caudal.core.settling import MoreThanLeft
from caudal.kit.access import SYSTEM, Actor
from caudal.kit.outbox import drain
from caudal.kit.problems import BadInput
from caudal.workspace.actions import add_member, change_settings, decide_approval
from caudal.workspace.models import Approval, Role
from caudal.workspace.queries import actor_of_member, company, open_approvals
from tests.billing.selling import Sold, bill, on, sold, take, told
from tests.billing.test_payments import AT, DAY, held, open_minors, order, pay
from tests.together import together
from tests.world import Shop

__all__ = ["sold"]


def credit(row: Invoice, **what: Any) -> Invoice:
    """Credit an invoice at once."""
    note = actions.credit_invoice(**AT, invoice_id=row.pk, day=DAY, reason="Not as agreed", credit=Credit(**what))
    assert isinstance(note, Invoice)
    return note


def test_a_credit_note_names_what_it_corrects_and_settles_it(shop: Shop, sold: Sold) -> None:
    subscription = take(sold)
    bill(on(1, 1, 8))
    row = Invoice.objects.get()
    note = credit(row, amount=Money.of("10", "EUR"))
    # 99 and 40 of 139: 7.12 and 2.88; 21 % of 10.00 are 2.10.
    assert told(note) == [("correction base", "1", "7.12"), ("correction seats", "1", "2.88")]
    assert (note.number, note.corrects, note.reason) == ("CN-2026-00001", row, "Not as agreed")
    assert (note.gross_minor, note.open_minor, open_minors()) == (1210, 0, [16819 - 1210, 0])
    seats = row.lines.get(position=2)
    two = credit(row, lines=(LineCredit(seats.pk, quantity=Decimal(1)),))
    assert told(two) == [("correction seats", "1", "20.00")]
    rest = credit(row)
    assert told(rest) == [("correction base", "1", "91.88"), ("correction seats", "1", "17.12")]
    # All of them come to the invoice: 29.19 of tax less 2.10 and 4.20 are 22.89.
    assert (rest.tax_minor, open_minors()[0], held("receivable"), held("tax_payable")) == (2289, 0, 0, 0)
    assert [each.left.minor for each in left_to_credit(row)] == [0, 0]
    with pytest.raises(NothingToCredit):
        credit(row)
    # Nobody owes less for it from now on: the run finds January invoiced, and February due.
    bill(on(2, 1, 8))
    assert told(Invoice.objects.get(number="INV-2026-00002")) == told(row)
    subscription.refresh_from_db()
    line = InvoiceLine(invoice=note, position=9, corrects=seats, source=None, **_plain(seats))
    with pytest.raises(IntegrityError), transaction.atomic():
        line.save(force_insert=True)


def _plain(line: InvoiceLine) -> dict[str, Any]:
    fixed = ("invoice", "position", "corrects", "source", "id", "obligation")
    names = [field.attname for field in line._meta.concrete_fields if field.name not in fixed]
    return {name: getattr(line, name) for name in names}


def test_what_was_paid_and_credited_is_used_for_another_or_goes_back_and_never_more(shop: Shop, sold: Sold) -> None:
    row, other = order(sold, 5, 6)
    line = row.lines.get()
    euros = Money.of("300", "EUR")
    for what, problem in (
        ({"amount": euros}, MoreThanLeft),
        ({"amount": Money.of("-1", "EUR")}, BadInput),
        ({"amount": Money.of("1", "JPY")}, BadInput),
        ({"amount": euros, "percent": Decimal(5)}, BadInput),
        ({"percent": Decimal(0)}, BadInput),
        ({"percent": Decimal("100.01")}, BadInput),
        ({"lines": (LineCredit(line.pk, amount=euros),)}, MoreThanLeft),
        ({"lines": (LineCredit(line.pk, amount=Money.of("-1", "EUR")),)}, MoreThanLeft),
        ({"lines": (LineCredit(line.pk, quantity=Decimal(2)),)}, BadInput),
        ({"lines": (LineCredit(line.pk), LineCredit(line.pk))}, BadInput),
    ):
        with pytest.raises(problem):
            credit(row, **what)
    for reason, day in ((" ", DAY), ("x", date(2026, 1, 4))):
        with pytest.raises(BadInput):
            actions.credit_invoice(**AT, invoice_id=row.pk, day=day, reason=reason)
    pay(sold, "359.37")
    note = credit(row, percent=Decimal(50))
    with pytest.raises(actions.NotAnInvoice):
        credit(note)
    with pytest.raises(actions.NotACreditNote):
        actions.refund(**AT, of_id=other.pk, of_payment=False, day=DAY, reason="x")
    assert (note.net_minor, note.open_minor, held("receivable")) == (14850, 17969, 35937 - 17969)
    used = actions.use_credit_note(**AT, credit_note_id=note.pk, day=DAY)
    assert ([each.minor for each in used], open_minors()[:2]) == ([17969], [0, 17968])
    actions.undo_settlement(**AT, settlement_id=used[0].pk, day=DAY)
    back = actions.refund(**AT, of_id=note.pk, of_payment=False, day=DAY, reason="Asked for", reference="OUT-1")
    assert isinstance(back, Settlement)
    note.refresh_from_db()
    assert (note.open_minor, held("bank"), held("receivable")) == (0, 35937 - 17969, 35937)
    actions.undo_settlement(**AT, settlement_id=back.pk, day=DAY, reason="It came back")
    given = actions.write_off(
        **AT, invoice_id=Invoice.objects.all()[1].pk, day=DAY, reason="Bankrupt", amount=Money.of("59.37", "EUR")
    )
    assert isinstance(given, Settlement)
    assert (held("bad_debt"), open_minors()[1]) == (5937, 30000)
    actions.undo_settlement(**AT, settlement_id=given.pk, day=DAY)
    assert (held("bad_debt"), held("bank")) == (0, 35937)


@pytest.mark.usefixtures("today")
def test_what_is_above_the_limit_waits_for_a_second_person(shop: Shop, sold: Sold) -> None:
    change_settings(actor=SYSTEM, as_of=on(1, 1), settings=shop.settings, approval_above=Money.of(100, "EUR"))
    ana, marta = shop.actor("ana"), shop.actor("marta")
    row, other = order(sold, 5, 6)
    by_ana: dict[str, Any] = {"actor": ana, "as_of": on(3, 1)}
    asked = actions.credit_invoice(**by_ana, invoice_id=row.pk, day=DAY, reason="Not delivered")
    assert isinstance(asked, MoneyRequest)
    assert (asked.minor, asked.outcome, open_minors(), held("tax_payable")) == (35937, "", [35937] * 2, -6237 * 2)
    with pytest.raises(actions.AskedBefore):
        actions.credit_invoice(**by_ana, invoice_id=row.pk, day=DAY, reason="Again")
    assert [each.subject for each in open_approvals(ana)] == [asked.ref]
    assert open_approvals(marta) == []
    olga = _finance()
    decide_approval(actor=olga, as_of=on(3, 2), approval=Approval.objects.get(), granted=True)
    drain("billing.money_agreed", as_of=on(3, 2))
    asked.refresh_from_db()
    assert (asked.outcome, asked.made) == ("done", str(Invoice.objects.get(corrects=row).ref))
    assert open_minors()[0] == 0
    # Small ones of the same add up: 60 and 60 are more than one person may give.
    sixty: dict[str, Any] = {"invoice_id": other.pk, "day": DAY, "reason": "Rounding", "amount": Money.of("60", "EUR")}
    assert isinstance(actions.write_off(**by_ana, **sixty), Settlement)
    second = actions.write_off(**by_ana, **sixty)
    assert isinstance(second, MoneyRequest)
    pay(sold, "299.37")
    decide_approval(actor=olga, as_of=on(3, 2), approval=Approval.objects.get(decided_at=None), granted=True)
    drain("billing.money_agreed", as_of=on(3, 2))
    second.refresh_from_db()
    assert (second.outcome, open_minors()[1]) == ("failed", 0)
    assert "more than is open" in second.problem
    payment = pay(sold, "150.00")
    back = actions.refund(**by_ana, of_id=payment.pk, of_payment=True, day=DAY, reason="Too much")
    assert isinstance(back, MoneyRequest)
    actions.withdraw_request(**by_ana, request_id=back.pk)
    assert (open_approvals(olga), payment.open_minor) == ([], 15000)
    with pytest.raises(actions.RequestClosed):
        actions.withdraw_request(**by_ana, request_id=back.pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("today")
def test_what_two_people_agreed_to_is_done_once_by_two_who_do_it_at_once(shop: Shop, sold: Sold) -> None:
    change_settings(actor=SYSTEM, as_of=on(1, 1), settings=shop.settings, approval_above=Money.of(100, "EUR"))
    payment = pay(sold, "400.00")
    ours: dict[str, Any] = {"of_id": payment.pk, "of_payment": True, "day": DAY, "reason": "Too much"}

    def ask(barrier: Barrier) -> object:
        barrier.wait()
        return actions.refund(actor=SYSTEM, as_of=on(3, 1), **ours, amount=Money.of("120", "EUR"))

    asked = {type(each) for each in together(ask, ask)}
    assert asked == {MoneyRequest, actions.AskedBefore}
    request, approval = MoneyRequest.objects.get(), Approval.objects.get()
    olga, ana = _finance(), shop.actor("ana")

    def decide(actor: Actor, granted: bool, barrier: Barrier) -> object:  # noqa: FBT001  one of two ways
        barrier.wait()
        return decide_approval(actor=actor, as_of=on(3, 2), approval=approval, granted=granted)

    decided = [type(each) for each in together(partial(decide, olga, True), partial(decide, ana, True))]
    assert sorted(each.__name__ for each in decided) == ["AlreadyDecided", "Approval"]

    def do(barrier: Barrier) -> None:
        barrier.wait()
        actions.carry_out_request(as_of=on(3, 2), request_id=request.pk, agreed=True)

    together(do, do)
    assert list(Settlement.objects.filter(sort="refund").values_list("minor", flat=True)) == [12000]

    said = actions.refund(actor=SYSTEM, as_of=on(3, 3), **ours, amount=Money.of("130", "EUR"))
    assert isinstance(said, MoneyRequest)
    again: MoneyRequest = said

    def naive(barrier: Barrier) -> None:
        with transaction.atomic():
            waits = MoneyRequest.objects.get(pk=again.pk).outcome == ""
            barrier.wait()
            if waits:
                actions.plan_of(again, actor=SYSTEM, as_of=on(3, 3)).carry_out(actor=SYSTEM, as_of=on(3, 3))

    together(naive, naive)  # looks first and does it then: the money goes out twice
    assert list(Settlement.objects.filter(minor=13000).values_list("sort", flat=True)) == ["refund"] * 2


def _finance() -> Actor:
    made = add_member(actor=SYSTEM, as_of=on(1, 1), name="Olga", email="olga@example.com", role=Role.FINANCE)
    return actor_of_member(made, company())
