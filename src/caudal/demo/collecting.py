"""How customers of the demo company pay: most on time, some late, in parts, too much, and a few never.

What somebody does with an invoice follows from its number, so that the same company is paid the same way every time.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from caudal.billing import actions as billing
from caudal.billing.queries import Credit, every_unpaid_invoice
from caudal.core.money import Currency, Money
from caudal.demo.chance import chance
from caudal.kit.access import Actor

if TYPE_CHECKING:
    from caudal.billing.models import Invoice

ON_TIME, LATE, IN_PARTS, TOO_MUCH, COMPLAINS, NEVER = "on time", "late", "in parts", "too much", "complains", "never"
HABITS: Final = (*[ON_TIME] * 26, *[LATE] * 7, *[IN_PARTS] * 3, *[TOO_MUCH] * 2, COMPLAINS, NEVER)
"""By fortieths."""
GIVEN_UP_AFTER: Final = 75
"""Days after which nobody expects a payment any more."""
COMPLAINT: Final = "The service was not as agreed"
LOST: Final = "Out of business"


def collect(day: date, actor: Actor, as_of: datetime) -> None:
    """Record what came in by a day, credit who complained, and give up what will not come."""
    for row in every_unpaid_invoice(actor):
        _settle(row, day, actor, as_of)


def _settle(row: "Invoice", day: date, actor: Actor, as_of: datetime) -> None:
    assert row.issue_day is not None and row.due_day is not None  # noqa: S101, PT018  it is issued
    luck = chance(0, "payment", row.number)
    habit, days = luck.choice(HABITS), luck.randint(2, 28)
    open_amount = Money(row.open_minor, Currency(row.currency))
    half_is_open = row.open_minor < row.gross_minor
    if habit == NEVER:
        if (day - row.due_day).days > GIVEN_UP_AFTER:
            billing.write_off(actor=actor, as_of=as_of, invoice_id=row.pk, day=day, reason=LOST)
        return
    if habit == COMPLAINS and not half_is_open:
        if (day - row.issue_day).days > days:
            credit = Credit(percent=Decimal(20))
            billing.credit_invoice(
                actor=actor, as_of=as_of, invoice_id=row.pk, day=day, reason=COMPLAINT, credit=credit
            )
        return
    waits = days + (40 if habit == LATE or (habit == IN_PARTS and half_is_open) else 0)
    if day < row.issue_day + timedelta(days=waits):
        return
    amount = open_amount
    if habit == IN_PARTS and not half_is_open:
        amount = Money(max(1, open_amount.minor // 2), open_amount.currency)
    elif habit == TOO_MUCH:
        amount = open_amount + Money(100_00, open_amount.currency)
    billing.record_payment(
        actor=actor,
        as_of=as_of,
        customer_id=row.customer_id,
        amount=amount,
        day=day,
        reference=f"{row.number} {day:%d%m%y}",
    )
