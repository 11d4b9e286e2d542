"""The file of the European Central Bank's reference rates: one row a day, one column a currency, told in the euro."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from django.db.models import Count, Max, Min

from caudal.core.errors import Finding, Place, Problem, Severity, msg
from caudal.core.money import Currency, FxRate, UnknownCurrency
from caudal.kit.access import Actor, Verb, require
from caudal.workspace.actions import add_rates
from caudal.workspace.models import DatedRate

PIVOT: Final = "EUR"
SOURCE: Final = "ECB"
NONE: Final = frozenset({"", "N/A"})
SIZE_MAX: Final = 64 * 2**20
"""Bytes, unpacked; the history since 1999 has two million."""


class NotRates(Problem):
    """The file is not one of dated rates."""

    code = "rates.not_rates"
    status = 422
    message = msg("{file} is not a file of the European Central Bank's reference rates: {why}.")
    hint = msg("Take eurofxref-hist.zip or the CSV file in it: its first column is Date, the others are currencies.")


RATE_MAX: Final = 10**9


@dataclass(slots=True)
class RateReport:
    """What became of a file: how many days and currencies it had, how many rates were new, and what was not taken."""

    days: int = 0
    currencies: int = 0
    rates: int = 0
    added: int = 0
    first: date | None = None
    last: date | None = None
    findings: list[Finding] = field(default_factory=list)


def import_rates(*, actor: Actor, as_of: datetime, file: str, content: bytes) -> RateReport:
    """Add the rates of a file, zipped or not, and report. What is known stays as it is. Raises NotRates, NotAllowed."""
    require(actor, "settings", Verb.CHANGE)
    report = RateReport()
    try:
        rates = list(_rates(report, file, _text(file, content)))
    except csv.Error as error:
        raise NotRates(file=file, why=msg("its lines cannot be read")) from error
    report.rates = len(rates)
    report.added = add_rates(actor=actor, as_of=as_of, rates=rates, source=SOURCE)
    return report


@dataclass(frozen=True, slots=True)
class RateCoverage:
    """How many rates there are, of how many currencies, from when to when."""

    count: int
    currencies: int
    first: date | None
    last: date | None


def rate_coverage() -> RateCoverage:
    """Return what the rates that came in cover."""
    found = DatedRate.objects.aggregate(
        count=Count("pk"), first=Min("day"), last=Max("day"), currencies=Count("quote", distinct=True)
    )
    return RateCoverage(**found)


def _text(file: str, content: bytes) -> str:
    """Return the text of the file, or of the one file in it."""
    if content.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                members = [each for each in packed.infolist() if each.filename.lower().endswith(".csv")]
                if len(members) != 1 or members[0].file_size > SIZE_MAX:
                    raise NotRates(file=file, why=msg("the archive does not hold one CSV file of ordinary size"))
                content = packed.read(members[0])
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
            raise NotRates(file=file, why=msg("the archive cannot be read")) from error
    try:
        return content[:SIZE_MAX].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotRates(file=file, why=msg("it is not text")) from error


def _rates(report: RateReport, file: str, text: str) -> Iterator[FxRate]:
    rows = csv.reader(io.StringIO(text))
    head = [name.strip() for name in next(rows, [])]
    if not head or head[0] != "Date":
        raise NotRates(file=file, why=msg("its first column is not Date"))
    columns = dict(_currencies(report, file, head))
    report.currencies = len(columns)
    for line, row in enumerate(rows, 2):
        day = _day(row[0].strip()) if row else None
        if day is None:
            if any(cell.strip() for cell in row):
                _find(report, Place(file, line), msg("“{text}” is not a day, written like 2026-10-30."), row[0])
            continue
        report.days += 1
        report.first, report.last = min(report.first or day, day), max(report.last or day, day)
        for place, currency in columns.items():
            said = row[place].strip() if place < len(row) else ""
            if said in NONE:
                continue
            rate = _rate(said)
            if rate is None:
                _find(report, Place(file, line, name=currency.code), msg("“{text}” is not a rate."), said)
            else:
                yield FxRate.of(PIVOT, currency.code, day, rate)


def _currencies(report: RateReport, file: str, head: list[str]) -> Iterator[tuple[int, Currency]]:
    for place, code in enumerate(head[1:], 1):
        if code:
            try:
                yield place, Currency(code)
            except UnknownCurrency:
                gone = msg("“{text}” is no currency any more; its rates are left out.")
                _find(report, Place(file, 1, name=code), gone, code, Severity.NOTE)


def _find(report: RateReport, place: Place, said: str, text: str, severity: Severity = Severity.ERROR) -> None:
    found = Finding(code="rates.unread", message=said, severity=severity, place=place, params={"text": text[:40]})
    report.findings.append(found)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _rate(text: str) -> Decimal | None:
    try:
        rate = Decimal(text)
    except InvalidOperation:
        return None
    return rate if rate.is_finite() and 0 < rate < RATE_MAX else None
