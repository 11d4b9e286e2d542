"""Confirming what only people can know of a month, such as that every invoice of a supplier has come."""

from datetime import date, datetime
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.ledger.events import MonthStepConfirmed, MonthStepWithdrawn
from caudal.ledger.models import NOTE_LENGTH, MonthConfirmation
from caudal.ledger.queries import closing_of, step_confirmed


class MonthSettled(Problem):
    """The month is closed: what was confirmed of it stays."""

    code = "ledger.month_settled"
    status = 409
    message = msg("{month} is closed: what was confirmed of it stays.")
    hint = msg("Open the month again first.")


@action
def confirm_step(
    *, actor: Actor, as_of: datetime, month: date, step: str, entity_id: UUID | None = None, note: str = ""
) -> MonthConfirmation:
    """Confirm a step of a month, in the books of one legal entity or of all.

    Raises NotAllowed, NotFound, NoSuchStep, MonthSettled; what is confirmed already is refused by the database.
    """
    require(actor, "closed_month", Verb.CREATE)
    known, first = step_confirmed(step), month.replace(day=1)
    _refuse_closed(actor, first, entity_id)
    if entity_id is not None:
        MonthConfirmation.related_for("entity", actor, [entity_id])
    row = MonthConfirmation.stamped(actor=actor, as_of=as_of, month=first, step=known.key, entity_id=entity_id)
    row.note = note.strip()[:NOTE_LENGTH]
    row.save(force_insert=True)
    publish(MonthStepConfirmed(subject=row.ref, month=f"{first:%Y-%m}", step=known.key), actor=actor, occurred_at=as_of)
    return row


@action
def withdraw_confirmation(*, actor: Actor, as_of: datetime, confirmation_id: UUID) -> MonthConfirmation:
    """Take a confirmation back; it stays with who gave it and who took it back. Raises NotFound, MonthSettled."""
    row = MonthConfirmation.one_for(actor, Verb.CHANGE, confirmation_id, lock=True)
    _refuse_closed(actor, row.month, row.entity_id)
    if row.withdrawn_at is None:
        row.touch(actor=actor, as_of=as_of, withdrawn_at=as_of, withdrawn_by=actor.id)
        fact = MonthStepWithdrawn(subject=row.ref, month=f"{row.month:%Y-%m}", step=row.step)
        publish(fact, actor=actor, occurred_at=as_of)
    return row


def _refuse_closed(actor: Actor, month: date, entity_id: UUID | None) -> None:
    if closing_of(actor, month, entity_id) is not None:
        raise MonthSettled(month=f"{month:%Y-%m}")
