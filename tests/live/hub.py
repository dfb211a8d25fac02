"""The hub in a process of its own, on the database of the running test."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

from tests.live.reader import Reader
from tests.live.signed_in import SignedIn

ROOT = Path(__file__).parents[2]


@dataclass
class RunningHub:
    """One process that serves streams."""

    application: str
    port: int
    process: "subprocess.Popen[bytes]"

    def open(self, who: SignedIn, query: str = "", **headers: str) -> Reader:
        return Reader(self.port, who.cookie, query, **headers)

    def end(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Seconds until the process was gone."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(20)
        return time.monotonic() - began


def address() -> str:
    """The database of this test, as a program outside finds it."""
    parts = urlsplit(settings.DATABASE_URL)
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))


def start(application: str) -> RunningHub:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.live.server", application, str(port)],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": address(), "MIKAGE_SECRET_KEY": settings.SECRET_KEY},
    )
    limit = time.monotonic() + 30
    while time.monotonic() < limit and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return RunningHub(application, port, process)
        time.sleep(0.05)
    process.kill()
    raise AssertionError("the hub did not start")
