"""Routes of the plan."""

from ninja import Router

from caudal.plan.api import actuals, drafts, plan

router = Router()
for each in (plan, drafts, actuals):
    router.add_router("", each.router)
