"""Who may do what to the catalogue: everybody who works here sees it, administrators keep it."""

from typing import Final

from caudal.catalog.models import Product
from caudal.kit.access import Policy, Reach, Verb, all_verbs

LOOKERS: Final = ("manager", "rep", "marketing", "finance", "success", "auditor")
LOOK: Final = {Verb.VIEW: Reach.ALL, Verb.EXPORT: Reach.ALL}

POLICIES: Final = (
    Policy("product", "catalog", dict.fromkeys(LOOKERS, LOOK) | {"admin": all_verbs(Reach.ALL)}, Product),
)
