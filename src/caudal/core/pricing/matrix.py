"""Prices by dimension: a region, a model, a kind of document. Of the rows that match, the most specific one counts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from caudal.core.errors import Problem, msg
from caudal.core.pricing.tiers import TierPrice


class NoRow(Problem):
    """No row of the matrix matches."""

    code = "pricing.no_row"
    message = msg("No price matches {given}.")
    hint = msg("Add a row without conditions for everything else.")


class AmbiguousRow(Problem):
    """Two rows match equally well."""

    code = "pricing.ambiguous_row"
    message = msg("“{one}” and “{other}” match {given} equally well.")
    hint = msg("Add a row for what both match, or take a condition away.")


@dataclass(frozen=True, slots=True)
class Row:
    """A price for what has one of the named values in each dimension of `where`; without any, for everything."""

    name: str
    price: TierPrice
    where: Mapping[str, frozenset[str]]

    def matches(self, given: Mapping[str, str]) -> bool:
        """Whether something with these values is priced by the row."""
        return all(given.get(dimension) in values for dimension, values in self.where.items())

    def covers(self, other: "Row") -> bool:
        """Whether it matches everything that `other` matches, and names no dimension that `other` does not."""
        return all(
            dimension in other.where and other.where[dimension] <= values for dimension, values in self.where.items()
        )

    def meets(self, other: "Row") -> bool:
        """Whether something could match both."""
        return all(self.where[dimension] & other.where[dimension] for dimension in self.where.keys() & other.where)


@dataclass(frozen=True, slots=True)
class MatrixPrice:
    """Rows of prices. The row with conditions on the most dimensions counts.

    >>> from caudal.core.pricing.tiers import per_unit
    >>> rows = (
    ...     Row("all", per_unit("0.02", "USD"), {}),
    ...     Row("contracts", per_unit("0.05", "USD"), {"kind": frozenset({"contract"})}),
    ... )
    >>> [MatrixPrice(rows).row({"kind": kind, "country": "ES"}).name for kind in ("contract", "letter")]
    ['contracts', 'all']
    """

    rows: tuple[Row, ...]

    def row(self, given: Mapping[str, str]) -> Row:
        """The row that prices something with these values. Raises NoRow, AmbiguousRow."""
        matching = [row for row in self.rows if row.matches(given)]
        if not matching:
            raise NoRow(given=_told(given))
        most = max(len(row.where) for row in matching)
        best = [row for row in matching if len(row.where) == most]
        if len(best) > 1:
            raise AmbiguousRow(one=best[0].name, other=best[1].name, given=_told(given))
        return best[0]

    def ambiguities(self) -> Iterator[tuple[Row, Row]]:
        """Pairs of rows that something would match equally well, with no more specific row to decide."""
        for one, other in combinations(self.rows, 2):
            if len(one.where) == len(other.where) and one.meets(other) and not self._decided(one, other):
                yield one, other

    def _decided(self, one: Row, other: Row) -> bool:
        shared = {
            dimension: one.where.get(dimension, values) & other.where.get(dimension, values)
            for dimension, values in {**one.where, **other.where}.items()
        }
        both = Row("", one.price, shared)
        return any(len(row.where) > len(one.where) and row.covers(both) for row in self.rows)


def _told(given: Mapping[str, str]) -> str:
    return ", ".join(f"{dimension} {value}" for dimension, value in sorted(given.items())) or "—"
