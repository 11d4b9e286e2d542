"""Jobs of the workspace."""

from procrastinate.contrib.django import app

from caudal.kit.access import SYSTEM
from caudal.kit.world import now
from caudal.workspace.actions import end_access


@app.periodic(cron="7 * * * *")
@app.task(name="caudal.workspace.tasks.end_access_hourly", queue="nightly", queueing_lock="end_access")
def end_access_hourly(timestamp: int) -> int:  # noqa: ARG001  given by the scheduler
    """Deactivate those whose time is over; their sessions opened nothing from that instant on."""
    return end_access(actor=SYSTEM, as_of=now())
