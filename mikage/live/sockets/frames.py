"""What travels on a stream: server-sent events, written once and sent to many."""

import json
import random
from collections.abc import Iterable

# Shorter than any proxy's patience; a browser that hears nothing for twice as long asks again.
HEARTBEAT_SECONDS = 15.0
HEARTBEAT = b":\n\n"
_jitter = random.SystemRandom()


def _event(name: str, data: dict[str, object]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


def opening(sequence: int) -> bytes:
    """The first bytes: how far the stream has come, and how long to wait before asking again."""
    return _retry() + f"id: {sequence}\n\n".encode()


def ping(sequence: int, topic: str) -> bytes:
    """Something of this topic changed for the person; ``sequence`` is the cursor to resume from."""
    return f"id: {sequence}\n".encode() + _event("ping", {"seq": sequence, "topic": topic})


def changed(topic: str, subjects: Iterable[str]) -> bytes:
    """These subjects, of those the page watches, are no longer as shown."""
    return _event("changed", {"topic": topic, "subjects": sorted(subjects)})


def resync(sequence: int) -> bytes:
    """Events were lost or are too old to be told one by one: load what is shown anew."""
    return f"id: {sequence}\n".encode() + _event("resync", {"seq": sequence})


def end(reason: str) -> bytes:
    """The stream is over and asking again is of no use: the session or the right has ended."""
    return _event("end", {"reason": reason})


def again() -> bytes:
    """The server stops for a moment: come back, each at a moment of its own (TR-J12)."""
    return _retry()


def _retry() -> bytes:
    # Twenty thousand browsers must not return in the same second.
    return f"retry: {_jitter.randint(800, 6_000)}\n\n".encode()
