"""What an address asks of a list: a view, and what differs from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from caudal.core.errors import Problem, msg
from caudal.core.expressions import Node, Refused
from caudal.kit.filters import where
from caudal.kit.lists import ListView, Selection, order_of
from caudal.kit.shapes import NoSuchField, Reader, Shape, ShapeField
from caudal.ui.tables import query

ALL: Final = "all"
"""The view of every row, which each list has."""
KEPT: Final = ("view", "where", "columns", "sort", "group", "q", "at")
"""What of an address says which rows are shown, and how."""


class NoSuchView(Problem):
    """The address asks for a view that the list does not have."""

    code = "list.no_such_view"
    status = 404
    message = msg("This list has no view “{name}” that you may see.")
    hint = msg("Choose one of its tabs, or ask whoever sent you the link to share it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an address asks of a list."""

    shape: Shape
    reader: Reader
    parameters: Mapping[str, str]
    view: ListView
    where: str
    node: Node | None
    """The filter as a tree; None where it does not narrow, or cannot be read."""
    refused: Refused | None
    """What is wrong with the filter."""
    columns: tuple[ShapeField, ...]
    hidden: tuple[ShapeField, ...]
    """Columns of the view that the reader may not see."""
    sort: str
    group: str
    trail: tuple[str, ...]
    """The cursors of this page and of those before it, first to last; empty on the first page."""

    @property
    def text(self) -> str:
        """Return the words that are looked for."""
        return self.parameters.get("q", "").strip()

    @property
    def cursor(self) -> str | None:
        """Return the cursor of this page."""
        return self.trail[-1] if self.trail else None

    @property
    def selection(self) -> Selection:
        """Return which rows are asked for, and in which order."""
        return Selection(where=self.where, text=self.text, sort=self.sort)

    @property
    def differs(self) -> bool:
        """Say whether the list is shown otherwise than its view says."""
        return any(name in self.parameters for name in ("where", "columns", "sort", "group"))

    def address(self, **changes: str | None) -> str:
        """Return the query of this list with some of it changed, on its first page; None takes a part away."""
        return query(self.parameters, **{"at": None, **changes}).removesuffix("?") or "?"


def read_address(
    given: Mapping[str, str],
    shape: Shape,
    reader: Reader,
    views: Sequence[ListView],
    default: str,
    *,
    also: Sequence[str] = (),
) -> Asked:
    """Return what an address asks; `also` are parts of it that a page has for itself.

    Raises NoSuchView, NoSuchField, NoSuchOrder.
    """
    kept = (*KEPT, *also)
    parameters = {name: given[name] for name in kept if given.get(name) or (name == "where" and name in given)}
    name = parameters.get("view") or (ALL if "where" in parameters else default)
    view = next((each for each in views if each.key == name), None)
    if view is None and not parameters.get("view"):
        view = views[0]  # what it used to open with is not shared with the reader any more
    if view is None:
        raise NoSuchView(name=name)
    text = parameters.get("where", view.where)
    node, refused = read_where(shape, text, reader)
    sort = parameters.get("sort", view.sort)
    order_of(shape, sort, reader)
    group = parameters.get("group", view.group)
    if group and group != NO_GROUP:
        shape.field(group, reader.actor)
    names = tuple(part for part in parameters.get("columns", "").split(",") if part) or view.columns
    columns, hidden = columns_of(shape, reader, names)
    return Asked(
        shape=shape,
        reader=reader,
        parameters=parameters,
        view=view,
        where=text,
        node=node,
        refused=refused,
        columns=columns,
        hidden=hidden,
        sort=sort or shape.order,
        group="" if group == NO_GROUP else group,
        trail=tuple(part for part in parameters.get("at", "").split(".") if part),
    )


NO_GROUP: Final = "-"
"""Asks for the rows of a view that is grouped."""


def read_where(shape: Shape, text: str, reader: Reader) -> tuple[Node | None, Refused | None]:
    """Return a filter as a tree, or what is wrong with it."""
    if not text.strip():
        return None, None
    try:
        return where(shape, text, reader).expression.node, None
    except Refused as refused:
        return None, refused


def columns_of(
    shape: Shape, reader: Reader, names: Sequence[str]
) -> tuple[tuple[ShapeField, ...], tuple[ShapeField, ...]]:
    """Return the columns that names ask for, and those of them that the reader may not see. Raises NoSuchField."""
    known = {each.name: each for each in shape.fields if each.listed}
    for name in names:
        if name not in known:
            raise NoSuchField(name=name, kind=shape.kind)
    asked = [known[name] for name in dict.fromkeys(names)]
    return (
        tuple(each for each in asked if each.seen_by(reader.actor)),
        tuple(each for each in asked if not each.seen_by(reader.actor)),
    )
