"""Routes of the workspace."""

from ninja import Router

from caudal.workspace.api import company, fields, notices, search, sharing

router = Router()
for each in (company, fields, notices, search, sharing):
    router.add_router("", each.router)
