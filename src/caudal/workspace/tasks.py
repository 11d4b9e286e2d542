"""Jobs of the workspace: ends of accesses, letters about notifications, files that nobody wants back, indexes."""

from procrastinate.contrib.django import app

from caudal.kit.access import SYSTEM
from caudal.kit.world import now
from caudal.workspace.actions import drop_files, end_access, post_digests, post_notices
from caudal.workspace.queries import index_formulas


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
