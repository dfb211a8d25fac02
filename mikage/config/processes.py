"""The processes of a first run: which there are, how they are watched, how they end together."""

import asyncio
import ctypes
import logging
import signal
import socket
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from types import FrameType

from circus.arbiter import Arbiter
from circus.exc import ConflictError
from circus.watcher import Watcher

LOOPBACK = "127.0.0.1"
STOP_SECONDS = 12
PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Have the kernel stop this process when the supervisor dies without having said so."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def is_taken(port: int) -> bool:
    """Whether another program listens on this port of the machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return True
    return False


def answers(url: str) -> bool:
    """Whether a page comes back whole."""
    # Straight to our own server: a proxy of the environment has no business here.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def supervise(
    names: list[str], *, ready_when: str, on_ready: Callable[[], None], heal: Callable[[], None]
) -> None:
    """Run ``mikage <name>`` for every name until a signal; restart what dies; leave nothing behind.

    ``ready_when`` is an address that must answer before ``on_ready`` is called, once.
    ``heal`` is called every few seconds and repairs what the processes stand on.
    """
    watchers = [
        Watcher(
            name,
            sys.executable,
            args=["-m", "mikage.config.command", name],
            copy_env=True,
            max_retry=-1,
            stop_signal=signal.SIGTERM,
            graceful_timeout=STOP_SECONDS,
            use_sockets=False,
        )
        for name in names
    ]
    is_over = threading.Event()
    threads = [
        threading.Thread(target=_announce, args=(ready_when, on_ready, is_over), daemon=True),
        threading.Thread(target=_repeat, args=(heal, is_over), daemon=True),
    ]
    logging.getLogger("circus").setLevel(logging.WARNING)
    asyncio.set_event_loop(asyncio.new_event_loop())
    # Endpoints inside the process: nobody else on the machine may give the supervisor orders.
    arbiter = Arbiter(watchers, "inproc://orders", "inproc://events", multicast_endpoint=None)
    # One wish to stop is enough: whoever presses Ctrl-C twice must not cut the orderly end short.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, _stopper(arbiter, is_over))
    for thread in threads:
        thread.start()
    try:
        arbiter.start()
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, signal.SIG_IGN)
        is_over.set()
        for thread in threads:
            thread.join(timeout=STOP_SECONDS)


def _stopper(arbiter: Arbiter, is_over: threading.Event) -> Callable[[int, FrameType | None], None]:
    def end() -> None:
        # The supervisor refuses to stop while it looks after its processes: no more of that, and once more.
        arbiter.ctrl.caller.stop()
        try:
            arbiter.stop()
        except ConflictError:
            arbiter.loop.call_later(0.1, end)

    def stop(number: int, frame: FrameType | None) -> None:
        if not is_over.is_set():
            is_over.set()
            arbiter.loop.add_callback_from_signal(end)

    return stop


def _announce(url: str, on_ready: Callable[[], None], is_over: threading.Event) -> None:
    while not is_over.wait(0.2):
        if answers(url):
            on_ready()
            return


def _repeat(heal: Callable[[], None], is_over: threading.Event) -> None:
    while not is_over.wait(2):
        heal()
