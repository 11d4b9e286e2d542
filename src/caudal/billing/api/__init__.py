"""Routes of billing, all under one address."""

from ninja import Router

from caudal.billing.api import invoices, parties, subscriptions

router = Router()
for each in (invoices, parties, subscriptions):
    router.add_router("/billing", each.router)
