"""Who may do what in the books: finance and administrators keep them, auditors look.

Nobody changes or deletes an entry, whatever the role: it is reversed, which is another entry. A closed month is
reopened by two people who may change it.
"""

from typing import Final

from caudal.kit.access import Policy, Reach, Verb
from caudal.ledger.models import Account, ClosedMonth, CostFile, JournalEntry, MonthConfirmation, RecurringCost

LOOK: Final = {Verb.VIEW: Reach.ALL, Verb.EXPORT: Reach.ALL}
POST: Final = LOOK | {Verb.CREATE: Reach.ALL}
KEEP: Final = POST | {Verb.CHANGE: Reach.ALL}
DROP: Final = KEEP | {Verb.DELETE: Reach.ALL}

POLICIES: Final = (
    Policy("account", "ledger", {"admin": KEEP, "finance": KEEP, "auditor": LOOK}, Account),
    Policy("entry", "ledger", {"admin": POST, "finance": POST, "auditor": LOOK}, JournalEntry),
    Policy("month_confirmation", "ledger", {"admin": KEEP, "finance": KEEP, "auditor": LOOK}, MonthConfirmation),
    Policy("recurring_cost", "ledger", {"admin": KEEP, "finance": KEEP, "auditor": LOOK}, RecurringCost),
    Policy("cost_file", "ledger", {"admin": DROP, "finance": DROP, "auditor": LOOK}, CostFile),
    Policy("closed_month", "ledger", {"admin": KEEP, "finance": KEEP, "auditor": LOOK}, ClosedMonth),
)
