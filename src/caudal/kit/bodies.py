"""What bodies, ids, versions and pages of the API have in common."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Self
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Schema
from pydantic import ConfigDict, model_validator

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.kit.access import Actor
from caudal.kit.cursors import LIMIT, LIMIT_MAX
from caudal.kit.lists import Selection, written
from caudal.kit.records import Record
from caudal.kit.shapes import shape_of


class VersionMissing(Problem):
    """A change says which version it was made from, so that nobody's work is overwritten unseen."""

    code = "record.version_missing"
    status = 428
    message = msg("This change does not say which version of the record it was made from.")
    hint = msg("Send the ETag of the record as If-Match, or * to change whatever is there.")


class VersionUnreadable(Problem):
    """If-Match holds what no record has as its ETag."""

    code = "record.version_unreadable"
    status = 400
    message = msg("“{text}” is not the ETag of a record.")
    hint = msg("Send the ETag of the record as If-Match, or * to change whatever is there.")


class Body(Schema):
    """What a caller may send: what is named here and nothing else."""

    model_config = ConfigDict(extra="forbid")


class MoneyBody(Body):
    """An amount: major units and ISO currency, both as strings, since JSON readers turn numbers into floats."""

    amount: Annotated[str, Field(pattern=r"^-?\d{1,16}(\.\d{1,4})?$", examples=["12.50"])]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])]

    @model_validator(mode="after")
    def is_an_amount(self) -> Self:
        """Refuse decimals that the currency does not have, and currencies that do not exist."""
        try:
            self.money()
        except Problem as problem:
            raise ValueError(problem.told()) from problem
        return self

    def money(self) -> Money:
        """Return the amount."""
        return Money.of(self.amount, self.currency)

    @classmethod
    def of(cls, money: Money | None) -> Self | None:
        """Return an amount as a body."""
        return None if money is None else cls(**money.to_json())


Own = Annotated[
    dict[str, Any],
    Field(default={}, description="The company's own fields by their keys; what is left out stays, null empties."),
]
"""What a body says of the company's own fields."""


Tags = Annotated[
    list[str],
    Field(default=[], max_length=50, description="Names of tags, all of them; new ones come into being."),
]
"""What a body says of the tags of a record."""


class PageQuery(Body):
    """Which page of a list."""

    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=LIMIT_MAX)] = LIMIT


class ListQuery(PageQuery):
    """Which rows of a kind, in which order, and what of them; see the reference of expressions for `where`."""

    where: Annotated[str, Field(max_length=10_000, examples=["amount > 5000 and in_last(opened_at, 30 days)"])] = ""
    sort: Annotated[str, Field(max_length=300, examples=["-amount,name"])] = ""
    """Names of fields with commas between them, a minus before those that fall; it goes before `order`."""
    fields: Annotated[str, Field(max_length=2_000, examples=["name,amount,stage.name"])] = ""
    """Names of the fields that items have, instead of everything."""

    @property
    def selection(self) -> Selection:
        """Return which rows, and in which order."""
        return Selection(where=self.where, sort=self.sort)

    def known(self, *others: str) -> dict[str, Any]:
        """Return the query's own filters: everything but what all lists share, and `others`."""
        return self.dict(exclude={"where", "sort", "fields", *others})

    def picked(self, kind: str, actor: Actor, rows: Sequence[Record], otherwise: Callable[[Any], Any]) -> list[Any]:
        """Return rows as items: the fields that were asked for, else everything. Raises NoSuchField."""
        if not self.fields:
            return [otherwise(row) for row in rows]
        shape = shape_of(kind)
        fields = [shape.field(name.strip(), actor) for name in self.fields.split(",")]
        return [
            {"id": str(row.ref), "version": row.version, **{each.name: written(each, row) for each in fields}}
            for row in rows
        ]


def own_values(record: Record) -> dict[str, Any]:
    """Return what the company's own fields hold of a record, by their keys."""
    return {each.own.key: written(each, record) for each in shape_of(record.kind).fields if each.own}


def public_id(kind: str, row_id: UUID | None) -> str | None:
    """Return the public id of a row, None for none."""
    return None if row_id is None else str(Ref(kind, row_id))


def row_id(kind: str, text: str) -> UUID:
    """Return the row that a public id names. Raises NotAnId."""
    return Ref.parse(text, kind).id


def rows_named(values: dict[str, Any], kinds: dict[str, str]) -> dict[str, Any]:
    """Return the values with public ids read, by the kind of row that each field names. Raises NotAnId."""
    return {
        name: row_id(kinds[name], value) if name in kinds and value is not None else value
        for name, value in values.items()
    }


def tag(response: HttpResponse, record: Record) -> None:
    """Put the record's version on an answer, as its ETag."""
    response["ETag"] = f'"{record.version}"'


def version_of(request: HttpRequest, *, required: bool = False) -> int | None:
    """Return the version that a change was made from, None for any. Raises VersionMissing, VersionUnreadable."""
    sent = request.headers.get("If-Match", "").strip()
    if not sent:
        if required:
            raise VersionMissing
        return None
    if sent == "*":
        return None
    digits = sent.removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= len(str(2**31))):
        raise VersionUnreadable(text=sent)
    return int(digits)
