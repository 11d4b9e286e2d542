"""Rows of the workspace."""

from caudal.workspace.models.access import AccessLink, ApiKey, LinkPurpose
from caudal.workspace.models.company import CompanySettings, DatedRate, Environment, LegalEntity, Pillar
from caudal.workspace.models.fields import CustomField, OwnFieldType
from caudal.workspace.models.team import Member, Role, Team
from caudal.workspace.models.work import Approval, ExternalId, Operation, OperationState, StoredFile

__all__ = [
    "AccessLink",
    "ApiKey",
    "Approval",
    "CompanySettings",
    "CustomField",
    "DatedRate",
    "Environment",
    "ExternalId",
    "LegalEntity",
    "LinkPurpose",
    "Member",
    "Operation",
    "OperationState",
    "OwnFieldType",
    "Pillar",
    "Role",
    "StoredFile",
    "Team",
]
