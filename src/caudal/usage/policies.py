"""Who may do what to usage: finance keeps meters and subjects, systems send events by a key, everybody looks.

Keys for sending have a scope of their own (`usage`), so that one which leaks changes no meter.
"""

from typing import Final

from caudal.kit.access import Policy, Reach, Verb, all_verbs
from caudal.usage.models import Conflict, Meter, Subject

LOOKERS: Final = ("manager", "rep", "marketing", "success", "auditor")
LOOK: Final = {Verb.VIEW: Reach.ALL, Verb.EXPORT: Reach.ALL}
KEEP: Final = all_verbs(Reach.ALL)
KEEPERS: Final = {"admin": KEEP, "finance": KEEP}
EVERYBODY: Final = dict.fromkeys(LOOKERS, LOOK) | KEEPERS

POLICIES: Final = (
    Policy("usage", "usage", EVERYBODY),
    Policy("meter", "meters", EVERYBODY, Meter),
    Policy("usage_subject", "meters", EVERYBODY, Subject),
    Policy("usage_conflict", "meters", KEEPERS | {"auditor": LOOK}, Conflict),
)
