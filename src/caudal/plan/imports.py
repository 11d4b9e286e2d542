"""How files of actuals become rows: good lines are taken, and bad ones are named with their place."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import BinaryIO, Final

from django.utils.translation import gettext

from caudal.core.errors import Finding, Place, Problem, msg
from caudal.core.periods import CalendarPeriod, UnreadableLabel
from caudal.core.plans import Plan, Target, read_actual
from caudal.core.tables import (
    DayEvidence,
    DelimitedLine,
    NumberEvidence,
    NumberStyle,
    UnreadableDay,
    delimiter_of,
    encodings_of,
    lines_of,
    read_day,
)
from caudal.kit.access import Actor, Verb, require
from caudal.kit.packed import look_into
from caudal.kit.workbooks import BrokenBook, sheet_names, sheet_rows
from caudal.plan.actions import BATCH_MAX, ActualDraft, TooManyActuals, checked_through, type_actuals
from caudal.plan.queries import adopted_plan, company_day, targets_named
from caudal.workspace.queries import company

BYTES_MAX: Final = 5_000_000
PACKED: Final = b"PK\x03\x04"
HEAD: Final = 64 * 1024
HEADINGS: Final[Mapping[str, str]] = {
    word: name
    for name, words in {
        "name": "target|metric|objetivo|métrica|metrica",
        "period": "period|month|quarter|year|periodo|período|mes|trimestre|año",
        "value": "value|actual|amount|valor|real|importe",
        "pillar": "pillar|line of business|pilar|línea de negocio|linea de negocio",
        "unit": "unit|unidad",
        "through": "up to|through|hasta",
        "source": "source|note|fuente|origen|nota",
    }.items()
    for word in words.split("|")
}
"""What the columns are called."""
NEEDED: Final = ("name", "period", "value")
_SHOWN: Final = 40


class NoActuals(Problem):
    """The file is no table of actuals."""

    code = "actual.no_table"
    status = 422
    message = msg("The file is no table of actuals: it has no column for {missing}.")
    hint = msg("It needs the columns target, period and value; unit, pillar, up to and source may be there.")


class UnreadableFile(Problem):
    """The file cannot be opened, or is too large."""

    code = "actual.file_unreadable"
    status = 422
    message = msg("“{name}” cannot be read, or has more than {most} MB.")
    hint = msg("Save it as CSV or XLSX, without a password.")


class UnknownNumber(Problem):
    """No target of the plan is meant."""

    code = "actual.unknown_number"
    status = 422
    message = msg("The plan has no target or metric “{name}”.")


class SeveralNumbers(Problem):
    """A metric with several targets."""

    code = "actual.several_numbers"
    status = 422
    message = msg("“{name}” could be several targets: {targets}.")
    hint = msg("Name the target, or the pillar beside it.")


class OtherUnit(Problem):
    """The unit is not that of the target."""

    code = "actual.other_unit"
    status = 422
    message = msg("“{said}” is not the unit of the target, which is {unit}.")


class SaidTwice(Problem):
    """Two lines of one file speak of the same and say different things."""

    code = "actual.said_twice"
    status = 422
    message = msg("Line {line} says something else of the same target and period.")


class NothingSaid(Problem):
    """A cell that is needed is empty."""

    code = "actual.nothing_said"
    status = 422
    message = msg("It does not say its {missing}.")


class Unsplit(Problem):
    """The line breaks the rules of quoting."""

    code = "actual.unsplit"
    status = 422
    message = msg("The line cannot be split into cells.")
    hint = msg("Look for a quotation mark that is not closed.")


@dataclass(frozen=True, slots=True)
class Said:
    """One actual as somebody wrote it, in the words of the file."""

    name: str = ""
    period: str = ""
    value: str = ""
    pillar: str = ""
    unit: str = ""
    through: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How numbers and days are written, and with which month fiscal years begin."""

    numbers: NumberStyle = NumberStyle.POINT
    days: DayEvidence = field(default_factory=DayEvidence)
    fiscal_start: int = 1


@dataclass(slots=True)
class ActualsReport:
    """What became of a file: its lines, how many actuals are new, how many were known so, and what was not taken."""

    lines: int = 0
    typed: int = 0
    known: int = 0
    findings: list[Finding] = field(default_factory=list)


def import_actuals(*, actor: Actor, as_of: datetime, name: str, file: BinaryIO) -> ActualsReport:
    """Take the actuals of a CSV or XLSX file and report. The same file again changes nothing.

    Raises NotAllowed, NoPlan, NoActuals, NotText and OtherFormat, UnreadableFile, TooManyActuals.
    """
    require(actor, "actual", Verb.CREATE)
    _, plan = adopted_plan(actor)
    own, today = company(), company_day(as_of)
    rows = list(_rows(name, file))
    if len(rows) > BATCH_MAX:
        raise TooManyActuals(count=len(rows), most=BATCH_MAX)
    spelling = _spelling([said for _, said in rows if said is not None], own.fiscal_start_month if own else 1)
    report = ActualsReport(lines=len(rows))
    drafts: dict[tuple[Target, CalendarPeriod, date], tuple[ActualDraft, int]] = {}
    for line, said in rows:
        place = Place(name, line)
        try:
            if said is None:
                raise Unsplit
            draft = draft_of(plan, said, spelling, default_source=name)
            claim = draft.target, draft.period, checked_through(draft, today)
            if claim in drafts:
                if drafts[claim][0].value != draft.value:
                    raise SaidTwice(line=drafts[claim][1])
                continue
            drafts[claim] = draft, line
        except Problem as refused:
            report.findings.append(
                Finding(refused.code, refused.message, place=place, hint=refused.hint, params=refused.params)
            )
    kept = type_actuals(actor=actor, as_of=as_of, drafts=[draft for draft, _ in drafts.values()])
    report.typed = sum(row is not None for row in kept)
    report.known = len(kept) - report.typed
    return report


def draft_of(plan: Plan, said: Said, spelling: Spelling, *, default_source: str = "") -> ActualDraft:
    """Return what somebody wrote as an actual of a target of the plan.

    Raises NothingSaid, UnknownNumber, SeveralNumbers, OtherUnit, UnreadableLabel, UnreadableDay, and what `read_actual`
    raises.
    """
    for missing in NEEDED:
        if not getattr(said, missing).strip():
            raise NothingSaid(missing=missing.replace("name", "target"))
    target = _target(plan, said)
    if said.unit.strip() not in {"", target.unit.text}:
        raise OtherUnit(said=said.unit.strip()[:_SHOWN], unit=target.unit.text)
    return ActualDraft(
        target=target,
        period=_period(said.period, target, spelling),
        value=read_actual(said.value, target, spelling.numbers),
        through=_day(said.through, spelling) if said.through.strip() else None,
        source=said.source.strip() or default_source,
    )


def _target(plan: Plan, said: Said) -> Target:
    name, pillar = said.name.strip(), said.pillar.strip()
    found = targets_named(plan, name, pillar)
    if said.unit.strip() and len(found) > 1:
        found = tuple(target for target in found if target.unit.text == said.unit.strip()) or found
    if not found:
        raise UnknownNumber(name=name[:_SHOWN])
    if len(found) > 1:
        raise SeveralNumbers(name=name[:_SHOWN], targets=", ".join(target.id for target in found))
    return found[0]


def _period(text: str, target: Target, spelling: Spelling) -> CalendarPeriod:
    """The period that a label names, or that a day is in, as workbooks turn months into days."""
    try:
        found = CalendarPeriod.parse(text.strip(), spelling.fiscal_start)
    except UnreadableLabel:
        try:
            return CalendarPeriod.of(target.period, _day(text, spelling), spelling.fiscal_start)
        except UnreadableDay:
            pass
        raise
    if found.grain.value == "day":
        return CalendarPeriod.of(target.period, found.days.start, spelling.fiscal_start)
    return found


def _day(text: str, spelling: Spelling) -> date:
    found = read_day(text, spelling.days.order)
    return found.date() if isinstance(found, datetime) else found


def _spelling(rows: Iterable[Said], fiscal_start: int) -> Spelling:
    numbers, days = NumberEvidence(), DayEvidence()
    for said in rows:
        numbers.see(said.value if "%" not in said.value else said.value.strip().removesuffix("%").strip())
        days.see(said.period)
        days.see(said.through)
    return Spelling(numbers.style, days, fiscal_start)


def _rows(name: str, file: BinaryIO) -> Iterator[tuple[int, Said | None]]:
    """Each line of the table with what it says, None where that cannot be told.

    Raises NoActuals, and what `_lines` raises.
    """
    lines = iter(_lines(name, file))
    head = next(lines, None)
    places = {
        HEADINGS[cell.strip().casefold()]: at
        for at, cell in reversed(list(enumerate(head.cells if head else ())))
        if cell.strip().casefold() in HEADINGS
    }
    missing = [each.replace("name", "target") for each in NEEDED if each not in places]
    if missing:
        raise NoActuals(missing=", ".join(missing))
    for line in lines:
        said = {each: line.cells[at] for each, at in places.items() if at < len(line.cells)}
        yield line.number, None if line.wrong else Said(**said)


def _lines(name: str, file: BinaryIO) -> Sequence[DelimitedLine]:
    """The rows of a file: of text, or of the first sheet that has some. Raises NotText, UnreadableFile."""
    unreadable = UnreadableFile(name=name[:_SHOWN], most=BYTES_MAX // 1_000_000)
    content = file.read(BYTES_MAX + 1)
    if len(content) > BYTES_MAX:
        raise unreadable
    if not content.startswith(PACKED):
        return list(islice(lines_of(*_text(content)), BATCH_MAX + 2))
    book = io.BytesIO(content)
    if look_into(book).amiss is not None:
        raise unreadable
    try:
        for sheet in sheet_names(book):
            if rows := list(islice(sheet_rows(book, sheet), BATCH_MAX + 2)):
                return rows
    except BrokenBook as error:
        raise unreadable from error
    return []


def _text(content: bytes) -> tuple[Iterable[str], str]:
    """The lines of a text and what parts its cells. Raises NotText."""
    for encoding in encodings_of(content[:HEAD]):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return io.StringIO(text, newline=""), delimiter_of(text[:HEAD])
    raise UnreadableFile(name=gettext("The file"), most=BYTES_MAX // 1_000_000)
