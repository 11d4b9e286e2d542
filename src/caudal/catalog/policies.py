"""Who may do what to the catalogue: everybody who works here sees it, administrators and finance keep it."""

from typing import Final

from caudal.catalog.models import Bundle, Charge, Feature, Offering, PriceVersion, Product
from caudal.kit.access import Policy, Reach, Verb, all_verbs

LOOKERS: Final = ("manager", "rep", "marketing", "success", "auditor")
LOOK: Final = {Verb.VIEW: Reach.ALL, Verb.EXPORT: Reach.ALL}
KEEP: Final = all_verbs(Reach.ALL)

POLICIES: Final = tuple(
    Policy(model.kind, "catalog", dict.fromkeys(LOOKERS, LOOK) | {"admin": KEEP, "finance": KEEP}, model)
    for model in (Product, Offering, Charge, PriceVersion, Feature, Bundle)
)
