"""Rows of customer relations."""

from caudal.crm.models.activities import (
    ABOUT,
    APPOINTMENTS,
    OUTCOMES,
    TALKS,
    Activity,
    ActivityKind,
    ActivityLink,
    ActivityOutcome,
    Completion,
    Direction,
)
from caudal.crm.models.bulk import NAMED, EditedRow, RowState
from caudal.crm.models.channels import Channel, ChannelKind, Touch
from caudal.crm.models.competitors import Competitor, DealCompetitor, LossTo
from caudal.crm.models.consents import Consent, ConsentPurpose, ConsentSource, Erasure, ForgottenAddress
from caudal.crm.models.deals import DEAL_TEXTS, CloseReason, Deal, DealClose, Outcome, StageStay
from caudal.crm.models.leads import LEAD_TEXTS, DisqualifyReason, Lead, LeadConversion, LeadDisqualification
from caudal.crm.models.lines import DealLine
from caudal.crm.models.mapping import ConversionMapping
from caudal.crm.models.parties import COMPANY_TEXTS, PERSON_TEXTS, Company, KeptApart, Person, SalesModel
from caudal.crm.models.pipelines import ForecastCategory, Pipeline, Stage
from caudal.crm.models.profiles import PROFILE_NAME_LENGTH, ImportProfile, ProfileSharing
from caudal.crm.models.tags import TAG_LENGTH, Tag, Tagged, TagTone

TAGGED: tuple[type[Lead | Person | Company | Deal], ...] = (Lead, Person, Company, Deal)
"""The records that bear tags."""

__all__ = [
    "ABOUT",
    "APPOINTMENTS",
    "COMPANY_TEXTS",
    "DEAL_TEXTS",
    "LEAD_TEXTS",
    "NAMED",
    "OUTCOMES",
    "PERSON_TEXTS",
    "PROFILE_NAME_LENGTH",
    "TAGGED",
    "TAG_LENGTH",
    "TALKS",
    "Activity",
    "ActivityKind",
    "ActivityLink",
    "ActivityOutcome",
    "Channel",
    "ChannelKind",
    "CloseReason",
    "Company",
    "Competitor",
    "Completion",
    "Consent",
    "ConsentPurpose",
    "ConsentSource",
    "ConversionMapping",
    "Deal",
    "DealClose",
    "DealCompetitor",
    "DealLine",
    "Direction",
    "DisqualifyReason",
    "EditedRow",
    "Erasure",
    "ForecastCategory",
    "ForgottenAddress",
    "ImportProfile",
    "KeptApart",
    "Lead",
    "LeadConversion",
    "LeadDisqualification",
    "LossTo",
    "Outcome",
    "Person",
    "Pipeline",
    "ProfileSharing",
    "RowState",
    "SalesModel",
    "Stage",
    "StageStay",
    "Tag",
    "TagTone",
    "Tagged",
    "Touch",
]
