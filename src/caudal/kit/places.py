"""SQL text of ours as a Django expression: other expressions stand in its places, values are bound."""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.db.models import BooleanField, Expression, Field
from django.db.models.expressions import Combinable, F
from typing_extensions import override

PLACE: Final = re.compile(r"⟦([\w./]+)⟧|%\((\w+)\)s")


def place(name: str) -> str:
    """Return the mark for which an expression will stand."""
    return f"⟦{name}⟧"


class Written(Expression):
    """A text with `⟦places⟧` for expressions and `%(names)s` for values. Values never become text."""

    def __init__(
        self,
        text: str,
        places: Mapping[str, Combinable | str],
        values: Mapping[str, Any] | None = None,
        *,
        output_field: "Field[Any, Any] | None" = None,
    ) -> None:
        """Take the text, what stands in its places (a string is a path of the model), and its values."""
        super().__init__(output_field=output_field or BooleanField())
        self.text = text
        self.values = dict(values or {})
        wanted = dict.fromkeys(name for name, _ in PLACE.findall(text) if name)
        self.names = list(wanted)
        self.sources = [F(found) if isinstance(found := places[name], str) else found for name in wanted]

    @override
    def get_source_expressions(self) -> list[Any]:
        """Return what stands in the places."""
        return self.sources

    @override
    def set_source_expressions(self, exprs: Any) -> None:
        """Put other expressions into the places."""
        self.sources = list(exprs)

    @override
    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the text with everything in its place, and its parameters in order."""
        compiled = dict(zip(self.names, (compiler.compile(source) for source in self.sources), strict=True))
        parameters: list[Any] = []

        def filled(found: "re.Match[str]") -> str:
            if found[1]:
                sql, own = compiled[found[1]]
                parameters.extend(own)
                return str(sql)
            parameters.append(self.values[found[2]])
            return "%s"

        return PLACE.sub(filled, self.text), tuple(parameters)
