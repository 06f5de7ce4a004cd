"""The web process: pages and live updates."""

from __future__ import annotations

import gc
import secrets
import signal
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from okienko.config import boot, env
from okienko.config.failed import Failed
from okienko.config.listening import address, twin
from okienko.work.process import lock

GRACE = 7
PROXIES = ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1", "fc00::/7"]
"""Behind a proxy: whose X-Forwarded-For is believed; the last address that is none of these is the client's."""


def serve(listening: socket.socket, *, ready: Callable[[], None], migrates: bool) -> None:
    """Serves until SIGTERM or SIGINT, then finishes the requests that it has begun.

    Calls ``ready`` when requests are answered. Raises Failed when another web process has this data directory, or when
    the database is of another version and ``migrates`` is False.
    """
    data = env.data_directory()
    data.prepare()
    # On PostgreSQL any number may serve: they share the lock, and the doctor sees that somebody has it.
    is_shared = bool(env.read("OKIENKO_DATABASE_URL"))
    if not lock(data.run / "web.lock", is_shared=is_shared, patience=1.5):
        raise Failed(f"Another web process already runs on {data.root}.")
    with boot.database():
        if migrates:
            boot.migrate(say)
        elif boot.pending():
            raise Failed("The database is empty or older than this program; run: okienko migrate")
        boot.make_cache_table()
        welcome = _welcome(address(listening), data)
        _warm()

    def started() -> None:
        say(welcome)
        ready()

    _server(started).run(sockets=[listening])


def serve_beside(listening: socket.socket, *, ready: Callable[[], None]) -> None:
    """Serves on the same port as the process that has ``listening``: Python runs one page at a time in each."""
    own = twin(listening)
    listening.close()
    with boot.database():
        _warm()
    _server(ready).run(sockets=[own])


def say(line: str) -> None:
    """One line for whoever started the process."""
    with suppress(OSError):  # who started us may have stopped listening
        print(line, flush=True)


def _welcome(url: str, data: env.DataDirectory) -> str:
    from django.conf import settings

    from okienko.people.directory import has_administrator

    url = settings.PUBLIC_URL or url
    token = data.run / "first-run-token"
    if has_administrator():
        token.unlink(missing_ok=True)
        return f"Okienko is ready: {url}/"
    if not token.exists():
        token.touch(mode=0o600)
        token.write_text(secrets.token_urlsafe(24), encoding="ascii")
    return f"Okienko is ready. Set it up here: {url}/setup/first?token={token.read_text(encoding='ascii')}"


def _warm() -> None:
    """Loads what the first page needs, and takes all of it out of the garbage collector's rounds."""
    from django.conf import settings
    from django.template import engines
    from django.urls import get_resolver
    from django.utils import translation

    _ = get_resolver().url_patterns, engines.all()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            translation.gettext("")
    gc.collect()
    gc.freeze()


def _server(started: Callable[[], None]) -> uvicorn.Server:
    from django.conf import settings

    from okienko.config.asgi import Root

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            started()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(
            number, lambda *_: None
        )  # uvicorn raises the signal that stopped it once more at its end
    return Server(
        uvicorn.Config(
            Root(),
            http="httptools",
            loop="uvloop",
            ws="websockets-sansio",
            ws_max_size=32_768,
            ws_per_message_deflate=False,
            lifespan="on",
            log_config=None,
            access_log=settings.ACCESS_LOG,
            server_header=False,
            proxy_headers=settings.USE_X_FORWARDED_HOST,
            forwarded_allow_ips=PROXIES,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=GRACE,
        )
    )
