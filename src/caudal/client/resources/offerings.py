"""The API: offerings. Written by bin/client."""

from collections.abc import Iterator, Sequence
from typing import Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.resources.shared import Charge, Stream
from caudal.client.transport import Resource, Version, quoted


class AddOnsIn(TypedDict):
    """All add-ons of an offering."""

    add_on_ids: list[str]


ChargeSort: TypeAlias = Literal["recurring", "seat", "usage", "once"]
"""What a charge is counted by."""


class ChargeIn(TypedDict):
    """A charge to add."""

    name: str
    code: str
    sort: ChargeSort
    stream: NotRequired[Stream | None]
    meter: NotRequired[str]
    unit: NotRequired[str]


class FeatureValue(TypedDict):
    """What an offering says of a feature: true or false, a whole number or null for no limit, or words."""

    feature_id: str
    value: bool | int | str | None


class FeaturesIn(TypedDict):
    """Everything that an offering says of features."""

    features: list[FeatureValue]


Interval: TypeAlias = Literal["once", "month", "year"]
"""How often it is paid."""


OfferingRole: TypeAlias = Literal["main", "add_on"]
"""Whether it is bought by itself, or beside another offering."""


Timing: TypeAlias = Literal["advance", "arrears"]
"""At which end of a period what recurs is invoiced; usage is always invoiced at its end."""


class OfferingChange(TypedDict):
    """What to change about an offering; what is left out stays."""

    name: NotRequired[str]
    code: NotRequired[str]
    role: NotRequired[OfferingRole]
    interval: NotRequired[Interval]
    interval_count: NotRequired[int]
    timing: NotRequired[Timing]
    trial_days: NotRequired[int]
    note: NotRequired[str]


class OfferingIn(TypedDict):
    """An offering to add."""

    product_id: str
    name: str
    code: str
    role: NotRequired[OfferingRole]
    interval: NotRequired[Interval]
    interval_count: NotRequired[int]
    timing: NotRequired[Timing]
    trial_days: NotRequired[int]
    note: NotRequired[str]


class TermBody(TypedDict):
    """For how many months one commits, and by how many per cent that lowers what recurs."""

    months: int
    discount_percent: str


class Offering(TypedDict):
    """An offering."""

    id: str
    version: int
    product_id: str | None
    name: str
    code: str
    role: str
    interval: str
    interval_count: int
    timing: str
    trial_days: int
    note: str
    retired_from_date: str | None
    terms: list[TermBody]
    add_on_ids: list[str]
    features: list[FeatureValue]


class RetirementIn(TypedDict):
    """From which day on nobody new can buy it."""

    from_date: str


class TermsIn(TypedDict):
    """All terms of an offering."""

    terms: list[TermBody]


class ListQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]
    text: NotRequired[str]


class OfferingsRoutes(Resource):
    """The routes of offerings."""

    def list(self, **query: Unpack[ListQuery]) -> Iterator[Offering]:
        """List offerings, by name."""
        found: Iterator[Offering] = self._pages("/api/v1/offerings", query)
        return found

    def create(self, *, idempotency_key: str | None = None, **body: Unpack[OfferingIn]) -> Offering:
        """Add an offering of a product."""
        found: Offering = self._send("POST", "/api/v1/offerings", idempotency_key=idempotency_key, body=body)
        return found

    def get(self, offering_id: str) -> Offering:
        """Return an offering."""
        found: Offering = self._send("GET", f"/api/v1/offerings/{quoted(offering_id)}")
        return found

    def change(
        self,
        offering_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[OfferingChange],
    ) -> Offering:
        """Change an offering; If-Match says which version was read."""
        found: Offering = self._send(
            "PATCH",
            f"/api/v1/offerings/{quoted(offering_id)}",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def set_terms(
        self, offering_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[TermsIn]
    ) -> Offering:
        """Say for how long one may commit, and what that lowers; all of it at once."""
        found: Offering = self._send(
            "PUT",
            f"/api/v1/offerings/{quoted(offering_id)}/terms",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def set_add_ons(
        self, offering_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[AddOnsIn]
    ) -> Offering:
        """Say what can be bought beside an offering; all of it at once."""
        found: Offering = self._send(
            "PUT",
            f"/api/v1/offerings/{quoted(offering_id)}/add-ons",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def set_features(
        self,
        offering_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[FeaturesIn],
    ) -> Offering:
        """Say what an offering can do; all of it at once."""
        found: Offering = self._send(
            "PUT",
            f"/api/v1/offerings/{quoted(offering_id)}/features",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def retire(
        self,
        offering_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[RetirementIn],
    ) -> Offering:
        """Sell an offering to nobody new from a day on; who has it goes on paying."""
        found: Offering = self._send(
            "PUT",
            f"/api/v1/offerings/{quoted(offering_id)}/retirement",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def bring_back(self, offering_id: str, *, version: Version = None, idempotency_key: str | None = None) -> Offering:
        """Sell a retired offering again."""
        found: Offering = self._send(
            "DELETE",
            f"/api/v1/offerings/{quoted(offering_id)}/retirement",
            idempotency_key=idempotency_key,
            version=version,
        )
        return found

    def list_charges(self, offering_id: str) -> Sequence[Charge]:
        """List the charges of an offering with their prices, by currency and day."""
        found: Sequence[Charge] = self._send("GET", f"/api/v1/offerings/{quoted(offering_id)}/charges")
        return found

    def create_charge(
        self, offering_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[ChargeIn]
    ) -> Charge:
        """Add a charge to an offering."""
        found: Charge = self._send(
            "POST",
            f"/api/v1/offerings/{quoted(offering_id)}/charges",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found
