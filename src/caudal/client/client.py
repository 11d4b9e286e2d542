"""The client: every kind of record that the API has. Written by bin/client."""

from functools import cached_property

from caudal.client.resources.activities import ActivitiesRoutes
from caudal.client.resources.approvals import ApprovalsRoutes
from caudal.client.resources.bin import BinRoutes
from caudal.client.resources.bulk_edits import BulkEditsRoutes
from caudal.client.resources.bundles import BundlesRoutes
from caudal.client.resources.channels import ChannelsRoutes
from caudal.client.resources.charges import ChargesRoutes
from caudal.client.resources.companies import CompaniesRoutes
from caudal.client.resources.competitors import CompetitorsRoutes
from caudal.client.resources.consents import ConsentsRoutes
from caudal.client.resources.conversion_mapping import ConversionMappingRoutes
from caudal.client.resources.costs import CostsRoutes
from caudal.client.resources.deals import DealsRoutes
from caudal.client.resources.entities import EntitiesRoutes
from caudal.client.resources.erasures import ErasuresRoutes
from caudal.client.resources.events import EventsRoutes
from caudal.client.resources.features import FeaturesRoutes
from caudal.client.resources.fields import FieldsRoutes
from caudal.client.resources.files import FilesRoutes
from caudal.client.resources.following import FollowingRoutes
from caudal.client.resources.import_profiles import ImportProfilesRoutes
from caudal.client.resources.imports import ImportsRoutes
from caudal.client.resources.keys import KeysRoutes
from caudal.client.resources.leads import LeadsRoutes
from caudal.client.resources.ledger import LedgerRoutes
from caudal.client.resources.members import MembersRoutes
from caudal.client.resources.metrics import MetricsRoutes
from caudal.client.resources.my_day import MyDayRoutes
from caudal.client.resources.notification_settings import NotificationSettingsRoutes
from caudal.client.resources.notifications import NotificationsRoutes
from caudal.client.resources.offerings import OfferingsRoutes
from caudal.client.resources.operations import OperationsRoutes
from caudal.client.resources.people import PeopleRoutes
from caudal.client.resources.pipelines import PipelinesRoutes
from caudal.client.resources.plan import PlanRoutes
from caudal.client.resources.plan_actuals import PlanActualsRoutes
from caudal.client.resources.plan_drafts import PlanDraftsRoutes
from caudal.client.resources.plan_scenarios import PlanScenariosRoutes
from caudal.client.resources.plan_targets import PlanTargetsRoutes
from caudal.client.resources.prices import PricesRoutes
from caudal.client.resources.products import ProductsRoutes
from caudal.client.resources.rates import RatesRoutes
from caudal.client.resources.search import SearchRoutes
from caudal.client.resources.settings import SettingsRoutes
from caudal.client.resources.shares import SharesRoutes
from caudal.client.resources.stages import StagesRoutes
from caudal.client.resources.subjects import SubjectsRoutes
from caudal.client.resources.tags import TagsRoutes
from caudal.client.resources.teams import TeamsRoutes
from caudal.client.resources.views import ViewsRoutes
from caudal.client.resources.webhooks import WebhooksRoutes
from caudal.client.transport import Transport


class Client(Transport):
    """One installation, by its address and a key of one of its members."""

    @cached_property
    def activities(self) -> ActivitiesRoutes:
        """The routes of activities."""
        return ActivitiesRoutes(self)

    @cached_property
    def approvals(self) -> ApprovalsRoutes:
        """The routes of approvals."""
        return ApprovalsRoutes(self)

    @cached_property
    def bin(self) -> BinRoutes:
        """The routes of bin."""
        return BinRoutes(self)

    @cached_property
    def bulk_edits(self) -> BulkEditsRoutes:
        """The routes of bulk edits."""
        return BulkEditsRoutes(self)

    @cached_property
    def bundles(self) -> BundlesRoutes:
        """The routes of bundles."""
        return BundlesRoutes(self)

    @cached_property
    def channels(self) -> ChannelsRoutes:
        """The routes of channels."""
        return ChannelsRoutes(self)

    @cached_property
    def charges(self) -> ChargesRoutes:
        """The routes of charges."""
        return ChargesRoutes(self)

    @cached_property
    def companies(self) -> CompaniesRoutes:
        """The routes of companies."""
        return CompaniesRoutes(self)

    @cached_property
    def competitors(self) -> CompetitorsRoutes:
        """The routes of competitors."""
        return CompetitorsRoutes(self)

    @cached_property
    def consents(self) -> ConsentsRoutes:
        """The routes of consents."""
        return ConsentsRoutes(self)

    @cached_property
    def conversion_mapping(self) -> ConversionMappingRoutes:
        """The routes of conversion mapping."""
        return ConversionMappingRoutes(self)

    @cached_property
    def costs(self) -> CostsRoutes:
        """The routes of costs."""
        return CostsRoutes(self)

    @cached_property
    def deals(self) -> DealsRoutes:
        """The routes of deals."""
        return DealsRoutes(self)

    @cached_property
    def entities(self) -> EntitiesRoutes:
        """The routes of entities."""
        return EntitiesRoutes(self)

    @cached_property
    def erasures(self) -> ErasuresRoutes:
        """The routes of erasures."""
        return ErasuresRoutes(self)

    @cached_property
    def events(self) -> EventsRoutes:
        """The routes of events."""
        return EventsRoutes(self)

    @cached_property
    def features(self) -> FeaturesRoutes:
        """The routes of features."""
        return FeaturesRoutes(self)

    @cached_property
    def fields(self) -> FieldsRoutes:
        """The routes of fields."""
        return FieldsRoutes(self)

    @cached_property
    def files(self) -> FilesRoutes:
        """The routes of files."""
        return FilesRoutes(self)

    @cached_property
    def following(self) -> FollowingRoutes:
        """The routes of following."""
        return FollowingRoutes(self)

    @cached_property
    def import_profiles(self) -> ImportProfilesRoutes:
        """The routes of import profiles."""
        return ImportProfilesRoutes(self)

    @cached_property
    def imports(self) -> ImportsRoutes:
        """The routes of imports."""
        return ImportsRoutes(self)

    @cached_property
    def keys(self) -> KeysRoutes:
        """The routes of keys."""
        return KeysRoutes(self)

    @cached_property
    def leads(self) -> LeadsRoutes:
        """The routes of leads."""
        return LeadsRoutes(self)

    @cached_property
    def ledger(self) -> LedgerRoutes:
        """The routes of ledger."""
        return LedgerRoutes(self)

    @cached_property
    def members(self) -> MembersRoutes:
        """The routes of members."""
        return MembersRoutes(self)

    @cached_property
    def metrics(self) -> MetricsRoutes:
        """The routes of metrics."""
        return MetricsRoutes(self)

    @cached_property
    def my_day(self) -> MyDayRoutes:
        """The routes of my day."""
        return MyDayRoutes(self)

    @cached_property
    def notification_settings(self) -> NotificationSettingsRoutes:
        """The routes of notification settings."""
        return NotificationSettingsRoutes(self)

    @cached_property
    def notifications(self) -> NotificationsRoutes:
        """The routes of notifications."""
        return NotificationsRoutes(self)

    @cached_property
    def offerings(self) -> OfferingsRoutes:
        """The routes of offerings."""
        return OfferingsRoutes(self)

    @cached_property
    def operations(self) -> OperationsRoutes:
        """The routes of operations."""
        return OperationsRoutes(self)

    @cached_property
    def people(self) -> PeopleRoutes:
        """The routes of people."""
        return PeopleRoutes(self)

    @cached_property
    def pipelines(self) -> PipelinesRoutes:
        """The routes of pipelines."""
        return PipelinesRoutes(self)

    @cached_property
    def plan(self) -> PlanRoutes:
        """The routes of plan."""
        return PlanRoutes(self)

    @cached_property
    def plan_actuals(self) -> PlanActualsRoutes:
        """The routes of plan actuals."""
        return PlanActualsRoutes(self)

    @cached_property
    def plan_drafts(self) -> PlanDraftsRoutes:
        """The routes of plan drafts."""
        return PlanDraftsRoutes(self)

    @cached_property
    def plan_scenarios(self) -> PlanScenariosRoutes:
        """The routes of plan scenarios."""
        return PlanScenariosRoutes(self)

    @cached_property
    def plan_targets(self) -> PlanTargetsRoutes:
        """The routes of plan targets."""
        return PlanTargetsRoutes(self)

    @cached_property
    def prices(self) -> PricesRoutes:
        """The routes of prices."""
        return PricesRoutes(self)

    @cached_property
    def products(self) -> ProductsRoutes:
        """The routes of products."""
        return ProductsRoutes(self)

    @cached_property
    def rates(self) -> RatesRoutes:
        """The routes of rates."""
        return RatesRoutes(self)

    @cached_property
    def search(self) -> SearchRoutes:
        """The routes of search."""
        return SearchRoutes(self)

    @cached_property
    def settings(self) -> SettingsRoutes:
        """The routes of settings."""
        return SettingsRoutes(self)

    @cached_property
    def shares(self) -> SharesRoutes:
        """The routes of shares."""
        return SharesRoutes(self)

    @cached_property
    def stages(self) -> StagesRoutes:
        """The routes of stages."""
        return StagesRoutes(self)

    @cached_property
    def subjects(self) -> SubjectsRoutes:
        """The routes of subjects."""
        return SubjectsRoutes(self)

    @cached_property
    def tags(self) -> TagsRoutes:
        """The routes of tags."""
        return TagsRoutes(self)

    @cached_property
    def teams(self) -> TeamsRoutes:
        """The routes of teams."""
        return TeamsRoutes(self)

    @cached_property
    def views(self) -> ViewsRoutes:
        """The routes of views."""
        return ViewsRoutes(self)

    @cached_property
    def webhooks(self) -> WebhooksRoutes:
        """The routes of webhooks."""
        return WebhooksRoutes(self)
