"""Reads of billing."""

from caudal.billing.queries.agreeing import Wanted, agree
from caudal.billing.queries.changing import Change, Proposal, as_changed, plan_change
from caudal.billing.queries.committing import commitment_lines, commitment_standings, commitments_of, settles_at
from caudal.billing.queries.covering import unpaid_usage
from caudal.billing.queries.drafting import DocumentDraft, DraftLine, DraftTax, Source, document, drafts_of
from caudal.billing.queries.due import Due, DueLine, due_lines
from caudal.billing.queries.owing import Owing, owed_by
from caudal.billing.queries.parties import buyer_said, seller_said, snapshot_id
from caudal.billing.queries.pricing import PriceBook, Priced
from caudal.billing.queries.standing import Agreed, agreed_of, schedule_of

__all__ = [
    "Agreed",
    "Change",
    "DocumentDraft",
    "DraftLine",
    "DraftTax",
    "Due",
    "DueLine",
    "Owing",
    "PriceBook",
    "Priced",
    "Proposal",
    "Source",
    "Wanted",
    "agree",
    "agreed_of",
    "as_changed",
    "buyer_said",
    "commitment_lines",
    "commitment_standings",
    "commitments_of",
    "document",
    "drafts_of",
    "due_lines",
    "owed_by",
    "plan_change",
    "schedule_of",
    "seller_said",
    "settles_at",
    "snapshot_id",
    "unpaid_usage",
]
