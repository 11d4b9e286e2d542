"""Who may do what to the plan.

`standing` within Reach.ALL is the right to the figures of the whole company beside its targets. Everybody who works
here has it, since that is what a plan is for; whoever has less sees figures made of the rows within reach. The rows
themselves are behind their own doors: a rep who opens a number finds the rep's own.
"""

from typing import Final

from caudal.kit.access import Policy, Reach, Verb, all_verbs
from caudal.plan.models import PlanVersion

LOOK: Final = {Verb.VIEW: Reach.ALL}
EVERYBODY: Final = ("admin", "manager", "rep", "marketing", "finance", "success", "auditor")
SHARED: Final = dict.fromkeys(EVERYBODY, LOOK) | {"admin": all_verbs(Reach.ALL)}

POLICIES: Final = (
    Policy("plan", "plan", SHARED, PlanVersion),
    Policy("standing", "plan", dict.fromkeys(EVERYBODY, LOOK)),
)
