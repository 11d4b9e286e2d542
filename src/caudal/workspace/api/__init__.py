"""Routes of the workspace."""

from ninja import Router

from caudal.workspace.api import company, search

router = Router()
for each in (company, search):
    router.add_router("", each.router)
