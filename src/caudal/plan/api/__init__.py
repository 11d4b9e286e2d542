"""Routes of the plan."""

from ninja import Router

from caudal.plan.api import actuals, drafts, plan, rivers, scenarios, targets

router = Router()
for each in (plan, drafts, actuals, scenarios, targets, rivers):
    router.add_router("", each.router)
