"""A list as a page: tabs, the filter line, rows or groups, and the ways to change what is shown."""

from calendar import monthrange
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from caudal.core.expressions import Apply, Literal, Name, Node
from caudal.core.expressions.syntax import IS_EMPTY
from caudal.core.ids import Ref
from caudal.kit.access import Actor
from caudal.kit.cursors import Page
from caudal.kit.lists import Group, ListView, Totals
from caudal.kit.shapes import MOMENTS, FieldKind, ShapeField
from caudal.ui.formats import month_text, number_text, reader_locale, unit_text
from caudal.ui.lists.asking import NO_GROUP, Asked
from caudal.ui.lists.comparisons import negated
from caudal.ui.lists.conditions import FIELD, PLACE, ConditionForm, without
from caudal.ui.lists.saving import Saving
from caudal.ui.lists.selecting import Selecting
from caudal.ui.lists.tables import KINDS, Cells, cell_of, foot_of, head_of, sum_of
from caudal.ui.lists.words import Speaker, joined, parts_of
from caudal.ui.tables import Cell, Column, ColumnKind, Pager, Row, Table

ROWS: Final = 50
LINES: Final = {0: 2, 1: 3}
"""Where sums stand on the card of a group, on a phone."""
GROUPS: Final = 200


@dataclass(frozen=True, slots=True)
class Way:
    """A link with words or an icon."""

    label: str
    href: str
    current: bool = False
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition in words, with the ways to change it and to take it away."""

    words: str
    without_href: str
    change_href: str = ""


@dataclass(frozen=True, slots=True)
class Empty:
    """What a list without any rows teaches."""

    title: str | Promise
    text: str | Promise
    icon: str
    example: str | Promise
    aside: str | Promise = ""


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A field that can be a column, and the place it has among them."""

    name: str
    label: str
    place: int
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What the list of one kind of record is made of, besides its shape."""

    plural: str | Promise
    href_of: Callable[[Any], str]
    """The page of a row."""
    views: Sequence[ListView]
    """The views that the list is born with; the last of them shows every row."""
    empty: Empty
    search_label: str | Promise
    count_words: Callable[[int], str]
    """How many rows, in words."""
    cells: Cells = field(default_factory=dict)
    kinds: Mapping[str, ColumnKind] = field(default_factory=dict)
    """Columns that are drawn otherwise than fields of their kind."""
    totals: bool = False
    ways: Callable[[Asked], Sequence[Way]] = lambda _asked: ()
    edit_hrefs: Callable[[Actor], Callable[[Any], str]] = lambda _actor: lambda _row: ""
    """What says where a row's fields are edited in their place."""
    edited: Callable[[Actor], Collection[str]] = lambda _actor: ()
    """Which fields can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the database has for a list: a page of rows or all the groups, and what they add up to."""

    page: Page[Any] | None = None
    groups: Sequence[Group] = ()
    totals: Totals | None = None
    unrated: int = 0
    anything: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """Everything that a list shows."""

    table: Table
    tabs: Sequence[Way]
    ways: Sequence[Way]
    chips: Sequence[Chip]
    fields: Sequence[Way]
    """The fields that a condition can be about."""
    condition: ConditionForm | None
    editing: bool
    """Whether the filter is open as a text."""
    text_href: str
    where: str
    findings: Sequence[str]
    columns: Sequence[ColumnChoice]
    hidden: Sequence[str]
    grouping: Sequence[Way]
    kept: Sequence[tuple[str, str]]
    kept_by_search: Sequence[tuple[str, str]]
    kept_by_text: Sequence[tuple[str, str]]
    search: str
    search_label: str | Promise
    pager: Pager | None
    all_href: str
    empty: Empty
    virgin: bool
    unrated: int
    new_href: str
    new_label: str | Promise
    saving: Saving | None
    export_href: str
    """Where the list is had as a file; nothing for whoever may not."""
    shown: Sequence[tuple[str, str]]
    """The list's address, part by part."""
    selecting: Selecting | None
    """The bar of what may be done with ticked rows."""
    columns_label: str = ""
    """What the choice of columns is called where they are no columns of a table."""


def list_page(
    listing: Listing,
    asked: Asked,
    found: Found,
    speaker: Speaker,
    *,
    views: Sequence[ListView],
    condition: ConditionForm | None,
    editing: bool,
    new: tuple[str, str | Promise],
    saving: Saving | None = None,
    export_href: str = "",
    selecting: Selecting | None = None,
) -> ListPage:
    """Return what a list shows; `new` is the address and the words of the button that adds a row."""
    fields = sorted(speaker.fields.values(), key=lambda each: str(each.label).casefold())
    refused = asked.refused.findings if asked.refused else ()
    shown = [each for each in asked.parameters.items() if each[0] != "at"]
    return ListPage(
        table=groups_table(listing, asked, found, speaker)
        if asked.group
        else rows_table(listing, asked, found, speaker, selectable=selecting is not None),
        tabs=[Way(str(each.label), f"?view={each.key}", each.key == asked.view.key) for each in views],
        ways=listing.ways(asked),
        chips=chips_of(asked, speaker),
        fields=[Way(str(each.label), f"{asked.address(**{FIELD: each.name})}#condition") for each in fields],
        condition=condition,
        editing=editing or bool(refused),
        text_href=f"{asked.address(**{'as': 'text'})}#filter-text",
        where=asked.where,
        findings=[f"{finding.place}: {finding.told(_)}" for finding in refused],
        columns=column_choices(asked, fields),
        hidden=[str(each.label) for each in asked.hidden],
        grouping=grouping_ways(asked, fields),
        kept=[each for each in shown if each[0] != "columns"],
        kept_by_search=[each for each in shown if each[0] != "q"],
        kept_by_text=[each for each in shown if each[0] != "where"],
        search=asked.text,
        search_label=listing.search_label,
        pager=pager_of(asked, found),
        all_href=f"?view={listing.views[-1].key}",
        empty=listing.empty,
        virgin=not found.anything,
        unrated=found.unrated,
        new_href=new[0],
        new_label=new[1],
        saving=saving,
        export_href="" if asked.group or refused else export_href,
        shown=shown,
        selecting=selecting,
    )


def chips_of(asked: Asked, speaker: Speaker) -> list[Chip]:
    """Return the conditions of the filter, each in words."""
    parts = parts_of(asked.node) if asked.node else []
    chips = []
    for place, part in enumerate(parts):
        known = speaker.known(part)
        change = {FIELD: known.field.name, PLACE: str(place)} if known and known.field.name in speaker.fields else None
        chips.append(
            Chip(
                speaker.say(part),
                asked.address(where=without(parts, place)),
                f"{asked.address(**change)}#condition" if change else "",
            )
        )
    return chips


def rows_table(listing: Listing, asked: Asked, found: Found, speaker: Speaker, *, selectable: bool = False) -> Table:
    """Return the rows of a page as a table, totals on top."""
    rows = found.page.rows if found.page else ()
    actor = asked.reader.actor
    edited, edit_href_of = listing.edited(actor), listing.edit_hrefs(actor)
    labels = {
        each.name: {option.value: str(option.label) for option in speaker.options(each)}
        for each in asked.columns
        if each.kind is FieldKind.CHOICE or each.link == "pillar"
    }
    return Table(
        columns=[
            replace(
                head_of(each, asked, listing.kinds.get(each.name, KINDS[each.kind])),
                edit=each.name if each.name in edited else "",
            )
            for each in asked.columns
        ],
        rows=[
            Row(
                [
                    listing.cells[each.name](row)
                    if each.name in listing.cells
                    else cell_of(each, row, labels.get(each.name, {}))
                    for each in asked.columns
                ],
                href=listing.href_of(row),
                id=str(row.ref),
                edit_href=edit_href_of(row),
            )
            for row in rows
        ],
        totals=foot_of(asked.columns, found.totals, listing.count_words(found.totals.count))
        if found.totals and rows
        else (),
        caption=listing.plural,
        selectable=selectable,
        form="many",
    )


def groups_table(listing: Listing, asked: Asked, found: Found, speaker: Speaker) -> Table:
    """Return the groups as a table, each a link to its rows."""
    by = asked.shape.field(asked.group, asked.reader.actor)
    shown = {each.name for each in asked.columns}
    sums = [each for each in speaker.fields.values() if each.summed and (each.money or each.name in shown)]
    labels = {option.value: option for option in speaker.options(by)}
    order = {value: place for place, value in enumerate(labels)} if by.ordered else {}
    return Table(
        columns=[
            Column(by.label),
            Column(listing.plural, "number"),
            *(
                # A card has three lines: the count and the first two sums.
                Column(
                    each.label,
                    KINDS[each.kind],
                    unit=unit_text(each.unit) if each.kind is FieldKind.NUMBER else "",
                    line=LINES.get(place, 0),
                )
                for place, each in enumerate(sums)
            ),
        ],
        rows=[
            Row(
                [
                    group_words(by, each.value, labels),
                    each.totals.count,
                    *(sum_of(one, each.totals) for one in sums),
                ],
                href=group_href(asked, by, each.value),
            )
            for each in sorted(found.groups, key=lambda each: order.get(group_key(by, each.value), -1))[:GROUPS]
        ],
        caption=_("%(rows)s by %(field)s") % {"rows": listing.plural, "field": by.label},
    )


def group_words(by: ShapeField, value: Any, labels: Mapping[str, Any]) -> object:
    """Return what a group is called."""
    if value in (None, ""):
        return Cell(_("None"))
    if isinstance(value, date):
        return month_text(value, reader_locale())
    option = labels.get(group_key(by, value))
    if option is None:
        return str(value) if not isinstance(value, UUID) else _("something that you may not see")
    return Cell(str(option.label), note=str(option.group))


def group_key(by: ShapeField, value: Any) -> str:
    """Return the value of a group as options and expressions write it."""
    return str(Ref(by.link, value)) if isinstance(value, UUID) else str(value)


def group_href(asked: Asked, by: ShapeField, value: Any) -> str:
    """Return the way to the rows of a group."""
    parts = parts_of(asked.node) if asked.node else []
    text = joined([*parts, group_condition(by, value)])
    return asked.address(where=text, group=NO_GROUP if asked.view.group else None)


def group_condition(by: ShapeField, value: Any) -> Node:
    """Return the condition on the rows of a group."""
    name = Name(by.name)
    if value in (None, ""):
        return Apply(IS_EMPTY, (name,))
    if by.kind in MOMENTS:
        first = value.date() if isinstance(value, datetime) else value
        last = first.replace(day=monthrange(first.year, first.month)[1])
        return Apply(
            "and",
            (
                negated(Apply("before", (name, Literal(first)))),
                negated(Apply("after", (name, Literal(last)))),
            ),
        )
    return Apply("=", (name, Literal(group_key(by, value))))


def column_choices(asked: Asked, fields: Sequence[ShapeField]) -> list[ColumnChoice]:
    """Return every field that can be a column: those shown first, in their order."""
    shown = [each.name for each in asked.columns]
    others = [each for each in fields if each.listed and each.name not in shown]
    return [
        ColumnChoice(each.name, str(each.label), place, each.name in shown)
        for place, each in enumerate([*asked.columns, *others], 1)
    ]


def chosen_columns(names: Sequence[str], places: Mapping[str, str]) -> str:
    """Return the columns that a form has ticked, in the order of the places given; ties keep the form's order."""

    def place(name: str) -> int:
        typed = places.get(f"place_{name}", "")
        return int(typed) if typed.isascii() and typed.isdecimal() else len(names)

    return ",".join(sorted(names, key=place))


def grouping_ways(asked: Asked, fields: Sequence[ShapeField]) -> list[Way]:
    """Return the ways to put the rows together."""
    none = NO_GROUP if asked.view.group else None
    ways = [Way(_("No groups"), asked.address(group=none), not asked.group)]
    for each in (each for each in fields if each.grouped):
        label = _("%(field)s, by month") % {"field": each.label} if each.kind in MOMENTS else str(each.label)
        ways.append(Way(label, asked.address(group=each.name), asked.group == each.name))
    return ways


def pager_of(asked: Asked, found: Found) -> Pager | None:
    """Return the ways to the pages before and after, where there are any."""
    if found.page is None or (not asked.trail and found.page.next is None):
        return None
    first = len(asked.trail) * ROWS + 1
    before, after = ".".join(asked.trail[:-1]), ".".join((*asked.trail, found.page.next or ""))
    return Pager(
        first,
        first + len(found.page.rows) - 1,
        found.totals.count if found.totals else None,
        previous_href=asked.address(at=before or None) if asked.trail else "",
        next_href=asked.address(at=after) if found.page.next else "",
    )


def count_text(count: int) -> str:
    """Write how many."""
    return number_text(count, reader_locale())
