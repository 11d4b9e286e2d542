"""Jobs of the ledger."""

from procrastinate.contrib.django import app

from caudal.kit.world import now
from caudal.ledger.actions import post_due_costs
from caudal.workspace.queries import company, company_day


@app.periodic(cron="27 * * * *")
@app.task(name="caudal.ledger.tasks.post_recurring", queue="nightly", queueing_lock="post_recurring")
def post_recurring(timestamp: int) -> int:  # noqa: ARG001  given by the scheduler
    """Post the recurring costs that have become due, and return how many."""
    return post_due_costs(as_of=now(), today=company_day(now())) if company() else 0
