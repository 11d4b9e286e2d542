"""Words anywhere inside texts, found by an index of all the three letters in a row that the texts hold.

PostgreSQL's own extension for this is not there everywhere, and a list that is asked for `gar` in a million names must
not read them all. Of one or two letters such an index knows nothing: they are looked for row by row, and seldom rare.
"""

from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db.models import Func, Q, TextField, Value
from django.db.models.functions import Coalesce

from caudal.kit.places import Written
from caudal.kit.records import NOT_DELETED

LETTERS: Final = 3
PENDING_KB: Final = 512
"""New entries that wait outside of the index: many make writing quick, few make reading quick."""


class Grams(Func):
    """The entries of some texts, in capitals; a text that is not there counts as empty."""

    template = "kit_grams(upper(%(expressions)s))"
    arg_joiner = " || chr(10) || "

    def __init__(self, *texts: Any) -> None:
        """Take paths of columns, or values."""
        there = (Coalesce(each, Value(""), output_field=TextField()) for each in texts)
        super().__init__(*there, output_field=ArrayField(TextField()))


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
