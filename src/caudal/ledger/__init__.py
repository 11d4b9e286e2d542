"""The books: a chart of accounts, entries that balance and are never changed, months that close.

Imports `workspace` and below. Contexts above post by `actions.post_entries` in their own transaction, and name what an
entry is about by opaque ids: the ledger knows no customer and no invoice.
"""
