"""The client: every kind of record that the API has. Written by bin/client."""

from typing import Any, Final

from caudal.client.resources.activities import ActivitiesRoutes
from caudal.client.resources.approvals import ApprovalsRoutes
from caudal.client.resources.billing_contracts import BillingContractsRoutes
from caudal.client.resources.billing_customers import BillingCustomersRoutes
from caudal.client.resources.billing_invoices import BillingInvoicesRoutes
from caudal.client.resources.billing_orders import BillingOrdersRoutes
from caudal.client.resources.billing_preview import BillingPreviewRoutes
from caudal.client.resources.billing_runs import BillingRunsRoutes
from caudal.client.resources.billing_subscriptions import BillingSubscriptionsRoutes
from caudal.client.resources.billing_tax_rates import BillingTaxRatesRoutes
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
from caudal.client.resources.ledger_accounts import LedgerAccountsRoutes
from caudal.client.resources.ledger_balances import LedgerBalancesRoutes
from caudal.client.resources.ledger_confirmations import LedgerConfirmationsRoutes
from caudal.client.resources.ledger_costs import LedgerCostsRoutes
from caudal.client.resources.ledger_entries import LedgerEntriesRoutes
from caudal.client.resources.ledger_export import LedgerExportRoutes
from caudal.client.resources.ledger_income import LedgerIncomeRoutes
from caudal.client.resources.ledger_months import LedgerMonthsRoutes
from caudal.client.resources.ledger_opening import LedgerOpeningRoutes
from caudal.client.resources.ledger_payables import LedgerPayablesRoutes
from caudal.client.resources.ledger_payments import LedgerPaymentsRoutes
from caudal.client.resources.ledger_recurring_costs import LedgerRecurringCostsRoutes
from caudal.client.resources.ledger_sheet import LedgerSheetRoutes
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
from caudal.client.resources.receivables import ReceivablesRoutes
from caudal.client.resources.revenue import RevenueRoutes
from caudal.client.resources.search import SearchRoutes
from caudal.client.resources.settings import SettingsRoutes
from caudal.client.resources.shares import SharesRoutes
from caudal.client.resources.stages import StagesRoutes
from caudal.client.resources.subjects import SubjectsRoutes
from caudal.client.resources.tags import TagsRoutes
from caudal.client.resources.teams import TeamsRoutes
from caudal.client.resources.usage import UsageRoutes
from caudal.client.resources.views import ViewsRoutes
from caudal.client.resources.webhooks import WebhooksRoutes
from caudal.client.transport import Resource, Transport

RESOURCES: Final[dict[str, type[Resource]]] = {
    "activities": ActivitiesRoutes,
    "approvals": ApprovalsRoutes,
    "billing_contracts": BillingContractsRoutes,
    "billing_customers": BillingCustomersRoutes,
    "billing_invoices": BillingInvoicesRoutes,
    "billing_orders": BillingOrdersRoutes,
    "billing_preview": BillingPreviewRoutes,
    "billing_runs": BillingRunsRoutes,
    "billing_subscriptions": BillingSubscriptionsRoutes,
    "billing_tax_rates": BillingTaxRatesRoutes,
    "bin": BinRoutes,
    "bulk_edits": BulkEditsRoutes,
    "bundles": BundlesRoutes,
    "channels": ChannelsRoutes,
    "charges": ChargesRoutes,
    "companies": CompaniesRoutes,
    "competitors": CompetitorsRoutes,
    "consents": ConsentsRoutes,
    "conversion_mapping": ConversionMappingRoutes,
    "costs": CostsRoutes,
    "deals": DealsRoutes,
    "entities": EntitiesRoutes,
    "erasures": ErasuresRoutes,
    "events": EventsRoutes,
    "features": FeaturesRoutes,
    "fields": FieldsRoutes,
    "files": FilesRoutes,
    "following": FollowingRoutes,
    "import_profiles": ImportProfilesRoutes,
    "imports": ImportsRoutes,
    "keys": KeysRoutes,
    "leads": LeadsRoutes,
    "ledger_accounts": LedgerAccountsRoutes,
    "ledger_balances": LedgerBalancesRoutes,
    "ledger_confirmations": LedgerConfirmationsRoutes,
    "ledger_costs": LedgerCostsRoutes,
    "ledger_entries": LedgerEntriesRoutes,
    "ledger_export": LedgerExportRoutes,
    "ledger_income": LedgerIncomeRoutes,
    "ledger_months": LedgerMonthsRoutes,
    "ledger_opening": LedgerOpeningRoutes,
    "ledger_payables": LedgerPayablesRoutes,
    "ledger_payments": LedgerPaymentsRoutes,
    "ledger_recurring_costs": LedgerRecurringCostsRoutes,
    "ledger_sheet": LedgerSheetRoutes,
    "members": MembersRoutes,
    "metrics": MetricsRoutes,
    "my_day": MyDayRoutes,
    "notification_settings": NotificationSettingsRoutes,
    "notifications": NotificationsRoutes,
    "offerings": OfferingsRoutes,
    "operations": OperationsRoutes,
    "people": PeopleRoutes,
    "pipelines": PipelinesRoutes,
    "plan": PlanRoutes,
    "plan_actuals": PlanActualsRoutes,
    "plan_drafts": PlanDraftsRoutes,
    "plan_scenarios": PlanScenariosRoutes,
    "plan_targets": PlanTargetsRoutes,
    "prices": PricesRoutes,
    "products": ProductsRoutes,
    "rates": RatesRoutes,
    "receivables": ReceivablesRoutes,
    "revenue": RevenueRoutes,
    "search": SearchRoutes,
    "settings": SettingsRoutes,
    "shares": SharesRoutes,
    "stages": StagesRoutes,
    "subjects": SubjectsRoutes,
    "tags": TagsRoutes,
    "teams": TeamsRoutes,
    "usage": UsageRoutes,
    "views": ViewsRoutes,
    "webhooks": WebhooksRoutes,
}


class Client(Transport):
    """One installation, by its address and a key of one of its members."""

    activities: ActivitiesRoutes
    approvals: ApprovalsRoutes
    billing_contracts: BillingContractsRoutes
    billing_customers: BillingCustomersRoutes
    billing_invoices: BillingInvoicesRoutes
    billing_orders: BillingOrdersRoutes
    billing_preview: BillingPreviewRoutes
    billing_runs: BillingRunsRoutes
    billing_subscriptions: BillingSubscriptionsRoutes
    billing_tax_rates: BillingTaxRatesRoutes
    bin: BinRoutes
    bulk_edits: BulkEditsRoutes
    bundles: BundlesRoutes
    channels: ChannelsRoutes
    charges: ChargesRoutes
    companies: CompaniesRoutes
    competitors: CompetitorsRoutes
    consents: ConsentsRoutes
    conversion_mapping: ConversionMappingRoutes
    costs: CostsRoutes
    deals: DealsRoutes
    entities: EntitiesRoutes
    erasures: ErasuresRoutes
    events: EventsRoutes
    features: FeaturesRoutes
    fields: FieldsRoutes
    files: FilesRoutes
    following: FollowingRoutes
    import_profiles: ImportProfilesRoutes
    imports: ImportsRoutes
    keys: KeysRoutes
    leads: LeadsRoutes
    ledger_accounts: LedgerAccountsRoutes
    ledger_balances: LedgerBalancesRoutes
    ledger_confirmations: LedgerConfirmationsRoutes
    ledger_costs: LedgerCostsRoutes
    ledger_entries: LedgerEntriesRoutes
    ledger_export: LedgerExportRoutes
    ledger_income: LedgerIncomeRoutes
    ledger_months: LedgerMonthsRoutes
    ledger_opening: LedgerOpeningRoutes
    ledger_payables: LedgerPayablesRoutes
    ledger_payments: LedgerPaymentsRoutes
    ledger_recurring_costs: LedgerRecurringCostsRoutes
    ledger_sheet: LedgerSheetRoutes
    members: MembersRoutes
    metrics: MetricsRoutes
    my_day: MyDayRoutes
    notification_settings: NotificationSettingsRoutes
    notifications: NotificationsRoutes
    offerings: OfferingsRoutes
    operations: OperationsRoutes
    people: PeopleRoutes
    pipelines: PipelinesRoutes
    plan: PlanRoutes
    plan_actuals: PlanActualsRoutes
    plan_drafts: PlanDraftsRoutes
    plan_scenarios: PlanScenariosRoutes
    plan_targets: PlanTargetsRoutes
    prices: PricesRoutes
    products: ProductsRoutes
    rates: RatesRoutes
    receivables: ReceivablesRoutes
    revenue: RevenueRoutes
    search: SearchRoutes
    settings: SettingsRoutes
    shares: SharesRoutes
    stages: StagesRoutes
    subjects: SubjectsRoutes
    tags: TagsRoutes
    teams: TeamsRoutes
    usage: UsageRoutes
    views: ViewsRoutes
    webhooks: WebhooksRoutes

    def __init__(self, base_url: str, *, key: str, **options: Any) -> None:
        super().__init__(base_url, key=key, **options)
        for name, routes in RESOURCES.items():
            setattr(self, name, routes(self))
