"""How a trial balance of another program becomes the opening entry: columns are recognised, every line is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from caudal.core.errors import Finding, Place, Problem, msg
from caudal.core.journal import Nature
from caudal.core.money import Currency, Money, total
from caudal.core.tables import DelimitedLine, NumberEvidence, NumberStyle, read_number
from caudal.kit.access import Actor
from caudal.ledger.actions import OpeningLine
from caudal.ledger.queries import chart
from caudal.workspace.queries import founded

HEADINGS: Final[Mapping[str, str]] = {
    "account": "account|code|number|cuenta|código|codigo|número|numero",
    "name": "name|label|description|nombre|título|titulo|descripción|descripcion",
    "nature": "type|nature|tipo|naturaleza",
    "debit": "debit|debe|deudor|saldo deudor",
    "credit": "credit|haber|acreedor|saldo acreedor",
    "balance": "balance|amount|saldo|importe",
    "currency": "currency|moneda|divisa",
}
NATURES: Final[Mapping[str, Nature]] = {
    word: nature
    for nature, words in {
        Nature.ASSET: "asset|assets|activo",
        Nature.LIABILITY: "liability|liabilities|pasivo",
        Nature.EQUITY: "equity|patrimonio|fondos propios",
        Nature.INCOME: "income|revenue|ingreso|ingresos",
        Nature.EXPENSE: "expense|expenses|gasto|gastos",
    }.items()
    for word in words.split("|")
}


class NoBalances(Problem):
    """The table is no trial balance."""

    code = "opening.no_table"
    status = 422
    message = msg("It is no trial balance: it needs the columns account and balance, or account, debit and credit.")


class UnknownAccount(Problem):
    """The chart has no such account, and it is not said what it would be."""

    code = "opening.no_account"
    status = 422
    message = msg("The chart has no account “{account}”.")
    hint = msg("Say its name and type in columns of their own to have it added.")


@dataclass(slots=True)
class OpeningReading:
    """What a trial balance says, and what was not understood of it."""

    lines: list[OpeningLine] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def differences(self) -> list[Money]:
        """What is missing on one side, by currency; nothing where it balances."""
        currencies = sorted({each.amount.currency for each in self.lines})
        sums = [total((one.amount for one in self.lines if one.amount.currency == each), each) for each in currencies]
        return [each for each in sums if each]


def read_opening(actor: Actor, name: str, rows: Sequence[DelimitedLine]) -> OpeningReading:
    """Return what the rows of a trial balance say; nothing is written. Raises NoBalances."""
    words = {word: field_name for field_name, listed in HEADINGS.items() for word in listed.split("|")}
    places: dict[str, int] = {}
    for at, cell in enumerate(rows[0].cells if rows else ()):
        known = words.get(cell.strip().casefold())
        if known is not None:
            places.setdefault(known, at)
    if "account" not in places or not ({"balance"} <= places.keys() or {"debit", "credit"} <= places.keys()):
        raise NoBalances
    numbers = NumberEvidence()
    for row in rows[1:]:
        for each in ("debit", "credit", "balance"):
            numbers.see(_cell(row, places, each))
    codes, own = {each.code for each in chart(actor)}, founded().currency
    reading = OpeningReading()
    for row in rows[1:]:
        try:
            line = _line(row, places, numbers.style, own)
            if line.account not in codes and not (line.name and line.nature):
                raise UnknownAccount(account=line.account[:40])
        except Problem as refused:
            place = Place(name, row.number)
            reading.findings.append(
                Finding(refused.code, refused.message, place=place, hint=refused.hint, params=refused.params)
            )
            continue
        if line.amount:
            reading.lines.append(line)
    return reading


def _line(row: DelimitedLine, places: Mapping[str, int], style: NumberStyle, own: str) -> OpeningLine:
    currency = Currency((_cell(row, places, "currency") or own).upper())
    sides = {"balance": 1, "debit": 1, "credit": -1}
    amount = Money.zero(currency)
    for name, sign in sides.items():
        if said := _cell(row, places, name):
            side = Money.of(read_number(said, style), currency)
            amount = amount + side if sign > 0 else amount - side
    nature = NATURES.get(_cell(row, places, "nature").casefold())
    name = _cell(row, places, "name")
    return OpeningLine(_cell(row, places, "account"), amount, name, nature.value if nature else "")


def _cell(row: DelimitedLine, places: Mapping[str, int], name: str) -> str:
    at = places.get(name)
    return row.cells[at].strip() if at is not None and at < len(row.cells) else ""
