"""Routes of usage, all under one address."""

from ninja import Router

from caudal.usage.api import events, meters, quantities

router = Router()
for each in (events, quantities, meters):
    router.add_router("/usage", each.router)
