"""Rows of the workspace."""

from caudal.workspace.models.access import AccessLink, ApiKey, LinkPurpose
from caudal.workspace.models.company import (
    RESPONSE_HOURS_MAX,
    CompanySettings,
    DatedRate,
    Environment,
    Invoicing,
    LegalEntity,
    Pillar,
)
from caudal.workspace.models.fields import CustomField, OwnFieldType
from caudal.workspace.models.notices import (
    DEFAULT_WAYS,
    REMIND_MINUTES_MAX,
    DigestPlan,
    Following,
    NoticeSort,
    NoticeWay,
    Notification,
    Rhythm,
    Way,
)
from caudal.workspace.models.sharing import Share
from caudal.workspace.models.team import Member, Role, Span, Team
from caudal.workspace.models.views import DefaultView, SavedView, Sharing, ViewLayout
from caudal.workspace.models.webhooks import (
    FACT,
    KEPT,
    URL_MAX,
    Ending,
    Webhook,
    WebhookMessage,
    WebhookSecret,
    WebhookTry,
    place_columns,
)
from caudal.workspace.models.work import Approval, Attachment, ExternalId, Operation, OperationState, StoredFile

__all__ = [
    "DEFAULT_WAYS",
    "FACT",
    "KEPT",
    "REMIND_MINUTES_MAX",
    "RESPONSE_HOURS_MAX",
    "URL_MAX",
    "AccessLink",
    "ApiKey",
    "Approval",
    "Attachment",
    "CompanySettings",
    "CustomField",
    "DatedRate",
    "DefaultView",
    "DigestPlan",
    "Ending",
    "Environment",
    "ExternalId",
    "Following",
    "Invoicing",
    "LegalEntity",
    "LinkPurpose",
    "Member",
    "NoticeSort",
    "NoticeWay",
    "Notification",
    "Operation",
    "OperationState",
    "OwnFieldType",
    "Pillar",
    "Rhythm",
    "Role",
    "SavedView",
    "Share",
    "Sharing",
    "Span",
    "StoredFile",
    "Team",
    "ViewLayout",
    "Way",
    "Webhook",
    "WebhookMessage",
    "WebhookSecret",
    "WebhookTry",
    "place_columns",
]
