"""Reads of the ledger."""

from caudal.ledger.queries.entries import (
    account_codes,
    chart,
    closed_months,
    entries,
    entry,
    postings_of,
    reversal_of,
)

__all__ = ["account_codes", "chart", "closed_months", "entries", "entry", "postings_of", "reversal_of"]
