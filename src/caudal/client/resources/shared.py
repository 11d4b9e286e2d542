"""The API: what several kinds of records share. Written by bin/client."""

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict


class MoneyBody(TypedDict):
    """An amount: major units and ISO currency, both as strings, since JSON readers turn numbers into floats."""

    amount: str
    currency: str


class Balance(TypedDict):
    """What an account holds in a currency."""

    account: str
    nature: str
    label_en: str
    label_es: str
    amount: MoneyBody


class BundleItem(TypedDict):
    """So many of a bundle, as one choice: its parts, their quantities and prices follow from it."""

    bundle_id: str
    count: NotRequired[int]


class Price(TypedDict):
    """A price of a charge."""

    id: str
    number: int
    currency: str
    from_date: str
    existing_from_date: str | None
    price: dict[str, Any]


class VolumeStep(TypedDict):
    """From which quantity, how many per cent less."""

    quantity_min: int
    discount_percent: str


class Charge(TypedDict):
    """A charge with its prices."""

    id: str
    version: int
    offering_id: str | None
    name: str
    code: str
    sort: str
    stream: str
    meter: str
    unit: str
    volume_discounts: list[VolumeStep]
    prices: list[Price]


class CostLine(TypedDict):
    """What one charge comes to: `decision` is its waterfall, `parts` what the catalogue asks tier by tier."""

    charge: str
    name: str
    sort: str
    stream: str
    quantity: str
    price_number: int
    parts: list[dict[str, Any]]
    decision: dict[str, Any]
    amount: MoneyBody | None


SalesModel: TypeAlias = Literal[
    "self_service", "inside", "field", "channel", "enterprise", "api", "white_label", "direct", "corporate", "partner"
]
"""The way in which something is sold."""


class DealIn(TypedDict):
    """A deal to open: in the given stage, else the first of the pipeline, else of the product's own."""

    name: str
    company_id: NotRequired[str | None]
    person_id: NotRequired[str | None]
    product_id: NotRequired[str | None]
    owner_id: NotRequired[str | None]
    pipeline_id: NotRequired[str | None]
    stage_id: NotRequired[str | None]
    amount: NotRequired[MoneyBody | None]
    sales_model: NotRequired[SalesModel | Literal[""]]
    expected_close_date: NotRequired[str | None]
    opened_at: NotRequired[str | None]
    tags: NotRequired[list[str]]
    custom: NotRequired[dict[str, Any]]


class DraftLine(TypedDict):
    """A line of a document as it will be."""

    sort: str
    text: str
    quantity: str
    share: str
    net: MoneyBody
    service_start: str
    service_end: str
    tax_category: str
    tax_percent: str


class DocumentDraft(TypedDict):
    """A document as it will be."""

    sort: str
    due_from: str
    lines: list[DraftLine]
    net: MoneyBody
    tax: MoneyBody
    gross: MoneyBody


class DraftDecision(TypedDict):
    """What somebody said of a proposal."""

    by: str
    at: str
    granted: bool
    note: str


class DraftList(TypedDict):
    """Documents as they will be, by the day on which they fall due."""

    documents: list[DocumentDraft]


class Draft(TypedDict):
    """A draft without its text, with what was said of it since it was last proposed."""

    id: str
    name: str
    purpose: str
    note: str
    state: str
    size: str
    starts_on: str
    origin: str
    begun_from: str
    sha256: str
    proposed_by: str | None
    proposed_at: str | None
    approved_at: str | None
    decisions: list[DraftDecision]
    version: int
    changed_at: str
    changed_by: str


class Erasure(TypedDict):
    """What went and what stayed."""

    record_id: str
    reason: str
    erased_at: str
    report: dict[str, Any]


class Fact(TypedDict):
    """Something that happened: to the record itself, or to another that it is about."""

    id: str
    name: str
    subject: str
    actor: str
    at: str
    recorded_at: str
    changes: dict[str, Any]
    erased: bool


FieldKind: TypeAlias = Literal["text", "number", "money", "date", "instant", "choice", "boolean", "link"]
"""What a field holds."""


class LedgerCostIn(TypedDict):
    """A cost: its key is posted once; owed to a supplier where it is paid from an account of debts."""

    key: str
    day: str
    amount: MoneyBody
    account: str
    paid_from: NotRequired[str | None]
    pillar_id: NotRequired[str | None]
    party: NotRequired[str]
    channel: NotRequired[str]
    document: NotRequired[str]
    note: NotRequired[str]


class ListOption(TypedDict):
    """One of the values that a field may have."""

    value: str
    label: str


class ListField(TypedDict):
    """A field that `where`, `sort`, `fields` and `by` may name."""

    name: str
    label: str
    kind: FieldKind
    unit: str
    link: str
    sorts: bool
    groups: bool
    sums: bool
    own: bool
    options: list[ListOption]


class ListFields(TypedDict):
    """The fields of a kind of record, as far as the caller may see them."""

    items: list[ListField]


class ListFileIn(TypedDict):
    """Which rows, columns and order; what is left out is that of the view, and without one every row and column."""

    view: NotRequired[str]
    where: NotRequired[str | None]
    text: NotRequired[str]
    sort: NotRequired[str]
    columns: NotRequired[list[str]]
    format: NotRequired[Literal["csv", "xlsx"]]


class ListNumber(TypedDict):
    """What the numbers of a field add up to."""

    field: str
    number: str


class ListSum(TypedDict):
    """What the amounts of a field add up to, in each currency."""

    field: str
    amounts: list[MoneyBody]


class ListGroup(TypedDict):
    """Rows that have a value in common: a text, an id, the first day of a month; null for those without any."""

    count: int
    sums: list[ListSum]
    numbers: list[ListNumber]
    value: str | bool | None


class ListGroups(TypedDict):
    """The groups, the fullest first; months in their order."""

    items: list[ListGroup]
    more: bool


class ListTotal(TypedDict):
    """How many rows there are, and what they add up to."""

    count: int
    sums: list[ListSum]
    numbers: list[ListNumber]


Nature: TypeAlias = Literal["asset", "liability", "equity", "income", "expense"]
"""What an account holds, and on which side it grows."""


class Plan(TypedDict):
    """The plan that counts; targets at the size of its version."""

    id: str
    name: str
    version: str
    starts_on: str
    sha256: str
    adopted_at: str
    adopted_by: str
    targets: list[dict[str, Any]]
    passages: dict[str, list[dict[str, Any]]]


Role: TypeAlias = Literal["admin", "manager", "rep", "marketing", "finance", "success", "auditor"]
"""What a member may do; each context's policies say what that means for its rows."""


class Stage(TypedDict):
    """A stage of a pipeline."""

    id: str
    version: int
    name: str
    probability: str
    forecast_category: str
    days_to_rot: int | None
    needed: list[str]


Stream: TypeAlias = Literal[
    "subscription",
    "usage",
    "licence",
    "support",
    "services",
    "training",
    "partnership",
    "data",
    "api",
    "marketplace",
    "white_label",
    "consulting",
]
"""As which kind of revenue something counts."""


class TouchIn(TypedDict):
    """A contact with a channel; one that nobody has named yet comes into being."""

    channel: str
    campaign: NotRequired[str]
    source_url: NotRequired[str]
    touched_at: NotRequired[str | None]


class Touch(TypedDict):
    """A contact with a channel."""

    id: str
    channel_id: str
    channel: str
    campaign: str
    source_url: str
    utm: dict[str, str]
    touched_at: str
    lead_id: str | None
    person_id: str | None
    company_id: str | None
