"""Facts that the workspace publishes."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from caudal.core.ids import Ref
from caudal.kit.outbox import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyFounded(Fact):
    """The installation has a company."""

    name: ClassVar[str] = "workspace.company_founded"

    currency: str
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyChanged(Fact):
    """The company's settings changed."""

    name: ClassVar[str] = "workspace.company_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityAdded(Fact):
    """There is a legal entity more that sells and invoices."""

    name: ClassVar[str] = "workspace.entity_added"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityChanged(Fact):
    """A legal entity, or the brand under which it sells, says something else of itself."""

    name: ClassVar[str] = "workspace.entity_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultEntityChosen(Fact):
    """Another legal entity sells and invoices where nothing else is said."""

    name: ClassVar[str] = "workspace.default_entity_chosen"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityRetired(Fact):
    """A legal entity that nothing was ever done with is gone."""

    name: ClassVar[str] = "workspace.entity_retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class RatesAdded(Fact):
    """Dated exchange rates came in."""

    name: ClassVar[str] = "workspace.rates_added"

    count: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberAdded(Fact):
    """Somebody belongs to the team now."""

    name: ClassVar[str] = "workspace.member_added"

    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberChanged(Fact):
    """A member's role, team or words about them changed."""

    name: ClassVar[str] = "workspace.member_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberInvited(Fact):
    """A member was sent a link to come in."""

    name: ClassVar[str] = "workspace.member_invited"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLinkMade(Fact):
    """Whoever runs the machine made a link that signs a member in, once."""

    name: ClassVar[str] = "workspace.sign_in_link_made"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordSet(Fact):
    """A member signs in with another password from now on."""

    name: ClassVar[str] = "workspace.password_set"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberDeactivated(Fact):
    """A member may not sign in any more."""

    name: ClassVar[str] = "workspace.member_deactivated"

    successor: str = ""
    """Whose the open work is from now on; nobody's while it is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberReactivated(Fact):
    """A member may sign in again."""

    name: ClassVar[str] = "workspace.member_reactivated"


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamAdded(Fact):
    """There is a team more."""

    name: ClassVar[str] = "workspace.team_added"


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamChanged(Fact):
    """A team is called otherwise, or is inside another."""

    name: ClassVar[str] = "workspace.team_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamDeleted(Fact):
    """A team is gone."""

    name: ClassVar[str] = "workspace.team_deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyIssued(Fact):
    """A program was given a key."""

    name: ClassVar[str] = "workspace.key_issued"

    role: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRevoked(Fact):
    """A key does not open anything any more."""

    name: ClassVar[str] = "workspace.key_revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAsked(Fact):
    """A second person is asked to agree."""

    name: ClassVar[str] = "workspace.approval_asked"

    request: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalDecided(Fact):
    """A second person agreed or did not."""

    name: ClassVar[str] = "workspace.approval_decided"

    request: str
    granted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalWithdrawn(Fact):
    """A question was taken back before anybody decided it."""

    name: ClassVar[str] = "workspace.approval_withdrawn"

    request: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationFinished(Fact):
    """Long work came to an end, one way or another."""

    name: ClassVar[str] = "workspace.operation_finished"

    operation: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldAdded(Fact):
    """A kind of record has a further field of the company's own."""

    name: ClassVar[str] = "workspace.field_added"

    record_kind: str
    key: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChanged(Fact):
    """A field of the company's own is defined otherwise."""

    name: ClassVar[str] = "workspace.field_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRetired(Fact):
    """A field of the company's own takes no more values; those that it has stay."""

    name: ClassVar[str] = "workspace.field_retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRestored(Fact):
    """A retired field takes values again."""

    name: ClassVar[str] = "workspace.field_restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewSaved(Fact):
    """Somebody keeps a view of a list. Its name and filter may speak of people and are not told."""

    name: ClassVar[str] = "workspace.view_saved"

    record_kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewChanged(Fact):
    """A view shows something else, or is seen by others."""

    name: ClassVar[str] = "workspace.view_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewDeleted(Fact):
    """A view was taken away."""

    name: ClassVar[str] = "workspace.view_deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultViewChosen(Fact):
    """A member's list opens with another view."""

    name: ClassVar[str] = "workspace.default_view_chosen"

    record_kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListExported(Fact):
    """Somebody took a list out as a file. Its filter may speak of people and is sealed."""

    name: ClassVar[str] = "workspace.list_exported"

    record_kind: str
    file_format: str
    rows: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordShared(Fact):
    """A record may be seen, perhaps changed, by a member or a team that would not reach it; or for longer, or less."""

    name: ClassVar[str] = "workspace.record_shared"

    holder: Ref
    may_change: bool
    ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareEnded(Fact):
    """A record is shared with a member or a team no more."""

    name: ClassVar[str] = "workspace.share_ended"

    holder: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRead(Fact):
    """An auditor looked at something. What was asked for in the address is kept as personal."""

    name: ClassVar[str] = "workspace.page_read"

    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationsRead(Fact):
    """A member has read what they were told of."""

    name: ClassVar[str] = "workspace.notifications_read"

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFollowed(Fact):
    """A member hears from now on what happens to a record."""

    name: ClassVar[str] = "workspace.record_followed"

    record: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordUnfollowed(Fact):
    """A member hears no more what happens to a record."""

    name: ClassVar[str] = "workspace.record_unfollowed"

    record: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeWaysChosen(Fact):
    """A member wishes to be told otherwise, or at another time."""

    name: ClassVar[str] = "workspace.notice_ways_chosen"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAttached(Fact):
    """A file is kept with a record; its name is personal, for people write names into names."""

    name: ClassVar[str] = "workspace.file_attached"

    attachment: str
    media_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDetached(Fact):
    """A file is no longer kept with a record."""

    name: ClassVar[str] = "workspace.file_detached"

    attachment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRestored(Fact):
    """A file is kept with a record again."""

    name: ClassVar[str] = "workspace.file_restored"

    attachment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAdded(Fact):
    """Facts are sent to another address."""

    name: ClassVar[str] = "workspace.webhook_added"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChanged(Fact):
    """Where facts are sent, or which, has changed."""

    name: ClassVar[str] = "workspace.webhook_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSecretChanged(Fact):
    """What is sent to an address is signed with another secret."""

    name: ClassVar[str] = "workspace.webhook_secret_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEnded(Fact):
    """Nothing is sent to an address any more, until somebody switches it on again."""

    name: ClassVar[str] = "workspace.webhook_ended"

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookResumed(Fact):
    """Facts are sent to an address again."""

    name: ClassVar[str] = "workspace.webhook_resumed"

    missed: bool
    """Whether what happened meanwhile is sent, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRemoved(Fact):
    """An address was taken away."""

    name: ClassVar[str] = "workspace.webhook_removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookReplayed(Fact):
    """Messages to an address are sent once more."""

    name: ClassVar[str] = "workspace.webhook_replayed"

    count: int
