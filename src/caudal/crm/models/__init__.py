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
from caudal.crm.models.deals import CloseReason, Deal, DealClose, Outcome, StageStay
from caudal.crm.models.leads import DisqualifyReason, Lead, LeadConversion, LeadDisqualification
from caudal.crm.models.parties import Company, Person
from caudal.crm.models.pipelines import ForecastCategory, Pipeline, Stage

__all__ = [
    "ABOUT",
    "APPOINTMENTS",
    "OUTCOMES",
    "TALKS",
    "Activity",
    "ActivityKind",
    "ActivityLink",
    "ActivityOutcome",
    "CloseReason",
    "Company",
    "Completion",
    "Deal",
    "DealClose",
    "Direction",
    "DisqualifyReason",
    "ForecastCategory",
    "Lead",
    "LeadConversion",
    "LeadDisqualification",
    "Outcome",
    "Person",
    "Pipeline",
    "Stage",
    "StageStay",
]
