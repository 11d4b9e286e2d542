"""Routes of the plan."""

from ninja import Router

from caudal.plan.api import drafts, plan

router = Router()
for each in (plan, drafts):
    router.add_router("", each.router)
