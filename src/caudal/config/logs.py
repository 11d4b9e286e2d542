"""Logs as lines of JSON, each with the id of the request or job that wrote it."""

import re
import time
from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

import structlog
from django.http import HttpRequest, HttpResponse

REQUEST_ID: Final = "X-Request-ID"
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
        "loggers": {"django.server": {"level": "WARNING"}, "procrastinate": {"level": "WARNING"}},
    }


class RequestIdMiddleware:
    """Name every request, log how it ended, and tell its name to the client."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer inside a log context of the request's own. A client may bring the id, if it is harmless to print."""
        brought = request.headers.get(REQUEST_ID, "")
        request_id = brought if _SAFE.fullmatch(brought) else uuid4().hex
        started = time.perf_counter_ns()
        with structlog.contextvars.bound_contextvars(request=request_id):
            response = self.get_response(request)
            log.info(
                "request",
                method=request.method,
                path=request.path,
                status=response.status_code,
                micros=(time.perf_counter_ns() - started) // 1000,
            )
        response[REQUEST_ID] = request_id
        return response
