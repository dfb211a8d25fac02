"""The smallest hub that could work: no sign-in, no rights, no cursor. What ours is compared with.

It hears the same notifications from the same database and writes the same bytes.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

# Imported first: it prepares Django.
from mikage.config.asgi import hub
from mikage.live.live import CHANNEL
from mikage.live.sockets import frames, wire

Message = MutableMapping[str, Any]
__all__ = ["application", "hub"]

watchers: defaultdict[str, set["asyncio.Queue[bytes]"]] = defaultdict(set)
tasks: set["asyncio.Task[None]"] = set()


async def hear() -> None:
    async with await wire.connect() as line:
        await line.execute(f"LISTEN {CHANNEL}")
        async for notice in line.notifies():
            told = json.loads(notice.payload)
            frame = frames.changed(told["changed"], told["subjects"])
            for subject in told["subjects"]:
                for queue in watchers[subject]:
                    queue.put_nowait(frame)


async def application(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                tasks.add(asyncio.create_task(hear()))
            await send({"type": f"{message['type']}.complete"})
    subjects = parse_qs(scope["query_string"].decode())["watch"][0].partition("/")[2].split(",")
    queue: asyncio.Queue[bytes] = asyncio.Queue()
    for subject in subjects:
        watchers[subject].add(queue)
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]}
    )
    await send({"type": "http.response.body", "body": frames.opening(0), "more_body": True})
    while True:
        await send({"type": "http.response.body", "body": await queue.get(), "more_body": True})
