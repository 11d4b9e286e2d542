"""How the demo company sells: an offering of each price list of the plan, at one price inside the plan's range.

Months are paid in advance, usage in arrears. Amounts are as prices are written, in dollars.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

Price = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChargeSaid:
    """Something that is paid for an offering; `volume` is from which quantity how many per cent less."""

    name: str
    sort: str
    stream: str
    price: Price
    meter: str = ""
    unit: str = ""
    volume: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class OfferingSaid:
    """A way to buy a product, under the name that the plan has for its price list."""

    code: str
    sku: str
    name: str
    charges: tuple[ChargeSaid, ...]
    interval: str = "month"
    trial_days: int = 0
    is_add_on: bool = False
    terms: tuple[tuple[int, int], ...] = ()


def flat(amount: str) -> Price:
    """One amount."""
    return {"tiers": [{"flat": amount}]}


def each(amount: str) -> Price:
    """An amount for each unit."""
    return {"tiers": [{"unit": amount}]}


def course(code: str, sku: str, name: str, amount: str) -> OfferingSaid:
    """A seat in a course, paid once."""
    seat = ChargeSaid(name, "seat", "training", each(amount), unit="seat", volume=((10, 10), (50, 20)))
    return OfferingSaid(code, sku, name, (seat,), interval="once")


def monthly(code: str, sku: str, name: str, amount: str, *more: ChargeSaid, trial_days: int = 0) -> OfferingSaid:
    """A subscription by the month, cheaper for who commits for a year or three."""
    base = ChargeSaid(name, "recurring", "subscription", flat(amount))
    return OfferingSaid(code, sku, name, (base, *more), trial_days=trial_days, terms=((12, 10), (36, 20)))


SEATS: Final = ChargeSaid("Further seats", "seat", "licence", {**each("15"), "free_units": "5"}, unit="seat")


def documents(unit: str, included: str) -> ChargeSaid:
    """Documents beyond those that a plan includes."""
    price = {**each(unit), "free_units": included}
    return ChargeSaid("Further documents", "usage", "usage", price, meter="documents", unit="document")


BY_VOLUME: Final = {
    "mode": "graduated",
    "tiers": [{"up_to": "10000", "unit": "0.25"}, {"up_to": "100000", "unit": "0.18"}, {"unit": "0.12"}],
}
"""The more documents, the less each further one."""

OFFERINGS: Final = (
    course("course_basic", "CRS-BASIC", "Basic course", "149"),
    course("course_premium", "CRS-PREMIUM", "Premium course", "449"),
    course("masterclass", "CRS-MASTER", "Masterclass", "1499"),
    course("corporate_training", "CRS-CORP", "Corporate training", "5000"),
    course("certification", "CRS-CERT", "Certification", "449"),
    monthly("saas_starter", "SAAS-START", "Starter", "149", trial_days=14),
    monthly("saas_professional", "SAAS-PRO", "Professional", "449", SEATS, trial_days=14),
    monthly("saas_enterprise", "SAAS-ENT", "Enterprise", "1499", SEATS),
    monthly("saas_custom", "SAAS-CUSTOM", "Custom", "5000", SEATS),
    OfferingSaid(
        "documents_per_use",
        "DOC-PPU",
        "Pay per document",
        (ChargeSaid("Documents", "usage", "usage", BY_VOLUME, meter="documents", unit="document"),),
    ),
    monthly("documents_volume", "DOC-VOLUME", "Volume plan", "1000", documents("0.15", "8000")),
    monthly("documents_enterprise", "DOC-ENT", "Document enterprise", "5000", documents("0.12", "60000")),
    OfferingSaid(
        "priority_support",
        "SAAS-PRO",
        "Priority support",
        (ChargeSaid("Priority support", "recurring", "support", flat("199")),),
        is_add_on=True,
    ),
    OfferingSaid(
        "white_label",
        "SAAS-ENT",
        "White label",
        (
            ChargeSaid("White label", "recurring", "white_label", flat("499")),
            ChargeSaid("Set-up", "once", "services", flat("1500")),
        ),
        is_add_on=True,
    ),
)
"""Plans that begin at an amount are sold at it; what is agreed beyond that is a matter of the quote."""
BESIDE: Final = {
    "saas_professional": ("priority_support",),
    "saas_enterprise": ("priority_support", "white_label"),
    "documents_enterprise": ("white_label",),
}
"""Which add-ons are bought beside what."""


@dataclass(frozen=True, slots=True)
class FeatureSaid:
    """Something that offerings can say of themselves, and what each says; no number is no limit."""

    code: str
    name: str
    sort: str
    said: Mapping[str, bool | int | str | None]


FEATURES: Final = (
    FeatureSaid(
        "seats_included",
        "Seats included",
        "number",
        {"saas_starter": 1, "saas_professional": 5, "saas_enterprise": 5, "saas_custom": None},
    ),
    FeatureSaid(
        "approvals",
        "Approvals before publishing",
        "switch",
        {"saas_starter": False, "saas_professional": True, "saas_enterprise": True, "saas_custom": True},
    ),
    FeatureSaid(
        "documents_included",
        "Documents a month",
        "number",
        {"documents_per_use": 0, "documents_volume": 8_000, "documents_enterprise": 60_000},
    ),
    FeatureSaid(
        "support",
        "Answer from support",
        "text",
        {"saas_starter": "next working day", "saas_professional": "next working day", "priority_support": "4 hours"},
    ),
)
"""What customers can do with what they buy."""


@dataclass(frozen=True, slots=True)
class BundleSaid:
    """Offerings that are sold together, at a price of their own or so many per cent less."""

    code: str
    name: str
    parts: Mapping[str, int]
    price: str = ""
    discount_percent: int = 0


BUNDLES: Final = (
    BundleSaid(
        "professional_care",
        "Professional with priority support",
        {"saas_professional": 1, "priority_support": 1},
        "599",
    ),
    BundleSaid("certified", "Course and certification", {"course_premium": 1, "certification": 1}, discount_percent=15),
)
"""449 and 199 together for 599; a course and its certificate for 15 % less."""
