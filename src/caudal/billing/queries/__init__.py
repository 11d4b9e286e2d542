"""Reads of billing."""

from caudal.billing.queries.accounts import (
    live_settlements,
    unpaid_invoices,
    unused_credit_notes,
    unused_payments,
)
from caudal.billing.queries.agreeing import Wanted, agree
from caudal.billing.queries.crediting import Credit, LineCredit, LineLeft, NothingToCredit, credit_draft, left_to_credit
from caudal.billing.queries.drafting import DocumentDraft, DraftLine, DraftTax, Source, document, drafts_of
from caudal.billing.queries.due import Due, DueLine, due_lines
from caudal.billing.queries.owing import Owing, owed_by
from caudal.billing.queries.parties import buyer_said, seller_said, snapshot_id
from caudal.billing.queries.pricing import PriceBook, Priced
from caudal.billing.queries.standing import Agreed, agreed_of, schedule_of

__all__ = [
    "Agreed",
    "Credit",
    "DocumentDraft",
    "DraftLine",
    "DraftTax",
    "Due",
    "DueLine",
    "LineCredit",
    "LineLeft",
    "NothingToCredit",
    "Owing",
    "PriceBook",
    "Priced",
    "Source",
    "Wanted",
    "agree",
    "agreed_of",
    "buyer_said",
    "credit_draft",
    "document",
    "drafts_of",
    "due_lines",
    "left_to_credit",
    "live_settlements",
    "owed_by",
    "schedule_of",
    "seller_said",
    "snapshot_id",
    "unpaid_invoices",
    "unused_credit_notes",
    "unused_payments",
]
