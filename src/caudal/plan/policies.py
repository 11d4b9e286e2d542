"""Who may do what to the plan.

`standing` within Reach.ALL is the right to the figures of the whole company beside its targets. Everybody who works
here has it, since that is what a plan is for; whoever has less sees figures made of the rows within reach. The rows
themselves are behind their own doors: a rep who opens a number finds the rep's own.

Milestones are given to people by administrators and managers; whoever has one says that it is done.
"""

from typing import Final

from caudal.kit.access import Policy, Reach, Verb, all_verbs
from caudal.plan.models import MilestoneWork, PlanVersion

LOOK: Final = {Verb.VIEW: Reach.ALL}
SHARED: Final = {"admin": all_verbs(Reach.ALL), "manager": LOOK, "rep": LOOK}

OWN_TO_CHANGE: Final = LOOK | {Verb.CREATE: Reach.OWN, Verb.CHANGE: Reach.OWN}

POLICIES: Final = (
    Policy("plan", "plan", SHARED, PlanVersion),
    Policy(
        "milestone",
        "plan",
        {"admin": all_verbs(Reach.ALL), "manager": all_verbs(Reach.ALL), "rep": OWN_TO_CHANGE},
        MilestoneWork,
        "owner_id",
    ),
    Policy("standing", "plan", {"admin": LOOK, "manager": LOOK, "rep": LOOK}),
)
