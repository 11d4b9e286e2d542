"""Routes of statements of account, and of what is outstanding."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from caudal.billing import queries
from caudal.billing.models import Customer
from caudal.core.money import Rounding
from caudal.core.settling import Age
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, MoneyBody, public_id, row_id
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()

DAY = Annotated[date, Field(le=date(2999, 12, 31))]


class StatementQuery(Body):
    """From which day to which, both counted; up to today, from the first, without them."""

    first: DAY | None = None
    last: DAY | None = None


class StatementLineOut(Schema):
    """Something that made a customer owe more, or less."""

    day: date
    sort: str
    undone: bool
    about: str
    name: str
    reason: str
    due_day: date | None
    amount: MoneyBody
    balance: MoneyBody


class StatementOut(Schema):
    """What happened on an account in one currency."""

    currency: str
    opening: MoneyBody
    lines: list[StatementLineOut]
    closing: MoneyBody


class StatementsOut(Schema):
    """The account of a customer, by currency."""

    statements: list[StatementOut]


class AgeingQuery(Body):
    """On which day, today without one; of everybody, or of one customer."""

    day: DAY | None = None
    customer_id: str | None = None


class AgeingRowOut(Schema):
    """What a customer owed by age, and what they had to their credit, in the company's currency."""

    customer_id: str
    name: str
    by_age: dict[Age, MoneyBody]
    owed: MoneyBody
    unused: MoneyBody
    balance: MoneyBody


class OpenOut(Schema):
    """An invoice with what was open of it; `own` is in the company's currency, null without a rate of the day."""

    invoice_id: str
    customer_id: str
    number: str
    due_day: date | None
    days_late: int
    age: Age
    open: MoneyBody
    own: MoneyBody | None


class AgeingOut(Schema):
    """What was outstanding on a day; what has no rate of the day stands apart."""

    day: date
    currency: str
    rows: list[AgeingRowOut]
    documents: list[OpenOut]
    owed: MoneyBody
    unused: MoneyBody
    unconverted: list[MoneyBody]
    days_outstanding: str | None


@router.get("/customers/{customer_id}/statement", response=StatementsOut)
@needs("customer")
def billing_statement(request: HttpRequest, customer_id: str, query: Query[StatementQuery]) -> StatementsOut:
    """Return the account of a customer: everything in order, with the balance after it."""
    row = Customer.one_for(actor_of(request), Verb.VIEW, row_id("customer", customer_id))
    found = queries.statements(row, first=query.first, last=query.last or now().date())
    return StatementsOut(
        statements=[
            StatementOut(
                currency=each.currency.code,
                opening=MoneyBody(**each.opening.to_json()),
                lines=[
                    StatementLineOut(
                        day=line.day,
                        sort=line.sort,
                        undone=line.undone,
                        about=str(line.ref),
                        name=line.name,
                        reason=line.reason,
                        due_day=line.due_day,
                        amount=MoneyBody(**line.amount.to_json()),
                        balance=MoneyBody(**line.balance.to_json()),
                    )
                    for line in each.lines
                ],
                closing=MoneyBody(**each.closing.to_json()),
            )
            for each in found
        ]
    )


@router.get("/ageing", response=AgeingOut)
@needs("invoice")
def billing_ageing(request: HttpRequest, query: Query[AgeingQuery]) -> AgeingOut:
    """Return what was outstanding on a day by customer and age, and the invoices behind it."""
    customer_id = row_id("customer", query.customer_id) if query.customer_id else None
    found = queries.ageing(actor_of(request), query.day or now().date(), customer_id=customer_id)
    return AgeingOut(
        day=found.day,
        currency=found.currency.code,
        rows=[
            AgeingRowOut(
                customer_id=str(row.customer.ref),
                name=row.customer.name,
                by_age={age: MoneyBody(**amount.to_json()) for age, amount in row.by_age.items()},
                owed=MoneyBody(**row.owed.to_json()),
                unused=MoneyBody(**row.unused.to_json()),
                balance=MoneyBody(**row.balance.to_json()),
            )
            for row in found.rows
        ],
        documents=[
            OpenOut(
                invoice_id=str(each.invoice.ref),
                customer_id=str(public_id("customer", each.invoice.customer_id)),
                number=each.invoice.number or "",
                due_day=each.invoice.due_day,
                days_late=each.days_late,
                age=each.age,
                open=MoneyBody(**each.open.to_json()),
                own=MoneyBody.of(each.own),
            )
            for each in found.documents
        ],
        owed=MoneyBody(**found.owed.to_json()),
        unused=MoneyBody(**found.unused.to_json()),
        unconverted=[MoneyBody(**each.to_json()) for each in found.unconverted],
        days_outstanding=None if found.days_outstanding is None else _one_place(found.days_outstanding),
    )


def _one_place(number: Fraction) -> str:
    """A number with one decimal, half up."""
    return f"{Decimal(Rounding.HALF_UP.whole(number * 10)).scaleb(-1):f}"
