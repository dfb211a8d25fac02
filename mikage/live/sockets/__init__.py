"""The door of the streams: a plain ASGI application that answers ``/ev`` beside Django.

A stream belongs to a signed-in person, is no activity of theirs, and ends with the session.
"""

import asyncio
import http.cookies
import signal
import threading
import time
from collections.abc import Awaitable, Callable, MutableMapping
from types import FrameType
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from mikage.access.actor import Actor
from mikage.journal import journal
from mikage.kernel.middleware import TerminalMiddleware
from mikage.live import policies
from mikage.live.sockets.hub import Hub
from mikage.live.sockets.streams import OpenStream

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PATH = "/ev"
# How long a new stream waits for the hub to find the database before it is told to come back.
PATIENCE_SECONDS = 3.0
LARGEST_CURSOR = 2**53

_PERSONAL = [
    (b"cache-control", b"no-store, private"),
    (b"vary", b"Cookie"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_STREAM = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    # Whatever compresses on the way would hold events back until a block is full.
    (b"content-encoding", b"identity"),
    (b"x-accel-buffering", b"no"),
    *_PERSONAL,
]


class Turned(Exception):
    """The request gets no stream: a status, and headers that say what to do."""

    def __init__(self, status: int, **headers: str) -> None:
        super().__init__(status)
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Hubs:
    """The one hub of the running event loop; a process has one, a test may have several in turn."""

    def __init__(self) -> None:
        self._hub: Hub | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def now(self) -> Hub:
        loop = asyncio.get_running_loop()
        if self._hub is None or self._loop is not loop:
            self._hub, self._loop = Hub(), loop
            self._hub.start()
        return self._hub

    async def stop(self) -> None:
        hub, self._hub = self._hub, None
        if hub is not None:
            await hub.stop()


hubs = Hubs()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """The hub as an ASGI application: its life, and the streams."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http":
        await _answer(scope, receive, send)


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            _leave_on_signals(hubs.now())
            await send({"type": "lifespan.startup.complete"})
        else:
            await hubs.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


def _leave_on_signals(hub: Hub) -> None:
    """Streams end when the signal arrives. The server tells its application only after they have ended."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)
        if callable(before):
            signal.signal(number, _both(lambda: loop.call_soon_threadsafe(hub.leave), before))


def _both(
    leave: Callable[[], object], before: Callable[[int, FrameType | None], object]
) -> Callable[[int, FrameType | None], None]:
    def hear(number: int, frame: FrameType | None) -> None:
        leave()
        before(number, frame)

    return hear


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    hub = hubs.now()
    try:
        stream = await _open(hub, scope)
    except Turned as turned:
        await _turn_away(send, turned)
        return
    try:
        await _write(hub, stream, receive, send)
    finally:
        hub.remove(stream)


async def _open(hub: Hub, scope: Scope) -> OpenStream:
    """The stream the request asks for, or Turned."""
    if scope["path"] != PATH:
        raise Turned(404)
    if scope["method"] != "GET":
        raise Turned(405, allow="GET")
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    cursor, watches = _wishes(scope, headers)
    await _until_joined(hub)
    mark = hub.rights_mark
    try:
        actor = await hub.threads.run(
            _admit, _session_key(headers), _terminal(scope, headers), watches, hub.is_full_for
        )
    except DatabaseError:
        raise Turned(503, retry_after="5") from None
    return OpenStream(actor, watches=watches, cursor=cursor, rights_mark=mark)


def _wishes(scope: Scope, headers: dict[str, str]) -> tuple[int | None, dict[str, frozenset[str]]]:
    """Where to resume and what to watch. A browser that lost its line says in a header how far it was."""
    query = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=64)
    text = headers.get("last-event-id") or query.get("cursor", [""])[0]
    try:
        if text and not (text.isascii() and text.isdigit() and int(text) <= LARGEST_CURSOR):
            raise ValueError("not a cursor")
        return (int(text) if text else None), policies.watched(query.get("watch", []))
    except ValueError:
        raise Turned(400) from None


async def _until_joined(hub: Hub) -> None:
    try:
        await asyncio.wait_for(hub.is_joined.wait(), PATIENCE_SECONDS)
    except TimeoutError:
        raise Turned(503, retry_after="5") from None
    if hub.is_leaving:
        raise Turned(503, retry_after="2")


def _session_key(headers: dict[str, str]) -> str:
    try:
        cookies = http.cookies.SimpleCookie(headers.get("cookie", ""))
    except http.cookies.CookieError:
        return ""
    found = cookies.get(settings.SESSION_COOKIE_NAME)
    return found.value if found else ""


def _terminal(scope: Scope, headers: dict[str, str]) -> str:
    """The terminal's address by the same rule as for pages (TR-A17)."""
    client = scope.get("client")
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = client[0] if client else ""
    request.META["HTTP_X_FORWARDED_FOR"] = headers.get("x-forwarded-for", "")
    TerminalMiddleware(lambda _request: HttpResponse())(request)
    return str(request.META["REMOTE_ADDR"])


def _admit(
    session_key: str,
    terminal: str,
    watches: dict[str, frozenset[str]],
    is_full_for: Callable[[Actor], bool],
) -> Actor:
    """Whoever may have the stream; every request leaves its access record, whatever the answer (A-05)."""
    began = time.perf_counter_ns()
    actor = policies.who_asks(session_key, terminal)
    status, headers = 200, {}
    if not actor.is_person:
        status, headers = 401, {"x_sign_in": "1"}
    elif not policies.may_watch(actor, watches):
        status = 403
    elif is_full_for(actor):
        status, headers = 429, {"retry_after": "30"}
    journal.record_access(
        actor,
        action="live.stream.opened",
        method="GET",
        view="live:stream",
        target="",
        status=status,
        microseconds=(time.perf_counter_ns() - began) // 1_000,
    )
    if status != 200:
        raise Turned(status, **headers)
    return actor


async def _turn_away(send: Send, turned: Turned) -> None:
    extra = [(name.encode(), value.encode()) for name, value in turned.headers.items()]
    headers = [(b"content-length", b"0"), *_PERSONAL, *extra]
    await send({"type": "http.response.start", "status": turned.status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _write(hub: Hub, stream: OpenStream, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": _STREAM})
    reader = asyncio.create_task(_until_gone(receive, stream))
    try:
        await hub.enter(stream)
        while chunk := await stream.next_chunk():
            stream.blocked_since = time.monotonic()
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            stream.blocked_since, stream.written_at = 0.0, time.monotonic()
        await send({"type": "http.response.body", "body": b""})
    except asyncio.CancelledError:
        # Only a browser that stopped reading is cut; everything else that cancels is the server's own end.
        if not stream.is_cut:
            raise
    finally:
        reader.cancel()


async def _until_gone(receive: Receive, stream: OpenStream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.finish()
