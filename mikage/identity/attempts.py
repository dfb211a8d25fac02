"""How often somebody may try: counted by login and terminal together, so nobody locks out another (A-01).

All counts live in the database and hold after a restart and on every node (TR-H2). They count the
canonical login whether or not it exists, so that they tell nothing about it.
"""

import hashlib
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Max, Q

from mikage.identity.models import SignInAttempt
from mikage.identity.policies import canonical_login
from mikage.kernel import clock

FREE_ATTEMPTS = 5
LOCK_ATTEMPTS = 20
LONGEST_WAIT = timedelta(minutes=15)
LOCK = timedelta(hours=24)
# A whole building may sit behind one address.
TERMINAL_FREE_ATTEMPTS = 100


def hash_of_login(typed: str) -> str:
    """Counting needs no names: what is typed at a sign-in may be a password in the wrong field."""
    return hashlib.sha256(canonical_login(typed).encode()).hexdigest()


def hold_turn(login_hash: str, terminal: str) -> None:
    """Attempts on one login from one terminal follow one another until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), hashtext(%s))", [login_hash, terminal])


def wait_until(login_hash: str, terminal: str) -> datetime | None:
    """The moment before which another attempt is not looked at, or nothing."""
    now = clock.now()
    counts = SignInAttempt.objects.filter(terminal=terminal, at__gt=now - LOCK, is_released=False).aggregate(
        own=Count("pk", filter=Q(login_hash=login_hash)),
        own_last=Max("at", filter=Q(login_hash=login_hash)),
        terminal=Count("pk", filter=Q(at__gt=now - LONGEST_WAIT)),
        terminal_last=Max("at"),
    )
    moments = [
        _after(counts["own"], FREE_ATTEMPTS, counts["own_last"]),
        _after(counts["terminal"] // 20, TERMINAL_FREE_ATTEMPTS // 20, counts["terminal_last"]),
    ]
    if counts["own"] >= LOCK_ATTEMPTS:
        moments.append(counts["own_last"] + LOCK)
    later = [moment for moment in moments if moment is not None and moment > now]
    return max(later, default=None)


def _after(count: int, free: int, last: datetime | None) -> datetime | None:
    """Growing delays: 2, 4, 8 … seconds after the free attempts, a quarter of an hour at most."""
    if last is None or count < free:
        return None
    return last + min(timedelta(seconds=2 ** min(count - free + 1, 12)), LONGEST_WAIT)


def note_failure(login_hash: str, terminal: str) -> None:
    """One more failed attempt."""
    SignInAttempt.objects.create(login_hash=login_hash, terminal=terminal, at=clock.now())


def forget_failures(login_hash: str, terminal: str) -> None:
    """Whoever got in is no longer counted from this terminal."""
    SignInAttempt.objects.filter(login_hash=login_hash, terminal=terminal).update(is_released=True)


def release(login_hash: str) -> int:
    """The desk lets somebody try again from everywhere. Returns how many attempts no longer count."""
    return SignInAttempt.objects.filter(login_hash=login_hash, is_released=False).update(is_released=True)


def is_locked(login_hash: str) -> bool:
    """Whether the login is locked from some terminal, for the desk's screen."""
    return (
        SignInAttempt.objects.filter(login_hash=login_hash, at__gt=clock.now() - LOCK, is_released=False)
        .values("terminal")
        .annotate(count=Count("pk"))
        .filter(count__gte=FREE_ATTEMPTS)
        .exists()
    )
