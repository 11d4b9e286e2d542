"""Routes of billing, all under one address."""

from ninja import Router

from caudal.billing.api import invoices

router = Router()
for each in (invoices,):
    router.add_router("/billing", each.router)
