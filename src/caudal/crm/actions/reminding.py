"""Reminding members of what is due."""

from datetime import datetime

from caudal.crm import queries
from caudal.kit.access import SYSTEM
from caudal.kit.actions import action
from caudal.workspace.actions import Notice, notify
from caudal.workspace.queries import NoticeSort


@action
def remind(*, as_of: datetime) -> int:
    """Remind members of what is due soon at an hour, and on its morning of what is due on a day; each thing once.

    Returns how many reminders are due, those told before among them.
    """
    due = [*queries.due_soon(as_of=as_of), *queries.due_today(as_of=as_of)]
    return notify(
        notices=[
            Notice(
                member_id=each.member_id,
                sort=NoticeSort.REMINDER,
                key=each.key,
                subject=each.activity.ref,
                actor=SYSTEM.id,
                happened_at=as_of,
            )
            for each in due
        ]
    )
