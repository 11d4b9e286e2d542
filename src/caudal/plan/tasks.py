"""Jobs of the plan."""

from procrastinate.contrib.django import app

from caudal.kit.world import now
from caudal.plan.actions import count_standing


@app.periodic(cron="*/5 * * * *")
@app.task(name="caudal.plan.tasks.count_numbers", queue="plan", queueing_lock="count_numbers")
def count_numbers(timestamp: int) -> int:  # noqa: ARG001  given by the scheduler
    """Count what the plan is compared with, and keep what takes long."""
    return count_standing(as_of=now())
