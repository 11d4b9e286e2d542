"""Who sees numbers.

`metric` within Reach.ALL is the right to the numbers of the whole company, broken down any way. Everybody else sees
numbers made of the rows within the own reach: a rep those of the own deals. Which records a number is made of is told
to everybody who sees it; what a record out of reach is called is not.
"""

from typing import Final

from caudal.kit.access import Policy, Reach, Verb

COMPANY: Final = {Verb.VIEW: Reach.ALL, Verb.EXPORT: Reach.ALL}
OWN: Final = {Verb.VIEW: Reach.OWN, Verb.EXPORT: Reach.OWN}

POLICIES: Final = (
    Policy(
        "metric",
        "insights",
        {"rep": OWN, "success": OWN} | dict.fromkeys(("admin", "manager", "marketing", "finance", "auditor"), COMPANY),
    ),
)
