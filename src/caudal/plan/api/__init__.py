"""Routes of the plan."""

from ninja import Router

from caudal.plan.api import drafts, plan, scenarios

router = Router()
for each in (plan, drafts, scenarios):
    router.add_router("", each.router)
