"""HTTP from ASGI to a WSGI application in threads (PEP 3333).

A request reaches the application only when its body is here whole: an upload that breaks off never runs, and a slow
client holds no thread, neither sending nor being sent a file. A response that does not stream goes back in one step.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from tempfile import SpooledTemporaryFile
from typing import IO, Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

IN_MEMORY = 1024 * 1024
CHUNK = 64 * 1024


class Bridge:
    """An ASGI application for HTTP that runs ``application`` in ``threads`` threads.

    Bodies of more than ``limit`` bytes are refused with 413.
    """

    def __init__(self, application: Application, *, threads: int, limit: int) -> None:
        self.application = application
        self.limit = limit
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self.reading = ThreadPoolExecutor(2, thread_name_prefix="file")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return
                body.write(message.get("body", b""))
                if body.tell() > self.limit:
                    await send(
                        _start("413 Content Too Large", [("Content-Length", "0"), ("Connection", "close")])
                    )
                    await send({"type": "http.response.body"})
                    return
                if not message.get("more_body"):
                    break
            length = body.tell()
            body.seek(0)
            environ = environment(scope, body, length)
            loop = asyncio.get_running_loop()
            answer = Answer(loop, send)
            left = await loop.run_in_executor(self.threads, answer.run, self.application, environ)
            if isinstance(left, File):
                await self.send_file(left, answer)
            elif left is not None:
                await send(answer.start)
                await send({"type": "http.response.body", "body": left})

    async def send_file(self, file: File, answer: Answer) -> None:
        """Sends a file as fast as its reader takes it, without a thread that waits."""
        loop = asyncio.get_running_loop()
        try:
            await answer.send(answer.start)
            while chunk := await loop.run_in_executor(self.reading, file.file.read, CHUNK):
                await answer.send({"type": "http.response.body", "body": chunk, "more_body": True})
            await answer.send({"type": "http.response.body"})
        finally:
            await loop.run_in_executor(self.reading, file.file.close)


class File:
    """``wsgi.file_wrapper`` (PEP 3333): a response that is nothing but an open file; closing it ends the request."""

    def __init__(self, file: IO[bytes], block_size: int) -> None:
        self.file = file

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(CHUNK), b"")


class Answer:
    """One response on its way from a thread to the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, send: Send) -> None:
        self.loop = loop
        self.send = send
        self.start: Message = _start("500 Internal Server Error", [])

    def run(self, application: Application, environ: dict[str, Any]) -> bytes | File | None:
        """Runs the application in this thread and returns what is left for the loop to send: None after a stream."""
        response = application(environ, self.start_response)
        if isinstance(response, File):
            return response
        try:
            if getattr(response, "streaming", False):
                self.wait_for(self.send(self.start))
                for chunk in response:
                    self.wait_for(self.send({"type": "http.response.body", "body": chunk, "more_body": True}))
                self.wait_for(self.send({"type": "http.response.body"}))
                return None
            return b"".join(response)
        finally:
            close = getattr(response, "close", None)
            if close:
                close()  # Django ends the request here and puts its database connection in order

    def start_response(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        self.start = _start(status, headers)

    def wait_for(self, step: Awaitable[None]) -> None:
        asyncio.run_coroutine_threadsafe(step, self.loop).result()  # type: ignore[arg-type]


def _start(status: str, headers: list[tuple[str, str]]) -> Message:
    return {
        "type": "http.response.start",
        "status": int(status[:3]),
        "headers": [
            (name.encode("latin-1").lower(), value.strip().encode("latin-1")) for name, value in headers
        ],
    }


def environment(scope: Scope, body: IO[bytes], length: int) -> dict[str, Any]:
    """The WSGI environment of a request whose ``body`` of ``length`` bytes has been read."""
    host, port = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": (scope.get("client") or ("", 0))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.file_wrapper": File,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name:
            continue  # X_Forwarded_Proto would pass for X-Forwarded-Proto here
        key = "HTTP_" + raw_name.decode("latin-1").upper().replace("-", "_")
        value = raw_value.decode("latin-1")
        if key in environ:
            value = environ[key] + ("; " if key == "HTTP_COOKIE" else ",") + value
        environ[key] = value
    environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
    environ.pop("HTTP_CONTENT_LENGTH", None)
    environ["CONTENT_LENGTH"] = str(length)
    return environ
