"""Reads of the ledger."""

from caudal.ledger.queries.entries import (
    Line,
    Lines,
    account,
    account_codes,
    chart,
    closed_months,
    entries,
    entry,
    entry_posted_for,
    lines_of,
    postings_of,
    reversal_of,
    reversals_of,
)
from caudal.ledger.queries.exporting import Syntax, exported
from caudal.ledger.queries.statements import (
    Balance,
    BalanceSheet,
    IncomeStatement,
    Movement,
    balance_sheet,
    balances,
    income_statement,
    movements,
)

__all__ = [
    "Balance",
    "BalanceSheet",
    "IncomeStatement",
    "Line",
    "Lines",
    "Movement",
    "Syntax",
    "account",
    "account_codes",
    "balance_sheet",
    "balances",
    "chart",
    "closed_months",
    "entries",
    "entry",
    "entry_posted_for",
    "exported",
    "income_statement",
    "lines_of",
    "movements",
    "postings_of",
    "reversal_of",
    "reversals_of",
]
