"""The API: plan targets. Written by bin/client."""

from typing import Any, Literal, NotRequired, TypedDict, Unpack

from caudal.client.transport import Resource, quoted


class Outlook(TypedDict):
    """Where a number will end: an interval, the share of cases it `holds` in, and the periods `seen`."""

    middle: str
    low: str
    high: str
    holds: str
    seen: int


Course = TypedDict(
    "Course",
    {
        "id": str,
        "lo": str,
        "hi": str | None,
        "unit": str,
        "metric": str | None,
        "pillar": str | None,
        "scaled": bool,
        "from": NotRequired[str | None],
        "to": str | None,
        "actual": str | None,
        "projection": str | None,
        "pace": str | None,
        "share_elapsed": str | None,
        "state": str,
        "typed": bool,
        "reason": str,
        "so_far_per_day": str | None,
        "needed_per_day": str | None,
        "working_days_left": str | None,
        "outlook": Outlook | None,
        "days": list[dict[str, Any]],
    },
)
"""A target with what a working day brought and must bring, where it will end, and its days so far."""


class Effect(TypedDict):
    """What one segment or factor adds to the difference; of a ratio, by its weight (`mix`) and its own `rate`."""

    key: str | None
    name: str
    before: str | None
    after: str | None
    amount: str
    mix: str | None
    rate: str | None


class Explanation(TypedDict):
    """Where a difference comes from."""

    target: str
    against: str
    start: str
    end: str
    difference: str
    days_from: str
    days_to: str
    by: str | None
    dimensions: list[str]
    effects: list[Effect]
    factors: list[Effect]
    words: str


class GetTargetQuery(TypedDict):
    """What may be asked."""

    month: NotRequired[str | None]


class GetExplanationQuery(TypedDict):
    """What may be asked."""

    month: NotRequired[str | None]
    against: NotRequired[Literal["plan", "before"]]
    by: NotRequired[str | None]


class PlanTargetsRoutes(Resource):
    """The routes of plan targets."""

    def get_target(self, target_id: str, **query: Unpack[GetTargetQuery]) -> Course:
        """Say how one target stands, what each working day must bring, and where it will end."""
        found: Course = self._send("GET", f"/api/v1/plan-targets/{quoted(target_id)}", query=query)
        return found

    def get_explanation(self, target_id: str, **query: Unpack[GetExplanationQuery]) -> Explanation:
        """Say where the difference to the plan, or to the time before, comes from."""
        found: Explanation = self._send("GET", f"/api/v1/plan-targets/{quoted(target_id)}/explanation", query=query)
        return found
