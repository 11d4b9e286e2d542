"""Routes of lists as a whole: the fields they know, the groups they fall into, what they add up to."""

from collections.abc import Callable
from typing import Annotated, Any, Final
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from caudal.core.ids import Ref
from caudal.crm import queries
from caudal.kit.bodies import Body, MoneyBody
from caudal.kit.lists import NoSuchOrder, Selection, Totals, chosen, groups_of, totals_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.records import plain
from caudal.kit.shapes import FieldKind, Reader, Shape, ShapeField, shape_of
from caudal.kit.world import now

router = Router()
GROUPS_MOST: Final = 1_000


class ListOptionOut(Schema):
    """One of the values that a field may have."""

    value: str
    label: str


class ListFieldOut(Schema):
    """A field that `where`, `sort`, `fields` and `by` may name."""

    name: str
    label: str
    kind: FieldKind
    unit: str
    link: str
    """The kind of record that it names."""
    sorts: bool
    groups: bool
    sums: bool
    own: bool
    """Whether it is one of the company's own."""
    options: list[ListOptionOut]
    """The values of a choice."""


class ListFieldsOut(Schema):
    """The fields of a kind of record, as far as the caller may see them."""

    items: list[ListFieldOut]


class ListSumOut(Schema):
    """What the amounts of a field add up to, in each currency."""

    field: str
    amounts: list[MoneyBody]


class ListNumberOut(Schema):
    """What the numbers of a field add up to."""

    field: str
    number: str


class ListTotalOut(Schema):
    """How many rows there are, and what they add up to."""

    count: int
    sums: list[ListSumOut]
    numbers: list[ListNumberOut]


class ListGroupOut(ListTotalOut):
    """Rows that have a value in common: a text, an id, the first day of a month; null for those without any."""

    value: str | bool | None


class ListGroupsOut(Schema):
    """The groups, the fullest first; months in their order."""

    items: list[ListGroupOut]
    more: bool
    """Whether there are others than these."""


class TotalQuery(Body):
    """Which rows."""

    where: Annotated[str, Field(max_length=10_000)] = ""
    text: Annotated[str, Field(max_length=200)] = ""
    sum: Annotated[str, Field(max_length=2_000, examples=["custom.margin,custom.seats"])] = ""
    """Names of the company's own fields that are added up as well; those of every record always are."""

    @property
    def also(self) -> list[str]:
        """Return the names of the fields that are added up as well."""
        return [name.strip() for name in self.sum.split(",") if name.strip()]


class GroupsQuery(TotalQuery):
    """Which rows, put together by what."""

    by: Annotated[str, Field(max_length=100, examples=["stage"])]


def routes(kind: str, path: str) -> None:
    """Publish the routes of the list of a kind."""

    def fields(request: HttpRequest) -> ListFieldsOut:
        reader = _reader(request)
        return ListFieldsOut(items=[_field(each, reader) for each in shape_of(kind).seen_by(reader.actor).values()])

    def total(request: HttpRequest, query: Query[TotalQuery]) -> ListTotalOut:
        reader, shape = _reader(request), shape_of(kind)
        rows = chosen(shape, Selection(where=query.where, text=query.text.strip()), reader)
        return ListTotalOut(**_total(totals_of(rows, shape, reader, _sums(query, shape, reader))))

    def groups(request: HttpRequest, query: Query[GroupsQuery]) -> ListGroupsOut:
        reader, shape = _reader(request), shape_of(kind)
        rows = chosen(shape, Selection(where=query.where, text=query.text.strip()), reader)
        found = groups_of(rows, shape, query.by, reader, _sums(query, shape, reader))
        link = shape.field(query.by, reader.actor).link
        items = [ListGroupOut(value=_value(each.value, link), **_total(each.totals)) for each in found[:GROUPS_MOST]]
        return ListGroupsOut(items=items, more=len(found) > GROUPS_MOST)

    for name, view, answer, says in (
        ("fields", fields, ListFieldsOut, f"List the fields of the {path} that filters, orders and groups may name."),
        ("total", total, ListTotalOut, f"Count {path}, and add their amounts up."),
        ("groups", groups, ListGroupsOut, f"Put {path} together by a field, with counts and sums."),
    ):
        _publish(kind, f"/{path}/{name}", f"{kind}_{name}", view, answer, says)


def _publish(kind: str, path: str, name: str, view: Callable[..., Any], answer: Any, says: str) -> None:
    view.__name__, view.__doc__ = name, says
    router.get(path, response=answer)(needs(kind)(view))


for each in (("deal", "deals"), ("lead", "leads"), ("company", "companies"), ("person", "people")):
    routes(*each)


def _reader(request: HttpRequest) -> Reader:
    return queries.Sought(Selection(), now()).reader(actor_of(request))


def _field(each: ShapeField, reader: Reader) -> ListFieldOut:
    choices = each.options(reader) if each.options and each.kind is FieldKind.CHOICE else ()
    return ListFieldOut(
        name=each.name,
        label=str(each.label),
        kind=each.kind,
        unit=each.unit,
        link=each.link,
        sorts=bool(each.order),
        groups=each.grouped,
        sums=each.summed,
        own=each.own is not None,
        options=[ListOptionOut(value=option.value, label=str(option.label)) for option in choices],
    )


def _total(totals: Totals) -> dict[str, Any]:
    sums = [
        ListSumOut(field=name, amounts=[MoneyBody(**amount.to_json()) for amount in amounts])
        for name, amounts in totals.amounts.items()
    ]
    numbers = [ListNumberOut(field=name, number=str(plain(each))) for name, each in totals.numbers.items()]
    return {"count": totals.count, "sums": sums, "numbers": numbers}


def _sums(query: TotalQuery, shape: Shape, reader: Reader) -> list[str]:
    """Return the fields that are added up as well. Raises NoSuchField, NoSuchOrder."""
    for name in query.also:
        if not shape.field(name, reader.actor).summed:
            raise NoSuchOrder(name=name)
    return query.also


def _value(value: Any, link: str) -> str | bool | None:
    if value in (None, "") or isinstance(value, bool):
        return None if value == "" else value
    return str(Ref(link, value)) if isinstance(value, UUID) else str(plain(value))
