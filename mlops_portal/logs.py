"""Structured logs: one line an event, with the request's id, through web and worker alike."""

from __future__ import annotations

import re
from typing import Any

from mlops_portal.foundation.wire import optional

optional.install()  # here, because everything that starts with Django reads this first

import structlog  # noqa: E402 - as above
from structlog.typing import EventDict  # noqa: E402 - as above

SECRET_PATHS = re.compile(r"(/join/|/password/new/)[^/ ]+")


def without_secrets(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Addresses that open an account stay out of the log."""
    if isinstance(request := event.get("request"), str):
        event["request"] = SECRET_PATHS.sub(r"\1…", request)
    return event


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    without_secrets,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
]


def configure(log_format: str) -> dict[str, Any]:
    """Configure structlog and return Django's LOGGING; ``log_format`` is ``text`` or ``json``."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processor": renderer,
                "foreign_pre_chain": SHARED,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django": {"level": "WARNING"},
            "django.server": {"level": "WARNING"},
            "uvicorn.access": {"level": "WARNING"},
            "celery": {"level": "WARNING"},
            "alembic": {"level": "WARNING"},
        },
    }
