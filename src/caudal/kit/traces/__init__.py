"""What a batch wrote, row by row, so that all of it can be taken back.

A trigger on the traced tables notes, for every row that a batch makes, changes or deletes, how it was before and a
digest of how the batch left it. It does so only while a batch is being traced; other writes cost nothing.
"""

from caudal.kit.traces.events import RecordPutBack, RecordWithdrawn
from caudal.kit.traces.marks import KEPT_DAYS, forget_old, is_traced, traced_nouns, tracing
from caudal.kit.traces.retreat import Kept, Retreat, Value, take_back

__all__ = [
    "KEPT_DAYS",
    "Kept",
    "RecordPutBack",
    "RecordWithdrawn",
    "Retreat",
    "Value",
    "forget_old",
    "is_traced",
    "take_back",
    "traced_nouns",
    "tracing",
]
