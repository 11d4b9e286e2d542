"""Reading one row: its cells as values, its names as rows they mean, its errors as findings."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from caudal.core.errors import Problem, msg
from caudal.core.money import Currency, Money
from caudal.core.tables import DelimitedLine, UnreadableNumber, read_day, read_number
from caudal.crm.imports.activities import Settling, does_of_file
from caudal.crm.imports.deals import settle_deal, settle_history
from caudal.crm.imports.findings import Tally
from caudal.crm.imports.planning import Plan
from caudal.crm.imports.reading import is_whole, said, shape_problem
from caudal.crm.imports.settling import FURTHER, settle_further, settle_lead, settle_tags, settle_words
from caudal.crm.imports.surveys import Survey, key_of, tidy_key
from caudal.crm.imports.vocabulary import Field, Kind, Reading
from caudal.kit.names import name_key
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


class NotYesOrNo(Problem):
    """The cell is neither yes nor no."""

    code = "import.not_yes_or_no"
    status = 422
    message = msg("“{text}” is neither yes nor no.")


class MarkedDeleted(Problem):
    """The other system keeps rows that somebody deleted there."""

    code = "import.marked_deleted"
    status = 409
    message = msg("The other system says that the row was deleted; it was left out.")


class NotTaken(Problem):
    """What the row says could be read in two ways, and no choice was to be made."""

    code = "import.not_taken"
    status = 422
    message = msg("“{text}” in the column {column} may be taken in several ways, as the report says.")


class Repeated(Problem):
    """The row says again what another one says."""

    code = "import.repeated"
    status = 409
    message = msg("The row repeats the one of {place}, which was taken.")
    hint = msg("Give each row an id of its own.")


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


YES: Final = frozenset({"1", "true", "yes", "y", "x", "t", "si", "verdadero", "cierto"})
NO: Final = frozenset({"0", "false", "no", "n", "f", "falso", "-"})
CURRENCIES: Final[Mapping[str, str]] = {
    word: code
    for code, listed in (
        ("EUR", "euro, euros, €"),
        ("USD", "us dollar, us dollars, dolar estadounidense, dolares, $, us$"),
        ("GBP", "pound sterling, british pound, libra esterlina, £"),
        ("MXN", "mexican peso, peso mexicano, mx$"),
        ("JPY", "yen, japanese yen, ¥"),
        ("CHF", "swiss franc, franco suizo"),
        ("CAD", "canadian dollar, ca$"),
        ("AUD", "australian dollar, a$"),
        ("BRL", "brazilian real, real brasileno, r$"),
    )
    for word in listed.split(", ")
}
"""Currencies as some systems write them."""
_SEVERAL: Final = re.compile(r"\s*[;,]\s*")
_HOST: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?(?:[^/@\s]*@)?(?:www\.)?([^/:?#\s]+)[^\s]*", re.IGNORECASE)


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
    keys: Mapping[str, str] = field(default_factory=dict)
    """Field → what the other system calls the row that it names."""

    @property
    def digest(self) -> str:
        """The same for rows that say the same."""
        said = {
            "values": {name: plain(value) for name, value in self.values.items()},
            "names": dict(self.names),
            "custom": dict(self.custom),
        }
        if self.keys:
            said["keys"] = dict(self.keys)
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is not taken, and why."""

    line: int
    problem: Problem


@dataclass
class RowReader:
    """Reads the rows of one file."""

    survey: Survey
    plan: Plan
    tally: Tally
    zone: ZoneInfo
    currency: str

    def read(self, line: DelimitedLine) -> Row | Refusal:
        """Return what a row says, or why it is refused, which is told."""
        try:
            return self._row(line)
        except NotTaken as problem:
            self.tally.refuse(problem, file=self.survey.name, line=line.number)
            return Refusal(line.number, problem)  # it was told for the whole column
        except MarkedDeleted as problem:
            self.tally.note(problem.code, problem.message, file=self.survey.name, line=line.number)
            self.tally.refuse(problem, file=self.survey.name, line=line.number)
            return Refusal(line.number, problem)
        except Problem as problem:
            column = str(problem.fields.get("column", ""))
            self.tally.problem(problem, file=self.survey.name, line=line.number, column=column)
            self.tally.refuse(problem, file=self.survey.name, line=line.number, column=column)
            return Refusal(line.number, problem)

    def _row(self, line: DelimitedLine) -> Row:
        if not is_whole(line, self.survey.layout):
            raise shape_problem(line, self.survey.layout)
        if line.number in self.survey.repeated:
            raise Repeated(place=self.survey.repeated[line.number])
        key = key_of(self.survey.recognition, line)
        if not key:
            raise NothingToCallIt
        values: dict[str, Any] = {}
        names: dict[str, str | None] = {}
        keys: dict[str, str] = {}
        for each, place in self.survey.recognition.fields():
            text = self._said(each, line, place)
            if each.reading is Reading.LINK:
                parts = [tidy_key(part) for part in _SEVERAL.split(text) if part]
                for nth, key_there in enumerate(parts if each.several else parts[:1]):
                    keys[f"{each.links} {nth + 1}" if nth else each.links] = key_there
            elif each.names is not None and each.name != "name":
                names[each.name] = self._name(each, text)
            elif each.name != "key":
                values[each.name] = self._value(each, text)
        owners = self.plan.choices.owners
        if "owner" in keys and (known := name_key(keys["owner"])) in owners:
            del keys["owner"]
            names["owner"] = _member(owners[known])
        if values.pop("deleted", None):
            raise MarkedDeleted
        custom = self._settle(values, line)
        return Row(line.number, key, values, names, custom, keys)

    def _settle(self, values: dict[str, Any], line: DelimitedLine) -> dict[str, str]:
        """Put what belongs together together, and return what is kept with the row as it is."""
        custom = self._custom(line)
        if self.survey.kind is Kind.ACTIVITIES:
            self._settle_activity(values, custom, line.number)
            return {}
        self._price(values)
        settle_words(values, self.survey.name, self.tally)
        settle_tags(values, self.survey.name, self.tally)
        if self.survey.kind is Kind.PEOPLE:
            columns = {name: self._all_said(name, line) for name in FURTHER}
            settle_further(values, columns, self.survey.name, self.tally)
        if self.survey.kind is Kind.LEADS:
            settle_lead(values, custom, self.survey.header("state") if "state" in values else "")
        if self.survey.kind is Kind.DEALS:
            settle_history(values, self.zone, self.survey.name, self.tally)
            settle_deal(values, self.zone, self.plan.choices)
        if self.survey.kind in {Kind.MEMBERS, Kind.LEADS}:
            parts = (values.pop(part, None) for part in ("given_name", "family_name"))
            called = " ".join(part for part in parts if part)
            if called and not values.get("name"):
                values["name"] = called
        return custom

    def _settle_activity(self, values: dict[str, Any], kept: dict[str, str], line: int) -> None:
        recognition = self.survey.recognition
        headers = {each.name: self.survey.layout.header[place] for each, place in recognition.fields()}
        settling = Settling(
            values, self._does, self.zone, recognition.system, headers, self.survey.name, line, self.tally
        )
        settling.remember(kept)
        settling.settle()

    @cached_property
    def _does(self) -> str:
        return does_of_file(self.survey.name, self.survey.layout.header)

    def _custom(self, line: DelimitedLine) -> dict[str, str]:
        kept = self.survey.recognition.kept
        return {label: Kept(text) for place, label in kept.items() if (text := said(line.cells[place]))}

    def _said(self, each: Field, line: DelimitedLine, place: int) -> str:
        """What the row says of a field, in the first of its columns that says anything."""
        places = (place, *self.survey.recognition.spares.get(each.name, ()))
        cells = (line.cells[at] for at in places)
        if "name" in each.name:
            return next((text for cell in cells if (text := cell.strip())), "")
        return next((text for cell in cells if (text := said(cell))), "")

    def _all_said(self, name: str, line: DelimitedLine) -> list[str]:
        """What the row says of a field in each of its columns that says anything."""
        if name not in self.survey.recognition.places:
            return []
        places = (self.survey.recognition.places[name], *self.survey.recognition.spares.get(name, ()))
        return [text for at in places if (text := said(line.cells[at]))]

    def _value(self, each: Field, text: str) -> Any:
        if not text:
            return None
        column = self.survey.header(each.name)
        if (self.survey.name, each.name) in self.plan.unreadable:
            raise NotTaken(text=text[:60], column=column)
        try:
            return self._read[each.reading](each, text)
        except Problem as problem:
            problem.fields["column"] = column
            raise

    def _name(self, each: Field, text: str) -> str | None:
        if not text or each.names is None:
            return None
        owners = self.plan.choices.owners
        if each.name == "owner" and (word := name_key(text)) in owners:
            return _member(owners[word])
        match = self.plan.match(each.names, " ".join(text.split()))
        if match is None:
            raise NotTaken(text=text[:60], column=self.survey.header(each.name))
        return match

    @cached_property
    def _read(self) -> Mapping[Reading, Callable[[Field, str], Any]]:
        return {
            Reading.TEXT: _text,
            Reading.LINE: _one_line,
            Reading.NAME: _one_line,
            Reading.STAGE: _one_line,
            Reading.EMAIL: _address,
            Reading.DOMAIN: self._domain,
            Reading.FLAG: _flag,
            Reading.NUMBER: self._number,
            Reading.WHOLE: self._whole,
            Reading.DAY: self._day,
            Reading.MOMENT: self._moment,
        }

    def _number(self, each: Field, text: str) -> Any:
        return read_number(text, self.survey.number_style(each.name))

    def _whole(self, each: Field, text: str) -> int:
        number = read_number(text, self.survey.number_style(each.name))
        if number != number.to_integral_value():
            raise UnreadableNumber(text=text[:40])
        if not 0 <= number <= WHOLE_MAX:
            raise Unusable(text=text[:40])
        return int(number)

    def _day(self, each: Field, text: str) -> date | datetime:
        """The instant at which the day began where the company is, or the one that the cell gives."""
        found = read_day(text, self.survey.day_order(each.name))
        if not isinstance(found, datetime):
            return datetime.combine(found, time(), tzinfo=self.zone)
        return found if found.tzinfo else found.replace(tzinfo=self.zone)

    def _moment(self, each: Field, text: str) -> date | datetime:
        """The day, or the instant where the cell gives a time of day."""
        found = read_day(text, self.survey.day_order(each.name))
        return found.replace(tzinfo=self.zone) if isinstance(found, datetime) and not found.tzinfo else found

    def _domain(self, each: Field, text: str) -> str | None:
        """The host of an address on the web; what is none is told, and the row comes in without it."""
        found = _HOST.fullmatch(_SEVERAL.split(text)[0])
        if found is None or "." not in found[1]:
            self.tally.note(
                "import.not_a_domain",
                msg("“{text}” is no address on the web; the row came in without it."),
                file=self.survey.name,
                text=text[:60],
            )
            return None
        return _text(each, found[1].lower())

    def _price(self, values: dict[str, Any]) -> None:
        """Turn the number of a price or an amount into money of the row's currency."""
        written = str(values.pop("currency", None) or self.currency)
        currency = CURRENCIES.get(name_key(written), written.upper())
        for name in ("amount", "list_price"):
            number = values.get(name)
            if number is None:
                continue
            try:
                money = Money.of(number, Currency(currency))
                if not 0 <= money.minor < 1 << 63:
                    raise Unusable(text=number)
            except Problem as problem:
                problem.fields["column"] = self.survey.header(name)
                raise
            values[name] = money


def _member(chosen: UUID | None) -> str | None:
    """What a member is called who was chosen: by the id."""
    return str(chosen) if chosen else None


def _text(each: Field, text: str) -> str:
    if len(text) > each.length:
        raise TooLong(text=text[:40], length=each.length)
    return str(text)


def _one_line(each: Field, text: str) -> str:
    return _text(each, " ".join(text.split()))


def _address(each: Field, text: str) -> str:
    """The first address of a cell; some systems write several into one."""
    tidy = _text(each, _SEVERAL.split(text)[0]).lower()
    try:
        validate_email(tidy)
    except ValidationError as error:
        raise NotAnAddress(text=text[:60]) from error
    return tidy


def _flag(_each: Field, text: str) -> bool:
    word = name_key(text)
    if word not in YES | NO:
        raise NotYesOrNo(text=text[:40])
    return word in YES
