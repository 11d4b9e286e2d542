"""A price list as lines of a file: a line for each tier; what lines say of a charge from one day is one price.

Shapes that are no tiers stand as JSON in the last column, as `caudal.catalog.offline.writing` writes them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from caudal.core.errors import Finding, Place, Problem, Severity, msg
from caudal.core.tables import DayEvidence, DelimitedLine, NumberEvidence, NumberStyle, read_day, read_number

COLUMNS: Final = (
    *("offering", "charge", "currency", "from", "existing_from", "mode", "up_to", "unit", "flat", "block"),
    *("free_units", "minimum", "maximum", "price"),
)
"""In which order a price list is written; the first three are needed to read one."""
NEEDED: Final = ("offering", "charge", "currency")
HEADINGS: Final[Mapping[str, str]] = {
    "offering": "offering|plan|offering code|modalidad|código de la modalidad",
    "charge": "charge|charge code|cargo|código del cargo",
    "currency": "currency|moneda|divisa",
    "from": "from|from date|valid from|for new customers from|desde|válido desde|para clientes nuevos desde",
    "existing_from": "existing_from|existing from|for existing customers from|para clientes actuales desde",
    "mode": "mode|tiers|modo|tramos",
    "up_to": "up_to|up to|hasta",
    "unit": "unit|unit price|each unit|price each|cada unidad|precio por unidad",
    "flat": "flat|once|amount|fixed|una vez|importe|fijo",
    "block": "block|block of units|bloque|bloque de unidades",
    "free_units": "free_units|free units|included|unidades gratis|incluidas",
    "minimum": "minimum|at least|mínimo|al menos",
    "maximum": "maximum|at most|máximo|como mucho",
    "price": "price|json|precio",
}
"""What the columns of a price list are called."""
TIERED: Final = ("up_to", "unit", "flat", "block")
LIMITS: Final = ("free_units", "minimum", "maximum")
NUMBERS: Final = (*TIERED, *LIMITS)
DAYS: Final = ("from", "existing_from")
MODES: Final = {"graduated": "graduated", "volume": "volume", "por tramos": "graduated", "por volumen": "volume"}
_LONG: Final = 40
_UNCLEAR: Final = msg("“1.234” can be read in two ways in this file; it is taken as {taken}.")
_NO_CURRENCY: Final = msg("Write the three letters of a currency.")


class NoPriceList(Problem):
    """The columns do not say what is needed."""

    code = "prices.no_table"
    status = 422
    message = msg("The file is no price list: it has no column “{missing}”.")
    hint = msg("Take a price list out first, and change that file.")


class Unsaid(Problem):
    """A cell that is needed is empty."""

    code = "prices.unsaid"
    status = 422
    message = msg("It is empty, and needed.")


class NotAMode(Problem):
    """Tiers are worked out otherwise."""

    code = "prices.no_mode"
    status = 422
    message = msg("“{said}” is no mode: write graduated or volume.")


class NoJson(Problem):
    """A price of another shape cannot be read."""

    code = "prices.no_json"
    status = 422
    message = msg("It is not an object as prices of other shapes are written.")


@dataclass(frozen=True, slots=True)
class PriceSaid:
    """A price as a file says it, and its first line."""

    offering: str
    charge: str
    currency: str
    from_date: date | None
    existing_from_date: date | None
    price: Mapping[str, Any]
    line: int


@dataclass(slots=True)
class PriceListRead:
    """What a file says: its prices, and everything that cannot be read or was taken in one of two ways."""

    said: list[PriceSaid] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    columns: Mapping[str, int] = field(default_factory=dict)


def read_price_list(name: str, rows: Sequence[DelimitedLine]) -> PriceListRead:
    """Return the prices of a file, and what is wrong with it by line and column. Raises NoPriceList."""
    head = rows[0].cells if rows else ()
    words = {word: column for column, listed in HEADINGS.items() for word in listed.split("|")}
    columns: dict[str, int] = {}
    for at, cell in enumerate(head):
        column = words.get(" ".join(cell.split()).casefold())
        if column is not None:
            columns.setdefault(column, at)
    for column in NEEDED:
        if column not in columns:
            raise NoPriceList(missing=column)
    read = PriceListRead(columns=columns)
    reader = _Reader(name, head, columns, rows[1:])
    groups: dict[tuple[str, ...], list[_Line]] = {}
    for row in rows[1:]:
        line = reader.line(row, read.findings)
        if line is not None:
            groups.setdefault(line.key, []).append(line)
    read.said = [_price_of(lines) for lines in groups.values()]
    read.findings += reader.choices()
    return read


def price_list_lines(
    offering: str, charge: str, currency: str, days: tuple[date, date | None], price: Mapping[str, Any]
) -> Iterator[dict[str, str]]:
    """Yield the lines of a price, as `read_price_list` reads them.

    >>> said = {"shape": "tiers", "mode": "volume", "tiers": [{"up_to": "10", "unit": "2"}, {"unit": "1"}]}
    >>> lines = list(price_list_lines("pro", "seat", "EUR", (date(2026, 1, 1), None), said))
    >>> [(line["up_to"], line["unit"], line["mode"]) for line in lines]
    [('10', '2', 'volume'), ('', '1', 'volume')]
    """
    own = {
        "offering": offering,
        "charge": charge,
        "currency": currency,
        "from": days[0].isoformat(),
        "existing_from": days[1].isoformat() if days[1] else "",
    }
    plain = price["shape"] == "tiers" and price.get("zero_usage", "first_flat") == "first_flat"
    if not plain:
        told = json.dumps(price, sort_keys=True, ensure_ascii=False)
        yield {column: {**own, "price": told}.get(column, "") for column in COLUMNS}
        return
    limits = {name: str(price.get(name, "")) for name in LIMITS}
    for number, tier in enumerate(price["tiers"]):
        mode = price["mode"] if len(price["tiers"]) > 1 else ""
        line = own | {"mode": mode} | {name: str(tier.get(name, "")) for name in TIERED} | ({} if number else limits)
        yield {column: line.get(column, "") for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that could be read."""

    number: int
    cells: Mapping[str, str]
    days: Mapping[str, date | None]
    json: Mapping[str, Any] | None

    @property
    def key(self) -> tuple[str, ...]:
        return (
            *(self.cells[name].casefold() for name in ("offering", "charge")),
            self.cells["currency"].upper(),
            *(str(self.days[name]) for name in DAYS),
        )


class _Reader:
    """Reads lines by how numbers and days are written in the whole file."""

    def __init__(
        self, name: str, head: Sequence[str], columns: Mapping[str, int], rows: Iterable[DelimitedLine]
    ) -> None:
        self.name, self.head, self.columns = name, head, columns
        self.numbers, self.days = NumberEvidence(), DayEvidence()
        for row in rows:
            for column in NUMBERS:
                self.numbers.see(self._cell(row, column))
            for column in DAYS:
                self.days.see(self._cell(row, column))

    def line(self, row: DelimitedLine, findings: list[Finding]) -> _Line | None:
        """Return a line, or None with what is wrong told."""
        if row.wrong:
            findings.append(Finding("prices.unreadable", row.wrong, place=Place(self.name, row.number)))
            return None
        known = len(findings)
        cells = {column: self._text(row, column, findings) for column in COLUMNS}
        days = {column: self._day(row, column, findings) for column in DAYS}
        said = self._json(row, findings)
        if cells["currency"] and not (len(cells["currency"]) == len(NEEDED) and cells["currency"].isalpha()):
            findings.append(Finding("prices.no_currency", _NO_CURRENCY, place=self._place(row, "currency")))
        return _Line(row.number, cells, days, said) if len(findings) == known else None

    def choices(self) -> Iterator[Finding]:
        """Yield what was taken in one of two ways."""
        if self.numbers.unclear and not self.numbers.is_clear:
            taken = "1234" if self.numbers.style is NumberStyle.COMMA else "1,234"
            yield Finding("prices.two_ways", _UNCLEAR, Severity.CHOICE, Place(self.name), params={"taken": taken})

    def _text(self, row: DelimitedLine, column: str, findings: list[Finding]) -> str:
        said = self._cell(row, column)
        tidy = " ".join(said.split())
        try:
            if column in NEEDED and not tidy:
                raise Unsaid
            if column in NUMBERS and tidy:
                return f"{read_number(said, self.numbers.style):f}"
            if column == "mode" and tidy and tidy.casefold() not in MODES:
                raise NotAMode(said=tidy[:_LONG])
        except Problem as refused:
            findings.append(self._found(refused, row, column))
        return MODES.get(tidy.casefold(), "") if column == "mode" else tidy

    def _day(self, row: DelimitedLine, column: str, findings: list[Finding]) -> date | None:
        said = self._cell(row, column)
        if not said.strip():
            return None
        try:
            day = read_day(said, self.days.order)
        except Problem as refused:
            findings.append(self._found(refused, row, column))
            return None
        return day.date() if isinstance(day, datetime) else day

    def _json(self, row: DelimitedLine, findings: list[Finding]) -> Mapping[str, Any] | None:
        said = self._cell(row, "price").strip()
        if not said:
            return None
        try:
            found = json.loads(said, parse_float=str, parse_int=str)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            findings.append(self._found(NoJson(), row, "price"))
            return None
        return found

    def _found(self, refused: Problem, row: DelimitedLine, column: str) -> Finding:
        place = self._place(row, column)
        return Finding(refused.code, refused.message, place=place, hint=refused.hint, params=refused.params)

    def _place(self, row: DelimitedLine, column: str) -> Place:
        at = self.columns.get(column, -1)
        return Place(self.name, row.number, at + 1, self.head[at].strip() if at >= 0 else column)

    def _cell(self, row: DelimitedLine, column: str) -> str:
        at = self.columns.get(column)
        return row.cells[at] if at is not None and at < len(row.cells) else ""


def _price_of(lines: Sequence[_Line]) -> PriceSaid:
    first = lines[0]
    said = next((line.json for line in lines if line.json is not None), None)
    if said is None:
        tiers = [{name: line.cells[name] for name in TIERED if line.cells[name]} for line in lines]
        mode = next((line.cells["mode"] for line in lines if line.cells["mode"]), "graduated")
        limits = {name: next((each.cells[name] for each in lines if each.cells[name]), "") for name in LIMITS}
        said = {"shape": "tiers", "mode": mode, "tiers": tiers} | {name: told for name, told in limits.items() if told}
    return PriceSaid(
        first.cells["offering"],
        first.cells["charge"],
        first.cells["currency"].upper(),
        first.days["from"],
        first.days["existing_from"],
        said,
        first.number,
    )
