"""The hub's two lines to the database: one that listens, one that asks what was missed."""

import asyncio
import logging
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import psycopg
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import tuple_row

from mikage.live import policies
from mikage.live.live import CHANNEL

logger = logging.getLogger("mikage.live")

CHANNELS = (CHANNEL, policies.RIGHTS_CHANNEL, policies.SESSION_CHANNEL)
# A line that died in silence is found within twice these seconds (TR-G9).
PROBE_SECONDS = 4.0
LONGEST_PAUSE = 2.0
ANSWER_SECONDS = 5.0
# Who is further behind loads anew.
LONGEST_CATCH_UP = 200
TROUBLE = (psycopg.Error, OSError, TimeoutError)

Line = psycopg.AsyncConnection[tuple[object, ...]]
Row = tuple[int, list[int], list[str]]

_MISSED = """
SELECT coalesce(stream.sequence, 0), missed.numbers, missed.topics
FROM unnest(%(people)s::bigint[], %(cursors)s::bigint[]) WITH ORDINALITY AS reader (person_id, cursor, place)
LEFT JOIN live_stream AS stream ON stream.person_id = reader.person_id
LEFT JOIN LATERAL (
    SELECT array_agg(sequence ORDER BY sequence) AS numbers, array_agg(topic ORDER BY sequence) AS topics
    FROM (
        SELECT sequence, topic FROM live_stream_event
        WHERE stream_id = reader.person_id AND sequence > reader.cursor
        ORDER BY sequence LIMIT %(limit)s
    ) AS following
) AS missed ON true
ORDER BY place
"""


class Position(NamedTuple):
    """Whose stream, and the last number its reader knows (None: whatever is the newest)."""

    person_id: int
    cursor: int | None


class Missed(NamedTuple):
    """Where a stream stands, and the events after the cursor; not ``is_complete`` where some are gone."""

    sequence: int
    events: list[tuple[int, str]]
    is_complete: bool


async def connect() -> Line:
    """A line of the hub's own, to the database the settings name."""
    known = connection.settings_dict
    address = make_conninfo(
        dbname=known["NAME"],
        user=known["USER"] or None,
        password=known["PASSWORD"] or None,
        host=known["HOST"] or None,
        port=known["PORT"] or None,
        connect_timeout=5,
        application_name="mikage hub",
    )
    return await psycopg.AsyncConnection.connect(address, autocommit=True)


class Listener(Protocol):
    """Who wants to hear: the hub."""

    async def joined(self) -> None: ...
    async def heard(self, channel: str, payload: str) -> None: ...
    def lost(self) -> None: ...


async def listen(listener: Listener) -> None:
    """Bring every notification, for ever. After each loss of the line ``joined`` is called before the first.

    Notifications that arrive while ``joined`` still works wait in the line.
    """
    pause = 0.1
    while True:
        try:
            async with await connect() as line:
                for channel in CHANNELS:
                    await line.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                await listener.joined()
                pause = 0.1
                await _hear(line, listener)
        except TROUBLE as trouble:
            logger.warning("the hub lost its line to the database: %s", type(trouble).__name__)
        listener.lost()
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def _hear(line: Line, listener: Listener) -> None:
    while True:
        async for notice in line.notifies(timeout=PROBE_SECONDS):
            await listener.heard(notice.channel, notice.payload)
        await asyncio.wait_for(line.execute("SELECT 1"), PROBE_SECONDS)


class Desk:
    """Asks what readers missed, over one line that is opened anew when it breaks."""

    def __init__(self) -> None:
        self._line: Line | None = None
        self._turn = asyncio.Lock()

    async def missed(self, positions: Sequence[Position]) -> list[Missed]:
        """For each position what came after it, all from one moment of the database."""
        values = {
            "people": [position.person_id for position in positions],
            "cursors": [position.cursor for position in positions],
            "limit": LONGEST_CATCH_UP + 1,
        }
        async with self._turn:
            rows = await self._ask(values)
        return [_missed(position, *row) for position, row in zip(positions, rows, strict=True)]

    async def _ask(self, values: dict[str, object]) -> list[Row]:
        try:
            return await self._answer(values)
        except TROUBLE:
            # The line may have died while nobody used it: once more on a new one.
            await self.close()
            return await self._answer(values)

    async def _answer(self, values: dict[str, object]) -> list[Row]:
        async with asyncio.timeout(ANSWER_SECONDS):
            if self._line is None:
                self._line = await connect()
            cursor = self._line.cursor(row_factory=tuple_row)
            await cursor.execute(_MISSED, values)
            return [(row[0], row[1] or [], row[2] or []) for row in await cursor.fetchall()]

    async def close(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            await line.close()


def _missed(position: Position, sequence: int, numbers: list[int], topics: list[str]) -> Missed:
    if position.cursor is None:
        return Missed(sequence, [], is_complete=True)
    # Some are gone when they are too old or too many; fewer than none when the cursor lies in the future,
    # because the database was restored to an earlier day.
    return Missed(
        sequence,
        list(zip(numbers, topics, strict=True)),
        is_complete=len(numbers) == sequence - position.cursor,
    )
