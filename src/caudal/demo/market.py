"""What the demo company sells and how that goes: products at the plan's prices, and odds by pillar.

Every number is a share, a day or a whole dollar. Together they give, at a hundredth of the plan, about 100 leads a
month of which a fifth becomes deals, and of those that end between a quarter and a third won.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Good:
    """A product of the catalogue. Its price is in cents; the plan says of nothing that it is taxed otherwise."""

    sku: str
    name: str
    pillar: str
    price_minor: int
    unit: str
    stream: str
    tax_kind: str = "standard"


GOODS: Final = (
    Good("CRS-BASIC", "Basic course", "courses", 149_00, "seat", "training"),
    Good("CRS-PREMIUM", "Premium course", "courses", 449_00, "seat", "training"),
    Good("CRS-MASTER", "Masterclass", "courses", 1_499_00, "seat", "training"),
    Good("CRS-CORP", "Corporate training", "courses", 5_000_00, "day", "training"),
    Good("CRS-CERT", "Certification", "courses", 449_00, "seat", "training"),
    Good("SAAS-START", "Starter", "saas", 149_00, "month", "subscription"),
    Good("SAAS-PRO", "Professional", "saas", 449_00, "month", "subscription"),
    Good("SAAS-ENT", "Enterprise", "saas", 1_499_00, "month", "subscription"),
    Good("SAAS-CUSTOM", "Custom", "saas", 5_000_00, "month", "subscription"),
    Good("DOC-PPU", "Pay per document", "documents", 25, "document", "usage"),
    Good("DOC-VOLUME", "Volume plan", "documents", 1_000_00, "month", "subscription"),
    Good("DOC-ENT", "Document enterprise", "documents", 5_000_00, "month", "subscription"),
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A way in which a product is usually sold: how many units, and whether somebody from the field sells it."""

    sku: str
    quantities: tuple[int, ...]
    field: bool = False
    """Sold by whoever visits customers rather than by those at the telephone."""


OFFERS: Final[dict[str, dict[Offer, int]]] = {
    "courses": {
        Offer("CRS-CORP", (1, 2, 2, 3), field=True): 5,
        Offer("CRS-MASTER", (3, 4, 5, 6)): 3,
        Offer("CRS-CERT", (8, 10, 12, 14)): 1,
        Offer("CRS-PREMIUM", (10, 14, 18)): 1,
    },
    "saas": {
        Offer("SAAS-PRO", (12, 12, 24)): 5,
        Offer("SAAS-START", (24, 36, 48)): 2,
        Offer("SAAS-ENT", (6, 12), field=True): 2,
        Offer("SAAS-CUSTOM", (3,), field=True): 1,
    },
    "documents": {
        Offer("DOC-PPU", (30_000, 40_000, 60_000)): 4,
        Offer("DOC-VOLUME", (10, 12)): 4,
        Offer("DOC-ENT", (3,), field=True): 2,
    },
}
"""By pillar: offers and their shares among its deals."""

PRICES_PERCENT: Final = (100, 100, 100, 95, 95, 90, 85)
"""What is asked, of the price in the catalogue."""

CHANNELS: Final = {"content": 10, "social": 5, "paid": 4, "partners": 1}
"""The plan's mix: content 50 %, social media 25 %, paid advertising 20 %; partners bring the rest."""
CHANNEL_NAMES: Final = {
    "content": "Content",
    "social": "Social media",
    "paid": "Paid advertising",
    "partners": "Partners",
    "webinars": "Webinars",
    "email": "E-mail",
    "platform": "Our own site",
    "referrals": "Referrals",
    "outbound": "Outbound",
}
"""The channels of the company; the first four bring leads, the others wait for theirs."""
CHANNEL_SORTS: Final = {
    "content": "organic",
    "social": "social",
    "paid": "paid",
    "partners": "partner",
    "webinars": "event",
    "email": "email",
    "platform": "product",
    "referrals": "referral",
    "outbound": "outbound",
}
"""What they count as."""
CAMPAIGNS: Final = {
    "content": ("Blog posts", "White papers", "Case studies", "Webinars", "Podcasts"),
    "social": ("LinkedIn", "Twitter", "YouTube", "Facebook", "Instagram"),
    "paid": ("Google Ads", "Facebook Ads", "LinkedIn Ads", "YouTube Ads", "Display Ads"),
    "partners": ("Integration partners", "Reseller partners", "Consulting partners", "Training partners"),
}
"""What the plan does on each channel."""
TAGS: Final = {"Asks for a demo": "accent", "Partner": "good", "Price matters": "warn"}
"""What the company tags records with, and in which colour."""
TAGS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "Case studies": ("Asks for a demo",),
    "Google Ads": ("Price matters",),
    "Reseller partners": ("Partner", "Price matters"),
    "Integration partners": ("Partner",),
}
"""What leads of a campaign are tagged with."""
RIVALS: Final = {
    "Papelnet": "Reads documents at scale; a third cheaper, slow to answer.",
    "Zorzal AI": "Writes campaigns; strong in social media, no roles or approvals.",
    "Do it ourselves": "Their own people with a general assistant; nobody owns the result.",
}
"""Whom buyers consider, and what is known of them."""
SALES_MODELS: Final = {
    "courses": ("corporate", "corporate"),
    "saas": ("inside", "enterprise"),
    "documents": ("direct", "api"),
}
"""How each pillar sells: by telephone, and by visiting."""
PILLAR_SHARES: Final = {"courses": 8, "saas": 7, "documents": 5}

CONVERTS, GIVEN_UP, NEGLECTED = "converts", "given up", "neglected"
FATES: Final[dict[str, dict[str, int]]] = {
    "content": {CONVERTS: 10, GIVEN_UP: 39, NEGLECTED: 1},
    "social": {CONVERTS: 4, GIVEN_UP: 20, NEGLECTED: 1},
    "paid": {CONVERTS: 4, GIVEN_UP: 20, NEGLECTED: 1},
    "partners": {CONVERTS: 4, GIVEN_UP: 6},
}
"""What becomes of leads, by channel: 0.5 x 20 % + 0.25 x 16 % + 0.2 x 16 % + 0.05 x 40 % = 19.2 % become deals."""

WON, LOST, STALLED = "won", "lost", "stalled"
BEFORE, AFTER = "before", "after"
RIVAL_MONTH: Final = 9
"""After so many months a cheaper rival reads documents and writes campaigns: fewer deals are won, and reasons tell."""
ENDS: Final[dict[tuple[str, str], dict[str, int]]] = {
    ("courses", BEFORE): {WON: 7, LOST: 11, STALLED: 2},
    ("saas", BEFORE): {WON: 6, LOST: 12, STALLED: 2},
    ("documents", BEFORE): {WON: 5, LOST: 12, STALLED: 3},
    ("courses", AFTER): {WON: 7, LOST: 11, STALLED: 2},
    ("saas", AFTER): {WON: 4, LOST: 14, STALLED: 2},
    ("documents", AFTER): {WON: 2, LOST: 15, STALLED: 3},
}
"""How deals end. Before the rival 0.4 x 35 % + 0.35 x 30 % + 0.25 x 25 % = 30.75 % are won, after it 23.5 %."""

CYCLE_DAYS: Final = {"courses": (26, 44), "saas": (38, 60), "documents": (56, 84)}
"""From opening to winning: 0.4 x 35 + 0.35 x 49 + 0.25 x 70 = 49 days on average."""
STALLED_DAYS: Final = (95, 140)
"""After how long a manager gives up a deal that nobody moves."""
STAGES: Final = {"courses": 3, "saas": 4, "documents": 4}

WIN_REASONS: Final = {"value": 6, "trust": 5, "features": 4, "price": 2}
LOSS_REASONS: Final[dict[str, dict[str, int]]] = {
    BEFORE: {"price": 5, "no_budget": 4, "no_decision": 3, "timing": 3, "features": 2, "competitor": 2, "other": 1},
    AFTER: {"competitor": 8, "price": 5, "no_budget": 2, "no_decision": 2, "timing": 2, "features": 1},
}
STALL_REASONS: Final = {"no_answer": 3, "no_decision": 2, "timing": 1}
GIVEN_UP_REASONS: Final = {
    "no_fit": 9,
    "no_answer": 8,
    "no_budget": 6,
    "not_now": 6,
    "unreachable": 3,
    "spam": 2,
    "duplicate": 1,
    "other": 1,
}

LEADS_FIRST_MONTH: Final = 86
LEADS_MORE_EACH_MONTH: Final = 2
GROWING_MONTHS: Final = 14
SEASON_PERCENT: Final = (108, 102, 104, 98, 100, 96, 88, 72, 110, 106, 106, 80)
"""Leads by month of the year: people sign up in January and September, and go away in August and at Christmas."""
WORKDAYS_A_MONTH: Final = 21


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the demo company's team; joins in a month of the story."""

    key: str
    name: str
    role: str
    team: str
    language: str = ""
    """Empty: the company's."""
    month: int = 0


MANAGEMENT, INSIDE, FIELD = "Sales", "Inside sales", "Field sales"
FOUNDER: Final = Colleague("elena.marin", "Elena Marín", "admin", MANAGEMENT)
MANAGER: Final = Colleague("daniel.whitaker", "Daniel Whitaker", "manager", MANAGEMENT, "en")
FINANCE: Final = Colleague("clara.robledo", "Clara Robledo", "finance", MANAGEMENT, "es")
REPS: Final = (
    Colleague("lucia.ferrer", "Lucía Ferrer", "rep", INSIDE, "es"),
    Colleague("tom.ashdown", "Tom Ashdown", "rep", INSIDE, "en"),
    Colleague("marcos.villalba", "Marcos Villalba", "rep", FIELD, "es"),
    Colleague("grace.holloway", "Grace Holloway", "rep", FIELD, "en"),
    Colleague("noa.beltran", "Noa Beltrán", "rep", INSIDE, "es", month=5),
)
COMPANY: Final = "Almadía AI"
DOMAIN: Final = "almadia.example"
ENTITY: Final = {
    "name": "Almadía AI, S.L.",
    "tax_id": "B00000000",
    "address": "Calle del Río 7, 2.º",
    "postcode": "50001",
    "city": "Zaragoza",
    "email": f"billing@{DOMAIN}",
    "phone": "+34 976 000 000",
    "website": f"www.{DOMAIN}",
    "registration": "Registro Mercantil de Zaragoza, tomo 1, folio 1, hoja Z-1",
    "bank": "Banco del Ebro",
    "iban": "ES91 2100 0418 4502 0005 1332",
    "brand": COMPANY,
    "colour": "#0b5d66",
    "footer_en": "Thank you for working with us.",
    "footer_es": "Gracias por trabajar con nosotros.",
}
"""Who the demo company sells as."""

MILESTONES: Final = (
    ("foundation", "setup", "daniel.whitaker", 27),
    ("foundation", "team", "daniel.whitaker", 63),
    ("foundation", "launch", "elena.marin", 88),
    ("growth", "scale", "elena.marin", 149),
    ("growth", "processes", "daniel.whitaker", 186),
    ("optimisation", "automation", "lucia.ferrer", None),
    ("optimisation", "revenue", "elena.marin", None),
)
"""Milestones of the plan: phase, milestone, who sees to it, and how many days after the start it was done, if ever."""
