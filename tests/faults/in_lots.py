"""`caudal invoice` in lots of a few customers: `python -m tests.faults.in_lots --through DAY`."""

from caudal.kit.terminal import set_up_django

set_up_django()

from caudal.billing.actions import running  # noqa: E402  Django comes first
from caudal.billing.commands import invoice  # noqa: E402  the same

CUSTOMERS = 7

if __name__ == "__main__":
    vars(running).update(CUSTOMERS=CUSTOMERS)  # so that a few customers are many transactions
    invoice()
