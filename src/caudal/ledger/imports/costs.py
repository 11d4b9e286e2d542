"""How files of costs become entries: columns are recognised, every line is read, and what cannot be is named."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from caudal.core.errors import Finding, Place, Problem, Severity, msg
from caudal.core.money import Currency, FxRate, Money
from caudal.core.tables import (
    DayEvidence,
    DelimitedLine,
    NumberEvidence,
    NumberStyle,
    read_day,
    read_number,
)
from caudal.kit.access import Actor
from caudal.kit.sheets import table_rows
from caudal.ledger.actions import CostDraft, MonthIsClosed, faults_of, settled_costs
from caudal.ledger.models import ID_LENGTH, NOTE_LENGTH, Account, CostFile
from caudal.ledger.queries import chart, closed_months
from caudal.workspace.queries import dated_rate, founded, pillars

if TYPE_CHECKING:
    from caudal.workspace.models import Pillar

ROWS_MAX: Final = 20_000
HEADINGS: Final[Mapping[str, str]] = {
    "day": "day|date|día|dia|fecha",
    "amount": "amount|cost|total|value|importe|coste|monto|valor",
    "currency": "currency|moneda|divisa",
    "account": "account|category|type|kind|cuenta|categoría|categoria|tipo|concepto contable",
    "paid_from": "paid from|paid by|bank|pagado desde|pagado con|banco",
    "pillar": "pillar|line of business|pilar|línea de negocio|linea de negocio",
    "party": "party|supplier|vendor|payee|employee|proveedor|tercero|empleado",
    "channel": "channel|canal",
    "document": "document|invoice|number|documento|factura|número|numero",
    "note": "note|text|description|concept|nota|texto|descripción|descripcion|concepto",
}
"""What the columns of a file of costs are called."""
NEEDED: Final = ("day", "amount", "account")
_SHOWN: Final = 40


class NoCosts(Problem):
    """The columns do not say what is needed."""

    code = "costs.no_table"
    status = 422
    message = msg("The file says no costs: it has no column for {missing}.")
    hint = msg("Say which column it is, or name it in the file: day, amount and account are needed.")


class TooManyCosts(Problem):
    """More lines than one file may have."""

    code = "costs.too_many"
    status = 422
    message = msg("The file has more than {most} lines. Send it in parts.")


class Unsaid(Problem):
    """A cell that is needed is empty."""

    code = "costs.unsaid"
    status = 422
    message = msg("It does not say its {missing}.")


class OtherAccount(Problem):
    """No account is meant."""

    code = "costs.no_account"
    status = 422
    message = msg("There is no account “{said}”. The nearest is “{near}”.")


class OtherPillar(Problem):
    """No line of business is meant."""

    code = "costs.no_pillar"
    status = 422
    message = msg("There is no pillar “{said}”.")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file that is a cost; one that is known was posted before, and is not posted again."""

    number: int
    cost: CostDraft
    is_known: bool = False
    note: Finding | None = None
    """What is to be known of it, though it is posted."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that is not posted, what it says of day, account and amount, and why."""

    number: int
    said: tuple[str, ...]
    why: Finding


@dataclass(slots=True)
class Reading:
    """What a file says: its columns, which is which, its costs, and the lines that are refused."""

    columns: tuple[str, ...] = ()
    mapping: dict[str, int] = field(default_factory=dict)
    lines: int = 0
    costs: list[Line] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    @property
    def fresh(self) -> list[Line]:
        """The lines that would be posted."""
        return [each for each in self.costs if not each.is_known]

    @property
    def known(self) -> list[Line]:
        """The lines that were posted before."""
        return [each for each in self.costs if each.is_known]

    @property
    def missing(self) -> list[str]:
        """What is needed and in no column."""
        return [each for each in NEEDED if each not in self.mapping]


@dataclass(frozen=True, slots=True)
class _Known:
    """What cells may name, and how numbers and days are written."""

    accounts: Mapping[str, Account]
    pillars: "Mapping[str, Pillar]"
    bank: Account
    currency: str
    numbers: NumberStyle
    days: DayEvidence


def read_costs(actor: Actor, file: CostFile) -> Reading:
    """Return what a file of costs says; nothing is written. Raises UnreadableTable, TooManyCosts."""
    rows = table_rows(file.name, bytes(file.content or b""), ROWS_MAX + 2)
    if len(rows) > ROWS_MAX + 1:
        raise TooManyCosts(most=ROWS_MAX)
    head = rows[0].cells if rows else ()
    reading = Reading(columns=tuple(cell.strip()[:_SHOWN] for cell in head), lines=max(len(rows) - 1, 0))
    reading.mapping = _mapping(head, file.mapping)
    if reading.missing:
        return reading
    known = _known(actor, [row for row in rows[1:] if not row.wrong], reading.mapping)
    seen: Counter[str] = Counter()
    rates: dict[tuple[str, date], FxRate | None] = {}
    for row in rows[1:]:
        place = Place(file.name, row.number)
        try:
            cost = _cost(row, reading.mapping, known)
        except Problem as refused:
            found = Finding(refused.code, refused.message, place=place, hint=refused.hint, params=refused.params)
            reading.refused.append(_refused(row, reading.mapping, found))
            continue
        for wrong in faults_of(cost).values():
            reading.refused.append(_refused(row, reading.mapping, Finding("costs.refused", wrong, place=place)))
            break
        else:
            seen[cost.key] += 1
            note = _rate_missing(cost, known.currency, place, rates)
            reading.costs.append(Line(row.number, _numbered(cost, seen[cost.key]), note=note))
    _settle(actor, file, {row.number: row for row in rows}, reading)
    return reading


def _settle(actor: Actor, file: CostFile, rows: Mapping[int, DelimitedLine], reading: Reading) -> None:
    """Say which lines were posted before, and refuse those of the others that are of a closed month."""
    drafts, posted = settled_costs([each.cost for each in reading.costs])
    closed = {each.month for each in closed_months(actor) if each.reopened_at is None and each.entity_id is None}
    costs = []
    for each, draft in zip(reading.costs, drafts, strict=True):
        month = each.cost.day.replace(day=1)
        if draft.source in posted:
            costs.append(replace(each, is_known=True))
        elif month in closed:
            place, params = Place(file.name, each.number), {"month": f"{month:%Y-%m}"}
            why = Finding(MonthIsClosed.code, MonthIsClosed.message, place=place, params=params)
            reading.refused.append(_refused(rows[each.number], reading.mapping, why))
        else:
            costs.append(each)
    reading.costs = costs
    reading.refused.sort(key=lambda each: each.number)


def _refused(row: DelimitedLine, mapping: Mapping[str, int], why: Finding) -> Refused:
    return Refused(row.number, tuple(_cell(row, mapping, name).strip()[:_SHOWN] for name in NEEDED), why)


def _mapping(head: Sequence[str], said: Mapping[str, int | None]) -> dict[str, int]:
    """Which column is which: as somebody said, else as it is called."""
    words = {word: name for name, listed in HEADINGS.items() for word in listed.split("|")}
    found: dict[str, int] = {}
    for at, cell in enumerate(head):
        name = words.get(cell.strip().casefold())
        if name is not None and name not in found:
            found[name] = at
    chosen = {name: at for name, at in said.items() if at is not None and at < len(head)}
    dropped = {name for name, at in said.items() if at is None}
    return {name: at for name, at in (found | chosen).items() if name not in dropped}


def _known(actor: Actor, rows: Sequence[DelimitedLine], mapping: Mapping[str, int]) -> _Known:
    numbers, days = NumberEvidence(), DayEvidence()
    for row in rows:
        numbers.see(_cell(row, mapping, "amount"))
        days.see(_cell(row, mapping, "day"))
    listed = chart(actor)
    accounts = {name.casefold(): each for each in listed for name in (each.label_en, each.label_es, each.code)}
    accounts |= {each.purpose: each for each in listed if each.purpose}
    named = {name.casefold(): each for each in pillars() for name in (each.label_en, each.label_es, each.key)}
    return _Known(accounts, named, accounts["bank"], founded().currency, numbers.style, days)


def _cost(row: DelimitedLine, mapping: Mapping[str, int], known: _Known) -> CostDraft:
    """The cost that a line says. Raises what is told of it."""
    said = {name: _cell(row, mapping, name) for name in mapping}
    for name in NEEDED:
        if not said[name].strip():
            raise Unsaid(missing=name)
    day = read_day(said["day"], known.days.order)
    currency = said.get("currency", "").strip().upper() or known.currency
    pillar = said.get("pillar", "").strip()
    if pillar and pillar.casefold() not in known.pillars:
        raise OtherPillar(said=pillar[:_SHOWN])
    cost = CostDraft(
        key="",
        day=day.date() if isinstance(day, datetime) else day,
        amount=Money.of(read_number(said["amount"], known.numbers), currency),
        account=_account(said["account"], known),
        paid_from=_account(said["paid_from"], known) if said.get("paid_from", "").strip() else known.bank,
        note=said.get("note", "").strip()[:NOTE_LENGTH],
        pillar_id=known.pillars[pillar.casefold()].pk if pillar else None,
        party=said.get("party", "").strip()[:ID_LENGTH],
        channel=said.get("channel", "").strip()[:ID_LENGTH],
        document=said.get("document", "").strip()[:ID_LENGTH],
    )
    return _keyed(cost)


def _account(said: str, known: _Known) -> Account:
    text = " ".join(said.split())
    for word in (text, text.partition(" ")[0]):  # "6100", "Marketing", and "6100 Marketing"
        if found := known.accounts.get(word.casefold()):
            return found
    near = get_close_matches(text.casefold(), known.accounts, n=1, cutoff=0)
    raise OtherAccount(said=text[:_SHOWN], near=known.accounts[near[0]].label_en if near else "")


def _keyed(cost: CostDraft) -> CostDraft:
    """The cost with a key of what it says: the same line in another file is the same cost."""
    said = (
        cost.day.isoformat(),
        str(cost.amount),
        cost.account.code,
        cost.paid_from.code,
        str(cost.pillar_id or ""),
        cost.party.casefold(),
        cost.channel.casefold(),
        cost.document.casefold(),
        cost.note.casefold(),
    )
    return cost.keyed(f"line:{hashlib.sha256(chr(31).join(said).encode()).hexdigest()[:32]}")


def _numbered(cost: CostDraft, count: int) -> CostDraft:
    """The second of two lines that say the same is another cost."""
    return cost if count == 1 else cost.keyed(f"{cost.key}:{count}")


def _rate_missing(
    cost: CostDraft, own: str, place: Place, rates: dict[tuple[str, date], FxRate | None]
) -> Finding | None:
    """Say that a cost is posted and left out of numbers in the company's currency."""
    code = cost.amount.currency.code
    if code == own:
        return None
    asked = code, cost.day
    if asked not in rates:
        rates[asked] = dated_rate(Currency(code), Currency(own), cost.day)
    if rates[asked] is not None:
        return None
    said = msg("No rate of {currency} is known for {day}: it is posted, and numbers in {own} leave it out.")
    params = {"currency": code, "day": cost.day, "own": own}
    return Finding("costs.no_rate", said, severity=Severity.NOTE, place=place, params=params)


def _cell(row: DelimitedLine, mapping: Mapping[str, int], name: str) -> str:
    at = mapping.get(name)
    return row.cells[at] if at is not None and at < len(row.cells) else ""
