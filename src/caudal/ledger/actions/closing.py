"""Closing a month, and opening it again, which takes two people."""

from datetime import date, datetime
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.ledger.events import MonthClosed, MonthReopened, ReopeningAsked
from caudal.ledger.models import NOTE_LENGTH, ClosedMonth
from caudal.workspace.queries import hands_of


class MonthNotOver(Problem):
    """Days of the month are still to come."""

    code = "ledger.month_not_over"
    status = 422
    message = msg("{month} is not over yet.")
    hint = msg("Close it from the first day of the next month on.")


class NotClosed(Problem):
    """The month was opened again."""

    code = "ledger.month_open"
    status = 409
    message = msg("{month} is open.")


class ReopeningNotAsked(Problem):
    """The first of the two has not spoken."""

    code = "ledger.reopening_not_asked"
    status = 409
    message = msg("Nobody has asked to reopen {month}.")
    hint = msg("One person asks and says why, another one reopens it.")


class SamePerson(Problem):
    """Both hands are of one person."""

    code = "ledger.same_person"
    status = 403
    message = msg("You asked to reopen {month} yourself; somebody else has to do it.")


@action
def close_month(
    *, actor: Actor, as_of: datetime, month: date, today: date, entity_id: UUID | None = None
) -> ClosedMonth:
    """Close the month of a day: from then on the database refuses entries in it, of one legal entity or of all.

    `today` is the company's day. A month that is closed already stays so; of two who close it at once, the database
    refuses the second. Raises NotAllowed, NotFound, MonthNotOver.
    """
    require(actor, "closed_month", Verb.CREATE)
    first = month.replace(day=1)
    if first >= today.replace(day=1):
        raise MonthNotOver(month=f"{first:%Y-%m}")
    if entity_id is not None:
        ClosedMonth.related_for("entity", actor, [entity_id])
    before = ClosedMonth.objects.filter(entity_id=entity_id, month=first, reopened_at=None).first()
    if before is not None:
        return before
    row = ClosedMonth.stamped(actor=actor, as_of=as_of, entity_id=entity_id, month=first)
    row.save(force_insert=True)
    publish(MonthClosed(subject=row.ref, month=f"{first:%Y-%m}"), actor=actor, occurred_at=as_of)
    return row


@action
def ask_reopening(*, actor: Actor, as_of: datetime, closed_month_id: UUID, why: str) -> ClosedMonth:
    """Ask that a month be opened again, and say why. Raises NotFound, NotClosed, BadInput."""
    row = _closed(actor, closed_month_id)
    reason = why.strip()[:NOTE_LENGTH]
    if not reason:
        raise BadInput({"why": msg("Say why it has to be opened again.")})
    row.touch(actor=actor, as_of=as_of, asked_at=as_of, asked_by=actor.id, asked_why=reason)
    fact = ReopeningAsked(subject=row.ref, month=f"{row.month:%Y-%m}", personal={"why": (None, reason)})
    publish(fact, actor=actor, occurred_at=as_of)
    return row


@action
def reopen_month(*, actor: Actor, as_of: datetime, closed_month_id: UUID) -> ClosedMonth:
    """Open a month again that somebody else asked for. Raises NotFound, NotClosed, ReopeningNotAsked, SamePerson."""
    row = _closed(actor, closed_month_id)
    if row.asked_by is None:
        raise ReopeningNotAsked(month=f"{row.month:%Y-%m}")
    if row.asked_by in hands_of(actor):
        raise SamePerson(month=f"{row.month:%Y-%m}")
    row.touch(actor=actor, as_of=as_of, reopened_at=as_of, reopened_by=actor.id)
    publish(MonthReopened(subject=row.ref, month=f"{row.month:%Y-%m}"), actor=actor, occurred_at=as_of)
    return row


def _closed(actor: Actor, closed_month_id: UUID) -> ClosedMonth:
    row = ClosedMonth.one_for(actor, Verb.CHANGE, closed_month_id, lock=True)
    if row.reopened_at is not None:
        raise NotClosed(month=f"{row.month:%Y-%m}")
    return row
