"""Routes of the plan."""

from ninja import Router

from caudal.plan.api import actuals, drafts, plan, scenarios

router = Router()
for each in (plan, drafts, actuals, scenarios):
    router.add_router("", each.router)
