"""Routes of the workspace."""

from ninja import Router

from caudal.workspace.api import company, fields, files, notices, search, sharing

router = Router()
for each in (company, fields, files, notices, search, sharing):
    router.add_router("", each.router)
