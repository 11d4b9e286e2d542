"""Four eyes: what is worth more than one person may give waits until a second one agrees.

Whatever is asked for is worked out before it is asked, and again when it is done: nothing of it is in the books until
then, and what cannot be done any more says why.
"""

from datetime import date, datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.utils.translation import gettext

from caudal.billing.actions.giving import CreditPlan, SettlePlan, plan_credit, plan_refund, plan_write_off
from caudal.billing.events import MoneyRequestClosed, MoneyRequested
from caudal.billing.models import (
    Invoice,
    MoneyRequest,
    Payment,
    PaymentMethod,
    RequestOutcome,
    RequestSort,
    Settlement,
    SettlementSort,
)
from caudal.billing.models.documents import TEXT_LENGTH
from caudal.billing.queries.crediting import Credit
from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.core.money import Currency, Money
from caudal.kit.access import SYSTEM, Actor, Verb
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.workspace.actions import ask_approval, withdraw_approval
from caudal.workspace.queries import refund_needs_second_person

Plan: TypeAlias = CreditPlan | SettlePlan
REQUESTS: Final = {
    RequestSort.REFUND: "billing.refund",
    RequestSort.CREDIT_NOTE: "billing.credit_note",
    RequestSort.WRITE_OFF: "billing.write_off",
}
"""What an approval is asked for."""
ALL_OF_IT: Final = Credit()


class AskedBefore(Problem):
    """The same question is asked once."""

    code = "money_request.asked_before"
    status = 409
    message = msg("{amount} of {name} waits for a second person already.")
    hint = msg("Let it be decided, or withdraw it first.")


class RequestClosed(Problem):
    """What was decided or withdrawn waits no more."""

    code = "money_request.closed"
    status = 409
    message = msg("This does not wait any more.")


@action
def credit_invoice(
    *, actor: Actor, as_of: datetime, invoice_id: UUID, day: date, reason: str, credit: Credit = ALL_OF_IT
) -> Invoice | MoneyRequest:
    """Credit an invoice: issue a note that corrects it, which settles it as far as it is open.

    What runs think is owed stays as it was: the lines of the note bear no obligation. Above the company's limit the
    request that waits is returned. Raises NotFound, NotAnInvoice, BadInput, MoreThanLeft, CannotAllocate,
    NothingToCredit, AskedBefore, MonthIsClosed.
    """
    plan = plan_credit(actor=actor, as_of=as_of, invoice_id=invoice_id, day=day, reason=reason, credit=credit)
    if _takes_two(plan.amount, plan.invoice.corrections.exclude(state="void").values_list("gross_minor", flat=True)):
        said = {"credit": credit.to_json()}
        return _ask(RequestSort.CREDIT_NOTE, plan.invoice, plan.amount, plan.day, plan.reason, said, actor, as_of)
    return plan.carry_out(actor=actor, as_of=as_of)


@action
def refund(
    *,
    actor: Actor,
    as_of: datetime,
    of_id: UUID,
    of_payment: bool,
    day: date,
    reason: str,
    amount: Money | None = None,
    method: str = PaymentMethod.TRANSFER,
    reference: str = "",
) -> Settlement | MoneyRequest:
    """Pay back what is open of a payment or of a credit note, all of it unless an amount is said.

    Above the company's limit the request that waits is returned. Raises NotFound, BadInput, NoAmount, MoreThanOpen,
    OtherCurrency, NotACreditNote, TakenBack, AskedBefore, MonthIsClosed.
    """
    plan = plan_refund(
        actor=actor,
        as_of=as_of,
        of_id=of_id,
        of_payment=of_payment,
        amount=amount,
        day=day,
        method=method,
        reference=reference,
        reason=reason,
    )
    piece = plan.piece
    row = piece.payment or piece.credit_note
    assert row is not None  # noqa: S101  one of the two is refunded
    if _takes_two(plan.amount, _before(SettlementSort.REFUND, row)):
        said = {"amount": piece.amount.to_json(), "method": piece.method, "reference": piece.reference}
        return _ask(RequestSort.REFUND, row, piece.amount, piece.day, piece.reason, said, actor, as_of)
    return plan.carry_out(actor=actor, as_of=as_of)


@action
def write_off(
    *, actor: Actor, as_of: datetime, invoice_id: UUID, day: date, reason: str, amount: Money | None = None
) -> Settlement | MoneyRequest:
    """Give up what is open of an invoice, all of it unless an amount is said: a debt that is not paid any more.

    Above the company's limit the request that waits is returned. Raises NotFound, NotAnInvoice, BadInput, NoAmount,
    MoreThanOpen, OtherCurrency, AskedBefore, MonthIsClosed.
    """
    plan = plan_write_off(actor=actor, as_of=as_of, invoice_id=invoice_id, amount=amount, day=day, reason=reason)
    piece = plan.piece
    assert piece.invoice is not None  # noqa: S101  an invoice is written off
    if _takes_two(plan.amount, _before(SettlementSort.WRITE_OFF, piece.invoice)):
        said = {"amount": piece.amount.to_json()}
        return _ask(RequestSort.WRITE_OFF, piece.invoice, piece.amount, piece.day, piece.reason, said, actor, as_of)
    return plan.carry_out(actor=actor, as_of=as_of)


@action
def withdraw_request(*, actor: Actor, as_of: datetime, request_id: UUID) -> MoneyRequest:
    """Take back what waits for a second person. Raises NotFound, RequestClosed."""
    row = MoneyRequest.one_for(actor, Verb.CHANGE, request_id, lock=True)
    if row.outcome:
        raise RequestClosed
    withdraw_approval(actor=actor, as_of=as_of, subject=row.ref, request=REQUESTS[RequestSort(row.sort)])
    return _close(row, RequestOutcome.WITHDRAWN, actor=actor, as_of=as_of)


def carry_out_request(*, as_of: datetime, request_id: UUID, agreed: bool) -> None:
    """Do what a second person agreed to, or say that it was refused or cannot be done any more; done once."""
    try:
        _carry_out(as_of=as_of, request_id=request_id, agreed=agreed)
    except Problem as problem:
        _fail(as_of=as_of, request_id=request_id, why=problem.told(gettext))


@action
def _carry_out(*, as_of: datetime, request_id: UUID, agreed: bool) -> None:
    row = MoneyRequest.one_for(SYSTEM, Verb.CHANGE, request_id, lock=True)
    if row.outcome:
        return
    if not agreed:
        _close(row, RequestOutcome.REFUSED, actor=SYSTEM, as_of=as_of)
        return
    made = plan_of(row, actor=SYSTEM, as_of=as_of).carry_out(actor=SYSTEM, as_of=as_of)
    _close(row, RequestOutcome.DONE, actor=SYSTEM, as_of=as_of, made=str(made.ref))


@action
def _fail(*, as_of: datetime, request_id: UUID, why: str) -> None:
    row = MoneyRequest.one_for(SYSTEM, Verb.CHANGE, request_id, lock=True)
    row.problem = why[:TEXT_LENGTH]
    _close(row, RequestOutcome.FAILED, actor=SYSTEM, as_of=as_of)


def plan_of(row: MoneyRequest, *, actor: Actor, as_of: datetime) -> Plan:
    """Return what a request would do now. Raises what asking for it raises."""
    said: dict[str, Any] = row.said
    common: dict[str, Any] = {"actor": actor, "as_of": as_of, "day": row.day, "reason": row.reason}
    if row.sort == RequestSort.CREDIT_NOTE:
        assert row.invoice_id is not None  # noqa: S101  an invoice is credited
        return plan_credit(**common, invoice_id=row.invoice_id, credit=Credit.from_json(said["credit"]))
    common["amount"] = Money.from_json(said["amount"])
    if row.sort == RequestSort.WRITE_OFF:
        assert row.invoice_id is not None  # noqa: S101  an invoice is written off
        return plan_write_off(**common, invoice_id=row.invoice_id)
    of_id = row.payment_id or row.invoice_id
    assert of_id is not None  # noqa: S101  the database asks for one
    return plan_refund(
        **common,
        of_id=of_id,
        of_payment=row.payment_id is not None,
        method=said["method"],
        reference=said["reference"],
    )


def _takes_two(amount: Money, before_minor: Any) -> bool:
    """Whether an amount, with what was given of the same before, is more than one person may give."""
    return refund_needs_second_person(amount + Money(sum(before_minor), amount.currency))


def _before(sort: SettlementSort, row: Payment | Invoice) -> Any:
    side = "payment" if isinstance(row, Payment) else "invoice" if sort == SettlementSort.WRITE_OFF else "credit_note"
    return Settlement.objects.filter(**{side: row}, sort=sort).values_list("minor", flat=True)


def _ask(
    sort: RequestSort,
    row: Invoice | Payment,
    amount: Money,
    day: date,
    reason: str,
    said: dict[str, Any],
    actor: Actor,
    as_of: datetime,
) -> MoneyRequest:
    about: dict[str, Any] = {"payment": row} if isinstance(row, Payment) else {"invoice": row}
    name = (row.reference if isinstance(row, Payment) else row.number) or row.customer.name
    waiting = MoneyRequest.objects.filter(**about, sort=sort, outcome="").first()
    if waiting is not None:
        raise AskedBefore(amount=Money(waiting.minor, Currency(waiting.currency)), name=name)
    asked = MoneyRequest.stamped(
        actor=actor,
        as_of=as_of,
        sort=sort,
        name=name,
        customer=row.customer,
        currency=amount.currency.code,
        minor=amount.minor,
        day=day,
        reason=reason,
        said=said,
        **about,
    )
    asked.save(force_insert=True)
    ask_approval(actor=actor, as_of=as_of, subject=asked.ref, request=REQUESTS[sort], amount=amount, reason=reason)
    fact = MoneyRequested(
        subject=asked.ref,
        about=(row.ref, row.customer.ref),
        sort=sort,
        currency=asked.currency,
        amount=amount.major,
        personal={"reason": (None, reason)},
    )
    publish(fact, actor=actor, occurred_at=as_of)
    return asked


def _close(
    row: MoneyRequest, outcome: RequestOutcome, *, actor: Actor, as_of: datetime, made: str = ""
) -> MoneyRequest:
    row.touch(actor=actor, as_of=as_of, outcome=outcome, closed_at=as_of, made=made, problem=row.problem)
    about = [Ref(Invoice.kind, row.invoice_id)] if row.invoice_id else []
    about += [Ref(Payment.kind, row.payment_id)] if row.payment_id else []
    fact = MoneyRequestClosed(
        subject=row.ref, about=(*about, Ref("customer", row.customer_id)), outcome=outcome, made=made
    )
    publish(fact, actor=actor, occurred_at=as_of)
    return row
