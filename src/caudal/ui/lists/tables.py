"""Rows of a list as a table: every field by its kind, headings that sort, totals on top."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal

from django.utils.html import format_html
from django.utils.translation import gettext as _

from caudal.core.money import Money
from caudal.kit.lists import Totals
from caudal.kit.panels import page_of
from caudal.kit.shapes import FieldKind, ShapeField
from caudal.ui.formats import money_text, reader_locale, unit_text
from caudal.ui.lists.asking import Asked
from caudal.ui.tables import Cell, Column, ColumnKind

KINDS: Final[Mapping[FieldKind, ColumnKind]] = {
    FieldKind.TEXT: "text",
    FieldKind.NUMBER: "number",
    FieldKind.MONEY: "money",
    FieldKind.DATE: "date",
    FieldKind.INSTANT: "date",
    FieldKind.CHOICE: "text",
    FieldKind.BOOLEAN: "text",
    FieldKind.LINK: "text",
}
Cells = Mapping[str, Callable[[Any], object]]
"""Cells that a list draws in its own way, by field."""


def head_of(found: ShapeField, asked: Asked, kind: ColumnKind) -> Column:
    """Return the heading of a column, with the way to sort by it; a second press turns it round."""
    first = asked.sort.split(",")[0]
    rising, falling = found.name, f"-{found.name}"
    sorted_by: Literal["", "ascending", "descending"] = (
        "ascending" if first == rising else "descending" if first == falling else ""
    )
    turned = {"": falling if found.falls else rising, "ascending": falling, "descending": rising}[sorted_by]
    return Column(
        found.label,
        kind,
        unit=unit_text(found.unit),
        whole=kind == "money" and not found.exact,
        href=asked.address(sort=turned) if found.order else "",
        sorted=sorted_by,
        computed=found.name if found.alias else "",
    )


def cell_of(found: ShapeField, row: Any, labels: Mapping[str, str]) -> object:
    """Return the cell of a field in a row."""
    value = found.read(row)
    if value is None:
        return None
    match found.kind:
        case FieldKind.LINK:
            return Cell(str(getattr(value, "name", "")) or labels.get(str(value.ref)), href=page_of(value.ref))
        case FieldKind.CHOICE:
            return labels.get(str(value), str(value))
        case FieldKind.BOOLEAN:
            return _("Yes") if value else _("No")
    return value


def foot_of(columns: Sequence[ShapeField], totals: Totals, count: str) -> list[object]:
    """Return the row of totals: how many, and what they are worth."""
    cells = [sum_of(each, totals) for each in columns]
    if columns and cells[0] is not None:
        return cells
    return [count, *cells[1:]]


def sum_of(found: ShapeField, totals: Totals) -> object:
    """Return what a column adds up to, None for one that is not added up."""
    if found.name in totals.amounts:
        return format_html("{}", sum_text(totals.amounts[found.name], whole=not found.exact))
    return totals.numbers.get(found.name)


def sum_text(amounts: Sequence[Money], *, whole: bool = True) -> str:
    """Write sums of several currencies beside each other, without decimals unless asked for: "€12,300 · $4,000"."""
    locale = reader_locale()
    return " · ".join(money_text(each.amount, each.currency.code, locale, whole=whole) for each in amounts)
