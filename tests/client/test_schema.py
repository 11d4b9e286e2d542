"""The API against its own description: no answer that it does not describe, and none that fails.

Every route is asked with values that fit its description and with values that do not; of the first, about half are made
of records that are there, so that routes do something. Each role asks in turn, and so does nobody. A run sends a third
of the requests, another third on the next day; `CAUDAL_FUZZ_SHARE=1` sends all of them.
"""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from hypothesis import HealthCheck, settings
from ninja import Schema
from pytest_django.plugin import DjangoDbBlocker
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.python._constants.orchestrator import make_constants_value_source
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from caudal.api.mounting import mounted
from caudal.core.money import Money
from caudal.crm import actions as crm
from caudal.kit.access import SYSTEM, policies
from caudal.kit.records import Record
from caudal.kit.world import fixed_world, use
from caudal.workspace.actions import add_field, issue_key
from caudal.workspace.actions.access import SCOPES
from caudal.workspace.models import Role
from tests.world import open_shop

EXAMPLES: Final = int(os.environ.get("CAUDAL_FUZZ", "2"))
"""How often each route is asked at random, beside what its description alone asks for; more of it finds more."""
SHARE: Final = int(os.environ.get("CAUDAL_FUZZ_SHARE", "3"))
"""One in so many requests is sent."""
TURN: Final = int(os.environ.get("CAUDAL_FUZZ_TURN", datetime.now(tz=UTC).toordinal())) % SHARE
"""Which of them; every day another."""
AT: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
"""What an answer must hold."""
NOBODY: Final = ""
ASKING: Final = (Role.ADMIN, Role.ADMIN, Role.MANAGER, Role.REP, NOBODY)
"""Who asks, in turn."""
ASKED: Final[Counter[str]] = Counter()
"""How many requests of each route there were, sent or not."""

Records = Mapping[str, list[str]]
"""Public ids by kind of record."""

DESCRIPTION: Final = mounted().get_openapi_schema()
OPERATIONS: Final = [(path, method) for path, asked in DESCRIPTION["paths"].items() for method in asked]


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let all tests of this module share what the first of them needs; what each does for itself is undone."""
    with django_db_blocker.unblock(), undone():
        yield


@pytest.fixture(scope="module")
def found(db: None) -> tuple[dict[str, str], Records]:
    """A key of each role, which may do whatever the role may, and records of each kind."""
    scopes = tuple(f"{context}:{word}" for context in SCOPES for word in ("read", "write"))
    with use(fixed_world(at=AT)):
        there = public_ids()
        keys: dict[str, str] = {
            role: issue_key(actor=SYSTEM, as_of=AT, name=f"fuzz {role}", role=role, scopes=scopes)[1]
            for role in (Role.ADMIN, Role.MANAGER, Role.REP)
        }
    return {**keys, NOBODY: ""}, there


@contextmanager
def undone() -> Iterator[None]:
    """Do something in the database that is undone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def public_ids() -> Records:
    """Return the public ids of some records of each kind, in a shop that is opened for it."""
    shop = open_shop()
    made: dict[str, Any] = {"actor": SYSTEM, "as_of": AT}
    add_field(**made, record_kind="deal", key="seats", type="number", label="Seats")
    crm.add_people(**made, people=[crm.PersonDraft(name="Marta Ibáñez", email="marta@acme.example")])
    leads = [
        crm.LeadDraft(name="Quim", email="quim@sur.example", channel="webinar", tags=("VIP",), captured_at=AT),
        crm.LeadDraft(name="Lea", company_name="Norte", owner_id=shop.rosa.pk, captured_at=AT),
    ]
    crm.capture_leads(**made, leads=leads)
    deals = [
        crm.DealDraft(name="Archive", amount=Money.of("120.50", "EUR"), opened_at=AT),
        crm.DealDraft(name="Course", amount=Money.of("10", "USD"), owner_id=shop.rosa.pk, opened_at=AT),
    ]
    crm.open_deals(**made, deals=deals)
    crm.log_activity(**made, activity=crm.ActivityDraft(does="call", subject="Call them"))
    crm.add_competitor(**made, name="Initech")
    models = (each.model for each in policies().values() if each.model is not None and issubclass(each.model, Record))
    return {model.kind: [str(row.ref) for row in model.for_actor(SYSTEM).order_by("pk")[:3]] for model in models}


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_no_answer_fails_or_is_undescribed(path: str, method: str, found: tuple[dict[str, str], Records]) -> None:
    # Schemathesis would make up what is asked of every route while tests are collected, in each process once more.
    schema, feedback = described()
    build_operation_test(
        config=schema.config, operation=schema[path][method], test_func=ask, given_kwargs={}, feedback=feedback
    )(found=found)


@cache
def described() -> tuple[OpenApiSchema, FeedbackSources]:
    """Return what makes requests of the description, and what it tries besides: the constants of our code."""
    load_all_checks()
    schema = schemathesis.openapi.from_dict(DESCRIPTION)
    schema.app = get_wsgi_application()
    return schema, FeedbackSources(constants_value_source=make_constants_value_source(schema))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def ask(case: Any, found: tuple[dict[str, str], Records]) -> None:
    """Send a request, if it is its turn, and hold the answer against the description."""
    ASKED[case.operation.label] += 1
    turn = ASKED[case.operation.label]
    if turn % SHARE != TURN:
        return
    tokens, there = found
    if case.meta is None or case.meta.generation.mode.is_positive:
        name_records(case, there, turn)
    headers = headers_of(tokens[ASKING[turn % len(ASKING)]])
    with use(fixed_world(at=AT, seed=turn)), undone():
        case.call_and_validate(headers=headers, checks=CHECKS)


def test_no_two_bodies_share_a_name() -> None:
    # The description knows one body of a name: a second one would be described by the first.
    waiting: list[type[Schema]] = [Schema]
    known: Counter[str] = Counter()
    while waiting:
        each = waiting.pop()
        waiting += each.__subclasses__()
        known[each.__name__] += each.__module__.startswith("caudal.")
    assert [name for name, count in known.items() if count > 1] == []


def headers_of(token: str) -> dict[str, str]:
    """What a request carries; one without a token comes from nobody."""
    asked = {"Host": "localhost", "Accept-Encoding": "identity"}
    return asked | {"Authorization": f"Bearer {token}"} if token else asked


def name_records(case: Any, there: Records, turn: int) -> None:
    """Let what a request names be there: the record of its address always, those of its body every other time."""
    for name, value in dict(case.path_parameters or {}).items():
        case.path_parameters[name] = known(name, there, turn) or value
    if turn % 2 and isinstance(case.body, dict):
        case.body = {name: known(name, there, turn) or value for name, value in case.body.items()}
    if turn % 2 and case.path_parameters and case.method in {"PATCH", "POST", "PUT", "DELETE"}:
        case.headers["If-Match"] = "*"


def known(name: str, there: Records, turn: int) -> str | None:
    """Return a record of the kind that a parameter names, None for what names none."""
    kind = name.removesuffix("_id")
    found = there.get(kind, []) if name.endswith("_id") else []
    return found[turn % len(found)] if found else None
