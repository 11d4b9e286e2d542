"""Lists of a kind of record: which rows, in which order, how many, what they add up to, and how they are grouped."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import TruncMonth

from caudal.core.errors import Problem, msg
from caudal.core.money import Currency, Money
from caudal.kit.access import Verb
from caudal.kit.cursors import LIMIT, Order, Page, page
from caudal.kit.filters import Where, where
from caudal.kit.formulas import holder_of, with_formulas
from caudal.kit.records import plain
from caudal.kit.shapes import MOMENTS, FieldKind, Reader, Shape, ShapeField, Text

CHUNK: Final = 1000
ORDERS_MOST: Final = 3
"""Fields by which one list is sorted."""


class NoSuchOrder(Problem):
    """A list is asked to be sorted or grouped by a field that does not allow it."""

    code = "list.no_such_order"
    status = 422
    message = msg("Lists cannot be sorted or grouped by “{name}”.")
    hint = msg("Choose one of the columns whose heading is a link, three of them at most.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which rows of a kind, and in which order: what an address, a route or a saved view asks for."""

    where: str = ""
    text: str = ""
    sort: str = ""
    """Names of fields with commas between them, a minus before those that fall; the kind's own order without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """A way to look at a list that has a name: one that the list is born with, or one that somebody saved."""

    key: str
    """What addresses call it: a word, or a public id."""
    label: Text
    where: str = ""
    columns: tuple[str, ...] = ()
    sort: str = ""
    group: str = ""
    layout: str = "list"
    sharing: str = ""
    """Who sees a saved view; nothing for one that the list is born with."""
    version: int = 0
    may_change: bool = False


@dataclass(frozen=True, slots=True)
class Totals:
    """How many rows a list has, the sums of its amounts in each currency, and those of its numbers, by field."""

    count: int
    amounts: Mapping[str, tuple[Money, ...]]
    numbers: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that have one value of a field in common, None for those without any."""

    value: Any
    totals: Totals


def narrowed(rows: "QuerySet[Any]", shape: Shape, selection: Selection, reader: Reader) -> "QuerySet[Any]":
    """Return those of some rows that a selection asks for. Raises Refused."""
    if selection.text:
        rows = rows.filter(shape.search(selection.text))
    asked = filter_of(shape, selection, reader)
    return rows if asked is None else rows.filter(asked.condition())


def filter_of(shape: Shape, selection: Selection, reader: Reader) -> Where | None:
    """Return the filter of a selection, None where it does not narrow. Raises Refused."""
    return where(shape, selection.where, reader) if selection.where.strip() else None


def chosen(shape: Shape, selection: Selection, reader: Reader, verb: Verb = Verb.VIEW) -> "QuerySet[Any]":
    """Return the rows in the reader's reach that a selection asks for, in no order. Raises Refused."""
    return narrowed(shape.model.for_actor(reader.actor, verb), shape, selection, reader)


def page_of(
    rows: "QuerySet[Any]",
    shape: Shape,
    selection: Selection,
    reader: Reader,
    *,
    cursor: str | None = None,
    limit: int = LIMIT,
    shown: Collection[str] | None = None,
) -> Page[Any]:
    """Return a page of chosen rows with what they name. Raises NoSuchOrder, CursorUnreadable.

    Formulas are computed if they are among the names that are shown, where these are said.
    """
    sorted_by = {name.strip().removeprefix("-") for name in selection.sort.split(",")}
    computed = None if shown is None else {*shown, *sorted_by}
    whole = with_formulas(shape.with_names(rows), shape, reader, computed)
    found = page(whole, order_of(shape, selection.sort, reader), cursor=cursor, limit=limit)
    shape.complete(found.rows)
    return found


def whole_rows(rows: "QuerySet[Any]", shape: Shape, reader: Reader, shown: Collection[str]) -> list[Any]:
    """Return some rows with what they name and the formulas among the names that are shown, in no order."""
    found = list(with_formulas(shape.with_names(rows), shape, reader, shown))
    shape.complete(found)
    return found


def every_row(rows: "QuerySet[Any]", shape: Shape, selection: Selection, reader: Reader) -> Iterator[Any]:
    """Yield all chosen rows in their order with what they name, a thousand read at a time."""
    whole = with_formulas(shape.with_names(rows), shape, reader)
    ordered = whole.order_by(*order_of(shape, selection.sort, reader).terms(shape.model))
    found = iter(ordered.iterator(chunk_size=CHUNK))
    while batch := list(islice(found, CHUNK)):
        shape.complete(batch)
        yield from batch


def order_of(shape: Shape, sort: str, reader: Reader) -> Order:
    """Return the order that names of fields ask for. Raises NoSuchOrder, NoSuchField."""
    names = [part.strip() for part in (sort or shape.order).split(",")]
    if len(names) > ORDERS_MOST:
        raise NoSuchOrder(name=sort)
    columns, computed = [], {}
    for name in names:
        found = shape.field(name.removeprefix("-"), reader.actor)
        if not found.order:
            raise NoSuchOrder(name=found.name)
        columns.append(f"-{found.order}" if name.startswith("-") else found.order)
        if found.alias:
            computed[found.alias] = holder_of(found)
    return Order.by(",".join(names), *columns, computed=computed)


def totals_of(rows: "QuerySet[Any]", shape: Shape, reader: Reader, also: Collection[str] = ()) -> Totals:
    """Return how many chosen rows there are and what they add up to, by currency, in one query; see `summed`."""
    sums = summed(shape, reader, also)
    if not sums:
        return Totals(rows.count(), {})
    return _totals(list(_counted(rows, (), sums, reader)), sums)


def groups_of(
    rows: "QuerySet[Any]", shape: Shape, name: str, reader: Reader, also: Collection[str] = ()
) -> list[Group]:
    """Return the groups that chosen rows fall into by a field, with counts and sums, in one query. Raises NoSuchOrder.

    Moments are grouped by their month. The fullest group comes first; months come in their order.
    """
    found = shape.field(name, reader.actor)
    if not found.grouped:
        raise NoSuchOrder(name=name)
    sums = summed(shape, reader, also)
    by_value: dict[Any, list[dict[str, Any]]] = {}
    column = grouping(found, reader)
    for row in _counted(rows.annotate(group_value=column), ("group_value",), sums, reader):
        by_value.setdefault(row["group_value"], []).append(row)
    groups = [Group(value, _totals(parts, sums)) for value, parts in by_value.items()]
    if found.kind in MOMENTS:
        return sorted(groups, key=lambda each: (each.value is None, each.value or date.min))
    return sorted(groups, key=lambda each: (each.value in (None, ""), -each.totals.count, str(each.value)))


def grouping(found: ShapeField, reader: Reader) -> Any:
    """Return the expression whose values are the groups of a field."""
    column = column_of(found, reader)
    if found.kind is FieldKind.INSTANT:
        return TruncMonth(column, tzinfo=ZoneInfo(reader.actor.zone))
    return TruncMonth(column) if found.kind is FieldKind.DATE else F(column) if isinstance(column, str) else column


def unrated(rows: "QuerySet[Any]", shape: Shape, selection: Selection, reader: Reader) -> int:
    """Return how many rows a filter could not decide on because an amount has no rate of its day."""
    asked = filter_of(shape, selection, reader)
    if asked is None or not asked.money:
        return 0
    if selection.text:
        rows = rows.filter(shape.search(selection.text))
    return rows.filter(asked.undecided()).count()


def written(found: ShapeField, row: Any) -> Any:
    """Return a field of a row as JSON carries it: links as public ids, amounts with their currency."""
    value = found.read(row)
    return str(value.ref) if found.kind is FieldKind.LINK and value is not None else plain(value)


def summed(shape: Shape, reader: Reader, also: Collection[str] = ()) -> list[ShapeField]:
    """Return the fields that lists add up: amounts of every record, and of the company's own fields those asked for."""
    seen = shape.seen_by(reader.actor).values()
    return [each for each in seen if each.summed and (each.money or each.name in also)]


def _counted(
    rows: "QuerySet[Any]", by: Sequence[str], sums: Sequence[ShapeField], reader: Reader
) -> "QuerySet[Any, dict[str, Any]]":
    """Rows counted by a value and by the currencies of their amounts."""
    currencies = [each.currency_path for each in sums if each.money]
    added: dict[str, Any] = {
        _sum_of(each): Sum((each.minor or f"{each.money}_minor") if each.money else column_of(each, reader))
        for each in sums
    }
    values: QuerySet[Any, dict[str, Any]] = rows.order_by().values(*by, *currencies)
    found: QuerySet[Any, dict[str, Any]] = values.annotate(count=Count("*"), **added).order_by(*currencies)
    return found


def column_of(found: ShapeField, reader: Reader) -> Any:
    """Return where a field stands in SQL."""
    return found.column if isinstance(found.column, str) else found.column(reader)


def _sum_of(found: ShapeField) -> str:
    return f"{found.money or found.name.replace('.', '_')}_sum"


def _totals(parts: Sequence[Mapping[str, Any]], sums: Sequence[ShapeField]) -> Totals:
    amounts: dict[str, tuple[Money, ...]] = {}
    numbers: dict[str, Decimal] = {}
    for each in sums:
        if each.kind is FieldKind.NUMBER:
            numbers[each.name] = sum((part[_sum_of(each)] or Decimal() for part in parts), Decimal())
            continue
        by_currency: dict[str, int] = {}
        for part in parts:
            if code := part[each.currency_path] if each.money else part[_sum_of(each)] is not None and each.unit:
                by_currency[code] = by_currency.get(code, 0) + int(part[_sum_of(each)] or 0)
        amounts[each.name] = tuple(Money(minor, Currency(code)) for code, minor in sorted(by_currency.items()))
    return Totals(sum(part["count"] for part in parts), amounts, numbers)
