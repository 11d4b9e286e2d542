"""Rows of customer relations."""

from caudal.crm.models.deals import CloseReason, Deal, DealClose, Outcome, StageStay
from caudal.crm.models.leads import DisqualifyReason, Lead, LeadConversion, LeadDisqualification
from caudal.crm.models.parties import Company, Person
from caudal.crm.models.pipelines import ForecastCategory, Pipeline, Stage

__all__ = [
    "CloseReason",
    "Company",
    "Deal",
    "DealClose",
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
