"""Words anywhere inside texts, found by an index of all the three letters in a row that the texts hold.

PostgreSQL's own extension for this is not there everywhere, and a list that is asked for `gar` in a million names must
not read them all. Of one or two letters such an index knows nothing: they are looked for row by row, and seldom rare.
"""

from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db.models import Func, Q, TextField, Value
from typing_extensions import override

from caudal.kit.places import Written
from caudal.kit.records import NOT_DELETED

LETTERS: Final = 3
PENDING_KB: Final = 512
"""New entries that wait outside of the index: many make writing quick, few make reading quick."""


class Grams(Func):
    """The entries of some texts, in capitals; a text that is not there counts as empty."""

    def __init__(self, *texts: Any) -> None:
        """Take paths of columns, or values."""
        super().__init__(*texts, output_field=ArrayField(TextField()))

    @override
    def as_sql(
        self,
        compiler: Any,
        connection: Any,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> Any:
        """Return the call of the database's function."""
        compiled = [compiler.compile(each) for each in self.get_source_expressions()]
        texts = " || chr(10) || ".join(f"coalesce({sql}, '')" for sql, _ in compiled)
        return f"kit_grams(upper({texts}))", [value for _, values in compiled for value in values]


def gram_index(name: str, *columns: str) -> GinIndex:
    """Return the index that finds rows by words inside some of their texts."""
    return GinIndex(Grams(*columns), name=name, condition=NOT_DELETED, gin_pending_list_limit=PENDING_KB)


def may_hold(columns: tuple[str, ...], *needles: str) -> Q:
    """Return a condition that all rows meet which hold one of some words, and few others; none for short words.

    The columns are those of an index, in its order. Case does not matter.
    """
    if any(len(each) < LETTERS for each in needles):
        return Q()
    found = Q()
    for each in dict.fromkeys(each.lower() if each.isascii() else each for each in needles):
        found |= Q(Written("(⟦held⟧ @> ⟦sought⟧)", {"held": Grams(*columns), "sought": Grams(Value(each))}))
    return found
