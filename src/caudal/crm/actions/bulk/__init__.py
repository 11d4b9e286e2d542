"""Editing many records at once: tried, done, and taken back."""

from caudal.crm.actions.bulk.edits import Edit, How, NotForMany, NothingSelected, fields_for_many
from caudal.crm.actions.bulk.taking_back import work_of
from caudal.crm.actions.bulk.working import (
    EDIT,
    REHEARSAL,
    TASK,
    UNDO,
    AlreadyDone,
    Chosen,
    NotFinished,
    OfAnother,
    apply_edit,
    can_undo,
    carry_out_edit,
    edit_many,
    forget_edits,
    may_go_on,
    records_in_reach,
    rehearse_edit,
    undo_edit,
)
from caudal.crm.actions.bulk.writing import By, Verdict

__all__ = [
    "EDIT",
    "REHEARSAL",
    "TASK",
    "UNDO",
    "AlreadyDone",
    "By",
    "Chosen",
    "Edit",
    "How",
    "NotFinished",
    "NotForMany",
    "NothingSelected",
    "OfAnother",
    "Verdict",
    "apply_edit",
    "can_undo",
    "carry_out_edit",
    "edit_many",
    "fields_for_many",
    "forget_edits",
    "may_go_on",
    "records_in_reach",
    "rehearse_edit",
    "undo_edit",
    "work_of",
]
