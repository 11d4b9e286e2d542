"""The API: what several kinds of records share. Written by bin/client."""

from typing import Any, NotRequired, TypedDict


class MoneyBody(TypedDict):
    """An amount: major units and ISO currency, both as strings, since JSON readers turn numbers into floats."""

    amount: str
    currency: str


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
    expected_close_date: NotRequired[str | None]
    opened_at: NotRequired[str | None]
    custom: NotRequired[dict[str, Any]]
