"""The WebSocket ``/live``: the page says which names it watches, the server says which of them changed.

Client: ``{"watch": ["list", "ticket-42"]}`` replaces what is watched. Server: ``{"topics": ["ticket-42"]}``.
Names only: content comes through the ordinary view with its ordinary permission.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import close_old_connections
from django.http.cookie import parse_cookie

from okienko.people.models import Agent
from okienko.realtime.hub import MOST_TOPICS, Hub, Socket

TELL_EVERY = 0.25
CHECK_EVERY = 60.0
SIGNED_OUT = 4401

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def has_agent(session: str) -> bool:
    """Whether the session with this key belongs to an active agent. Asks the database: call it in a thread."""
    close_old_connections()
    try:
        user = get_user(SimpleNamespace(session=SessionStore(session)))  # type: ignore[arg-type]
        return user.pk is not None and Agent.objects.filter(user_id=user.pk, is_active=True).exists()
    finally:
        close_old_connections()


class Live:
    """The ASGI application of ``/live``."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        # One thread, so that checking sessions never takes more than one database connection.
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="live")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        session = parse_cookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME, "")
        await receive()
        if not (scope["path"] == "/live" and is_own_page(headers) and session and await self._may(session)):
            await send({"type": "websocket.close"})
            return
        await send({"type": "websocket.accept"})
        socket = Socket(session)
        self.hub.join(socket)
        telling = asyncio.create_task(_tell(socket, send))
        try:
            while (message := await receive())["type"] == "websocket.receive":
                topics = _topics(message)
                if topics is None:
                    socket.end()
                else:
                    self.hub.watch(socket, topics)
        finally:
            self.hub.leave(socket)
            telling.cancel()

    async def check_sessions(self) -> None:
        """Closes the sockets of sessions that have ended; runs for as long as the server."""
        while True:
            await asyncio.sleep(CHECK_EVERY)
            for session in {socket.session for socket in self.hub.sockets}:
                try:
                    goes_on = await self._may(session)
                except Exception:  # noqa: S112
                    continue  # the database is away: that says nothing about the session
                if not goes_on:
                    for socket in [s for s in self.hub.sockets if s.session == session]:
                        socket.end()

    async def _may(self, session: str) -> bool:
        return await asyncio.get_running_loop().run_in_executor(self.thread, has_agent, session)


async def _tell(socket: Socket, send: Send) -> None:
    with suppress(OSError):
        while True:
            await socket.news.wait()
            if socket.is_over:
                await send({"type": "websocket.close", "code": SIGNED_OUT})
                return
            topics = sorted(socket.changed & socket.watched)
            socket.changed.clear()
            socket.news.clear()
            if topics:
                await send({"type": "websocket.send", "text": json.dumps({"topics": topics})})
                # While much happens at once, a page is told several times a second and no more.
                await asyncio.sleep(TELL_EVERY)


def is_own_page(headers: dict[str, str]) -> bool:
    """Whether the page that opens the socket is ours: browsers send cookies along from any page (RFC 6455, 10.2)."""
    origin = headers.get("origin", "")
    host = (settings.USE_X_FORWARDED_HOST and headers.get("x-forwarded-host")) or headers.get("host", "")
    return origin in settings.CSRF_TRUSTED_ORIGINS or (bool(host) and urlsplit(origin).netloc == host)


def _topics(message: Message) -> frozenset[str] | None:
    """What the client asks to watch, None when it does not speak our language."""
    try:
        watch = json.loads(message.get("text") or "")["watch"]
        topics = frozenset(watch)
    except (ValueError, TypeError, KeyError):
        return None
    is_good = (
        isinstance(watch, list)
        and len(watch) <= MOST_TOPICS
        and all(isinstance(t, str) and len(t) < 100 for t in watch)
    )
    return topics if is_good else None
