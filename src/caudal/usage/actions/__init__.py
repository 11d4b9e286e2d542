"""Writes of usage."""

from caudal.usage.actions.conflicts import settle_conflict
from caudal.usage.actions.intake import Answer, Outcome, Receipt, TooManyEvents, record_events
from caudal.usage.actions.meters import add_meter, change_meter
from caudal.usage.actions.rebuilding import SummedAnew, sum_anew
from caudal.usage.actions.subjects import add_subject, move_subject
from caudal.usage.actions.turns import wait_for_turn

__all__ = [
    "Answer",
    "Outcome",
    "Receipt",
    "SummedAnew",
    "TooManyEvents",
    "add_meter",
    "add_subject",
    "change_meter",
    "move_subject",
    "record_events",
    "settle_conflict",
    "sum_anew",
    "wait_for_turn",
]
