"""Routes of billing, all under one address."""

from ninja import Router

from caudal.billing.api import accounts, invoices, payments

router = Router()
for each in (invoices, payments, accounts):
    router.add_router("/billing", each.router)
