"""Routes of the plan."""

from ninja import Router

from caudal.plan.api import actuals, drafts, plan, targets

router = Router()
for each in (plan, drafts, actuals, targets):
    router.add_router("", each.router)
