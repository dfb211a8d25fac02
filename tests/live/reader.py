"""A browser's end of a stream: everything that comes is kept with the moment it came."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Event:
    name: str
    data: dict[str, Any]
    id: str
    at: float


@dataclass
class Block:
    """The lines of one event while they arrive."""

    name: str = ""
    data: str = ""
    id: str = ""
    lines: list[str] = field(default_factory=list)


class Reader:
    """Opens ``/ev`` as a browser does and reads it in a thread of its own until it is left."""

    def __init__(self, port: int, cookie: str, query: str = "", **headers: str) -> None:
        self.events: list[Event] = []
        self.raw = b""
        self.retry: int | None = None
        self.cursor = ""
        self.is_over = threading.Event()
        self._news = threading.Condition()
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if cookie:
            sent["Cookie"] = cookie
        self._connection.request("GET", f"/ev{query}", headers={"Accept-Encoding": "gzip, br", **sent})
        self._socket = self._connection.sock
        self.response = self._connection.getresponse()
        self.status = self.response.status
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()

    def leave(self) -> None:
        """Close the line without a word, as a browser that goes to sleep."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            self.is_over.set()
        self._thread.join(5)
        self._connection.close()

    def wait_for(self, wanted: Callable[[Event], bool], seconds: float = 5.0) -> Event:
        """The first event of this kind, waited for."""
        limit = time.monotonic() + seconds
        with self._news:
            while True:
                for event in self.events:
                    if wanted(event):
                        return event
                left = limit - time.monotonic()
                assert left > 0, f"not within {seconds} s; heard {self.events}"
                self._news.wait(left)

    def named(self, name: str) -> list[Event]:
        return [event for event in self.events if event.name == name]

    def numbers(self) -> list[int]:
        """The sequence numbers of all pings heard, in the order they came."""
        return [event.data["seq"] for event in self.named("ping")]

    def wait_for_number(self, number: int, seconds: float = 5.0) -> Event:
        return self.wait_for(lambda event: event.name == "ping" and event.data["seq"] == number, seconds)

    def wait_until_begun(self, seconds: float = 5.0) -> None:
        """The server has said where the stream stands: from here on nothing is missed."""
        limit = time.monotonic() + seconds
        with self._news:
            while not self.cursor:
                left = limit - time.monotonic()
                assert left > 0, f"the stream did not begin within {seconds} s"
                self._news.wait(left)

    def _read(self) -> None:
        block = Block()
        try:
            while line := self.response.readline():
                self.raw += line
                block = self._take(line.decode().rstrip("\n"), block)
        except (OSError, http.client.HTTPException, ValueError):
            pass
        finally:
            self.is_over.set()
            with self._news:
                self._news.notify_all()

    def _take(self, line: str, block: Block) -> Block:
        name, _colon, value = line.partition(": ")
        if name == "event":
            block.name = value
        elif name == "data":
            block.data = value
        elif name == "id":
            block.id = value
        elif name == "retry":
            self.retry = int(value)
        elif line == "":
            with self._news:
                if block.id:
                    self.cursor = block.id
                if block.data:
                    data = json.loads(block.data)
                    self.events.append(Event(block.name, data, block.id, time.monotonic()))
                self._news.notify_all()
            return Block()
        return block
