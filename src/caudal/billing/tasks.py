"""Jobs of billing."""

from procrastinate.contrib.django import app

from caudal.billing.actions import turn_contracts
from caudal.kit.access import SYSTEM
from caudal.kit.world import now


@app.periodic(cron="7 * * * *")
@app.task(name="caudal.billing.tasks.turn_contracts_hourly", queue="nightly", queueing_lock="turn_contracts")
def turn_contracts_hourly(timestamp: int) -> int:  # noqa: ARG001  given by the scheduler
    """Renew or end what comes to its day; every hour, as days begin at other times in other zones."""
    return turn_contracts(actor=SYSTEM, as_of=now())
