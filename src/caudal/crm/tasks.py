"""Jobs of customer relations."""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from caudal.crm.actions import bulk, empty_bin, remind
from caudal.crm.imports.locks import ImportRunning
from caudal.crm.imports.waiting import TASK, carry_out
from caudal.crm.queries import kept_since
from caudal.kit.traces import forget_old
from caudal.kit.world import now


@app.periodic(cron="17 3 * * *")
@app.task(name="caudal.crm.tasks.empty_bin_nightly", queue="nightly", queueing_lock="empty_bin")
def empty_bin_nightly(timestamp: int) -> int:  # noqa: ARG001  given by the scheduler
    """Delete for good what has been in the recycle bin too long."""
    return empty_bin(as_of=now())


@app.periodic(cron="37 3 * * *")
@app.task(name="caudal.crm.tasks.forget_edits_nightly", queue="nightly", queueing_lock="forget_edits")
def forget_edits_nightly(timestamp: int) -> int:  # noqa: ARG001  given by the scheduler
    """Forget which records old bulk edits were about."""
    return bulk.forget_edits(before=kept_since(now()))


@app.periodic(cron="57 3 * * *")
@app.task(name="caudal.crm.tasks.forget_traces_nightly", queue="nightly", queueing_lock="forget_traces")
def forget_traces_nightly(timestamp: int) -> int:  # noqa: ARG001  given by the scheduler
    """Forget what imports and bulk edits wrote that are too old to be taken back."""
    return forget_old(as_of=now())


@app.task(name=bulk.TASK, queue="imports")
def work_on_bulk_edit(operation: str) -> None:
    """Rehearse, do or take back one bulk edit."""
    bulk.carry_out_edit(UUID(operation), clock=now)


@app.periodic(cron="* * * * *")
@app.task(name="caudal.crm.tasks.remind_members", queue="mail", queueing_lock="remind_members")
def remind_members(timestamp: int) -> int:  # noqa: ARG001  given by the scheduler
    """Remind members of what is due soon, and in the morning of what is due that day."""
    return remind(as_of=now())


@app.task(name=TASK, queue="imports", retry=RetryStrategy(max_attempts=720, wait=5, retry_exceptions={ImportRunning}))
def work_on_import(operation: str) -> None:
    """Rehearse or do one import; it waits while another one is at work."""
    carry_out(UUID(operation), clock=now)
