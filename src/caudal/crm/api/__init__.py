"""Routes of customer relations."""

from ninja import Router

from caudal.crm.api import bins, deals, leads, parties, pipelines

router = Router()
for each in (parties, leads, deals, pipelines, bins):
    router.add_router("", each.router)
