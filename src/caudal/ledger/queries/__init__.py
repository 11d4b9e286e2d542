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
from caudal.ledger.queries.exporting import Syntax, exported
from caudal.ledger.queries.statements import (
    Balance,
    BalanceSheet,
    IncomeStatement,
    balance_sheet,
    balances,
    income_statement,
)

__all__ = [
    "Balance",
    "BalanceSheet",
    "IncomeStatement",
    "Syntax",
    "account_codes",
    "balance_sheet",
    "balances",
    "chart",
    "closed_months",
    "entries",
    "entry",
    "exported",
    "income_statement",
    "postings_of",
    "reversal_of",
]
