"""The hub of a process: every open stream, what reaches it, and the moment it must end.

A stream is entered here first and catches up afterwards, so that nothing falls between. When somebody's
rights may have changed, no stream is told of a board until its Actor has been asked anew: what happens
meanwhile waits. Losing the line to the database, or the process, loses no stored event.
"""

import asyncio
import contextlib
import json
import logging
import time
from collections import defaultdict, deque
from collections.abc import Coroutine, Sequence
from datetime import date
from typing import Any, TypeVar

from django.db import DatabaseError

from mikage.access.actor import Actor
from mikage.live import policies
from mikage.live.live import CHANNEL
from mikage.live.sockets import frames, wire
from mikage.live.sockets.streams import Change, OpenStream
from mikage.live.sockets.threads import Threads

K = TypeVar("K")

logger = logging.getLogger("mikage.live")

# Sessions and rights are looked at this often, even when nobody said that they changed (TR-D1: 5 s).
LOOK_SECONDS = 3.0
BLOCKED_SECONDS = 30.0
STREAMS_PER_PERSON = 24
# How many streams are served before others get their turn.
BREATH = 200
RENEWED_AT_ONCE = 25
CAUGHT_UP_AT_ONCE = 500


class Hub:
    """All open streams of one process."""

    def __init__(self) -> None:
        self.streams: set[OpenStream] = set()
        self.threads = Threads()
        # Counts the moments at which rights may have changed; an Actor built before the last one is doubtful.
        self.rights_mark = 0
        self.is_leaving = False
        self.is_joined = asyncio.Event()
        self._of_person: defaultdict[int, set[OpenStream]] = defaultdict(set)
        self._watching: defaultdict[tuple[str, str], set[OpenStream]] = defaultdict(set)
        self._rights: tuple[int, date] | None = None
        self._mark_at_look = 0
        self._doubted: deque[OpenStream] = deque()
        self._urgent: deque[OpenStream] = deque()
        self._has_doubts = asyncio.Event()
        self._look_now = asyncio.Event()
        self._desk = wire.Desk()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self._begin(wire.listen(self))
        self._begin(self._keep_looking())
        self._begin(self._keep_renewing())

    def leave(self) -> None:
        """The process is about to stop: every browser is told to come back, and goes (TR-J12)."""
        self.is_leaving = True
        for stream in list(self.streams):
            stream.finish(frames.again())

    async def stop(self) -> None:
        self.leave()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._desk.close()
        await self.threads.close()

    # Streams come and go

    def is_full_for(self, actor: Actor) -> bool:
        """Nobody needs more streams than this at once; a page in a loop must not starve the others."""
        return len(self._of_person.get(actor.person_id or 0, ())) >= STREAMS_PER_PERSON

    async def enter(self, stream: OpenStream) -> None:
        """From here on the stream hears what happens; then it is told what happened before."""
        self.streams.add(stream)
        self._of_person[stream.person_id].add(stream)
        for topic, subjects in stream.watches.items():
            for subject in subjects:
                self._watching[topic, subject].add(stream)
        if stream.rights_mark != self.rights_mark:
            self._doubted.append(stream)
            self._has_doubts.set()
        await self._catch_up([stream])
        if self.is_leaving:
            stream.finish(frames.again())

    def remove(self, stream: OpenStream) -> None:
        stream.finish()
        self.streams.discard(stream)
        _discard(self._of_person, stream.person_id, stream)
        for topic, subjects in stream.watches.items():
            for subject in subjects:
                _discard(self._watching, (topic, subject), stream)

    # What the database says

    async def joined(self) -> None:
        """The line is open (again): whatever it did not bring is fetched before it is heard further."""
        is_first = self._rights is None
        if not await self._look() or not is_first:
            self._doubt()
        await self._catch_up(list(self.streams))
        if not is_first:
            # Changes of boards are not stored: who watches one loads it anew.
            for stream in list(self.streams):
                if stream.watches:
                    stream.resync()
        self.is_joined.set()

    def lost(self) -> None:
        """The line is broken: open streams wait, new ones are told to come back."""
        self.is_joined.clear()

    async def heard(self, channel: str, payload: str) -> None:
        if channel == CHANNEL:
            await self._deliver(json.loads(payload))
            return
        if channel == policies.RIGHTS_CHANNEL:
            self._doubt()
        self._look_now.set()

    async def _deliver(self, told: dict[str, Any]) -> None:
        if "ping" in told:
            await self._deliver_pings(told["ping"], told["people"])
        else:
            await self._deliver_change(_change(told))

    async def _deliver_pings(self, topic: str, people: list[tuple[int, int]]) -> None:
        served = 0
        behind: list[OpenStream] = []
        for person_id, sequence in people:
            for stream in self._of_person.get(person_id, ()):
                if not stream.take_ping(sequence, topic):
                    behind.append(stream)
                served += 1
            if served >= BREATH:
                served = 0
                await asyncio.sleep(0)
        if behind:
            self._begin(self._catch_up(behind))

    async def _deliver_change(self, change: Change) -> None:
        watchers: set[OpenStream] = set()
        for subject in change.subjects:
            watchers |= self._watching.get((change.topic, subject), set())
        for served, stream in enumerate(watchers, start=1):
            if stream.rights_mark == self.rights_mark:
                stream.tell_change(change)
            else:
                stream.held.append((self.rights_mark, change))
                self._urgent.append(stream)
                self._has_doubts.set()
            if served % BREATH == 0:
                await asyncio.sleep(0)

    async def _catch_up(self, streams: Sequence[OpenStream]) -> None:
        """Tell each stream what it missed; who fell further behind meanwhile is told again."""
        waiting = [stream for stream in streams if not stream.is_over]
        while waiting:
            some, waiting = waiting[:CAUGHT_UP_AT_ONCE], waiting[CAUGHT_UP_AT_ONCE:]
            for stream in some:
                stream.is_catching_up = True
            positions = [wire.Position(stream.person_id, stream.cursor) for stream in some]
            try:
                found = await self._desk.missed(positions)
            except wire.TROUBLE as trouble:
                logger.warning("the hub could not ask what was missed: %s", type(trouble).__name__)
                await asyncio.sleep(1)
                waiting = [stream for stream in some if not stream.is_over] + waiting
                continue
            for stream, position, missed in zip(some, positions, found, strict=True):
                if not stream.take_missed(position, missed):
                    waiting.append(stream)

    # Sessions and rights

    def _doubt(self) -> None:
        self.rights_mark += 1
        self._doubted = deque(self.streams)
        self._has_doubts.set()

    async def _keep_looking(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._look_now.wait(), LOOK_SECONDS)
            self._look_now.clear()
            self._tend()
            await self._look()
            # Many sessions that end in one moment are one look.
            await asyncio.sleep(0.2)

    async def _look(self) -> bool:
        """One question for all streams: which sessions live, and are the rights still the same?"""
        streams = list(self.streams)
        mark = self.rights_mark
        try:
            pulse = await self.threads.run(policies.pulse, {stream.actor.session_id for stream in streams})
        except DatabaseError as trouble:
            logger.warning("the hub could not look at the sessions: %s", type(trouble).__name__)
            return False
        for stream in streams:
            if stream.actor.session_id not in pulse.live_sessions:
                stream.finish(frames.end("session"))
        # A change that was announced has been doubted already; a new day is not announced.
        if self._rights not in {None, pulse.rights} and mark == self._mark_at_look:
            self._doubt()
        self._rights = pulse.rights
        self._mark_at_look = self.rights_mark
        return True

    def _tend(self) -> None:
        """A sign of life where nothing was written for a while; an end where nobody reads any more."""
        now = time.monotonic()
        for stream in list(self.streams):
            if stream.blocked_since and now - stream.blocked_since > BLOCKED_SECONDS:
                stream.cut()
            elif now - stream.written_at > frames.HEARTBEAT_SECONDS - LOOK_SECONDS - 1:
                stream.beat()

    async def _keep_renewing(self) -> None:
        while True:
            await self._has_doubts.wait()
            self._has_doubts.clear()
            while doubtful := self._next_doubtful():
                await self._renew(doubtful)

    def _next_doubtful(self) -> list[OpenStream]:
        """Those for whom something waits come first."""
        chosen: dict[OpenStream, None] = {}
        for line in (self._urgent, self._doubted):
            while line and len(chosen) < RENEWED_AT_ONCE:
                stream = line.popleft()
                if not stream.is_over and stream.rights_mark != self.rights_mark:
                    chosen[stream] = None
        return list(chosen)

    async def _renew(self, streams: list[OpenStream]) -> None:
        mark = self.rights_mark
        try:
            actors = await self.threads.run(policies.renewed, [stream.actor for stream in streams])
        except DatabaseError as trouble:
            logger.warning("the hub could not ask for rights: %s", type(trouble).__name__)
            self._doubted.extend(streams)
            await asyncio.sleep(0.5)
            return
        for stream, actor in zip(streams, actors, strict=True):
            if actor is None:
                stream.finish(frames.end("session"))
            else:
                stream.renew(actor, mark)

    def _begin(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (defect := task.exception()) is not None:
            logger.error("a part of the hub failed", exc_info=defect)


def _discard(index: defaultdict[K, set[OpenStream]], key: K, stream: OpenStream) -> None:
    index[key].discard(stream)
    if not index[key]:
        del index[key]


def _change(told: dict[str, Any]) -> Change:
    audience = told["audience"]
    return Change(
        topic=told["changed"],
        subjects=frozenset(told["subjects"]),
        audience=None if audience is None else frozenset(audience),
        part=told.get("part", ""),
    )
