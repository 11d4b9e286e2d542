"""One typed line about what was done and what comes next: `call, reached, 10 min, next: send offer Friday`.

Parts are separated by commas. A part that names a kind, an outcome, a direction or a length says that; every other
part is what it was about. What follows `next:` is the next step, with its day. English and Spanish are read alike, in
any case and with or without accents.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

_WEEK: Final = 7
_HOUR_MINUTES: Final = 60
MINUTES_MAX: Final = 24 * _HOUR_MINUTES

KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "call": ("call", "called", "phone", "phoned", "llamada", "llamar", "llame", "telefono"),
    "email": ("email", "e-mail", "mail", "mailed", "correo", "escribir", "escribi"),
    "meeting": ("meeting", "meet", "met", "reunion", "reunirme", "reunirse", "quedar"),
    "demo": ("demo", "demonstration", "demostracion"),
    "visit": ("visit", "visited", "visita", "visitar"),
    "note": ("note", "nota"),
    "task": ("task", "todo", "to-do", "tarea"),
}
OUTCOMES: Final[Mapping[str, tuple[str, ...]]] = {
    "reached": ("reached", "spoke", "talked", "hablado", "hablamos", "contesto", "contacto"),
    "no_answer": ("no answer", "no reply", "did not answer", "sin respuesta", "no contesta", "no contesto"),
    "voicemail": ("voicemail", "left a message", "buzon", "buzon de voz", "deje mensaje"),
    "wrong_number": ("wrong number", "numero equivocado", "numero erroneo"),
    "sent": ("sent", "enviado", "enviada"),
    "replied": ("replied", "answered", "respondido", "respondio"),
    "bounced": ("bounced", "devuelto", "rebotado"),
    "held": ("held", "took place", "celebrada", "realizada", "hecha"),
    "no_show": ("no-show", "no show", "did not come", "no se presento", "no vino", "planton"),
    "cancelled": ("cancelled", "canceled", "called off", "cancelada"),
    "completed": ("done", "completed", "finished", "hecho", "terminado", "terminada"),
    "dropped": ("dropped", "not needed", "descartada", "ya no hace falta"),
}
DIRECTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "in": ("inbound", "incoming", "they called", "entrante", "recibida", "recibido"),
    "out": ("outbound", "outgoing", "saliente"),
}
WEEKDAYS: Final = (
    ("monday", "lunes"),
    ("tuesday", "martes"),
    ("wednesday", "miercoles"),
    ("thursday", "jueves"),
    ("friday", "viernes"),
    ("saturday", "sabado"),
    ("sunday", "domingo"),
)

_NEXT: Final = re.compile(r"(?:^|[\s,;.])(?:next(?: step)?|then|proximo(?: paso)?|siguiente(?: paso)?|luego)\s*:\s*")
_LENGTH: Final = re.compile(
    r"(?:(?P<hours>\d{1,2})\s*(?:h|hrs?|hours?|horas?)\s*)?(?:(?P<minutes>\d{1,4})\s*(?:m|min|mins|minutes?|minutos?)?)?\.?"
)
_DAYS: Final = "|".join(word for words in WEEKDAYS for word in words)
_DAY: Final = re.compile(
    r"(?:\b(?:on|by|until|this|coming|el|para el|para|antes del|este|next|proximo|que viene)\s+)*"
    r"(?:(?P<iso>\b\d{4}-\d{2}-\d{2}\b)"
    r"|\b(?P<week>next week|la semana que viene|la proxima semana|semana que viene)\b"
    r"|\b(?:in|en|dentro de)\s+(?P<count>\d{1,3})\s+(?P<unit>days?|dias?|weeks?|semanas?)\b"
    r"|\b(?P<after>day after tomorrow|pasado manana)\b"
    r"|\b(?P<tomorrow>tomorrow|manana)\b"
    r"|\b(?P<today>today|hoy)\b"
    rf"|\b(?P<weekday>{_DAYS})\b(?:\s+que viene\b)?)"
)
_EDGES: Final = " \t,;.:·-"


@dataclass(frozen=True, slots=True)
class Next:
    """The next step of a line: what, of which kind, by which day."""

    kind: str
    subject: str
    due_date: date | None


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says. Kind, outcome and direction are empty where it names none."""

    kind: str = ""
    outcome: str = ""
    direction: str = ""
    minutes: int | None = None
    subject: str = ""
    planned: bool = False
    """It is still to be done: a task, or something of a kind and on a day of which nothing says that it was done."""
    due_date: date | None = None
    """The day of what is planned."""
    next: Next | None = None


def read_line(text: str, *, today: date) -> Line:
    """Read a line on a day.

    A Monday, so that Friday is four days later:

    >>> line = read_line("Call, reached, 10 min, next: send offer Friday", today=date(2026, 3, 2))
    >>> line.kind, line.outcome, line.minutes, line.next
    ('call', 'reached', 10, Next(kind='task', subject='send offer', due_date=datetime.date(2026, 3, 6)))
    >>> read_line("Reunión con dirección, 1 h 30 min", today=date(2026, 3, 2)).minutes
    90
    >>> read_line("call Ana tomorrow", today=date(2026, 3, 2)).due_date
    datetime.date(2026, 3, 3)
    """
    text = unicodedata.normalize("NFC", text)
    found = _NEXT.search(_plain(text))
    head, tail = (text[: found.start()], text[found.end() :]) if found else (text, "")
    values: dict[str, str] = {}
    minutes: int | None = None
    about: list[str] = []
    for part in re.split(r"[,;]", head):
        plain = _plain(part).strip(_EDGES)
        length = _minutes(plain)
        slot = _slot(plain)
        if not plain:
            continue
        if length is not None and minutes is None:
            minutes = length
        elif slot and slot[0] not in values:
            values[slot[0]] = slot[1]
        else:
            about.append(part.strip())
    if "kind" not in values and about:
        values["kind"] = _kind_in(about[0])
    kind, subject = values.get("kind", ""), ", ".join(about)
    day, rest = read_day(subject, today=today)
    planned = kind == "task" or (kind not in {"", "note"} and day is not None)
    planned = planned and minutes is None and values.keys() <= {"kind"}
    return Line(
        kind=kind,
        outcome=values.get("outcome", ""),
        direction=values.get("direction", ""),
        minutes=minutes,
        subject=rest if planned else subject,
        planned=planned,
        due_date=day if planned else None,
        next=_next(tail, today) if tail.strip(_EDGES) else None,
    )


def read_day(text: str, *, today: date) -> tuple[date | None, str]:
    """Read the day that a phrase names, and return it with the phrase without it; None where it names none.

    A weekday is the next one of its name, never today; next week is its Monday.

    >>> read_day("llamar a Ana el viernes", today=date(2026, 3, 6))
    (datetime.date(2026, 3, 13), 'llamar a Ana')
    >>> read_day("send the offer", today=date(2026, 3, 6))
    (None, 'send the offer')
    """
    text = unicodedata.normalize("NFC", text)
    found = _DAY.search(_plain(text))
    day = _day(found, today) if found else None
    if found is None or day is None:
        return None, text.strip(_EDGES)
    rest = f"{text[: found.start()].rstrip()} {text[found.end() :].lstrip()}"
    return day, rest.strip(_EDGES)


def _next(text: str, today: date) -> Next:
    day, subject = read_day(text, today=today)
    return Next(kind=_kind_in(subject) or "task", subject=subject, due_date=day)


def _day(found: "re.Match[str]", today: date) -> date | None:
    said = {name: value for name, value in found.groupdict().items() if value}
    if "iso" in said:
        try:
            return date.fromisoformat(said["iso"])
        except ValueError:
            return None
    if "count" in said:
        days = int(said["count"]) * (_WEEK if said["unit"].startswith(("w", "s")) else 1)
    elif "week" in said:
        days = _WEEK - today.weekday()
    elif "weekday" in said:
        wanted = next(number for number, words in enumerate(WEEKDAYS) if said["weekday"] in words)
        days = (wanted - today.weekday() - 1) % _WEEK + 1
    else:
        days = 2 if "after" in said else 1 if "tomorrow" in said else 0
    return today + timedelta(days=days) if (date.max - today).days > days else None


def _slot(plain: str) -> tuple[str, str] | None:
    for name, words in (("kind", KINDS), ("outcome", OUTCOMES), ("direction", DIRECTIONS)):
        for value, spellings in words.items():
            if plain in spellings:
                return name, value
    return None


def _kind_in(text: str) -> str:
    """The kind that the first word of a text names, if it names one."""
    first = _plain(text).split(maxsplit=1)[:1]
    return next((kind for kind, words in KINDS.items() if first and first[0].strip(_EDGES) in words), "")


def _minutes(plain: str) -> int | None:
    found = _LENGTH.fullmatch(plain)
    if found is None or not (found["hours"] or found["minutes"]) or plain.isdecimal():
        return None
    minutes = int(found["hours"] or 0) * _HOUR_MINUTES + int(found["minutes"] or 0)
    return minutes if 0 < minutes <= MINUTES_MAX else None


def _plain(text: str) -> str:
    """The text in small letters without accents, letter for letter."""
    return "".join(unicodedata.normalize("NFD", letter)[0].lower()[:1] for letter in text)
