"""One open stream: who reads it, what they watch, how far they are, and what still has to be written."""

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from mikage.access.actor import Actor
from mikage.live import policies
from mikage.live.sockets import frames
from mikage.live.sockets.wire import Missed, Position

LONGEST_QUEUE = 256


@dataclass(frozen=True, slots=True)
class Change:
    """A board changed: heard once, offered to every stream that watches one of its subjects."""

    topic: str
    subjects: frozenset[str]
    audience: frozenset[str] | None
    part: str


class OpenStream:
    """The stream of one browser: the hub offers it events, the socket takes frames from it."""

    __slots__ = (
        "_told_parts",
        "_waiter",
        "_writer",
        "actor",
        "blocked_since",
        "cursor",
        "held",
        "is_catching_up",
        "is_cut",
        "is_over",
        "known",
        "person_id",
        "queue",
        "rights_mark",
        "watches",
        "written_at",
    )

    def __init__(
        self,
        actor: Actor,
        *,
        watches: Mapping[str, frozenset[str]],
        cursor: int | None,
        rights_mark: int,
    ) -> None:
        self.actor = actor
        self.person_id = actor.person_id or 0
        self.watches = watches
        # The number of the last event the browser knows; None until a new page was told where it begins.
        self.cursor = cursor
        self.known = 0
        self.is_catching_up = True
        # How often rights had changed when the Actor was built (Hub.rights_mark).
        self.rights_mark = rights_mark
        self.held: list[tuple[int, Change]] = []
        self.queue: deque[bytes] = deque()
        self.is_over = False
        self.is_cut = False
        self.blocked_since = 0.0
        self.written_at = time.monotonic()
        self._waiter: asyncio.Future[None] | None = None
        self._writer = asyncio.current_task()
        self._told_parts: set[str] = set()
        if cursor is not None:
            self.push(frames.opening(cursor))

    # Offered by the hub

    def take_ping(self, sequence: int, topic: str) -> bool:
        """The next event of the person's stream. False when there is a hole before it: catch up first."""
        if self.is_catching_up or self.cursor is None:
            self.known = max(self.known, sequence)
            return True
        if sequence <= self.cursor:
            return True
        if sequence > self.cursor + 1:
            self.known = sequence
            return False
        self._tell_ping(sequence, topic)
        return True

    def take_missed(self, position: Position, missed: Missed) -> bool:
        """What the database found after the cursor. False when more has happened since it was asked."""
        self.is_catching_up = False
        if position.cursor != self.cursor:
            return self.known <= (self.cursor or 0)
        if self.cursor is None:
            self.cursor = missed.sequence
            self.push(frames.opening(missed.sequence))
        elif missed.is_complete:
            for sequence, topic in missed.events:
                self._tell_ping(sequence, topic)
        else:
            self.cursor = missed.sequence
            self.resync()
        return self.known <= self.cursor

    def tell_change(self, change: Change) -> None:
        """A change of a board, reduced to the subjects this page watches, if the actor may know of it."""
        if not policies.reaches(self.actor, change.topic, change.audience) or self._has_told(change.part):
            return
        shown = change.subjects & self.watches.get(change.topic, frozenset())
        if shown:
            self.push(frames.changed(change.topic, shown))

    def renew(self, actor: Actor, rights_mark: int) -> None:
        """The actor as rights are now: what waited is told or dropped; a lost function ends the stream."""
        self.actor = actor
        self.rights_mark = rights_mark
        if not policies.may_watch(actor, self.watches):
            self.finish(frames.end("rights"))
            return
        held, self.held = self.held, []
        for mark, change in held:
            if mark <= rights_mark:
                self.tell_change(change)
            else:
                self.held.append((mark, change))

    def resync(self) -> None:
        self.push(frames.resync(self.cursor or 0))

    def beat(self) -> None:
        """A sign of life for proxies, unless something waits to be written anyway."""
        if not self.queue:
            self.push(frames.HEARTBEAT)

    def finish(self, last_frame: bytes = b"") -> None:
        """Write what waits and this, then close."""
        if last_frame:
            self.push(last_frame)
        self.is_over = True
        self._wake()

    def cut(self) -> None:
        """Close at once: nobody reads what is written."""
        self.is_cut = True
        self.finish()
        if self._writer is not None:
            self._writer.cancel()

    def _tell_ping(self, sequence: int, topic: str) -> None:
        """An event of a function the person may not use passes in silence."""
        self.cursor = sequence
        if policies.may_hear(self.actor, topic):
            self.push(frames.ping(sequence, topic))

    def _has_told(self, part: str) -> bool:
        """A change too long for one notification comes in parts; each part is told once."""
        if not part:
            return False
        if part in self._told_parts:
            return True
        token = part.partition(".")[0]
        self._told_parts = {told for told in self._told_parts if told.startswith(f"{token}.")} | {part}
        return False

    # Taken by the socket

    def push(self, frame: bytes) -> None:
        """Put a frame into the queue; a browser that does not keep up is told to load anew instead."""
        if self.is_over:
            return
        if len(self.queue) >= LONGEST_QUEUE:
            self.queue.clear()
            self.queue.append(frames.resync(self.cursor or 0))
        self.queue.append(frame)
        self._wake()

    async def next_chunk(self) -> bytes:
        """Everything that waits to be written; empty when the stream is over."""
        while not self.queue and not self.is_over:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        chunk = self.queue[0] if len(self.queue) == 1 else b"".join(self.queue)
        self.queue.clear()
        return chunk

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
