"""The API against its own description: no answer that it does not describe, and none that fails."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from caudal.api.mounting import mounted
from caudal.kit.access import SYSTEM
from caudal.kit.world import fixed_world, use
from caudal.workspace.actions import issue_key
from caudal.workspace.actions.access import SCOPES
from caudal.workspace.models import Role
from tests.world import Shop

EXAMPLES: Final = int(os.environ.get("CAUDAL_FUZZ", "2"))
"""How often each route is asked; more of it finds more."""
AT: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
"""What an answer must hold."""

schema = schemathesis.openapi.from_dict(mounted().get_openapi_schema())
schema.app = get_wsgi_application()


@pytest.fixture
def token(shop: Shop) -> Iterator[str]:
    scopes = tuple(f"{context}:{word}" for context in SCOPES for word in ("read", "write"))
    with use(fixed_world(at=AT)):
        yield issue_key(actor=SYSTEM, as_of=AT, name="fuzz", role=Role.ADMIN, scopes=scopes)[1]


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_answer_fails_or_is_undescribed(case: Any, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Host": "localhost", "Accept-Encoding": "identity"}
    case.call_and_validate(headers=headers, checks=CHECKS)
