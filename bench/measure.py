"""The common ground of all measurements: real servers, a small client, CPU of process trees, medians.

What is compared is measured in turns (A, B, A, B …) on the same server, so that whatever else the machine
does falls on both.
"""

import asyncio
import contextlib
import importlib
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django
import httptools
import psutil

from mikage.kernel.database import Server

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench" / "results"
SIZE = os.environ.get("MIKAGE_BENCH_SIZE", "full")
TERMINAL = "127.0.0.1"


# The installation that is measured ---------------------------------------------------------------


@contextlib.contextmanager
def installation() -> Iterator[None]:
    """A database with the demonstration city, made once and kept for the next run."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "mikage.config.settings"
    os.environ.setdefault("MIKAGE_HOME", str(ROOT / "var" / "bench"))
    with contextlib.ExitStack() as held:
        if "DATABASE_URL" not in os.environ:
            server = Server(Path(os.environ["MIKAGE_HOME"]))
            os.environ["DATABASE_URL"] = held.enter_context(server.in_use())
        for command in (
            ["migrate", "--no-input", "--verbosity", "0"],
            ["collectstatic", "--no-input", "--verbosity", "0"],
        ):
            _command(*command)
        django.setup()
        if not _has_people():
            _command("demo", "--size", SIZE)
        yield


def _command(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "mikage.config.command", *arguments], cwd=ROOT, check=True)


def _has_people() -> bool:
    people = importlib.import_module("mikage.directory.models")
    return bool(people.Person.objects.exists())


def load(name: str) -> Callable[[], None]:
    """The measurement of this name; it may import models, so it is read after the settings."""
    found: Callable[[], None] = importlib.import_module(f"bench.{name}").main
    return found


# Servers -----------------------------------------------------------------------------------------


@dataclass
class Running:
    """A server and everything it started."""

    port: int
    process: psutil.Popen

    def tree(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]

    def cpu(self) -> float:
        """Seconds of CPU the tree has used so far."""
        times = [each.cpu_times() for each in self.tree()]
        return float(sum(each.user + each.system for each in times))

    def memory(self) -> int:
        """Bytes that the tree alone occupies."""
        return sum(each.memory_full_info().uss for each in self.tree())


@contextlib.contextmanager
def serving(*command: str) -> Iterator[Running]:
    """Start a server (``{port}`` in its command becomes a free one) and end it afterwards."""
    allow_many_connections()
    with socket.socket() as probe:
        probe.bind((TERMINAL, 0))
        port = int(probe.getsockname()[1])
    arguments = [part.format(port=port) for part in command]
    process = psutil.Popen([sys.executable, "-m", *arguments], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield Running(port, process)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except psutil.TimeoutExpired:
            process.kill()


def _wait_for(port: int, process: psutil.Popen) -> None:
    limit = time.monotonic() + 30
    while time.monotonic() < limit and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((TERMINAL, port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("the server to be measured did not start")


def allow_many_connections() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


# The client --------------------------------------------------------------------------------------


@dataclass
class Answer:
    """One answer as it came over the wire."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    bytes_on_wire: int = 0
    is_complete: bool = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode().lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.is_complete = True


class Client:
    """One browser connection that is kept open."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self.port = port
        self.cookie = cookie
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, **headers: str) -> Answer:
        if self._streams is None:
            self._streams = await asyncio.open_connection(TERMINAL, self.port)
        reader, writer = self._streams
        lines = [f"GET {path} HTTP/1.1", f"Host: {TERMINAL}:{self.port}", f"Cookie: {self.cookie}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        answer = Answer()
        parser = httptools.HttpResponseParser(answer)
        while not answer.is_complete:
            received = await reader.read(65_536)
            if not received:
                raise SystemExit(f"{path}: the server closed the line")
            answer.bytes_on_wire += len(received)
            parser.feed_data(received)
        answer.status = parser.get_status_code()
        return answer

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()


async def _drive(
    port: int, cookie: str, path: str, headers: dict[str, str], clients: int, number: int
) -> list[float]:
    async def one(client: Client, times: int) -> list[float]:
        waits = []
        for _turn in range(times):
            began = time.perf_counter()
            answer = await client.get(path, **headers)
            waits.append(time.perf_counter() - began)
            if answer.status != 200:
                raise SystemExit(f"{path} answered {answer.status}")
        client.close()
        return waits

    browsers = [Client(port, cookie) for _number in range(clients)]
    found = await asyncio.gather(*(one(each, max(1, number // clients)) for each in browsers))
    return [wait for waits in found for wait in waits]


@dataclass
class Case:
    """One address to be measured, and what was found in each round."""

    name: str
    path: str
    cookie: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    number: int = 60
    cpu_ms: list[float] = field(default_factory=list)
    waits: dict[int, list[float]] = field(default_factory=dict)

    def run(self, server: Running, clients: int) -> None:
        before = server.cpu()
        waits = asyncio.run(_drive(server.port, self.cookie, self.path, self.headers, clients, self.number))
        self.cpu_ms.append((server.cpu() - before) * 1_000 / len(waits))
        self.waits.setdefault(clients, []).extend(waits)

    @property
    def median_cpu_ms(self) -> float:
        return statistics.median(self.cpu_ms)

    def p95_ms(self, clients: int) -> float:
        return statistics.quantiles(self.waits[clients], n=20)[-1] * 1_000


def in_turns(server: Running, cases: Sequence[Case], *, rounds: int, clients: int) -> None:
    """Measure all cases once to warm up, then round by round."""
    for case in cases:
        case.run(server, clients)
        case.cpu_ms.clear()
        case.waits.pop(clients)
    for number in range(rounds):
        for case in cases if number % 2 else reversed(cases):
            case.run(server, clients)


# Results -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Goal:
    """A figure and the bound it must keep."""

    goal: str
    value: float
    met: bool

    @classmethod
    def at_most(cls, value: float, bound: float) -> "Goal":
        return cls(f"<= {bound:g}", round(value, 3), value <= bound)


def publish(name: str, figures: dict[str, Any], goals: dict[str, Goal]) -> None:
    """Keep the figures beside the code, and say them."""
    result = {
        "name": name,
        "command": f"python -m bench {name}",
        "figures": figures,
        "goals": {key: vars(goal) for key, goal in goals.items()},
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, ensure_ascii=False, indent=2) + "\n"
    (RESULTS / f"{name}.json").write_text(text, encoding="utf-8")
    print(text)
