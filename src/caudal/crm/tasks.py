"""Jobs of customer relations."""

from procrastinate.contrib.django import app

from caudal.crm.actions import empty_bin
from caudal.kit.world import now


@app.periodic(cron="17 3 * * *")
@app.task(name="caudal.crm.tasks.empty_bin_nightly", queue="nightly", queueing_lock="empty_bin")
def empty_bin_nightly(timestamp: int) -> int:  # noqa: ARG001  given by the scheduler
    """Delete for good what has been in the recycle bin too long."""
    return empty_bin(as_of=now())
