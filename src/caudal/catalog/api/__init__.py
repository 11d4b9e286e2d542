"""Routes of the catalogue."""

from ninja import Router

from caudal.catalog.api import bundles, charges, costs, offerings, pricelists, products

router = Router()
for each in (products, offerings, charges, bundles, costs, pricelists):
    router.add_router("", each.router)
