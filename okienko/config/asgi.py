"""The web process's one ASGI root: pages through threads, ``/live`` on the event loop."""

from __future__ import annotations

import asyncio

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

from okienko.config.boot import connection_parameters
from okienko.config.bridge import Bridge, Receive, Scope, Send
from okienko.realtime.bus import follow_postgresql, follow_sqlite
from okienko.realtime.hub import Hub
from okienko.realtime.live import Live


class Root:
    """HTTP, WebSockets, and the tasks that live as long as the server (ASGI's lifespan)."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.live = Live(self.hub)
        self.pages = Bridge(WSGIHandler(), threads=settings.WEB_THREADS, limit=settings.LARGEST_REQUEST)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self.pages(scope, receive, send)
        elif scope["type"] == "websocket":
            await self.live(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self.lifespan(receive, send)

    async def lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        tasks = [asyncio.create_task(self.follow()), asyncio.create_task(self.live.check_sessions())]
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in tasks:
            task.cancel()
        await send({"type": "lifespan.shutdown.complete"})

    async def follow(self) -> None:
        if settings.ON_SQLITE:
            await follow_sqlite(self.hub, settings.DATA.database)
        else:
            await follow_postgresql(self.hub, connection_parameters())
