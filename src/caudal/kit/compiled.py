"""Queries whose words stay the same and whose values change: put into SQL once, and not for every document."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.transaction import TransactionManagementError

from caudal.kit.pipelining import Sent, send

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class _Said(Generic[M]):
    """A query in SQL, and how rows are made of what it finds."""

    model: type[M]
    statement: str
    places: Sequence[tuple[str | None, Any]]
    """Of each of its places the name of the value that belongs there, or what always does."""
    columns: Sequence[str]
    convert: Callable[[Sequence[tuple[Any, ...]]], Sequence[Sequence[Any]]]
    locks: bool


@dataclass(frozen=True, slots=True)
class Asked(Generic[M]):
    """A query that is under way."""

    _said: _Said[M]
    _sent: Sent

    def rows(self) -> list[M]:
        """Return its rows, once they are there."""
        made, columns = self._said.model.from_db, self._said.columns
        return [made(connection.alias, columns, row) for row in self._said.convert(self._sent.rows())]


class Compiled(Generic[M]):
    """A query of whole rows. It takes its values by name: instants, days, and lists in `Among(F(...), Value(...))`.

    Only for what follows from its values alone: what depends on who asks, or on the instant, is put together anew.
    """

    def __init__(self, build: Callable[..., QuerySet[M]]) -> None:
        """Remember how the query is put together from its values."""
        self._build = build
        self._said: _Said[M] | None = None

    def rows(self, **values: Any) -> list[M]:
        """Return the rows of some values; a list stands in the place of a list."""
        return self.ask(**values).rows()

    def ask(self, **values: Any) -> Asked[M]:
        """Send the query with some values; inside of `pipelined` its rows are waited for when they are asked for."""
        if self._said is None:
            self._said = self._put_into_sql(values)
        said = self._said
        if said.locks and not connection.in_atomic_block:
            raise TransactionManagementError("Rows are locked within a transaction only; ask inside an action.")
        return Asked(said, send(said.statement, [values[name] if name else kept for name, kept in said.places]))

    def _put_into_sql(self, values: dict[str, Any]) -> _Said[M]:
        own = {name: _own(value) for name, value in values.items()}
        rows = self._build(**own)
        compiler = rows.query.get_compiler(connection=connection)
        statement, parameters = compiler.as_sql()
        names = {id(value): name for name, value in own.items()}
        places = [(names.get(id(each)), each) for each in parameters]
        if lost := values.keys() - {name for name, _ in places}:
            raise TypeError(f"The query does not take {', '.join(sorted(lost))} as they are.")
        selected = [expression for expression, *_ in compiler.select]
        if compiler.annotation_col_map or any(each.target.model is not rows.model for each in selected):
            raise TypeError("The query is not of whole rows alone.")
        converters = compiler.get_converters(selected)

        def convert(found: Sequence[tuple[Any, ...]]) -> Sequence[Sequence[Any]]:
            return list(compiler.apply_converters(found, converters)) if converters else found

        columns = [expression.target.attname for expression in selected]
        return _Said(rows.model, statement, places, columns, convert, rows.query.select_for_update)


def _own(value: Any) -> Any:
    """The same value as an object of its own, by which its place is found."""
    return list(value) if isinstance(value, list) else value.replace()
