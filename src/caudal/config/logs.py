"""Logs as lines of JSON, each with the id of the request or job that wrote it."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final
from uuid import uuid4

import structlog
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse

from caudal.kit.waiting import WAITS

REQUEST_ID: Final = "X-Request-ID"
TIMING: Final = "Server-Timing"
_SAFE: Final = re.compile(r"[A-Za-z0-9_.-]{8,64}")

log = structlog.get_logger("caudal.web")

_SHARED: Final[list[Any]] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
]


CALLS: Final = {"httpx": {"level": "WARNING"}, "httpcore": {"level": "WARNING"}}
"""They would write down which addresses are called, with the secrets that some carry."""


def logging_config(*, level: str, debug: bool) -> dict[str, Any]:
    """What logging.config.dictConfig takes; structlog is set up beside it, so that both write the same lines."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer = structlog.dev.ConsoleRenderer() if debug else structlog.processors.JSONRenderer()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                "foreign_pre_chain": _SHARED,
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {"django.server": {"level": "WARNING"}, "procrastinate": {"level": "WARNING"}, **CALLS},
    }


class RequestIdMiddleware:
    """Name every request, log how it ended and what it took, and tell both to the client.

    How long the database took is told in `Server-Timing` to those we know, and to nobody else: to a stranger it could
    say whether an address has an account.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer inside a log context of the request's own. A client may bring the id, if it is harmless to print."""
        brought = request.headers.get(REQUEST_ID, "")
        request_id = brought if _SAFE.fullmatch(brought) else uuid4().hex
        started = time.perf_counter_ns()
        database = Meter()
        with structlog.contextvars.bound_contextvars(request=request_id):
            with database.reading(connections[DEFAULT_DB_ALIAS]):
                response = self.get_response(request)
            passed = time.perf_counter_ns() - started
            log.info(
                "request",
                method=request.method,
                path=request.path,
                status=response.status_code,
                micros=passed // 1000,
                database_micros=database.nanos // 1000,
                statements=database.statements,
            )
        response[REQUEST_ID] = request_id
        if getattr(request, "actor", None) is not None:
            response[TIMING] = (
                f'db;dur={database.nanos / 1e6:.2f};desc="{database.statements} statements", app;dur={passed / 1e6:.2f}'
            )
        return response


class Meter:
    """Counts the statements that a connection sends, and how long it waits for them and for their commits."""

    def __init__(self) -> None:
        self.nanos = 0
        self.statements = 0

    @contextmanager
    def reading(self, watched: BaseDatabaseWrapper) -> Iterator[None]:
        """Count what a connection does meanwhile."""
        # Django shows statements to wrappers, but not the commit, which is where a durable write waits for the disk.
        watched.commit = partial(self.timed, watched.commit)  # type: ignore[method-assign]  # this instance alone
        token = WAITS.set(self.timed)
        try:
            with watched.execute_wrapper(self.execute):
                yield
        finally:
            WAITS.reset(token)
            del watched.commit

    def execute(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        """Send a statement as Django would have."""
        self.statements += 1
        return self.timed(execute, *arguments)

    def timed(self, waits: Callable[..., Any], *arguments: Any) -> Any:
        """Call what waits for the database."""
        started = time.perf_counter_ns()
        try:
            return waits(*arguments)
        finally:
            self.nanos += time.perf_counter_ns() - started
