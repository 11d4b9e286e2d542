"""Routes of customer relations."""

from ninja import Router

from caudal.crm.api import activities, bins, deals, leads, parties, pipelines

router = Router()
for each in (parties, leads, deals, activities, pipelines, bins):
    router.add_router("", each.router)
