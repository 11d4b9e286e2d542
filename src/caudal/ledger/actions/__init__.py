"""Writes of the ledger."""

from caudal.ledger.actions.chart import STANDARD, add_account, complete_chart, rename_account, set_up_chart
from caudal.ledger.actions.closing import (
    MonthNotOver,
    NotClosed,
    ReopeningNotAsked,
    SamePerson,
    ask_reopening,
    close_month,
    reopen_month,
)
from caudal.ledger.actions.costs import CostDraft, post_cost
from caudal.ledger.actions.posting import (
    EntryDraft,
    MonthIsClosed,
    NoSuchAccount,
    PostedOtherwise,
    ReversedBefore,
    ReversedTooEarly,
    post_entries,
    post_entry,
    reverse_entry,
)

__all__ = [
    "STANDARD",
    "CostDraft",
    "EntryDraft",
    "MonthIsClosed",
    "MonthNotOver",
    "NoSuchAccount",
    "NotClosed",
    "PostedOtherwise",
    "ReopeningNotAsked",
    "ReversedBefore",
    "ReversedTooEarly",
    "SamePerson",
    "add_account",
    "ask_reopening",
    "close_month",
    "complete_chart",
    "post_cost",
    "post_entries",
    "post_entry",
    "rename_account",
    "reopen_month",
    "reverse_entry",
    "set_up_chart",
]
