"""Reads of billing."""

from caudal.billing.queries.accounts import (
    customers_called,
    every_unpaid_invoice,
    live_settlements,
    own_currency,
    payments,
    settlements_of_document,
    settlements_of_payments,
    unpaid_invoices,
    unused_credit_notes,
    unused_payments,
    waiting_requests,
)
from caudal.billing.queries.ageing import Ageing, OpenDocument, ageing
from caudal.billing.queries.agreeing import Wanted, agree, of_bundle
from caudal.billing.queries.canonical import canonical_documents
from caudal.billing.queries.changing import Change, Proposal, as_changed, plan_change
from caudal.billing.queries.committing import commitment_lines, commitment_standings, commitments_of, settles_at
from caudal.billing.queries.covering import unpaid_usage
from caudal.billing.queries.crediting import Credit, LineCredit, LineLeft, NothingToCredit, credit_draft, left_to_credit
from caudal.billing.queries.deferred import (
    Deferred,
    accrued_in,
    as_csv,
    deferred,
    deferred_currencies,
    deferred_rows,
    recognised_in,
)
from caudal.billing.queries.documents import (
    Around,
    LineOrigin,
    around,
    corrections_of,
    invoice,
    is_overdue,
    line_at,
    origin_of,
    state_of,
)
from caudal.billing.queries.drafting import DocumentDraft, DraftLine, DraftTax, Source, document, drafts_of
from caudal.billing.queries.due import Due, DueLine, due_lines
from caudal.billing.queries.mailing import letters_about
from caudal.billing.queries.owing import Owing, owed_by
from caudal.billing.queries.papers import (
    Paper,
    lines_of,
    paper,
    period_told,
    quantity_told,
    share_told,
    tax_told,
    taxes_of,
    title_of,
)
from caudal.billing.queries.parties import buyer_said, seller_said, snapshot_id
from caudal.billing.queries.previewing import CustomerPreview, Preview, failures_of, preview, run, runs
from caudal.billing.queries.pricing import PriceBook, Priced
from caudal.billing.queries.reconciling import Check, Compared, Odd, called, last_reconciliation, reconcile
from caudal.billing.queries.recurring import mrr_changes
from caudal.billing.queries.standing import Agreed, agreed_of, schedule_of
from caudal.billing.queries.statements import Statement, statements
from caudal.billing.queries.story import Story, story
from caudal.billing.queries.taxing import rates_on, tax_rates
from caudal.billing.queries.taxtable import NoTaxRate, TableTaxes

__all__ = [
    "Ageing",
    "Agreed",
    "Around",
    "Change",
    "Check",
    "Compared",
    "Credit",
    "CustomerPreview",
    "Deferred",
    "DocumentDraft",
    "DraftLine",
    "DraftTax",
    "Due",
    "DueLine",
    "LineCredit",
    "LineLeft",
    "LineOrigin",
    "NoTaxRate",
    "NothingToCredit",
    "Odd",
    "OpenDocument",
    "Owing",
    "Paper",
    "Preview",
    "PriceBook",
    "Priced",
    "Proposal",
    "Source",
    "Statement",
    "Story",
    "TableTaxes",
    "Wanted",
    "accrued_in",
    "ageing",
    "agree",
    "agreed_of",
    "around",
    "as_changed",
    "as_csv",
    "buyer_said",
    "called",
    "canonical_documents",
    "commitment_lines",
    "commitment_standings",
    "commitments_of",
    "corrections_of",
    "credit_draft",
    "customers_called",
    "deferred",
    "deferred_currencies",
    "deferred_rows",
    "document",
    "drafts_of",
    "due_lines",
    "every_unpaid_invoice",
    "failures_of",
    "invoice",
    "is_overdue",
    "last_reconciliation",
    "left_to_credit",
    "letters_about",
    "line_at",
    "lines_of",
    "live_settlements",
    "mrr_changes",
    "of_bundle",
    "origin_of",
    "owed_by",
    "own_currency",
    "paper",
    "payments",
    "period_told",
    "plan_change",
    "preview",
    "quantity_told",
    "rates_on",
    "recognised_in",
    "reconcile",
    "run",
    "runs",
    "schedule_of",
    "seller_said",
    "settlements_of_document",
    "settlements_of_payments",
    "settles_at",
    "share_told",
    "snapshot_id",
    "state_of",
    "statements",
    "story",
    "tax_rates",
    "tax_told",
    "taxes_of",
    "title_of",
    "unpaid_invoices",
    "unpaid_usage",
    "unused_credit_notes",
    "unused_payments",
    "waiting_requests",
]
