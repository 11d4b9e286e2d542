"""The route by which a company moves in: what its accounts held before."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from caudal.core.journal import Nature
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, MoneyBody
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.ledger import actions
from caudal.ledger.api.books import DAY
from caudal.ledger.models import CODE_LENGTH

router = Router()

LINES_MAX = 1_000


class OpeningLineIn(Body):
    """What an account held, a debit if positive; name and type add an account that the chart does not have."""

    account: Annotated[str, Field(pattern=r"^\d+$", max_length=CODE_LENGTH, examples=["1000"])]
    amount: MoneyBody
    name: Annotated[str, Field(default="", max_length=120)]
    nature: Nature | Literal[""] = ""


class OpeningIn(Body):
    """The balances with which a company moves in; debits and credits of each currency are alike."""

    day: DAY
    lines: Annotated[list[OpeningLineIn], Field(min_length=2, max_length=LINES_MAX)]


class OpeningOut(Schema):
    """The entry that opened the books."""

    entry_id: str


@router.post("/ledger/opening", response={201: OpeningOut})
@needs("entry", Verb.CREATE)
def open_ledger_books(request: HttpRequest, body: OpeningIn) -> Status[OpeningOut]:
    """Post what the accounts held when the company moved in, once."""
    lines = [actions.OpeningLine(each.account, each.amount.money(), each.name, str(each.nature)) for each in body.lines]
    row = actions.open_books(actor=actor_of(request), as_of=now(), day=body.day, lines=lines)
    return Status(201, OpeningOut(entry_id=str(row.ref)))
