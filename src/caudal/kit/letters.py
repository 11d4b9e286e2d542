"""Letters: mail that an action posts in its own transaction, and that leaves at most once.

A letter has a business key, and the second one of a key is not a letter. The worker claims a letter, commits, hands it
over, and writes down what came of it. If it dies in between, nobody knows whether the letter left: such a letter is in
doubt, stays where it is and is told of by `caudal doctor`; it is never sent again. What it said is forgotten once it
has left. Nothing leaves a restored copy of the database before it is released.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from caudal.kit.failpoints import failpoint
from caudal.kit.mail import Chance, MailRefused
from caudal.kit.models import LetterRow
from caudal.kit.postgres.copies import HELD_QUERY
from caudal.kit.world import world

TASK: Final = "caudal.kit.tasks.deliver_letters"
RETRY_AFTER: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1440))
"""After these waits a letter that a server would not take yet is offered again; then it has failed."""

HEADER_LENGTH_MAX: Final = 998
"""No header is folded before this: an address in one would be torn into encoded words, which nobody reads back."""

log = structlog.get_logger("caudal.letters")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that goes with a letter, and is forgotten with what it said."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message to one person. `key` is what it is about: (purpose, subject, time) as a text, the same for ever."""

    key: str
    to: str
    subject: str
    text: str
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    enclosed: Enclosure | None = None


def letters_called(beginning: str) -> "QuerySet[LetterRow]":
    """Return the letters whose keys begin so, first to last."""
    return LetterRow.objects.filter(key__startswith=beginning).order_by("posted_at", "pk")


def letters_to(addresses: Iterable[str]) -> "QuerySet[LetterRow]":
    """Return what was ever posted to some addresses, in any case of letters, first to last."""
    wanted = Q(pk__in=[])
    for each in addresses:
        wanted |= Q(recipient__iexact=each)
    return LetterRow.objects.filter(wanted).order_by("posted_at", "pk")


def post(letters: Iterable[Letter], *, as_of: datetime) -> int:
    """Post letters in the current transaction and return how many are new: those whose key was never used."""
    rows = [
        LetterRow(
            key=letter.key,
            recipient=letter.to,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            headers=dict(letter.headers),
            file_name=letter.enclosed.name if letter.enclosed else "",
            file_type=letter.enclosed.media_type if letter.enclosed else "",
            file_content=letter.enclosed.content if letter.enclosed else b"",
            posted_at=as_of,
            due_at=as_of,
        )
        for letter in letters
    ]
    with transaction.atomic():
        known = set(LetterRow.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
        LetterRow.objects.bulk_create(rows, ignore_conflicts=True)
        transaction.on_commit(wake)
    return len({row.key for row in rows} - known)


def deliver(*, as_of: datetime) -> int:
    """Hand over every letter that is due, and return how many left. Several may be at it at once."""
    sent = 0
    while not is_held() and (row := _claim(as_of)) is not None:
        sent += _hand_over(row, as_of)
    return sent


def is_due(*, as_of: datetime) -> bool:
    """Say whether a letter waits to be handed over."""
    return _due(as_of).exists()


def is_held() -> bool:
    """Say whether this database is a restored copy that nobody has released."""
    with connection.cursor() as cursor:
        cursor.execute(HELD_QUERY)
        found = cursor.fetchone()
    return bool(found and found[0])


def wake() -> None:
    """Let a worker deliver what is due."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(TASK, queueing_lock="letters", queue="mail").defer()


def _due(as_of: datetime) -> "QuerySet[LetterRow]":
    return LetterRow.objects.filter(due_at__lte=as_of, claimed_at=None, failed_at=None)


def _claim(as_of: datetime) -> LetterRow | None:
    with transaction.atomic():
        row = _due(as_of).order_by("due_at", "pk").select_for_update(skip_locked=True).first()
        if row is not None:
            row.claimed_at = as_of
            row.attempts += 1
            row.save(update_fields=["claimed_at", "attempts"])
    return row


def _hand_over(row: LetterRow, as_of: datetime) -> bool:
    failpoint("letters.before_sending")
    try:
        world().mail.send(_message(row))
    except MailRefused as refused:
        _refused(row, refused, as_of)
        return False
    failpoint("letters.after_sending")
    LetterRow.objects.filter(pk=row.pk).update(sent_at=as_of, error="", text="", html="", headers={}, file_content=b"")
    return True


def _refused(row: LetterRow, refused: MailRefused, as_of: datetime) -> None:
    error = str(refused)[:2000]
    log.warning("letter_refused", letter=str(row.pk), chance=refused.chance.value, attempts=row.attempts)
    letter = LetterRow.objects.filter(pk=row.pk)
    if refused.chance is Chance.UNKNOWN:
        letter.update(error=error)
    elif refused.chance is Chance.LATER and row.attempts <= len(RETRY_AFTER):
        letter.update(claimed_at=None, due_at=as_of + RETRY_AFTER[row.attempts - 1], error=error)
    else:
        letter.update(failed_at=as_of, error=error)


def _message(row: LetterRow) -> EmailMessage:
    message = EmailMessage()
    message["From"] = settings.DEFAULT_FROM_EMAIL
    message["To"] = row.recipient
    message["Subject"] = " ".join(row.subject.split())
    message["Date"] = format_datetime(row.posted_at)
    message["Message-ID"] = f"<{row.pk}@{settings.MAIL_DOMAIN}>"
    message["Auto-Submitted"] = "auto-generated"
    for name, value in row.headers.items():
        message[name] = value
    message.set_content(row.text)
    if row.html:
        message.add_alternative(row.html, subtype="html")
    if row.file_content:
        main, _, sub = row.file_type.partition("/")
        message.add_attachment(bytes(row.file_content), maintype=main, subtype=sub, filename=row.file_name)
    # Only now: what is set before is encoded in lines as short as the standard wants them.
    message.policy = message.policy.clone(max_line_length=HEADER_LENGTH_MAX)
    return message
