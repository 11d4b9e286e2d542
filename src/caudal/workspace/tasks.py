"""Jobs of the workspace: facts to other systems, ends of accesses, letters, files that nobody wants back, indexes."""

from typing import Final

from procrastinate.contrib.django import app

from caudal.kit.access import SYSTEM
from caudal.kit.world import now
from caudal.workspace.actions import (
    dispatch_facts,
    drop_files,
    end_access,
    forget_messages,
    post_digests,
    post_notices,
    send_messages,
)
from caudal.workspace.queries import index_formulas

SENT_AT_ONCE: Final = 1_000
"""Then others have their turn; the rest is sent by the next job."""


@app.periodic(cron="* * * * * */5")  # the sixth field is seconds
@app.task(name="caudal.workspace.tasks.send_webhooks", queue="webhooks", queueing_lock="send_webhooks")
def send_webhooks(timestamp: int) -> int:  # noqa: ARG001  given by the scheduler
    """Make messages of new facts, and send what is due."""
    dispatch_facts(as_of=now())
    sent = 0
    while sent < SENT_AT_ONCE and (count := send_messages(as_of=now())):
        sent += count
    return sent


@app.periodic(cron="23 4 * * *")
@app.task(name="caudal.workspace.tasks.forget_messages_nightly", queue="nightly", queueing_lock="forget_messages")
def forget_messages_nightly(timestamp: int) -> int:  # noqa: ARG001  given by the scheduler
    """Delete messages that were received or failed long ago."""
    return forget_messages(as_of=now())


@app.periodic(cron="7 * * * *")
@app.task(name="caudal.workspace.tasks.end_access_hourly", queue="nightly", queueing_lock="end_access")
def end_access_hourly(timestamp: int) -> int:  # noqa: ARG001  given by the scheduler
    """Deactivate those whose time is over; their sessions opened nothing from that instant on."""
    return end_access(actor=SYSTEM, as_of=now())


@app.periodic(cron="* * * * *")
@app.task(name="caudal.workspace.tasks.mail_notices", queue="mail", queueing_lock="mail_notices")
def mail_notices(timestamp: int) -> int:  # noqa: ARG001  given by the scheduler
    """Post letters for what members wish to be told at once."""
    return post_notices(as_of=now())


@app.periodic(cron="*/15 * * * *")
@app.task(name="caudal.workspace.tasks.mail_digests", queue="mail", queueing_lock="mail_digests")
def mail_digests(timestamp: int) -> int:  # noqa: ARG001  given by the scheduler
    """Post the digests whose hour has come."""
    return post_digests(as_of=now())


@app.periodic(cron="41 3 * * *")
@app.task(name="caudal.workspace.tasks.drop_files_nightly", queue="nightly", queueing_lock="drop_files")
def drop_files_nightly(timestamp: int) -> int:  # noqa: ARG001  given by the scheduler
    """Delete for good files that were taken away long ago, and those of records that are gone."""
    return drop_files(as_of=now())


@app.periodic(cron="17 4 * * *")
@app.task(name="caudal.workspace.tasks.index_formulas_nightly", queue="nightly", queueing_lock="index_formulas")
def index_formulas_nightly(timestamp: int) -> int:  # noqa: ARG001  given by the scheduler
    """Make anew the indexes of formulas that are computed by another text than they were made of."""
    return index_formulas()
