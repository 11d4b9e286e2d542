"""Saying what an activity is, when it is due and how it stands, from all that a row says of it.

Words of another system that say more than ours do stay in the notes, each under its header, so that none is lost.
Whether a meeting without a state has taken place depends on the day of the import; that is for whoever writes the row.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from caudal.core.errors import Problem, msg
from caudal.core.markup import plain_text
from caudal.crm.imports.findings import Tally
from caudal.crm.imports.vocabulary import header_key, in_words
from caudal.crm.imports.vocabulary.systems import System
from caudal.crm.imports.vocabulary.work import (
    BY_FILE,
    BY_HEADER,
    DIRECTIONS,
    DOES,
    DONE,
    DROPPED,
    LIKE,
    OPEN,
    OUTCOMES,
    STATES,
)
from caudal.crm.models import APPOINTMENTS, ActivityKind, ActivityOutcome

SAYS: Final = ("does", "status", "outcome", "direction", "done")
"""Fields that together say what an activity is and how it stands."""
SUBJECT_MAX: Final = 200
DAY_MINUTES: Final = 24 * 60
MINUTE: Final = 60
MILLISECONDS: Final = 1000
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([ap])?\.?m?\.?", re.IGNORECASE)
_WORDED: Final = re.compile(r"([\d.,]+)\s*(h|m|s)?[a-z]*", re.IGNORECASE)
_LENGTHS: Final = {"h": Decimal(60), "m": Decimal(1), "s": Decimal(1) / 60}


class OtherKind(Problem):
    """An activity of a kind that we do not have, and no choice was to be made."""

    code = "import.activity_kind"
    status = 422
    message = msg("There are no activities of the kind “{word}” here.")


def does_of_file(name: str, header: Iterable[str]) -> str:
    """Return what the rows of a file are that do not say it themselves: by its columns, else by its name, else tasks.

    >>> str(does_of_file("Event.csv", ["ID", "SUBJECT"])), str(does_of_file("all.csv", ["Note Content"]))
    ('meeting', 'note')
    """
    said = [BY_HEADER[key] for cell in header if (key := header_key(cell)) in BY_HEADER]
    if said:
        return max(said, key=said.count)
    words = in_words(name.rpartition("/")[2].partition(" [")[0].rpartition(".")[0]).split()
    found = [BY_FILE[word] for word in words if word in BY_FILE]
    return found[0] if found else ActivityKind.TASK


@dataclass(slots=True)
class Settling:
    """One activity on its way from a row's words to ours."""

    values: dict[str, Any]
    does_of_file: str
    zone: ZoneInfo
    system: System | None
    headers: dict[str, str]
    """Field → header."""
    file: str
    line: int
    tally: Tally
    remarks: list[str] = field(default_factory=list)
    """What stays in the notes under its header."""

    def settle(self) -> None:
        """Replace what a row says by kind, words, days, length, state and outcome."""
        says = {name: str(self.values.pop(name, None) or "") for name in SAYS}
        does = self._does(says["does"])
        state, outcome = self._state(does, says)
        if state == DROPPED and does in {ActivityKind.CALL, ActivityKind.EMAIL}:
            self._keep("does", said=does)
            does, outcome = ActivityKind.TASK, ActivityOutcome.DROPPED.value  # nobody called: no buyer heard of us
        direction = self._direction(does, says)
        due, start, end = self._times()
        minutes = self._minutes(start, end)
        subject, body = self._words()
        self.values |= {
            "does": str(does),
            "subject": subject,
            "body": body,
            "due": start or due if does in APPOINTMENTS else due or start,
            "held": start or due,
            "minutes": minutes,
            "direction": direction,
            "state": state,
            "outcome": str(outcome),
        }

    def remember(self, kept: dict[str, str]) -> None:
        """Put columns that are kept with each row into the notes: an activity has no fields of one's own."""
        self.remarks += [f"{label}: {plain_text(text)}" for label, text in kept.items()]

    def _does(self, said: str) -> str:
        key = header_key(said)
        if not said or key in DOES:
            return DOES.get(key, self.does_of_file)
        self._keep("does", said=said)
        if key in LIKE:
            return LIKE[key]
        does = ActivityKind.MEETING if self.values.get("start") else ActivityKind.TASK
        self._choose(
            "import.activity_kind",
            msg("Activities of the kind “{word}” came in as {kind}; their notes say so."),
            said,
            msg("meetings") if does is ActivityKind.MEETING else msg("tasks"),
        )
        return does

    def _state(self, does: str, says: dict[str, str]) -> tuple[str, str]:
        """How it stands and what came of it: done because a flag, a state, an outcome or a day says so."""
        if does == ActivityKind.NOTE:
            return DONE, ""
        outcome, state = "", ""
        for name in ("outcome", "status", "direction"):
            key = header_key(says[name])
            known = OUTCOMES[does].get(key, "") if name != "direction" or key in {"missed", "perdida"} else ""
            outcome = outcome or known
            if name != "direction":
                state = state or STATES.get(key, "") or (DONE if known else "")
                if says[name] and not known and key not in STATES:
                    self._keep(name, said=says[name])
        flag = STATES.get(header_key(says["done"]), "")
        if self.values.get("completed") or flag == DONE:
            state = DROPPED if state == DROPPED else DONE
        elif flag == OPEN and state != DROPPED:
            state = OPEN
        if state == OPEN:
            return OPEN, ""
        if state == DROPPED:
            dropped = {ActivityKind.TASK: ActivityOutcome.DROPPED}
            dropped |= dict.fromkeys(APPOINTMENTS, ActivityOutcome.CANCELLED)
            return DROPPED, dropped.get(ActivityKind(does), ActivityOutcome.DROPPED)
        if state == DONE and does == ActivityKind.TASK:
            is_told = "outcome" in self.headers and "status" not in self.headers
            outcome = outcome if is_told else outcome or ActivityOutcome.COMPLETED
        return state or (DONE if outcome else ""), outcome

    def _direction(self, does: str, says: Mapping[str, str]) -> str:
        if does not in {ActivityKind.CALL, ActivityKind.EMAIL}:
            return ""
        said = says["direction"]
        found = DIRECTIONS.get(header_key(said or says["outcome"]), "")
        if said and not found:
            self._keep("direction", said=said)
        return found

    def _times(self) -> tuple[date | datetime | None, date | datetime | None, date | datetime | None]:
        due, start, end = (self.values.pop(name, None) for name in ("due", "start", "end"))
        clock = str(self.values.pop("due_time", None) or "")
        at = _time_of_day(clock)
        if isinstance(due, date) and not isinstance(due, datetime) and at:
            due = datetime.combine(due, at, tzinfo=self.zone)
        elif clock and not at:
            self._keep("due_time", said=clock)
        return due, start, end

    def _minutes(self, start: date | datetime | None, end: date | datetime | None) -> int | None:
        minutes, seconds = self.values.pop("minutes", None), self.values.pop("seconds", None)
        said = str(self.values.pop("duration", None) or "")
        found: Decimal | None = None
        if minutes is not None:
            found = Decimal(minutes)
        elif seconds is not None:
            found = Decimal(seconds) / MINUTE
        elif said:
            found = self._length(said)
        elif isinstance(start, datetime) and isinstance(end, datetime) and end > start:
            found = Decimal(int((end - start).total_seconds())) / MINUTE
        if found is not None and 0 <= found <= DAY_MINUTES:
            return max(int(found.to_integral_value()), 1 if found else 0) or None
        if found is not None or said:
            self.remarks.append(f"{self.headers.get('duration') or self.headers.get('minutes') or 'Duration'}: "
                                f"{said or found}")  # fmt: skip
        return None

    def _length(self, said: str) -> Decimal | None:
        """A length of time in minutes, however it is written; a bare number is minutes, in HubSpot milliseconds."""
        if clock := re.fullmatch(r"(\d{1,3}):(\d{2})(?::(\d{2}))?", said.strip()):
            one, two, three = int(clock[1]), int(clock[2]), int(clock[3] or 0)
            if clock[3] is None and self.system is System.ZOHO:
                one, two, three = 0, one, two  # minutes and seconds
            return Decimal(one * MINUTE + two) + Decimal(three) / MINUTE
        found = _WORDED.fullmatch(said.strip())
        if not found or not found[1].replace(".", "").replace(",", "").isdigit():
            return None
        number = Decimal(found[1].replace(",", "."))
        if found[2] is None and self.system is System.HUBSPOT:
            return number / MILLISECONDS / MINUTE
        return number * _LENGTHS[(found[2] or "m").lower()]

    def _words(self) -> tuple[str, str]:
        subject = " ".join(plain_text(str(self.values.get("subject") or "")).split())
        body = plain_text(str(self.values.get("body") or "")).strip()
        if len(subject) > SUBJECT_MAX:
            body = "\n\n".join(filter(None, (subject, body)))
            subject = subject[: SUBJECT_MAX - 1] + "…"
        return subject, "\n\n".join(filter(None, (body, "\n".join(self.remarks))))

    def _keep(self, name: str, *, said: str) -> None:
        self.remarks.append(f"{self.headers.get(name, name)}: {said}")

    def _choose(self, code: str, message: str, word: str, kind: str) -> None:
        if not self.tally.choice(code, message, file=self.file, lines=(self.line,), word=word[:60], kind=kind):
            raise OtherKind(word=word[:60])


def _time_of_day(said: str) -> time | None:
    found = _CLOCK.fullmatch(said.strip())
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2])
    if found[4]:
        hour = hour % 12 + (12 if found[4].lower() == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < MINUTE else None  # noqa: PLR2004  hours of a day
