"""Reads of billing."""

from caudal.billing.queries.agreeing import Wanted, agree
from caudal.billing.queries.drafting import DocumentDraft, DraftLine, DraftTax, Source, document, drafts_of
from caudal.billing.queries.due import Due, DueLine, due_lines
from caudal.billing.queries.owing import Owing, owed_by
from caudal.billing.queries.parties import buyer_said, seller_said, snapshot_id
from caudal.billing.queries.pricing import PriceBook, Priced
from caudal.billing.queries.recurring import mrr_changes
from caudal.billing.queries.standing import Agreed, agreed_of, schedule_of

__all__ = [
    "Agreed",
    "DocumentDraft",
    "DraftLine",
    "DraftTax",
    "Due",
    "DueLine",
    "Owing",
    "PriceBook",
    "Priced",
    "Source",
    "Wanted",
    "agree",
    "agreed_of",
    "buyer_said",
    "document",
    "drafts_of",
    "due_lines",
    "mrr_changes",
    "owed_by",
    "schedule_of",
    "seller_said",
    "snapshot_id",
]
