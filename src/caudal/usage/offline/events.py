"""Events as they are sent, read with care: CloudEvents 1.0 or plain JSON, and what is wrong with each, at its place.

Numbers are decimals from the first character on. What is read here says the same whenever it is sent again: the digest
of an event depends on its content alone, not on spaces, the order of keys or trailing zeros.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import Any, Final, TypeAlias

from caudal.core.errors import Finding, Place, Problem, msg

Json: TypeAlias = Any
"""A JSON value whose numbers are whole or decimal."""

TEXT_LENGTH: Final = 200
DATA_BYTES: Final = 16_384
DEPTH_MAX: Final = 10
EARLY_MAX: Final = timedelta(hours=1)
"""How far ahead of ours the clock of whoever sends may go."""
LATE_MAX: Final = timedelta(days=1_100)
"""About three years: what is older is a mistake of a date."""
DIGEST_BYTES: Final = 16
SAID_LENGTH: Final = 40

PLAIN: Final = frozenset({"source", "id", "type", "subject", "time", "data", "corrects"})
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_UNKEEPABLE: Final = re.compile(r"[\x00\ud800-\udfff]")
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_JSON_TYPE: Final = re.compile(r"application/(json|[\w.+-]+\+json)(\s*;.*)?", re.IGNORECASE)
_DIGITS_MAX: Final = 60


class UnreadableJson(Problem):
    """A text is no JSON, or holds what JSON has not: NaN, infinity, bytes that are no UTF-8, endless digits."""

    code = "usage.unreadable_json"
    status = 400
    message = msg("This is no JSON in UTF-8: {said}.")
    hint = msg("NaN and infinity are no numbers of JSON; send numbers with at most 120 digits.")


@dataclass(frozen=True, slots=True)
class SentEvent:
    """What a system says that happened. `data` None takes away what it `corrects`; `time` may be left open."""

    source: str
    id: str
    type: str
    subject: str
    time: datetime | None
    data: Mapping[str, Json] | None
    corrects: str = ""

    @property
    def digest(self) -> bytes:
        """What tells two contents apart: 16 bytes over everything that is said beside the identity."""
        said = [self.type, self.subject, self.time.isoformat() if self.time else None, self.corrects, self.data]
        return blake2b(written(said).encode(), digest_size=DIGEST_BYTES).digest()


def parsed(text: str | bytes) -> Json:
    """The value of a JSON text, its numbers exact. Raises UnreadableJson.

    >>> parsed('{"pages": 0.1}')
    {'pages': Decimal('0.1')}
    """
    try:
        said = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        return json.loads(said, parse_float=_decimal, parse_int=_whole, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:  # bytes that are no UTF-8 are a ValueError too
        raise UnreadableJson(said=str(error)[:SAID_LENGTH]) from error


def written(value: Json) -> str:
    """A JSON value in the one way in which all that are equal are written.

    >>> written({"b": Decimal("1.50"), "a": [Decimal("1e2"), 2]})
    '{"a":[100,2],"b":1.5}'
    """
    match value:
        case None | bool() | str():
            return json.dumps(value, ensure_ascii=False)
        case int() | Decimal():
            return plain_number(value)
        case Mapping():
            pairs = (f"{json.dumps(str(name), ensure_ascii=False)}:{written(value[name])}" for name in sorted(value))
            return "{" + ",".join(pairs) + "}"
        case list() | tuple():
            return "[" + ",".join(written(each) for each in value) + "]"
    raise TypeError(f"{type(value).__name__} is no JSON value of exact numbers")


def plain_number(value: int | Decimal) -> str:
    """A number in digits, without an exponent and without zeros that say nothing.

    >>> plain_number(Decimal("1.500")), plain_number(Decimal("-0.0")), plain_number(Decimal("12E+2"))
    ('1.5', '0', '1200')
    """
    text = format(Decimal(value), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def read_event(sent: Json, place: str = "event") -> SentEvent | tuple[Finding, ...]:
    """The event that a JSON value is, or everything that is wrong with it.

    >>> found = read_event({"source": "app", "id": "1", "type": "call", "subject": "acme", "corrects": 7}, "events[3]")
    >>> [str(each) for each in found]
    ['events[3].corrects: This is not a text.']
    """
    if not isinstance(sent, Mapping):
        return (_finding(msg("An event is an object."), "not_an_object", place),)
    found = list(_beside(sent, place))
    takes_away = sent.get("data") is None and sent.get("corrects") not in (None, "")
    texts: dict[str, str] = {}
    for name in ("source", "id", "type", "subject", "corrects"):
        is_needed = name in {"source", "id"} or (name in {"type", "subject"} and not takes_away)
        texts[name] = _text(sent.get(name), f"{place}.{name}", found, is_needed=is_needed)
    time = _time(sent.get("time"), f"{place}.time", found)
    data = _data(sent.get("data"), f"{place}.data", found)
    if data is None and not takes_away and not found:
        data = {}
    if texts["corrects"] and texts["corrects"] == texts["id"]:
        found.append(_finding(msg("An event cannot correct itself."), "corrects_itself", f"{place}.corrects"))
    if found:
        return tuple(found)
    return SentEvent(texts["source"], texts["id"], texts["type"], texts["subject"], time, data, texts["corrects"])


def timely(time: datetime, received_at: datetime, place: str) -> Finding | None:
    """What is wrong with the instant of an event that was received at another one: the future, or long ago."""
    at = f"{place}.time"
    if time > received_at + EARLY_MAX:
        return _finding(
            msg("{time} has not come yet: events are of the past."), "in_the_future", at, time=time.isoformat()
        )
    if time < received_at - LATE_MAX:
        said = msg("{time} is more than {days} days ago: usage of that age is a mistake of the date.")
        return _finding(said, "too_old", at, time=time.isoformat(), days=LATE_MAX.days)
    return None


def _beside(sent: Mapping[str, Json], place: str) -> list[Finding]:
    """What is wrong beside the values: the version of CloudEvents, the type of the data, names that nobody knows."""
    if "specversion" not in sent:
        unknown = sorted(str(name) for name in sent.keys() - PLAIN)
        said = msg("There is no “{name}” in an event. What belongs to the usage goes into data.")
        return [
            _finding(said, "unknown_name", f"{place}.{name[:SAID_LENGTH]}", name=name[:SAID_LENGTH]) for name in unknown
        ]
    found = []
    if sent["specversion"] != "1.0":
        found.append(_finding(msg("Only CloudEvents 1.0 is read."), "specversion", f"{place}.specversion"))
    kind = sent.get("datacontenttype")
    if "data_base64" in sent or (kind is not None and not (isinstance(kind, str) and _JSON_TYPE.fullmatch(kind))):
        found.append(_finding(msg("The data of an event are JSON."), "not_json", f"{place}.datacontenttype"))
    return found


def _text(value: Json, place: str, found: list[Finding], *, is_needed: bool) -> str:
    if value is None or value == "":
        if is_needed:
            found.append(_finding(msg("This is missing."), "missing", place))
        return ""
    if not isinstance(value, str):
        found.append(_finding(msg("This is not a text."), "not_a_text", place))
    elif len(value) > TEXT_LENGTH:
        said = msg("This is longer than {longest} characters.")
        found.append(_finding(said, "too_long", place, longest=TEXT_LENGTH))
    elif _UNSEEN.search(value):
        found.append(_finding(msg("This holds characters that cannot be seen."), "unseen", place))
    else:
        return value
    return ""


def _time(value: Json, place: str, found: list[Finding]) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    said = msg("This is no instant with its offset, such as 2026-03-01T10:00:00+05:30.")
    found.append(_finding(said, "no_instant", place))
    return None


def _data(value: Json, place: str, found: list[Finding]) -> Mapping[str, Json] | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        found.append(_finding(msg("The data of an event are an object."), "not_an_object", place))
        return None
    if _depth(value) > DEPTH_MAX:
        found.append(_finding(msg("This is nested too deeply."), "too_deep", place))
        return None
    try:
        text = written(value)
    except TypeError:
        found.append(_finding(msg("Numbers are sent exactly, in digits or as texts."), "inexact", place))
        return None
    if _UNKEEPABLE.search(text) or "\\u0000" in text:
        found.append(_finding(msg("This holds characters that cannot be kept."), "unseen", place))
    elif len(text.encode()) > DATA_BYTES:
        found.append(_finding(msg("This is more than {most} bytes."), "too_long", place, most=DATA_BYTES))
    return value


def _depth(value: Json) -> int:
    if isinstance(value, Mapping):
        return 1 + max((_depth(each) for each in value.values()), default=0)
    return 1 + max((_depth(each) for each in value), default=0) if isinstance(value, list | tuple) else 0


def _decimal(digits: str) -> Decimal:
    try:
        number = Decimal(digits)
    except InvalidOperation:
        raise UnreadableJson(said=digits[:SAID_LENGTH]) from None
    size = abs(number.adjusted()) if number else 0
    if size > _DIGITS_MAX or len(digits) > _DIGITS_MAX * 2:
        raise UnreadableJson(said=digits[:SAID_LENGTH])
    return number


def _whole(digits: str) -> int:
    if len(digits) > _DIGITS_MAX * 2:
        raise UnreadableJson(said=digits[:SAID_LENGTH])
    return int(digits)


def _no_number(text: str) -> None:
    raise UnreadableJson(said=text)


def _finding(message: str, code: str, place: str, **params: object) -> Finding:
    return Finding(f"usage.{code}", message, place=Place(name=place), params=params)
