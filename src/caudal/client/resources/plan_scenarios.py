"""The API: plan scenarios. Written by bin/client."""

from typing import Any, Literal, NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import Draft
from caudal.client.transport import Resource, Version, quoted


class ScenarioChangeIn(TypedDict):
    """What is to be otherwise; what is left out stays."""

    name: NotRequired[str | None]
    why: NotRequired[str | None]
    base: NotRequired[str | None]
    text: NotRequired[str | None]


class ScenarioCopyIn(TypedDict):
    """The name of the copy."""

    name: str


class ScenarioDraftIn(TypedDict):
    """What the draft is called, and what it is to become."""

    name: NotRequired[str]
    purpose: NotRequired[Literal["plan", "budget", "forecast"]]


class ScenarioIn(TypedDict):
    """What is to be kept: the tables of a scenario in a plan file as text, and the plan that it is laid over."""

    name: str
    why: NotRequired[str]
    base: NotRequired[str]
    text: NotRequired[str]


class Scenario(TypedDict):
    """A scenario: what it says otherwise, whether that fits its plan, and what it changes of it."""

    id: str
    name: str
    why: str
    author: str | None
    base: str
    plan: str
    in_file: bool
    text: str | None
    overrides: list[dict[str, Any]]
    fits: bool
    findings: list[dict[str, Any]]
    changes: list[dict[str, Any]]
    version: int | None
    changed_at: str | None
    changed_by: str | None


class Scenarios(TypedDict):
    """Those in the file of the plan that counts, then those that were kept, by name."""

    scenarios: list[Scenario]


class PlanScenariosRoutes(Resource):
    """The routes of plan scenarios."""

    def list_scenarios(self) -> Scenarios:
        """Return the scenarios."""
        found: Scenarios = self._send("GET", "/api/v1/plan-scenarios")
        return found

    def post_scenario(self, *, idempotency_key: str | None = None, **body: Unpack[ScenarioIn]) -> Scenario:
        """Keep a scenario; one that does not fit its plan is kept as well, and says so."""
        found: Scenario = self._send("POST", "/api/v1/plan-scenarios", idempotency_key=idempotency_key, body=body)
        return found

    def get_scenario(self, scenario_id: str) -> Scenario:
        """Return a scenario, by the id of one that was kept, or its id in the file of the plan that counts."""
        found: Scenario = self._send("GET", f"/api/v1/plan-scenarios/{quoted(scenario_id)}")
        return found

    def patch_scenario(
        self,
        scenario_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[ScenarioChangeIn],
    ) -> Scenario:
        """Change a scenario; If-Match says which version was read."""
        found: Scenario = self._send(
            "PATCH",
            f"/api/v1/plan-scenarios/{quoted(scenario_id)}",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def remove_scenario(self, scenario_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Throw a scenario away."""
        self._send(
            "DELETE", f"/api/v1/plan-scenarios/{quoted(scenario_id)}", idempotency_key=idempotency_key, version=version
        )

    def post_copy(
        self,
        scenario_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[ScenarioCopyIn],
    ) -> Scenario:
        """Keep a copy of a scenario, also of one in the plan's file."""
        found: Scenario = self._send(
            "POST",
            f"/api/v1/plan-scenarios/{quoted(scenario_id)}/copies",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def post_scenario_draft(
        self,
        scenario_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[ScenarioDraftIn],
    ) -> Draft:
        """Begin a draft that is the scenario written into the text of its plan."""
        found: Draft = self._send(
            "POST",
            f"/api/v1/plan-scenarios/{quoted(scenario_id)}/drafts",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found
