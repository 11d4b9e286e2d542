"""Saying where a deal stands and how it ended, from all that a row says of it: stage, state, flags and days."""

import re
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from caudal.core.errors import Problem, msg
from caudal.crm.imports.choices import ENDS, Choices
from caudal.crm.imports.findings import Tally
from caudal.crm.imports.routes import outcome_of, stage_key
from caudal.crm.imports.surveys import stage_and_pipeline
from caudal.crm.imports.vocabulary import LOSS_REASONS, in_words
from caudal.crm.models import CloseReason, Outcome
from caudal.kit.names import name_key

_STEPS: Final = re.compile(r";\s*(?=\d{4}-\d{2}-\d{2})")
"""Between the steps of a history: `2026-01-10T09:00:00+00:00 Demo; 2026-01-20T09:00:00+00:00 Proposal`."""
OPEN: Final = frozenset({"open", "in progress", "abierto", "abierta", "en curso"})


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


def settle_history(values: dict[str, Any], zone: ZoneInfo, file: str, tally: Tally) -> None:
    """Read by which stages a deal came to where it is: each with the instant at which it came there.

    A history that cannot be read is told, and the row comes in without it.
    """
    if not (said := values.get("history")):
        return
    steps: list[tuple[str, datetime]] = []
    for part in _STEPS.split(said):
        at, _space, stage = part.strip().partition(" ")
        instant = _instant(at)
        if not stage or instant is None:
            tally.note(
                "import.history_unread",
                msg("“{text}” does not say when a deal came into which stage; the row came in without its history."),
                file=file,
                text=part[:60],
            )
            values["history"] = None
            return
        steps.append((stage_key(stage), instant if instant.tzinfo else instant.replace(tzinfo=zone)))
    values["history"] = steps


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def settle_deal(values: dict[str, Any], zone: ZoneInfo, choices: Choices) -> None:
    """Replace what a row says of a deal's state by its stage, its outcome, its days and its reason.

    What was decided about its stage goes before what the stage says.     Raises NotClosedYet, ClosedBeforeOpened.
    """
    said = values.pop("stage", None) or ""
    stage, pipeline = stage_and_pipeline(said, values.pop("pipeline", None) or "")
    status = values.pop("status", None) or ""
    flags = {name: values.pop(name, None) for name in ("is_won", "is_closed")}
    days = {name: values.pop(name, None) for name in ("opened", "closed", "expected", "won_at", "lost_at")}
    decided = choices.stage(pipeline, stage)
    outcome = Outcome(decided) if decided in ENDS else _outcome("" if decided else stage, status, flags, days)
    own = stage_key(stage) if stage and outcome_of(stage) is None else None
    opened, expected, closed = days["opened"], days["expected"], _closed(outcome, days)
    if outcome is None:
        expected, closed = expected or days["closed"], None
    elif closed is None:
        raise NotClosedYet(stage=stage or status or outcome.label)
    elif opened is not None and closed < opened:
        closed = _same_day(opened, closed, zone)
    written, own_note = values.pop("lost_reason", None) or "", values.pop("close_note", None) or ""
    reason, note = _reason(outcome, written)
    if written in CloseReason.values or own_note:
        reason, note = written if written in CloseReason.values else reason, own_note
    values |= {
        "stage": None if decided in ENDS else decided or own,
        "pipeline": name_key(pipeline),
        "outcome": outcome.value if outcome else None,
        "opened_at": opened,
        "closed_at": closed,
        "expected_close_date": expected.astimezone(zone).date() if expected else None,
    }
    if outcome and (reason or note):
        values |= {"reason": reason, "note": note}


def _outcome(
    stage: str, status: str, flags: dict[str, bool | None], days: dict[str, datetime | None]
) -> Outcome | None:
    """How a deal ended: its state says so first, then its flags, its stage, and last a day that only an end has."""
    plain = in_words(status)
    if plain in OPEN:
        return None
    if found := outcome_of(status):
        return found
    if flags["is_won"]:
        return Outcome.WON
    if flags["is_closed"]:
        return outcome_of(stage) or Outcome.LOST
    if found := outcome_of(stage):
        return found
    return Outcome.WON if days["won_at"] else Outcome.LOST if days["lost_at"] else None


def _closed(outcome: Outcome | None, days: dict[str, datetime | None]) -> datetime | None:
    ended = days["won_at"] if outcome is Outcome.WON else days["lost_at"]
    return ended or days["closed"]


def _same_day(opened: datetime, closed: datetime, zone: ZoneInfo) -> datetime:
    """The instant of opening for a deal that was closed on its day: a day without a time begins at midnight."""
    if closed.astimezone(zone).date() < opened.astimezone(zone).date():
        raise ClosedBeforeOpened(
            closed=closed.astimezone(zone).date().isoformat(), opened=opened.astimezone(zone).date().isoformat()
        )
    return opened


def _reason(outcome: Outcome | None, written: str) -> tuple[str, str]:
    """What decided a lost deal, from our list as far as it is there, and always as it was written."""
    if outcome is not Outcome.LOST or not written:
        return "", ""
    return LOSS_REASONS.get(in_words(written), CloseReason.OTHER).value, written
