"""Who may do what to companies, people, leads, pipelines and deals.

Companies and people are seen by everybody who works here. Leads and deals are seen by their owner and the managers of
the owner's team; leads and companies that nobody owns may be taken by whoever sells. Marketing keeps leads and
channels, and reads what became of them; finance reads what was sold; customer success reads every deal and keeps its
own; an auditor reads everything and writes nothing. Single companies, people, leads and deals are shared.

An activity is its owner's and its author's, and is seen by those who see what it is about and who take part in it; a
private one by its author alone.
"""

from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from caudal.crm.models import (
    Activity,
    ActivityLink,
    Channel,
    Company,
    Competitor,
    Consent,
    ConversionMapping,
    Deal,
    ImportProfile,
    Lead,
    Person,
    Pipeline,
    ProfileSharing,
    Stage,
    Tag,
)
from caudal.kit.access import Actor, Policy, Reach, Verb, all_verbs

EVERYTHING: Final = all_verbs(Reach.ALL)
TEAM: Final = all_verbs(Reach.TEAM)
OWN: Final = all_verbs(Reach.OWN)
OWN_AND_FREE: Final = OWN | {Verb.VIEW: Reach.FREE, Verb.CHANGE: Reach.FREE}
LOOK: Final = {Verb.VIEW: Reach.ALL}
READ: Final = {Verb.VIEW: Reach.ALL, Verb.EXPORT: Reach.ALL}
LOOKERS: Final = dict.fromkeys(("manager", "rep", "marketing", "finance", "success"), LOOK) | {"auditor": READ}

KEEP: Final = all_verbs(Reach.ALL) | {Verb.DELETE: Reach.NONE}

SELLERS: Final = ("manager", "rep", "marketing", "success")

PARTIES: Final = {
    "admin": EVERYTHING,
    "manager": TEAM | {Verb.VIEW: Reach.ALL, Verb.EXPORT: Reach.ALL},
    "rep": OWN_AND_FREE | {Verb.VIEW: Reach.ALL},
    "marketing": KEEP,
    "finance": READ,
    "success": OWN_AND_FREE | {Verb.VIEW: Reach.ALL},
    "auditor": READ,
}
LEADS: Final = {"admin": EVERYTHING, "manager": TEAM, "rep": OWN_AND_FREE, "marketing": KEEP, "success": OWN}
DEALS: Final = {
    "admin": EVERYTHING,
    "manager": TEAM,
    "rep": OWN,
    "marketing": LOOK,
    "finance": READ,
    "success": OWN | {Verb.VIEW: Reach.ALL},
}


def activity_rule(actor: Actor, verb: Verb, reach: Reach) -> Q | None:
    """Return which activities somebody may see, change or delete. Private ones are their author's, whoever asks."""
    private = Q(is_private=False) | Q(created_by=actor.id)
    if reach is Reach.ALL:
        return private
    mine = Q(created_by=actor.id)
    if actor.member is not None:
        owners = actor.team | {actor.member} if reach is Reach.TEAM else {actor.member}
        mine |= Q(owner_id__in=owners)
    reading = verb in {Verb.VIEW, Verb.EXPORT}
    others = about_rows(actor, verb)
    if not reading:
        return private & (mine | (Q(owner=None) & others))  # what nobody is to do may be taken by whoever works there
    taking_part = Q(Exists(_links().filter(member_id=actor.member))) if actor.member else Q(pk__in=[])
    return private & (mine | taking_part | others)


def about_rows(actor: Actor, verb: Verb) -> Q:
    """Return the condition on activities that are about something within reach.

    Companies and people are seen by all who sell, and must not give away what is said about a deal or a lead of
    somebody else: they count only for activities that are about neither.
    """
    sale = Q(deal__in=Deal.for_actor(actor, verb)) | Q(lead__in=Lead.for_actor(actor, verb))
    party = Q(company__in=Company.for_actor(actor, verb)) | Q(person__in=Person.for_actor(actor, verb))
    of_sales = Q(deal__isnull=False) | Q(lead__isnull=False)
    return Q(Exists(_links().filter(sale))) | (
        ~Q(Exists(_links().filter(of_sales))) & Q(Exists(_links().filter(party)))
    )


def _links() -> "QuerySet[ActivityLink]":
    return ActivityLink._default_manager.filter(activity=OuterRef("pk"))


def profile_rule(actor: Actor, verb: Verb, reach: Reach) -> Q:
    """Return which profiles of imports somebody may use, change or take away.

    A private one is used by whoever saved it alone; one of the company is taken away by whoever saved it, and by
    administrators.
    """
    own, everybodys = Q(created_by=actor.id), Q(sharing=ProfileSharing.EVERYBODY)
    return own | everybodys if reach is Reach.ALL or verb in {Verb.VIEW, Verb.EXPORT} else own


ACTIVITIES: Final = {"admin": EVERYTHING, "manager": TEAM} | dict.fromkeys(
    ("rep", "marketing", "finance", "success"), OWN
)
AUDIT: Final = {"auditor": READ}

POLICIES: Final = (
    Policy("company", "crm", PARTIES, Company, "owner_id", is_shared=True),
    Policy("person", "crm", PARTIES, Person, "owner_id", is_shared=True),
    Policy("lead", "crm", LEADS | AUDIT, Lead, "owner_id", is_shared=True),
    Policy("deal", "crm", DEALS | AUDIT, Deal, "owner_id", is_shared=True),
    Policy("channel", "crm", LOOKERS | {"admin": EVERYTHING, "manager": KEEP, "marketing": EVERYTHING}, Channel),
    Policy("competitor", "crm", LOOKERS | {"admin": EVERYTHING} | dict.fromkeys(SELLERS, KEEP), Competitor),
    Policy(
        "tag",
        "crm",
        LOOKERS
        | dict.fromkeys(("admin", "manager", "marketing"), EVERYTHING)
        | dict.fromkeys(("rep", "success"), LOOK | {Verb.CREATE: Reach.ALL}),
        Tag,
    ),
    Policy("activity", "crm", ACTIVITIES | AUDIT, Activity, "owner_id", activity_rule),
    Policy("consent", "crm", LOOKERS | dict.fromkeys(("admin", *SELLERS), EVERYTHING), Consent),
    Policy("subject", "crm", {"admin": EVERYTHING, "auditor": LOOK}),
    Policy("mapping", "crm", LOOKERS | {"admin": EVERYTHING}, ConversionMapping),
    Policy(
        "import_profile",
        "crm",
        {"admin": EVERYTHING, "manager": OWN | {Verb.VIEW: Reach.ALL, Verb.CREATE: Reach.ALL}} | AUDIT,
        ImportProfile,
        rule=profile_rule,
    ),
    Policy("bulk_edit", "crm", dict.fromkeys(("admin", *SELLERS), EVERYTHING) | AUDIT),
    Policy("bin", "crm", LOOKERS | {"admin": LOOK}),
    Policy("pipeline", "crm", LOOKERS | {"admin": EVERYTHING}, Pipeline),
    Policy("stage", "crm", LOOKERS | {"admin": EVERYTHING}, Stage),
)
