"""Argon2 in a bounded number of places: a crowd at the door waits its turn instead of taking the memory."""

import os
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from django.contrib.auth.hashers import check_password, make_password

PLACES = max(2, os.cpu_count() or 2)
WAIT_SECONDS = 4.0
_places = threading.BoundedSemaphore(PLACES)


class Busy(Exception):
    """All places were taken for too long; the person is asked to try again in a moment."""


@contextmanager
def place() -> Iterator[None]:
    """One of the places at which a password may be computed, within the bounded wait. Raises Busy."""
    if not _places.acquire(timeout=WAIT_SECONDS):
        raise Busy
    try:
        yield
    finally:
        _places.release()


@lru_cache(maxsize=1)
def unknown_hash() -> str:
    """The hash that an unknown login is checked against, so that it costs what a known one costs (A-01)."""
    return make_password("nobody has this password")


def is_right(password: str, encoded: str | None) -> bool:
    """Whether the password fits; always the work of one verification, also where there is none to fit."""
    with place():
        stored = encoded if encoded and not encoded.startswith("!") else unknown_hash()
        return check_password(_typed(password), stored) and stored == encoded


def hashed(password: str) -> str:
    """The form that is stored."""
    with place():
        return make_password(_typed(password))


def _typed(password: str) -> str:
    """One password whatever the width or the keyboard it is typed with (NIST SP 800-63B: NFKC)."""
    return unicodedata.normalize("NFKC", password)
