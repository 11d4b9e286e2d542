"""What the cards of a board show besides what every card shows: the columns that its reader chose."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from caudal.core.ids import Ref
from caudal.crm.models import Deal
from caudal.kit.lists import whole_rows
from caudal.kit.shapes import FieldKind, ShapeField
from caudal.ui.formats import unit_text
from caudal.ui.lists.asking import Asked
from caudal.ui.lists.pages import ColumnChoice
from caudal.ui.lists.tables import KINDS, cell_of
from caudal.ui.lists.words import Speaker
from caudal.ui.tables import Cell, Column, paired

ON_EVERY_CARD: Final = frozenset({"name", "amount", "owner", "company", "person", "stage", "pipeline", "state"})
MOST: Final = 6
"""Fields that a card has room for."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a card: a field with its value."""

    column: Column
    cell: Cell


def columns_on_cards(asked: Asked) -> tuple[ShapeField, ...]:
    """Return the fields that cards show besides: those in the address, else those of a view that somebody saved."""
    if "columns" not in asked.parameters and not asked.view.sharing:
        return ()
    return tuple(each for each in asked.columns if each.name not in ON_EVERY_CARD)[:MOST]


def lines_of(asked: Asked, refs: Iterable[Ref]) -> Mapping[Ref, Sequence[Line]]:
    """Return what the cards of some deals show besides, in one query; nothing where nothing was chosen."""
    fields = columns_on_cards(asked)
    if not fields:
        return {}
    speaker = Speaker(asked.shape, asked.reader)
    labels = {
        each.name: {option.value: str(option.label) for option in speaker.options(each)}
        for each in fields
        if each.kind is FieldKind.CHOICE or each.link == "pillar"
    }
    columns = [
        Column(each.label, KINDS[each.kind], unit=unit_text(each.unit) if each.kind is FieldKind.NUMBER else "")
        for each in fields
    ]
    deals = Deal.for_actor(asked.reader.actor).filter(pk__in=[ref.id for ref in refs])
    rows = whole_rows(deals, asked.shape, asked.reader, {each.name for each in fields})
    return {
        row.ref: [
            Line(column, cell)
            for column, cell in paired(columns, [cell_of(each, row, labels.get(each.name, {})) for each in fields])
            if cell.value not in (None, "")
        ]
        for row in rows
    }


def choices_of(asked: Asked, choices: Sequence[ColumnChoice]) -> list[ColumnChoice]:
    """Return the fields to choose from: those on every card are not among them."""
    shown = {each.name for each in columns_on_cards(asked)}
    return [replace(each, shown=each.name in shown) for each in choices if each.name not in ON_EVERY_CARD]
