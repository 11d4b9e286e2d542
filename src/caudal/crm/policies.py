"""Who may do what to companies, people, leads, pipelines and deals.

Companies and people are shared by everybody who sells. Leads and deals are seen by their owner and the managers of the
owner's team; leads and companies that nobody owns may be taken by whoever sells.
"""

from typing import Final

from caudal.crm.models import Company, Deal, Lead, Person, Pipeline, Stage
from caudal.kit.access import Policy, Reach, Verb, all_verbs

EVERYTHING: Final = all_verbs(Reach.ALL)
TEAM: Final = all_verbs(Reach.TEAM)
OWN: Final = all_verbs(Reach.OWN)
# A rep's team is the rep alone, so that TEAM reaches the rep's own rows and those that nobody owns.
OWN_AND_FREE: Final = OWN | {Verb.VIEW: Reach.TEAM, Verb.CHANGE: Reach.TEAM}
LOOK: Final = {Verb.VIEW: Reach.ALL}

SHARED: Final = {
    "admin": EVERYTHING,
    "manager": TEAM | {Verb.VIEW: Reach.ALL, Verb.EXPORT: Reach.ALL},
    "rep": OWN_AND_FREE | {Verb.VIEW: Reach.ALL},
}

POLICIES: Final = (
    Policy("company", "crm", SHARED, Company, "owner_id"),
    Policy("person", "crm", SHARED, Person, "owner_id"),
    Policy("lead", "crm", {"admin": EVERYTHING, "manager": TEAM, "rep": OWN_AND_FREE}, Lead, "owner_id"),
    Policy("deal", "crm", {"admin": EVERYTHING, "manager": TEAM, "rep": OWN}, Deal, "owner_id"),
    Policy("bin", "crm", {"admin": LOOK, "manager": LOOK, "rep": LOOK}),
    Policy("pipeline", "crm", {"admin": EVERYTHING, "manager": LOOK, "rep": LOOK}, Pipeline),
    Policy("stage", "crm", {"admin": EVERYTHING, "manager": LOOK, "rep": LOOK}, Stage),
)
