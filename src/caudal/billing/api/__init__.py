"""Routes of billing, all under one address."""

from ninja import Router

from caudal.billing.api import invoices, runs

router = Router()
for each in (invoices, runs):
    router.add_router("/billing", each.router)
