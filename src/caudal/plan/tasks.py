"""Jobs of the plan."""

from uuid import UUID

from procrastinate.contrib.django import app

from caudal.kit.world import now
from caudal.plan.actions import (
    REPAIR_TASK,
    SIMULATION_TASK,
    carry_out_repair_search,
    carry_out_simulation,
    count_standing,
    remind_of_milestones,
)
from caudal.plan.adapters import minimiser


@app.periodic(cron="*/5 * * * *")
@app.task(name="caudal.plan.tasks.count_numbers", queue="plan", queueing_lock="count_numbers")
def count_numbers(timestamp: int) -> int:  # noqa: ARG001  given by the scheduler
    """Count what the plan is compared with, and keep what takes long."""
    return count_standing(as_of=now())


@app.periodic(cron="11 * * * *")
@app.task(name="caudal.plan.tasks.remind_owners", queue="mail", queueing_lock="remind_owners")
def remind_owners(timestamp: int) -> int:  # noqa: ARG001  given by the scheduler
    """Tell the owners of milestones that these have become late."""
    return remind_of_milestones(as_of=now())


@app.task(name=SIMULATION_TASK, queue="plan")
def simulate_plan(operation: str) -> None:
    """Play the plan many times."""
    carry_out_simulation(UUID(operation), clock=now)


@app.task(name=REPAIR_TASK, queue="plan")
def search_repair(operation: str) -> None:
    """Find the least to change."""
    carry_out_repair_search(UUID(operation), minimiser=minimiser(), clock=now)
