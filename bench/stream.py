"""Two thousand open streams: what a delivery costs, what a connection occupies, how soon an event arrives.

Beside it the smallest hub that could work, on the same machine in the same run, with the same notifications.
"""

import asyncio
import statistics
import time
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from bench import measure, people
from mikage.directory.models import Person
from mikage.live import live

CONNECTIONS = 2_000
PER_ROOM = 10
PER_SECOND = 100
SECONDS = 4
ROUNDS = 3
TO_ALL_PER_SECOND = 3
# Every stream watches its room and one subject that all share.
EVERYBODY = 900_000_000
ROOMS = 900_000_001


@dataclass
class Crowd:
    """All browsers, in one event loop: each only counts what it hears and when."""

    port: int
    cookies: list[str]
    heard: int = 0
    waits: list[float] = field(default_factory=list)
    sent_at: float = 0.0

    async def open(self) -> None:
        limit = asyncio.Semaphore(50)
        loop = asyncio.get_running_loop()

        async def one(place: int) -> None:
            async with limit:
                begun = loop.create_future()
                transport, _protocol = await loop.create_connection(
                    lambda: Browser(self, begun), measure.TERMINAL, self.port
                )
                watch = f"schedule/person:{ROOMS + place // PER_ROOM},person:{EVERYBODY}"
                transport.write(
                    f"GET /ev?watch={watch} HTTP/1.1\r\nHost: {measure.TERMINAL}\r\n"
                    f"Cookie: {self.cookies[place]}\r\n\r\n".encode()
                )
                self.transports.append(transport)
                await asyncio.wait_for(begun, 60)

        self.transports: list[asyncio.WriteTransport] = []
        await asyncio.gather(*(one(place) for place in range(len(self.cookies))))

    async def until(self, number: int, seconds: float = 10) -> None:
        limit = time.monotonic() + seconds
        while self.heard < number and time.monotonic() < limit:
            await asyncio.sleep(0.01)

    def close(self) -> None:
        for transport in self.transports:
            transport.abort()


class Browser(asyncio.Protocol):
    """One end of a stream."""

    __slots__ = ("begun", "crowd")

    def __init__(self, crowd: Crowd, begun: "asyncio.Future[None]") -> None:
        self.crowd = crowd
        self.begun = begun

    def data_received(self, data: bytes) -> None:
        if not self.begun.done():
            if b"id: 0" in data or b"\nid: " in data:
                self.begun.set_result(None)
            elif b" 200 " not in data[:20] and data.startswith(b"HTTP/1.1 "):
                self.begun.set_exception(SystemExit(data[:60].decode("latin-1")))
        count = data.count(b"event: changed")
        if count:
            self.crowd.heard += count
            self.crowd.waits.append(time.perf_counter() - self.crowd.sent_at)


def tell(subject: int) -> None:
    """One operation's word, as any room would say it."""
    with transaction.atomic():
        live.changed("schedule", [f"person:{subject}"], audience=["all"])


@dataclass
class Found:
    """What one hub needed."""

    cpu_us: list[float] = field(default_factory=list)
    cpu_us_to_all: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    waits_to_all: list[float] = field(default_factory=list)
    kib_per_connection: float = 0.0
    idle_percent: float = 0.0
    lost: int = 0


async def _paced(
    crowd: Crowd, server: measure.Running, per_second: int, subjects: list[int], each: int
) -> tuple[float, list[float], int]:
    """CPU in microseconds a delivery, the waits, and how many deliveries never came."""
    crowd.heard, crowd.waits = 0, []
    expected = len(subjects) * each
    before, began = server.cpu(), time.perf_counter()
    for number, subject in enumerate(subjects):
        await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))
        crowd.sent_at = time.perf_counter()
        await asyncio.to_thread(tell, subject)
    await crowd.until(expected)
    used = server.cpu() - before
    return used * 1e6 / max(1, crowd.heard), crowd.waits, expected - crowd.heard


async def _measure(server: measure.Running, cookies: list[str]) -> Found:
    found = Found()
    warm = Crowd(server.port, cookies[:50])
    await warm.open()
    warm.close()
    await asyncio.sleep(1)
    before = server.memory()
    crowd = Crowd(server.port, cookies)
    await crowd.open()
    await asyncio.sleep(4)
    found.kib_per_connection = (server.memory() - before) / 1_024 / len(cookies)
    idle = server.cpu()
    await asyncio.sleep(6)
    found.idle_percent = (server.cpu() - idle) / 6 * 100
    rooms = len(cookies) // PER_ROOM
    for turn in range(ROUNDS):
        subjects = [ROOMS + (number + turn) % rooms for number in range(PER_SECOND * SECONDS)]
        cpu, waits, lost = await _paced(crowd, server, PER_SECOND, subjects, PER_ROOM)
        found.cpu_us.append(cpu)
        found.waits += waits
        everybody = [EVERYBODY] * (TO_ALL_PER_SECOND * SECONDS)
        cpu, waits, lost_of_all = await _paced(crowd, server, TO_ALL_PER_SECOND, everybody, len(cookies))
        found.cpu_us_to_all.append(cpu)
        found.waits_to_all += waits
        found.lost += lost + lost_of_all
    crowd.close()
    return found


def _figures(found: Found) -> dict[str, Any]:
    return {
        "cpu_us_per_delivery_rooms_of_10": round(statistics.median(found.cpu_us), 1),
        "cpu_us_per_delivery_to_all": round(statistics.median(found.cpu_us_to_all), 1),
        "kib_per_connection": round(found.kib_per_connection, 1),
        "idle_cpu_percent_of_a_core": round(found.idle_percent, 2),
        "p50_ms": round(statistics.median(found.waits) * 1_000, 1),
        "p99_ms": round(statistics.quantiles(found.waits, n=100)[-1] * 1_000, 1),
        "to_all_p99_ms": round(statistics.quantiles(found.waits_to_all, n=100)[-1] * 1_000, 1),
        "deliveries_lost": found.lost,
    }


def main() -> None:
    """Open the streams of both hubs, one after the other and again, and compare the medians."""
    staff = list(Person.objects.filter(is_active=True).order_by("pk")[:CONNECTIONS])
    # In a small city a person has several tabs open.
    cookies = people.sign_in([staff[place % len(staff)] for place in range(CONNECTIONS)])
    results: dict[str, list[Found]] = {"mikage": [], "bare": []}
    applications = {"mikage": "mikage.config.asgi:hub", "bare": "bench.bare_hub:application"}
    for name in ("bare", "mikage", "mikage", "bare"):
        command = [
            "uvicorn",
            applications[name],
            "--port",
            "{port}",
            "--no-access-log",
            "--log-level",
            "warning",
        ]
        with measure.serving(*command) as server:
            results[name].append(asyncio.run(_measure(server, cookies)))
    found = {name: _merged(turns) for name, turns in results.items()}
    figures = {name: _figures(each) for name, each in found.items()}
    ours, bare = figures["mikage"], figures["bare"]
    cpu = ours["cpu_us_per_delivery_rooms_of_10"] / bare["cpu_us_per_delivery_rooms_of_10"]
    cpu_to_all = ours["cpu_us_per_delivery_to_all"] / bare["cpu_us_per_delivery_to_all"]
    memory = ours["kib_per_connection"] / bare["kib_per_connection"]
    measure.publish(
        "stream",
        {"connections": CONNECTIONS, "messages_per_second": PER_SECOND, "ours": ours, "bare_hub": bare},
        {
            "cpu_per_delivery_vs_bare_hub": measure.Goal.at_most(cpu, 1.5),
            "cpu_per_delivery_to_all_vs_bare_hub": measure.Goal.at_most(cpu_to_all, 1.5),
            "memory_per_connection_vs_bare_hub": measure.Goal.at_most(memory, 2),
            "deliveries_lost": measure.Goal.at_most(ours["deliveries_lost"], 0),
        },
    )


def _merged(turns: list[Found]) -> Found:
    return Found(
        cpu_us=[each for turn in turns for each in turn.cpu_us],
        cpu_us_to_all=[each for turn in turns for each in turn.cpu_us_to_all],
        waits=[each for turn in turns for each in turn.waits],
        waits_to_all=[each for turn in turns for each in turn.waits_to_all],
        kib_per_connection=statistics.median(turn.kib_per_connection for turn in turns),
        idle_percent=statistics.median(turn.idle_percent for turn in turns),
        lost=sum(turn.lost for turn in turns),
    )
