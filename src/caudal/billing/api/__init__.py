"""Routes of billing: documents under one address, money and what is owed under another, revenue under a third."""

from ninja import Router

from caudal.billing.api import accounts, invoices, parties, payments, recurring, revenue, runs, subscriptions

router = Router()
for each in (invoices, runs, parties, subscriptions):
    router.add_router("/billing", each.router)
for each in (payments, accounts):
    router.add_router("/receivables", each.router)
for each in (revenue, recurring):
    router.add_router("/revenue", each.router)
