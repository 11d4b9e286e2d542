"""Facts that customer relations publish."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.kit.outbox import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyAdded(Fact):
    """A company is known now."""

    name: ClassVar[str] = "crm.company_added"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyChanged(Fact):
    """What we know of a company changed."""

    name: ClassVar[str] = "crm.company_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyDeleted(Fact):
    """A company was taken out."""

    name: ClassVar[str] = "crm.company_deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompaniesKeptApart(Fact):
    """Two companies that look like one are not."""

    name: ClassVar[str] = "crm.companies_kept_apart"

    other: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAdded(Fact):
    """A person is known now."""

    name: ClassVar[str] = "crm.person_added"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChanged(Fact):
    """What we know of a person changed."""

    name: ClassVar[str] = "crm.person_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDeleted(Fact):
    """A person was taken out."""

    name: ClassVar[str] = "crm.person_deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadCaptured(Fact):
    """Somebody showed interest."""

    name: ClassVar[str] = "crm.lead_captured"

    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadTouched(Fact):
    """Somebody whose lead is open showed interest again."""

    name: ClassVar[str] = "crm.lead_touched"

    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchNoted(Fact):
    """A person or a company met us on a channel. The address of the page is personal: it may say who they are."""

    name: ClassVar[str] = "crm.touch_noted"

    channel: str
    campaign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelAdded(Fact):
    """Interest may come from somewhere new."""

    name: ClassVar[str] = "crm.channel_added"

    label: str
    sort: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelChanged(Fact):
    """A channel is called or counted otherwise."""

    name: ClassVar[str] = "crm.channel_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelDeleted(Fact):
    """A channel that nothing came from was taken out."""

    name: ClassVar[str] = "crm.channel_deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetitorAdded(Fact):
    """There is a competitor that we did not know."""

    name: ClassVar[str] = "crm.competitor_added"

    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetitorChanged(Fact):
    """What we know of a competitor changed."""

    name: ClassVar[str] = "crm.competitor_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetitorDeleted(Fact):
    """A competitor that no deal knows was taken out."""

    name: ClassVar[str] = "crm.competitor_deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetitorSeen(Fact):
    """The buyer of a deal considers a competitor too."""

    name: ClassVar[str] = "crm.competitor_seen"

    competitor: Ref
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetitorGone(Fact):
    """The buyer of a deal considers a competitor no more, or never did."""

    name: ClassVar[str] = "crm.competitor_gone"

    competitor: Ref
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TagAdded(Fact):
    """There is a tag that nobody used before."""

    name: ClassVar[str] = "crm.tag_added"

    label: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TagChanged(Fact):
    """A tag is called or coloured otherwise; what bears it bears its new name."""

    name: ClassVar[str] = "crm.tag_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TagsMerged(Fact):
    """What bore another tag bears this one now."""

    name: ClassVar[str] = "crm.tags_merged"

    gone: Ref
    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TagDeleted(Fact):
    """A tag was taken out, and off the records that bore it."""

    name: ClassVar[str] = "crm.tag_deleted"

    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadChanged(Fact):
    """What we know of a lead changed."""

    name: ClassVar[str] = "crm.lead_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadConverted(Fact):
    """A lead became a person, perhaps at a company, and perhaps a deal."""

    name: ClassVar[str] = "crm.lead_converted"
    touches: ClassVar[Mapping[str, tuple[str, str]]] = {"state": ("", "")}

    person: Ref
    company: Ref | None
    deal: Ref | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionUndone(Fact):
    """A lead is open again: that it was converted was taken back."""

    name: ClassVar[str] = "crm.conversion_undone"

    removed: tuple[Ref, ...]
    """What the conversion had made and nobody had worked with since."""
    stays: tuple[Ref, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingChanged(Fact):
    """Fields of leads go elsewhere when leads are converted."""

    name: ClassVar[str] = "crm.mapping_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadDisqualified(Fact):
    """A lead goes no further. A note about it is personal."""

    name: ClassVar[str] = "crm.lead_disqualified"
    touches: ClassVar[Mapping[str, tuple[str, str]]] = {"state": ("", "reason")}

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadReopened(Fact):
    """A lead that was given up is open again: giving it up was taken back."""

    name: ClassVar[str] = "crm.lead_reopened"
    touches: ClassVar[Mapping[str, tuple[str, str]]] = {"state": ("reason_before", "")}

    reason_before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadDeleted(Fact):
    """A lead was taken out."""

    name: ClassVar[str] = "crm.lead_deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineAdded(Fact):
    """There is a new way for deals to go."""

    name: ClassVar[str] = "crm.pipeline_added"

    label: str
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StagesAdded(Fact):
    """A pipeline has further stages."""

    name: ClassVar[str] = "crm.stages_added"

    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineChanged(Fact):
    """A pipeline has another name, another pillar, or is the default of it now, or no more."""

    name: ClassVar[str] = "crm.pipeline_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineDeleted(Fact):
    """A pipeline that no deal went through was taken out."""

    name: ClassVar[str] = "crm.pipeline_deleted"

    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageChanged(Fact):
    """A stage is called, counted or placed otherwise."""

    name: ClassVar[str] = "crm.stage_changed"

    pipeline: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class StageDeleted(Fact):
    """A stage was taken out; the open deals that were in it went to another."""

    name: ClassVar[str] = "crm.stage_deleted"

    pipeline: Ref
    label: str
    moved: int
    moved_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DealOpened(Fact):
    """The selling began. Its name is personal: it often says who buys."""

    name: ClassVar[str] = "crm.deal_opened"

    pipeline: Ref
    stage: Ref
    stage_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DealChanged(Fact):
    """A deal's amount, owner, product or words about it changed."""

    name: ClassVar[str] = "crm.deal_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DealLinesSet(Fact):
    """A deal is made of these lines now, and worth what they come to."""

    name: ClassVar[str] = "crm.deal_lines_set"
    touches: ClassVar[Mapping[str, tuple[str, str]]] = {"lines": ("", "count"), "amount": ("", "amount")}

    count: int
    amount: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DealMoved(Fact):
    """A deal went from one stage to another."""

    name: ClassVar[str] = "crm.deal_moved"
    touches: ClassVar[Mapping[str, tuple[str, str]]] = {"stage_id": ("stage_before", "stage")}

    stage_before: Ref
    stage: Ref
    stage_name_before: str
    stage_name: str
    probability: Decimal
    """Of the stage it came into, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DealWon(Fact):
    """A deal was won. A note about it is personal."""

    name: ClassVar[str] = "crm.deal_won"
    touches: ClassVar[Mapping[str, tuple[str, str]]] = {"close": ("", "reason")}

    amount: Money | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DealLost(Fact):
    """A deal was lost, perhaps to a competitor. A note about it is personal."""

    name: ClassVar[str] = "crm.deal_lost"
    touches: ClassVar[Mapping[str, tuple[str, str]]] = {"close": ("", "reason")}

    amount: Money | None
    reason: str
    competitor: Ref | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DealReopened(Fact):
    """A closed deal is open again."""

    name: ClassVar[str] = "crm.deal_reopened"
    touches: ClassVar[Mapping[str, tuple[str, str]]] = {"close": ("outcome_before", ""), "stage_id": ("", "")}

    outcome_before: str
    reason_before: str
    closed_at_before: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DealDeleted(Fact):
    """A deal was taken out."""

    name: ClassVar[str] = "crm.deal_deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityPlanned(Fact):
    """Somebody is to do something. Its subject and notes are personal: they say who, and what was said."""

    name: ClassVar[str] = "crm.activity_planned"

    does: str
    mentions: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityLogged(Fact):
    """Somebody did something, and wrote it down."""

    name: ClassVar[str] = "crm.activity_logged"

    does: str
    outcome: str
    mentions: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityCompleted(Fact):
    """What was planned was done."""

    name: ClassVar[str] = "crm.activity_completed"

    does: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityReopened(Fact):
    """What was done is to be done again."""

    name: ClassVar[str] = "crm.activity_reopened"

    does: str
    outcome_before: str
    done_at_before: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityChanged(Fact):
    """What is said of an activity changed."""

    name: ClassVar[str] = "crm.activity_changed"

    does: str
    mentions: tuple[Ref, ...] = ()
    """Members whom it names now and did not before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityRescheduled(Fact):
    """An activity is due at another time."""

    name: ClassVar[str] = "crm.activity_rescheduled"

    does: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityReassigned(Fact):
    """An activity is somebody else's to do."""

    name: ClassVar[str] = "crm.activity_reassigned"

    does: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityDeleted(Fact):
    """An activity was taken out."""

    name: ClassVar[str] = "crm.activity_deleted"

    does: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRestored(Fact):
    """A company, person, lead or deal was taken out of the recycle bin."""

    name: ClassVar[str] = "crm.record_restored"
