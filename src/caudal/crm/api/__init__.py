"""Routes of customer relations."""

from ninja import Router

from caudal.crm.api import channels, competitors, deals, leads, parties, pipelines

router = Router()
for each in (parties, leads, deals, pipelines, channels, competitors):
    router.add_router("", each.router)
