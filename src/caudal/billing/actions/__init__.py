"""Writes of billing."""

from caudal.billing.actions.customers import add_customer, change_customer
from caudal.billing.actions.issuing import (
    AlreadyIssued,
    AlreadySent,
    NotIssued,
    PartlySettled,
    discard,
    finalise,
    mark_sent,
    void,
    write_documents,
)
from caudal.billing.actions.ordering import OrderInvoiced, call_off, place_order
from caudal.billing.actions.recurring import keep_mrr, keep_mrr_of_charge, rebuild_mrr
from caudal.billing.actions.running import RunAhead, begin_run, finish_run, invoice_all, invoice_customer
from caudal.billing.actions.subscribing import (
    HasEnded,
    NothingChanges,
    NotInThisState,
    OutOfOrder,
    Terms,
    cancel,
    change_items,
    change_seats,
    pause,
    renew,
    resume,
    subscribe,
)

__all__ = [
    "AlreadyIssued",
    "AlreadySent",
    "HasEnded",
    "NotInThisState",
    "NotIssued",
    "NothingChanges",
    "OrderInvoiced",
    "OutOfOrder",
    "PartlySettled",
    "RunAhead",
    "Terms",
    "add_customer",
    "begin_run",
    "call_off",
    "cancel",
    "change_customer",
    "change_items",
    "change_seats",
    "discard",
    "finalise",
    "finish_run",
    "invoice_all",
    "invoice_customer",
    "keep_mrr",
    "keep_mrr_of_charge",
    "mark_sent",
    "pause",
    "place_order",
    "rebuild_mrr",
    "renew",
    "resume",
    "subscribe",
    "void",
    "write_documents",
]
