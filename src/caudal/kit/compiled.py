"""Queries whose words stay the same and whose values change: put into SQL once, and not for every document."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


class Compiled(Generic[M]):
    """A query of whole rows. It takes its values by name: instants, days, and lists in `Among(F(...), Value(...))`.

    Only for what follows from its values alone: what depends on who asks, or on the instant, is put together anew.
    """

    def __init__(self, build: Callable[..., QuerySet[M]]) -> None:
        """Remember how the query is put together from its values."""
        self._build = build
        self._said: tuple[type[M], str, Sequence[tuple[str | None, Any]]] | None = None

    def rows(self, **values: Any) -> list[M]:
        """Return the rows of some values; a list stands in the place of a list."""
        if self._said is None:
            self._said = self._put_into_sql(values)
        model, statement, places = self._said
        return list(model._default_manager.raw(statement, [values[name] if name else kept for name, kept in places]))

    def _put_into_sql(self, values: dict[str, Any]) -> tuple[type[M], str, Sequence[tuple[str | None, Any]]]:
        """The statement, and for each of its places the name of the value that belongs there, or what always does."""
        own = {name: _own(value) for name, value in values.items()}
        rows = self._build(**own)
        statement, parameters = rows.query.sql_with_params()
        names = {id(value): name for name, value in own.items()}
        places = [(names.get(id(each)), each) for each in parameters]
        if lost := values.keys() - {name for name, _ in places}:
            raise TypeError(f"The query does not take {', '.join(sorted(lost))} as they are.")
        return rows.model, statement, places


def _own(value: Any) -> Any:
    """The same value as an object of its own, by which its place is found."""
    return list(value) if isinstance(value, list) else value.replace()
