"""Structured logs on standard error: for people on a terminal, as JSON otherwise (OKIENKO_LOG=json|text decides)."""

from __future__ import annotations

import logging
import re
import sys

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from okienko.config import env

SECRET_NAME = re.compile(r"passw|secret|token|cookie|authorization|credential", re.IGNORECASE)
SECRET_IN_URL = re.compile(r"(?<=://)[^\s/@:]*:[^\s/@]+(?=@)|(?<=[?&]token=)[^\s&]+")


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Blanks values with telling names, and passwords inside of URLs, tracebacks included."""
    for name, value in event.items():
        if SECRET_NAME.search(name):
            event[name] = "…"
        elif isinstance(value, str) and ("://" in value or "token=" in value):
            event[name] = SECRET_IN_URL.sub("…", value)
    return event


def configure() -> None:
    """Sets up structlog and the standard library's logging to write the same lines. Raises BadSetting."""
    is_text = env.choice("OKIENKO_LOG", "text" if sys.stderr.isatty() else "json", "json", "text") == "text"
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if is_text else "iso", utc=not is_text),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]
    last: Processor = (
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        if is_text
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in ("uvicorn", "uvicorn.error", "imapclient", "mail.log"):
        logging.getLogger(name).setLevel(logging.WARNING)
