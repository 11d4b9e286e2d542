"""Who may do what to rows of the workspace."""

from typing import Final

from caudal.kit.access import Policy, Reach, Verb, all_verbs
from caudal.workspace.models import (
    ApiKey,
    Approval,
    CompanySettings,
    CustomField,
    LegalEntity,
    Member,
    Operation,
    Pillar,
    Role,
    StoredFile,
    Team,
)

EVERYTHING: Final = all_verbs(Reach.ALL)
LOOK: Final = {Verb.VIEW: Reach.ALL}
EVERYBODY_LOOKS: Final = {Role.ADMIN: EVERYTHING, Role.MANAGER: LOOK, Role.REP: LOOK}
ADMIN_ONLY: Final = {Role.ADMIN: EVERYTHING}
STAFF_ALL: Final = {Role.ADMIN: EVERYTHING, Role.MANAGER: EVERYTHING, Role.REP: EVERYTHING}

POLICIES: Final = (
    Policy("settings", "workspace", EVERYBODY_LOOKS, CompanySettings),
    Policy("entity", "workspace", EVERYBODY_LOOKS, LegalEntity),
    Policy("pillar", "workspace", EVERYBODY_LOOKS, Pillar),
    Policy("team", "workspace", EVERYBODY_LOOKS, Team),
    Policy("member", "workspace", EVERYBODY_LOOKS, Member),
    Policy("field", "workspace", EVERYBODY_LOOKS, CustomField),
    Policy("key", "workspace", ADMIN_ONLY, ApiKey),
    Policy("operation", "workspace", ADMIN_ONLY | {Role.MANAGER: EVERYTHING}, Operation),
    Policy("approval", "workspace", STAFF_ALL, Approval),
    Policy("file", "workspace", STAFF_ALL, StoredFile),
)
