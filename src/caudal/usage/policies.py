"""Who may do what to usage: finance keeps meters and subjects, systems send events by a key, everybody looks.

Keys for sending have a scope of their own (`usage`), so that one which leaks changes no meter.
"""

from typing import Final

from caudal.kit.access import Policy, Reach, Verb, all_verbs
from caudal.usage.models import Conflict, Meter, Subject

LOOKERS: Final = ("manager", "success", "auditor")
LOOK: Final = {Verb.VIEW: Reach.ALL, Verb.EXPORT: Reach.ALL}
OF_COMPANIES: Final = {Verb.VIEW: Reach.OWN, Verb.EXPORT: Reach.OWN}
"""Of the companies that are within reach, one at a time."""
KEEP: Final = all_verbs(Reach.ALL)
KEEPERS: Final = {"admin": KEEP, "finance": KEEP}
EVERYBODY: Final = dict.fromkeys(LOOKERS, LOOK) | KEEPERS

POLICIES: Final = (
    Policy("usage", "usage", EVERYBODY | dict.fromkeys(("rep", "marketing"), OF_COMPANIES)),
    Policy("meter", "meters", EVERYBODY | dict.fromkeys(("rep", "marketing"), LOOK), Meter),
    Policy("usage_subject", "meters", EVERYBODY, Subject),
    Policy("usage_conflict", "meters", KEEPERS | {"auditor": LOOK}, Conflict),
)
