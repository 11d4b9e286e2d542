"""Jobs of the plumbing: draining facts, delivering letters, sweeping up lost wake-ups, rescuing jobs of the dead."""

from datetime import timedelta
from typing import Final

import structlog
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from caudal.kit import letters
from caudal.kit.lasting import compact_stamps
from caudal.kit.outbox.deliveries import drain, waiting_handlers
from caudal.kit.outbox.waking import DRAIN_TASK, wake
from caudal.kit.world import now

STALLED_AFTER: Final = timedelta(seconds=30)

log = structlog.get_logger("caudal.jobs")


@app.task(name=DRAIN_TASK, queue="facts")
def drain_handler(handler: str) -> int:
    """Let one handler take what waits for it."""
    return drain(handler, as_of=now())


@app.periodic(cron="* * * * *")
@app.task(name="caudal.kit.tasks.sweep", queue="facts", queueing_lock="sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001  given by the scheduler
    """Wake whatever has something to do: a wake-up may have died with its process."""
    as_of = now()
    wake(waiting_handlers(as_of=as_of))
    if letters.is_due(as_of=as_of):
        letters.wake()


@app.periodic(cron="33 3 * * *")
@app.task(name="caudal.kit.tasks.compact", queue="facts", queueing_lock="compact")
def compact(timestamp: int) -> None:  # noqa: ARG001  given by the scheduler
    """Keep the looks at what changes seldom short."""
    compact_stamps()


@app.task(name=letters.TASK, queue="mail")
def deliver_letters() -> int:
    """Hand over the letters that are due."""
    return letters.deliver(as_of=now())


@app.periodic(cron="* * * * * */15")  # the sixth field is seconds
@app.task(name="caudal.kit.tasks.rescue", queue="rescue", queueing_lock="rescue", pass_context=True)
async def rescue(context: JobContext, timestamp: int) -> int:  # noqa: ARG001  given by the scheduler
    """Bring back jobs whose worker stopped beating, and return how many.

    A job whose place in the queue was taken meanwhile is closed instead: the one that waits does its work.
    """
    manager = context.app.job_manager
    stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER.total_seconds()))
    for job in stalled:
        waiting = (
            list(await manager.list_jobs_async(queueing_lock=job.queueing_lock, status=Status.TODO.value))
            if job.queueing_lock
            else []
        )
        if waiting:
            await manager.finish_job(job, status=Status.FAILED, delete_job=False)
        else:
            await manager.retry_job(job)
        log.warning("job_rescued", job=job.id, task=job.task_name, closed=bool(waiting))
    await manager.prune_stalled_workers(seconds_since_heartbeat=STALLED_AFTER.total_seconds())
    return len(stalled)
