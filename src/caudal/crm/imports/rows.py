"""Reading one row: its cells as values, its names as rows they mean, its errors as findings."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from caudal.core.errors import Problem, msg
from caudal.core.money import Currency, Money
from caudal.core.tables import DelimitedLine, UnreadableNumber, read_day, read_number
from caudal.crm.imports.findings import Tally
from caudal.crm.imports.headers import in_words
from caudal.crm.imports.planning import Plan, stage_key
from caudal.crm.imports.reading import Survey, is_whole, key_of
from caudal.crm.imports.vocabulary import OUTCOMES, Field, Kind, Reading
from caudal.kit.own_fields import Kept
from caudal.kit.records import plain

WHOLE_MAX: Final = 2_147_483_647
"""The largest whole number that a column takes."""


class TooLong(Problem):
    """The cell has more text than there is room for."""

    code = "import.too_long"
    status = 422
    message = msg("“{text}…” is longer than {length} characters.")


class NotAnAddress(Problem):
    """The cell is not an e-mail address."""

    code = "import.not_an_address"
    status = 422
    message = msg("“{text}” is not an e-mail address.")


class NotClosedYet(Problem):
    """A deal that ended did so on a day."""

    code = "import.closed_without_day"
    status = 422
    message = msg("The stage says “{stage}”, and no day says when.")
    hint = msg("Fill in the close date.")


class ClosedBeforeOpened(Problem):
    """The days of a deal are the wrong way round."""

    code = "import.closed_before_opened"
    status = 422
    message = msg("The deal was closed on {closed}, before it was opened on {opened}.")


class Unusable(Problem):
    """A number or an amount that no row can hold."""

    code = "import.out_of_range"
    status = 422
    message = msg("“{text}” is out of range.")


class NothingToCallIt(Problem):
    """The row has no id, no name and nothing else that tells it from others."""

    code = "import.nameless"
    status = 422
    message = msg("The row has neither an id nor a name.")


class _Reported(Exception):  # noqa: N818  a signal: the finding was told for the whole column
    """The row is refused for a reason that was reported before."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a row says, as our words and values."""

    line: int
    key: str
    values: Mapping[str, Any]
    """Field → value; None for an empty cell. Fields that the file does not have are missing."""
    names: Mapping[str, str | None]
    """Field → key of the row that it names."""
    custom: Mapping[str, str]

    @property
    def digest(self) -> str:
        """The same for rows that say the same."""
        said = {
            "values": {name: plain(value) for name, value in self.values.items()},
            "names": dict(self.names),
            "custom": dict(self.custom),
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


@dataclass
class RowReader:
    """Reads the rows of one file."""

    survey: Survey
    plan: Plan
    tally: Tally
    zone: ZoneInfo
    currency: str

    def read(self, line: DelimitedLine) -> Row | None:
        """Return what a row says; None, with a finding, for one that is refused."""
        file = self.survey.name
        if not is_whole(line, self.survey.layout):
            self._refuse_shape(line)
            return None
        if line.number in self.survey.repeated:
            self.tally.error(
                "import.repeated",
                msg("The row repeats the one of {place}, which was taken."),
                file=file,
                line=line.number,
                hint=msg("Give each row an id of its own."),
                place=self.survey.repeated[line.number],
            )
            return None
        try:
            return self._row(line)
        except Problem as problem:
            column = str(problem.fields.get("column", ""))
            self.tally.problem(problem, file=file, line=line.number, column=column)
        except _Reported:
            pass
        return None

    def _row(self, line: DelimitedLine) -> Row:
        key = key_of(self.survey.recognition, line)
        if not key:
            raise NothingToCallIt
        values: dict[str, Any] = {}
        names: dict[str, str | None] = {}
        for field, place in self.survey.recognition.fields():
            text = line.cells[place].strip()
            if field.names is not None and field.name != "name":
                names[field.name] = self._name(field, text)
            elif field.name != "key":
                values[field.name] = self._value(field, text)
        self._price(values)
        if self.survey.kind is Kind.DEALS:
            _settle_deal(values)
        custom = {
            label: Kept(text)
            for place, label in self.survey.recognition.others.items()
            if (text := line.cells[place].strip())
        }
        return Row(line.number, key, values, names, custom)

    def _value(self, field: Field, text: str) -> Any:
        if not text:
            return None
        if (self.survey.name, field.name) in self.plan.unreadable:
            raise _Reported
        try:
            return self._read[field.reading](field, text)
        except Problem as problem:
            problem.fields["column"] = self.survey.layout.header[self.survey.recognition.places[field.name]]
            raise

    def _name(self, field: Field, text: str) -> str | None:
        if not text or field.names is None:
            return None
        match = self.plan.match(field.names, " ".join(text.split()))
        if match is None:
            raise _Reported
        return match

    @cached_property
    def _read(self) -> Mapping[Reading, Callable[[Field, str], Any]]:
        return {
            Reading.TEXT: _text,
            Reading.NAME: _one_line,
            Reading.STAGE: _one_line,
            Reading.EMAIL: _address,
            Reading.NUMBER: self._number,
            Reading.WHOLE: self._whole,
            Reading.DAY: self._day,
        }

    def _number(self, field: Field, text: str) -> Any:
        return read_number(text, self.survey.number_style(field.name))

    def _whole(self, field: Field, text: str) -> int:
        number = read_number(text, self.survey.number_style(field.name))
        if number != number.to_integral_value():
            raise UnreadableNumber(text=text[:40])
        if not 0 <= number <= WHOLE_MAX:
            raise Unusable(text=text[:40])
        return int(number)

    def _day(self, field: Field, text: str) -> date | datetime:
        """The instant at which the day began where the company is, or the one that the cell gives."""
        found = read_day(text, self.survey.day_order(field.name))
        if not isinstance(found, datetime):
            return datetime.combine(found, time(), tzinfo=self.zone)
        return found if found.tzinfo else found.replace(tzinfo=self.zone)

    def _price(self, values: dict[str, Any]) -> None:
        """Turn the number of a price or an amount into money of the row's currency."""
        currency = values.pop("currency", None) or self.currency
        for name in ("amount", "list_price"):
            number = values.get(name)
            if number is None:
                continue
            money = Money.of(number, Currency(str(currency).upper()))
            if not 0 <= money.minor < 1 << 63:
                raise Unusable(text=number)
            values[name] = money

    def _refuse_shape(self, line: DelimitedLine) -> None:
        file, width = self.survey.name, len(self.survey.layout.header)
        if line.wrong:
            self.tally.error("import.unsplit", msg("The row cannot be split into cells."), file=file, line=line.number,
                             hint=msg("Look for a quotation mark that is not closed."))  # fmt: skip
        elif len(line.cells) != width:
            self.tally.error(
                "import.ragged",
                msg("The row has {cells} cells and the header has {width}."),
                file=file,
                line=line.number,
                cells=len(line.cells),
                width=width,
            )
        else:
            self.tally.error("import.null", msg("The row holds a null character."), file=file, line=line.number)


def _text(field: Field, text: str) -> str:
    if len(text) > field.length:
        raise TooLong(text=text[:40], length=field.length)
    return text


def _one_line(field: Field, text: str) -> str:
    return _text(field, " ".join(text.split()))


def _address(field: Field, text: str) -> str:
    tidy = _text(field, text).lower()
    try:
        validate_email(tidy)
    except ValidationError as error:
        raise NotAnAddress(text=text[:60]) from error
    return tidy


def _settle_deal(values: dict[str, Any]) -> None:
    """Say how a deal ended, and when it began and ended, from its stage and its days."""
    stage = values.pop("stage", None)
    outcome = OUTCOMES.get(in_words(stage or ""))
    closed, opened, expected = (values.pop(name, None) for name in ("closed", "opened", "expected"))
    if outcome is None:
        expected, closed = expected or closed, None
    elif closed is None:
        raise NotClosedYet(stage=stage)
    elif opened is not None and closed < opened:
        raise ClosedBeforeOpened(closed=closed.date().isoformat(), opened=opened.date().isoformat())
    values |= {
        "stage": stage_key(stage) if stage and outcome is None else None,
        "outcome": outcome.value if outcome else None,
        "opened_at": opened,
        "closed_at": closed,
        "expected_close_date": expected.date() if expected else None,
    }
