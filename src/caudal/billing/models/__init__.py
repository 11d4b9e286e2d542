"""Rows of billing. What is issued or agreed is never changed: triggers hold that, whoever writes."""

from caudal.billing.models.documents import (
    Invoice,
    InvoiceLine,
    InvoiceSort,
    InvoiceState,
    InvoiceTax,
    LineSort,
    NumberSeries,
)
from caudal.billing.models.parties import Customer, PartySnapshot
from caudal.billing.models.payments import (
    MoneyRequest,
    Payment,
    PaymentMethod,
    RequestOutcome,
    RequestSort,
    Settlement,
    SettlementSort,
)
from caudal.billing.models.recognition import AccruedRow, RecognisedMonth, RecognisedRow
from caudal.billing.models.reconciling import Reconciliation
from caudal.billing.models.recurring import MovementSort, MrrChange
from caudal.billing.models.runs import InvoiceRun, RunFailure
from caudal.billing.models.taxes import TaxKind, TaxRate
from caudal.billing.models.terms import (
    AlignmentChoice,
    ChangeSort,
    Contract,
    ContractCommitment,
    Interval,
    Order,
    Subscription,
    SubscriptionChange,
    SubscriptionStatus,
    TimingChoice,
)

__all__ = [
    "AccruedRow",
    "AlignmentChoice",
    "ChangeSort",
    "Contract",
    "ContractCommitment",
    "Customer",
    "Interval",
    "Invoice",
    "InvoiceLine",
    "InvoiceRun",
    "InvoiceSort",
    "InvoiceState",
    "InvoiceTax",
    "LineSort",
    "MoneyRequest",
    "MovementSort",
    "MrrChange",
    "NumberSeries",
    "Order",
    "PartySnapshot",
    "Payment",
    "PaymentMethod",
    "RecognisedMonth",
    "RecognisedRow",
    "Reconciliation",
    "RequestOutcome",
    "RequestSort",
    "RunFailure",
    "Settlement",
    "SettlementSort",
    "Subscription",
    "SubscriptionChange",
    "SubscriptionStatus",
    "TaxKind",
    "TaxRate",
    "TimingChoice",
]
