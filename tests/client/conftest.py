"""Requests that come through WSGI, inside the transaction of a test."""

from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections


@pytest.fixture(autouse=True)
def kept_connection() -> Iterator[None]:
    """Keep the test's own connection: Django closes the one of a request behind it, as its test client prevents too."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
