"""Billing: contracts and subscriptions as dated terms, orders, invoices, credit notes and payments.

A subscription is kept as what was agreed and from when on; what it owes follows from that. An invoice is issued once
for each obligation, is never changed, and is posted to the ledger in the transaction that issues it.
"""
