"""Who may do what to what is billed.

Finance and administrators keep it. Managers, customer success and auditors read everything; who sells reads what
concerns the companies that they own.
"""

from typing import Final

from caudal.billing.models import (
    Contract,
    Customer,
    Invoice,
    InvoiceRun,
    MoneyRequest,
    Order,
    Payment,
    Reconciliation,
    Settlement,
    Subscription,
)
from caudal.kit.access import Policy, Reach, Verb, all_verbs

LOOK: Final = {Verb.VIEW: Reach.ALL, Verb.EXPORT: Reach.ALL}
KEEP: Final = all_verbs(Reach.ALL)
ADD: Final = LOOK | {Verb.CREATE: Reach.ALL}
LOOKERS: Final = ("manager", "success", "auditor")
OWN: Final = {Verb.VIEW: Reach.OWN, Verb.EXPORT: Reach.OWN}
KEEPERS: Final = {"admin": KEEP, "finance": KEEP}
GRANTS: Final = KEEPERS | dict.fromkeys(LOOKERS, LOOK) | {"rep": OWN}

POLICIES: Final = (
    Policy("customer", "billing", GRANTS, Customer, "company__owner_id"),
    Policy("contract", "billing", GRANTS, Contract, "customer__company__owner_id"),
    Policy("subscription", "billing", GRANTS, Subscription, "customer__company__owner_id"),
    Policy("order", "billing", GRANTS, Order, "customer__company__owner_id"),
    Policy("invoice", "billing", GRANTS, Invoice, "customer__company__owner_id"),
    Policy("payment", "billing", GRANTS, Payment, "customer__company__owner_id"),
    Policy("settlement", "billing", GRANTS, Settlement, "customer__company__owner_id"),
    Policy("money_request", "billing", GRANTS, MoneyRequest, "customer__company__owner_id"),
    Policy("invoice_run", "billing", KEEPERS | {"auditor": LOOK}, InvoiceRun),
    Policy("reconciliation", "billing", dict.fromkeys(("admin", "finance"), ADD) | {"auditor": LOOK}, Reconciliation),
    Policy("tax_rate", "billing", dict.fromkeys(("admin", "finance"), ADD) | dict.fromkeys(LOOKERS, LOOK)),
)
