"""Structured logs: one JSON line per entry (readable lines in development), with a request id, scrubbed."""

from typing import Any, Final

import structlog

from config.lib.scrubbing import scrub

ACCESS: Final = "fanfare.access"
_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    scrub,
]


def logging_config(*, level: str, readable: bool) -> dict[str, Any]:
    """The LOGGING setting; also configures structlog, so both kinds of logger write the same lines."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer = structlog.dev.ConsoleRenderer(colors=False) if readable else structlog.processors.JSONRenderer()
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        "foreign_pre_chain": _SHARED,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": formatter, "line": {"format": "%(message)s"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "structured"},
            "lines": {"class": "logging.StreamHandler", "formatter": "line"},
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            ACCESS: {"handlers": ["lines"], "propagate": False},  # see config/lib/edge.py
            "django.server": {"handlers": ["stderr"], "propagate": False},
            "django.request": {"level": "ERROR"},  # RequestLog has the line for 4xx already
            "httpx": {"level": "WARNING"},
            "twilio.http_client": {"level": "WARNING"},  # logs bodies, which hold phone numbers, at INFO
        },
    }
