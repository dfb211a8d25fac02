"""One origin for a first run: the hub's streams and the pages, served by one process.

In production the two are served apart, behind nginx: ``mikage.config.wsgi:application`` and
``mikage.config.asgi:hub``.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi_typing import WSGIApp

# Reading this module prepares Django, which the hub's module needs; so it stands first.
from mikage.config.wsgi import application as wsgi_pages
from mikage.live.sockets import application as hub

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

__all__ = ["application", "hub"]

# As many pages at once as an office's browsers ask for; each thread keeps its own connection.
THREADS = 8
pages = cast(Application, WSGIMiddleware(cast(WSGIApp, wsgi_pages), workers=THREADS))


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Streams go to the hub, and so do the start and the stop of the process; all else is a page."""
    is_stream = scope["type"] == "lifespan" or scope.get("path") == "/ev"
    await (hub if is_stream else pages)(scope, receive, send)
