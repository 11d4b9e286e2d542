"""Routes of the books."""

from ninja import Router

from caudal.ledger.api import books, costs

router = Router()
for each in (books, costs):
    router.add_router("", each.router)
