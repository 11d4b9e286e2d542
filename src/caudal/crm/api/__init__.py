"""Routes of customer relations."""

from ninja import Router

from caudal.crm.api import deals, leads, parties, pipelines

router = Router()
for each in (parties, leads, deals, pipelines):
    router.add_router("", each.router)
