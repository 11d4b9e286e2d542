"""Routes of the plan."""

from ninja import Router

from caudal.plan.api import actuals, drafts, plan, scenarios, targets

router = Router()
for each in (plan, drafts, actuals, scenarios, targets):
    router.add_router("", each.router)
