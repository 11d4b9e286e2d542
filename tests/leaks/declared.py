"""Every route there is, from the resolver and the description of the API, and the kind of object each one names."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.urls import URLPattern, URLResolver, get_resolver

from caudal.api.mounting import mounted

API: Final = "/api/v1"
SKIPPED: Final = ("api/", "ui/", "accounts/", "come-in/", "notifications/no-more/", "health")
"""Pages of the API itself (walked by its description), of the design system and of links with a token, which know no records."""

OBJECTS: Final[Mapping[tuple[str, str], str]] = {
    ("deals", "record"): "deal",
    ("leads", "record"): "lead",
    ("companies", "record"): "company",
    ("people", "record"): "person",
    ("activities", "record"): "activity",
    ("competitors", "competitor"): "competitor",
    ("competitors", "record"): "competitor",
    ("channels", "record"): "channel",
    ("tags", "record"): "tag",
    ("sharing", "record"): "deal",
    ("subjects", "record"): "person",
    ("consents", "consent"): "consent",
    ("following", "record"): "deal",
    ("notifications", "notification"): "notification",
    ("bin", "record"): "deal",
    ("shares", "share"): "share",
    ("views", "view"): "view",
    ("approvals", "approval"): "approval",
    ("fields", "field"): "field",
    ("new", "kind"): "=company",
    ("team", "member"): "member",
    ("teams", "team"): "team",
    ("webhooks", "webhook"): "webhook",
    ("messages", "message"): "webhook_message",
    ("entities", "entity"): "entity",
    ("members", "member"): "member",
    ("keys", "key"): "key",
    ("measure", "metric"): "=leads",
    ("metrics", "metric"): "=leads",
    ("targets", "target"): "=leads",
    ("plan-targets", "target"): "=leads",
    ("actuals", "actual"): "actual",
    ("plan-actuals", "actual"): "actual",
    ("drafts", "draft"): "plan_draft",
    ("plan-drafts", "draft"): "plan_draft",
    ("plan-scenarios", "scenario"): "plan_scenario",
    ("scenarios", "called"): "plan_scenario",
    ("versions", "version"): "plan",
    ("milestones", "phase"): "=phase",
    ("milestones", "milestone"): "milestone",
    ("texts", "number"): "=1",
    ("phase", "milestone"): "=milestone",
    ("imports", "operation"): "operation",
    ("bulk-edits", "operation"): "bulk_edit",
    ("bulk-edits", "edit"): "bulk_edit",
    ("imports", "import"): "operation",
    ("undone-imports", "operation"): "operation",
    ("import-profiles", "profile"): "import_profile",
    ("on", "record"): "deal",
    ("files", "attachment"): "attachment",
    ("files", "file"): "attachment",
    ("operations", "operation"): "operation",
    ("simulations", "operation"): "operation",
    ("pipelines", "pipeline"): "pipeline",
    ("stages", "stage"): "stage",
    ("deals", "deal"): "deal",
    ("leads", "lead"): "lead",
    ("companies", "company"): "company",
    ("people", "person"): "person",
    ("activities", "activity"): "activity",
    ("channels", "channel"): "channel",
    ("tags", "tag"): "tag",
    ("products", "product"): "product",
    ("offerings", "offering"): "offering",
    ("charges", "charge"): "charge",
    ("prices", "price"): "price",
    ("bundles", "bundle"): "bundle",
    ("lines", "line"): "line",
    ("accounts", "account"): "account",
    ("entries", "entry"): "entry",
    ("subscriptions", "subscription"): "subscription",
    ("contracts", "contract"): "contract",
    ("orders", "order"): "order",
    ("months", "closed_month"): "closed_month",
    ("months", "label"): "=2026-01",
    ("confirmations", "month_confirmation"): "month_confirmation",
    ("recurring-costs", "cost"): "recurring_cost",
    ("meters", "meter"): "meter",
    ("subjects", "usage_subject"): "usage_subject",
    ("conflicts", "usage_conflict"): "usage_conflict",
    ("events", "usage_event"): "usage_event",
    ("invoices", "invoice"): "invoice",
    ("invoice-runs", "run"): "invoice_run",
    ("runs", "run"): "invoice_run",
    ("payments", "payment"): "payment",
    ("settlements", "settlement"): "settlement",
    ("requests", "money_request"): "money_request",
    ("customers", "customer"): "customer",
    ("lines", "position"): "=1",
}
"""The part of the address before a parameter, and the parameter → the kind of object; `=x` is the word x itself."""

PARAMETER: Final = re.compile(r"[<{](?:\w+:)?(\w+)[>}]")


class UndeclaredError(Exception):
    """A route names an object of a kind that nobody has declared."""


@dataclass(frozen=True, slots=True)
class Route:
    """An address with parameters, one method, and what its body may hold."""

    address: str
    method: str
    body: Mapping[str, Any] | None = None
    """The JSON schema of the body, with what it refers to."""
    asks: tuple[str, ...] = ()
    """Parameters of the query."""

    @property
    def is_read(self) -> bool:
        return self.method == "GET"

    def parameters(self) -> list[tuple[str, str]]:
        """Return each parameter with the kind of its object. Raises UndeclaredError."""
        found = []
        before = ""
        for part in self.address.split("/"):
            match = PARAMETER.fullmatch(part)
            if match:
                name = match[1].removesuffix("_id")
                kind = OBJECTS.get((before, name))
                if kind is None:
                    raise UndeclaredError(
                        f"{self.method} {self.address}: {before}/{match[1]} has no declared kind of object"
                    )
                found.append((part, kind))
            before = match[1] if match else part
        return found

    def kind(self) -> str:
        """Return the kind of the object that the route is about: that of its first parameter, or nothing."""
        return next((kind for _, kind in self.parameters()), "")

    def filled(self, ids: Mapping[str, str]) -> str:
        """Return the address with an id for every parameter."""
        address = self.address
        for part, kind in self.parameters():
            address = address.replace(part, kind[1:] if kind.startswith("=") else ids[kind], 1)
        return address


def routes() -> list[Route]:
    """Return every route."""
    return [*pages(get_resolver().url_patterns), *operations()]


def pages(patterns: list[Any], before: str = "/") -> Iterator[Route]:
    """Yield the pages, each as it is read and as it is written to."""
    for each in patterns:
        address = before + str(each.pattern)
        if address[1:].startswith(SKIPPED):
            continue
        if isinstance(each, URLResolver):
            yield from pages(each.url_patterns, address)
        elif isinstance(each, URLPattern):
            yield Route(address, "GET")
            yield Route(address, "POST")


def operations() -> Iterator[Route]:
    """Yield the routes of the API."""
    schema = mounted().get_openapi_schema()
    parts = schema["components"]["schemas"]
    for address, methods in schema["paths"].items():
        for method, said in methods.items():
            content = said.get("requestBody", {}).get("content", {}).get("application/json", {})
            asks = tuple(each["name"] for each in said.get("parameters", ()) if each["in"] == "query")
            body = resolved(content["schema"], parts) if content else None
            yield Route(address, method.upper(), body, asks)


def resolved(schema: Mapping[str, Any], parts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema with its references in place."""
    if "$ref" in schema:
        return resolved(parts[schema["$ref"].rpartition("/")[2]], parts)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return resolved(schema[several][0], parts)
    found = dict(schema)
    if "properties" in found:
        found["properties"] = {name: resolved(each, parts) for name, each in found["properties"].items()}
    if "items" in found:
        found["items"] = resolved(found["items"], parts)
    return found


def body_of(route: Route, ids: Mapping[str, str]) -> dict[str, Any]:
    """Return the least body that a route takes; ids are those of rows that exist."""
    found: dict[str, Any] = least(route.body, "", ids) if route.body else {}
    return found


def least(schema: Mapping[str, Any], name: str, ids: Mapping[str, str]) -> Any:
    """Return the least that a schema takes."""
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if schema.get("type") == "object":
        return {each: least(schema["properties"][each], each, ids) for each in schema.get("required", ())}
    if schema.get("type") == "array":
        return [least(schema["items"], name, ids)] if schema.get("minItems") else []
    plain = {"integer": schema.get("minimum", 1), "number": schema.get("minimum", 1), "boolean": False}
    return plain.get(schema.get("type", ""), least_text(schema, name, ids))


def least_text(schema: Mapping[str, Any], name: str, ids: Mapping[str, str]) -> str:
    """Return a text that a schema takes."""
    if name.endswith("_id"):
        return ids.get(name.removesuffix("_id"), ids["deal"])
    if schema.get("format") == "date-time":
        return "2026-03-02T10:00:00Z"
    return str(next(iter(schema.get("examples", ())), "note" if name == "does" else "x"))


def names_of_rows(route: Route) -> list[tuple[str, str]]:
    """Return the places of a body that hold ids: property, and the kind that it names, as far as its name tells."""
    properties = (route.body or {}).get("properties", {})
    kinds = {"company", "person", "deal", "lead", "parent", "record"}
    single = [(name, name.removesuffix("_id")) for name in properties if name.endswith("_id") and name[:-3] in kinds]
    return single + [(name, "deal") for name in ("about", "ids") if name in properties]
